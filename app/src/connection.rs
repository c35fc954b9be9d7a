//! The connection to the worker. It carries messages and notices crashes; the session interprets
//! them.

use std::rc::Rc;

use glance_protocol::{ToPage, ToWorker};
use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{ErrorEvent, File, MessageEvent, Worker, WorkerOptions, WorkerType};

const WORKER: &str = "start_worker.js";

/// An event from the worker.
pub enum Signal {
    /// A message.
    Said(ToPage),
    /// It crashed or failed, and sends no more messages.
    Died,
}

/// A running worker; dropping it terminates the worker.
pub struct Connection {
    worker: Worker,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

impl Connection {
    /// Takes over the worker that start_page.js started, or starts one; `None` if the browser
    /// refuses.
    pub fn open(heard: impl Fn(Signal) + 'static) -> Option<Self> {
        let (worker, events) = match first_worker() {
            Some(first) => first,
            None => (start_worker()?, Array::new()),
        };
        let heard = Rc::new(heard);
        let on_message = {
            let heard = heard.clone();
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                match serde_wasm_bindgen::from_value(event.data()) {
                    Ok(ToPage::Crashed(reason)) => {
                        web_sys::console::error_1(&reason.into());
                        heard(Signal::Died);
                    }
                    Ok(message) => heard(Signal::Said(message)),
                    Err(error) => web_sys::console::error_1(&error.into()),
                }
            })
        };
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |_| heard(Signal::Died));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let first = worker.clone();
        spawn_local(async move {
            // By now the caller has received this connection.
            for event in events {
                // Cannot fail: an event may be dispatched again once its first dispatch has ended.
                let _ = first.dispatch_event(&event.unchecked_into());
            }
        });
        Some(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Sends a message with its files.
    pub fn send(&self, message: &ToWorker, files: &[File]) {
        let sent = serde_wasm_bindgen::to_value(message)
            .map_err(JsValue::from)
            .and_then(|body| {
                let files: Array = files.iter().collect();
                let envelope = Array::of2(&body, &files);
                self.worker.post_message(&envelope)
            });
        if let Err(error) = sent {
            web_sys::console::error_1(&error);
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// The worker that start_page.js started, and its events so far; `None` after the first call.
fn first_worker() -> Option<(Worker, Array)> {
    let name = JsValue::from_str("firstWorker");
    let first = Reflect::get(&js_sys::global(), &name).ok()?;
    Reflect::delete_property(&js_sys::global(), &name).ok()?;
    let worker = Reflect::get(&first, &"worker".into()).ok()?;
    let events = Reflect::get(&first, &"events".into()).ok()?;
    Some((worker.dyn_into().ok()?, events.dyn_into().ok()?))
}

fn start_worker() -> Option<Worker> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let url = crate::browser::address::beside_code(WORKER)?;
    Worker::new_with_options(&url, &options).ok()
}
