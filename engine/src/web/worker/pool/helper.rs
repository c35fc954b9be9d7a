//! A helper worker: the same program on another thread.

use glance_protocol::{PictureId, RequestId};
use js_sys::{Array, ArrayBuffer, Function, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, Event, MessageEvent, Worker};

use super::messages::{FromHelper, Task, ToHelper};
use crate::timeline::{Stage, span};
use crate::web::request::context::Job;
use crate::web::request::port::scope;

/// An event from a helper.
pub enum Heard {
    /// A message, with the levels or the thumbnail of a picture if it brings any.
    Said(FromHelper, Option<Vec<u8>>),
    /// It crashed or failed, and sends no more messages.
    Died,
}

/// A worker that takes pictures; dropping it terminates it.
pub struct Helper {
    worker: Worker,
    /// Whether it takes pictures.
    pub ready: bool,
    pub busy: Option<Busy>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

/// The picture that a helper works on.
pub struct Busy {
    pub job: Job,
    pub cancelled: bool,
}

impl Helper {
    /// Starts a helper with a function that returns a new worker; `None` if the browser refuses.
    pub fn start(start: &Function, heard: impl Fn(Heard) + Clone + 'static) -> Option<Self> {
        let worker: Worker = start.call0(&JsValue::NULL).ok()?.dyn_into().ok()?;
        let on_message = {
            let heard = heard.clone();
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                let receive = span(Stage::Receive);
                let message: Array = event.data().unchecked_into();
                let bytes = message.get(1).dyn_into::<ArrayBuffer>().ok();
                let bytes = bytes.map(|bytes| Uint8Array::new(&bytes).to_vec());
                let said = serde_wasm_bindgen::from_value(message.get(0));
                receive.end();
                match said {
                    Ok(FromHelper::Crashed) | Err(_) => heard(Heard::Died),
                    Ok(said) => heard(Heard::Said(said, bytes)),
                }
            })
        };
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |event: ErrorEvent| {
            // Keeps the error from the page: the picture is encoded elsewhere.
            Event::prevent_default(&event);
            heard(Heard::Died);
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // All helpers share one compiled module.
        // It marks what it does if this worker does.
        let name = scope().name().into();
        let first = Array::of2(&wasm_bindgen::module(), &name);
        worker.post_message(&first).ok()?;
        Some(Self {
            worker,
            ready: false,
            busy: None,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Gives it a task.
    pub fn begin(&self, task: &Task) {
        self.send(&ToHelper::Begin(task.clone()), &Array::new());
    }

    /// Gives it a picture, and its request.
    pub fn take(&mut self, picture: PictureId, job: Job) {
        let files = job.files.iter().collect();
        let message = ToHelper::Picture {
            id: job.id,
            picture,
            remember: job.remembers(),
        };
        self.send(&message, &files);
        let cancelled = false;
        self.busy = Some(Busy { job, cancelled });
    }

    /// Cancels the picture of this request, and returns whether this helper has it.
    pub fn cancel(&mut self, id: RequestId) -> bool {
        match &mut self.busy {
            Some(busy) if busy.job.id == id => busy.cancelled = true,
            _ => return false,
        }
        self.send(&ToHelper::Cancel(id), &Array::new());
        true
    }

    fn send(&self, message: &ToHelper, files: &Array) {
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
