//! Provokes JavaScript's garbage collector, which cannot be called.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type ArrayBuffer;

    #[wasm_bindgen(constructor, catch)]
    fn new(length: u32) -> Result<ArrayBuffer, JsValue>;
}

/// Bytes of an allocation that makes V8 collect at once (its `kExternalAllocationSoftLimit`); half
/// of that does not. Its memory pages are never touched, so it takes no memory.
const ENOUGH: u32 = 64 << 20;

/// Provokes a collection. Needed for objects that hold much memory that V8 does not count: a `Blob`
/// keeps its bytes in the browser's process until it is collected.
pub fn prompt() {
    // If the allocation fails, V8 has already tried a collection.
    let _ = ArrayBuffer::new(ENOUGH);
}
