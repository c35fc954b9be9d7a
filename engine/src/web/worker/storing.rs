//! Stores a model in the background while it runs.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use crate::web::model_store::Storing;
use crate::web::worker::state::State;

/// How long a worker must be idle before it stores the rest: the page asks for a ranking as soon as
/// a picture is encoded.
const IDLE_MILLISECONDS: u32 = 100;

/// Tells the page once a model is stored, or refused.
pub fn tell_page(state: &Rc<State>, id: String, storing: Storing) {
    let state = state.clone();
    spawn_local(async move {
        let refusal = storing.end().await;
        state.storing_finished(id, refusal);
    });
}

/// Stores the rest of the loaded model once the worker is idle.
pub fn finish_when_idle(state: &Rc<State>) {
    let state = state.clone();
    spawn_local(async move {
        TimeoutFuture::new(IDLE_MILLISECONDS).await;
        let storing = || state.model.borrow().as_ref()?.storing();
        if let (true, Some(storing)) = (state.is_idle(), storing()) {
            // `tell_page` reports the end.
            let _ = storing.finish().await;
        }
    });
}

/// Stores the rest of the loaded model now, before another operation on models.
pub async fn finish(state: &State) {
    let running = state.model.borrow().as_ref().map(|model| {
        let id = model.info().id.clone();
        (id, model.storing())
    });
    if let Some((id, Some(storing))) = running {
        let refusal = storing.finish().await;
        state.storing_finished(id, refusal);
    }
}
