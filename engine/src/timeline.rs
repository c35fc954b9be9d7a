//! Marks what a worker does on the browser's timeline (User Timing), where tests, benchmarks and the
//! browser's profiler read it. Off unless the page has `?marks` in its address. Natively it does nothing.

/// The name of a worker that marks what it does.
#[cfg(target_arch = "wasm32")]
const MARKED_WORKER: &str = "marks";

/// What takes time, as `performance.getEntriesByType("measure")` names it.
// Natively no pictures are read from files.
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code))]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stage {
    /// The bytes of a picture file, and their SHA-256.
    Read,
    /// From bytes to samples.
    Decode,
    /// From samples to the levels of the square that the model sees.
    Resize,
    /// A message from a helper: its copy out of the browser's memory.
    Receive,
    /// The cleaning of a text.
    Clean,
    /// From a cleaned text to tokens.
    BytePairs,
    /// The search for texts that begin alike.
    Prefixes,
    /// Uploads and dispatches of a batch. A processor computes it here.
    Record,
    /// From the submission of a batch until its values are here.
    Device,
}

/// A stage under way; it ends when this is dropped.
#[must_use]
pub(crate) struct Span {
    #[cfg(target_arch = "wasm32")]
    stage: Stage,
    /// `None` if the worker marks nothing.
    #[cfg(target_arch = "wasm32")]
    start: Option<f64>,
}

impl Span {
    /// Ends the stage before its scope does.
    pub(crate) fn end(self) {}
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn span(_: Stage) -> Span {
    Span {}
}

#[cfg(target_arch = "wasm32")]
pub(crate) use browser::span;

#[cfg(target_arch = "wasm32")]
mod browser {
    use js_sys::{Object, Reflect, global};
    use wasm_bindgen::prelude::*;

    use super::{MARKED_WORKER, Span, Stage};
    use crate::clock::milliseconds;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = performance, catch)]
        fn measure(name: &str, options: &Object) -> Result<JsValue, JsValue>;
    }

    thread_local! {
        static MARKED: bool = Reflect::get(&global(), &"name".into())
            .is_ok_and(|name| name == MARKED_WORKER);
    }

    impl Stage {
        fn name(self) -> &'static str {
            match self {
                Self::Read => "glance:read",
                Self::Decode => "glance:decode",
                Self::Resize => "glance:resize",
                Self::Receive => "glance:receive",
                Self::Clean => "glance:clean",
                Self::BytePairs => "glance:byte-pairs",
                Self::Prefixes => "glance:prefixes",
                Self::Record => "glance:record",
                Self::Device => "glance:device",
            }
        }
    }

    /// Begins a stage.
    pub(crate) fn span(stage: Stage) -> Span {
        let start = MARKED.with(|marked| marked.then(milliseconds));
        Span { stage, start }
    }

    impl Drop for Span {
        fn drop(&mut self) {
            let Some(start) = self.start else { return };
            let options = Object::new();
            // An error would only lose a mark.
            let _ = Reflect::set(&options, &"start".into(), &start.into());
            let _ = Reflect::set(&options, &"end".into(), &milliseconds().into());
            let _ = measure(self.stage.name(), &options);
        }
    }
}
