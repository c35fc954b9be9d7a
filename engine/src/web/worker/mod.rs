//! The worker: receives messages, runs the engine, answers.
//!
//! ```text
//! queue            queues requests, runs them one at a time, cancels them
//! answer           answers each kind of request
//! state            the worker's state: the model, the queue, the helpers
//! batches          encodes pictures; on a GPU several at once, and two batches in flight
//! pictures         reads pictures, keeps their embeddings, groups them; a camera's frames; regions
//! text_requests    requests about labels, captions and searches
//! model_requests   requests about models
//! remembered       pictures of earlier visits
//! storing          tells the page when a model is stored
//! pool/            helper workers that encode pictures on the CPU
//! ```

mod answer;
mod batches;
mod model_requests;
mod pictures;
mod pool;
mod queue;
mod remembered;
mod state;
mod storing;
mod text_requests;

use std::rc::{Rc, Weak};

use glance_protocol::ToPage;
use js_sys::Function;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::MessageEvent;

use crate::web::request::port::{post, scope};
use pool::Pool;
pub use pool::help;
use state::State;

/// Listens to the page for as long as the worker lives.
///
/// A message is an array: a serialised [`ToWorker`](glance_protocol::ToWorker), an array of `File`s
/// and a `Uint8Array` of pixels, if there are any.
///
/// `start_helper` returns a new worker, which calls [`help`] with the compiled module that its first
/// message brings.
pub fn serve(start_helper: Function) {
    std::panic::set_hook(Box::new(|panic| post(&ToPage::Crashed(panic.to_string()))));
    let state = Rc::new_cyclic(|state: &Weak<State>| {
        let state = state.clone();
        State::new(Pool::new(start_helper, move |signal| {
            if let Some(state) = state.upgrade() {
                queue::hear(&state, signal);
            }
        }))
    });
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        queue::receive(&state, &event.data().unchecked_into());
    });
    scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    post(&ToPage::Started);
}
