//! An abort signal for part of a job, which aborting the whole job triggers too.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{AbortController, AbortSignal};

/// Aborts its requests when dropped, because nobody waits for them any more.
pub struct LinkedAbort {
    controller: AbortController,
    whole: AbortSignal,
    on_abort: Closure<dyn Fn()>,
}

impl LinkedAbort {
    /// A signal that also aborts when `whole` does; `None` if the browser has no `AbortController`.
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
        // A listener that stays could only abort again.
        let _ = self
            .whole
            .remove_event_listener_with_callback("abort", self.on_abort.as_ref().unchecked_ref());
        self.controller.abort();
    }
}
