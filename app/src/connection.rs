//! The wire to the worker. It carries messages and notices death; what they mean is the session's
//! business.

use std::rc::Rc;

use glance_engine::web::protocol::{ToPage, ToWorker};
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, File, MessageEvent, Worker, WorkerOptions, WorkerType};

const WORKER: &str = "start_worker.js";

/// What comes from the worker.
pub enum Signal {
    /// It said something.
    Said(ToPage),
    /// It will never say anything again.
    Died,
}

/// A running worker; dropping it ends the worker.
pub struct Connection {
    worker: Worker,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

impl Connection {
    /// Starts a worker, or `None` where the browser refuses to.
    pub fn open(heard: impl Fn(Signal) + 'static) -> Option<Self> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let url = crate::address::beside_code(WORKER)?;
        let worker = Worker::new_with_options(&url, &options).ok()?;
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
        Some(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Sends a message, and with it files.
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
