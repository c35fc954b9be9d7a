//! A stop for part of a work, which the stop of the whole sets off too.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{AbortController, AbortSignal};

/// Aborts when dropped, so that requests nobody waits for any more end.
pub struct LinkedAbort {
    controller: AbortController,
    whole: AbortSignal,
    on_abort: Closure<dyn Fn()>,
}

impl LinkedAbort {
    /// A stop of its own; `None` in a browser without any.
    pub fn to(whole: &AbortSignal) -> Option<Self> {
        let controller = AbortController::new().ok()?;
        let abort = controller.clone();
        let on_abort = Closure::<dyn Fn()>::new(move || abort.abort());
        if whole.aborted() {
            controller.abort();
        }
        whole
            .add_event_listener_with_callback("abort", on_abort.as_ref().unchecked_ref())
            .ok()?;
        Some(Self {
            controller,
            whole: whole.clone(),
            on_abort,
        })
    }

    pub fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }
}

impl Drop for LinkedAbort {
    fn drop(&mut self) {
        // A listener that cannot be removed has nothing left to do.
        let _ = self
            .whole
            .remove_event_listener_with_callback("abort", self.on_abort.as_ref().unchecked_ref());
        self.controller.abort();
    }
}
