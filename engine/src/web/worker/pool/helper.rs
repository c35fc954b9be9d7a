//! A worker of this worker: the same program on another thread, with the image tower alone.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, Event, MessageEvent, Url, Worker, WorkerOptions, WorkerType};

use crate::web::protocol::{Request, RequestId, ToPage, ToWorker};
use crate::web::request::context::Job;
use crate::web::request::port::scope;

/// What comes from a helper.
pub enum Heard {
    /// It said something.
    Said(ToPage),
    /// It will never say anything again.
    Died,
}

/// A worker that encodes pictures; dropping it ends it.
pub struct Helper {
    worker: Worker,
    /// Whether the model is there.
    pub ready: bool,
    pub busy: Option<Busy>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

/// A picture that a helper looks at.
pub struct Busy {
    pub job: Job,
    pub cancelled: bool,
}

impl Helper {
    /// Starts one from the script beside the worker's own, or `None` where the browser refuses to.
    pub fn start(script: &str, heard: impl Fn(Heard) + Clone + 'static) -> Option<Self> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let url = Url::new_with_base(script, &scope().location().href()).ok()?;
        let worker = Worker::new_with_options(&url.href(), &options).ok()?;
        let on_message = {
            let heard = heard.clone();
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                match serde_wasm_bindgen::from_value(event.data()) {
                    Ok(ToPage::Crashed(_)) | Err(_) => heard(Heard::Died),
                    Ok(said) => heard(Heard::Said(said)),
                }
            })
        };
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |event: ErrorEvent| {
            // Whoever waits for pictures need not hear of it: they are looked at all the same.
            Event::prevent_default(&event);
            heard(Heard::Died);
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // Compiled once, for all of them.
        worker.post_message(&wasm_bindgen::module()).ok()?;
        Some(Self {
            worker,
            ready: false,
            busy: None,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Has it load a stored model.
    pub fn assist(&self, model: &str) {
        let request = Request::Assist {
            model: model.to_owned(),
        };
        self.send(&ToWorker::Run { id: 0, request }, &Array::new());
    }

    /// Gives it a picture.
    pub fn encode(&mut self, job: Job) {
        let request = Request::Encode;
        let files = job.files.iter().collect();
        self.send(
            &ToWorker::Run {
                id: job.id,
                request,
            },
            &files,
        );
        let cancelled = false;
        self.busy = Some(Busy { job, cancelled });
    }

    /// Whether it looks at the picture of this request, which is then no longer wanted.
    pub fn cancel(&mut self, id: RequestId) -> bool {
        match &mut self.busy {
            Some(busy) if busy.job.id == id => busy.cancelled = true,
            _ => return false,
        }
        self.send(&ToWorker::Cancel(id), &Array::new());
        true
    }

    fn send(&self, message: &ToWorker, files: &Array) {
        let sent = serde_wasm_bindgen::to_value(message)
            .map_err(JsValue::from)
            .and_then(|body| self.worker.post_message(&Array::of2(&body, files)));
        if let Err(error) = sent {
            web_sys::console::error_1(&error);
        }
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
