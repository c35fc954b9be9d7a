//! JavaScript's garbage collector, which cannot be called.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type ArrayBuffer;

    #[wasm_bindgen(constructor, catch)]
    fn new(length: u32) -> Result<ArrayBuffer, JsValue>;
}

/// V8 collects at once for so much (its `kExternalAllocationSoftLimit`); half of it does nothing. No
/// page of it is touched, so none takes memory.
const ENOUGH: u32 = 64 << 20;

/// Prompts a collection, for objects that hold much memory elsewhere and weigh nothing here: a `Blob`
/// keeps its bytes in the browser's own process until it is collected.
pub fn prompt() {
    // Where there is no room for it, a collection has been tried.
    let _ = ArrayBuffer::new(ENOUGH);
}
