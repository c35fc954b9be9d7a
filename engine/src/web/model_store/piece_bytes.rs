//! The bytes of a piece, in reused buffers.

use std::cell::RefCell;
use std::ops::Deref;
use std::rc::{Rc, Weak};

use js_sys::Uint8Array;

/// A piece's model and its index.
pub(super) type Key = (String, usize);

/// The bytes of a piece. Their buffer is reused once the last clone is dropped.
#[derive(Clone)]
pub(super) struct PieceBytes(Rc<Bytes>);

struct Bytes {
    array: Uint8Array,
    free: Weak<Free>,
}

type Free = RefCell<Vec<Uint8Array>>;

/// A pool of buffers for pieces. JavaScript's garbage collector frees memory outside its own heap
/// late: with a new array per piece, a model would be in memory twice.
#[derive(Default)]
pub(super) struct Buffers(Rc<Free>);

impl Buffers {
    /// A buffer for a piece, with arbitrary contents.
    pub(super) fn take(&self, length: u32) -> PieceBytes {
        let mut free = self.0.borrow_mut();
        let fitting = free.iter().position(|array| array.length() == length);
        let array = match fitting {
            Some(at) => free.swap_remove(at),
            None => Uint8Array::new_with_length(length),
        };
        let free = Rc::downgrade(&self.0);
        PieceBytes(Rc::new(Bytes { array, free }))
    }
}

impl From<Uint8Array> for PieceBytes {
    fn from(array: Uint8Array) -> Self {
        let free = Weak::new();
        Self(Rc::new(Bytes { array, free }))
    }
}

impl Deref for PieceBytes {
    type Target = Uint8Array;

    fn deref(&self) -> &Uint8Array {
        &self.0.array
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        if let Some(free) = self.free.upgrade() {
            free.borrow_mut().push(self.array.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn memory_is_used_again_when_nobody_holds_it() {
        let buffers = Buffers::default();
        let memory = |bytes: &PieceBytes| bytes.buffer();
        let first = buffers.take(8);
        let of_first = memory(&first);
        let held = first.clone();
        drop(first);
        assert_ne!(memory(&buffers.take(8)), of_first);
        drop(held);
        assert_ne!(memory(&buffers.take(4)), of_first);
        let again = [buffers.take(8), buffers.take(8)];
        assert_eq!(
            again
                .iter()
                .filter(|bytes| memory(bytes) == of_first)
                .count(),
            1
        );
        drop(buffers);
        drop(again);
    }
}
