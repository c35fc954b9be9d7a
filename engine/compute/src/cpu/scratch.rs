//! A pool of memory for values that live for one operation or a few.
//!
//! A block of a network needs the same few megabytes as the block before it. Allocated anew, they
//! would be zeroed each time, and natively their pages would be mapped again.

use std::cell::RefCell;
use std::mem;
use std::ops::{Deref, DerefMut};

use bytemuck::Pod;

use super::aligned::{Aligned, Line};

/// Most free bytes in the pool of a thread.
const KEPT: usize = 16 << 20;

thread_local! {
    static FREE: RefCell<Free> = const { RefCell::new(Free(Vec::new())) };
}

/// Free memory, each piece used before.
struct Free(Vec<Vec<Line>>);

impl Free {
    /// Takes the smallest piece that is large enough.
    fn take(&mut self, lines: usize) -> Option<Vec<Line>> {
        let fitting = self.0.iter().enumerate();
        let fitting = fitting.filter(|(_, memory)| memory.len() >= lines);
        let (index, _) = fitting.min_by_key(|(_, memory)| memory.len())?;
        Some(self.0.swap_remove(index))
    }

    /// Adds a piece, and frees pieces from the front while the pool exceeds [`KEPT`].
    fn keep(&mut self, memory: Vec<Line>) {
        self.0.push(memory);
        let bytes = |memory: &Vec<Line>| memory.len() * size_of::<Line>();
        while self.0.iter().map(bytes).sum::<usize>() > KEPT {
            self.0.remove(0);
        }
    }
}

/// Values from the pool, which start at a cache line.
#[derive(Debug)]
pub struct Scratch<T: Pod>(Aligned<T>);

impl<T: Pod> Scratch<T> {
    /// `length` arbitrary values. Write each before you read it.
    pub fn new(length: usize) -> Self {
        let lines = Aligned::<T>::lines(length);
        let kept = FREE.with_borrow_mut(|free| free.take(lines));
        Self(match kept {
            Some(lines) => Aligned::of(lines, length),
            None => Aligned::zeros(length),
        })
    }

    /// A copy of `values`.
    pub fn copy(values: &[T]) -> Self {
        let mut copy = Self::new(values.len());
        copy.copy_from_slice(values);
        copy
    }
}

impl<T: Pod> Drop for Scratch<T> {
    fn drop(&mut self) {
        let lines = mem::replace(&mut self.0, Aligned::of(Vec::new(), 0)).into_lines();
        // A thread that ends has no pool any more.
        let _ = FREE.try_with(|free| free.borrow_mut().keep(lines));
    }
}

impl<T: Pod> Deref for Scratch<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Pod> DerefMut for Scratch<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}
