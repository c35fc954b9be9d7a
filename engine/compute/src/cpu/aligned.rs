//! Memory aligned to cache lines: a wide load that crosses lines costs two.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use bytemuck::{Pod, Zeroable};

const BYTES: usize = 64;

/// A cache line.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C, align(64))]
pub struct Line([u8; BYTES]);

/// Values that start at a cache line.
#[derive(Debug)]
pub struct Aligned<T> {
    lines: Vec<Line>,
    length: usize,
    values: PhantomData<T>,
}

impl<T: Pod> Aligned<T> {
    /// `length` zeros.
    pub fn zeros(length: usize) -> Self {
        Self::of(bytemuck::zeroed_vec(Self::lines(length)), length)
    }

    /// Number of lines for `length` values.
    pub fn lines(length: usize) -> usize {
        (length * size_of::<T>()).div_ceil(BYTES)
    }

    /// `length` values in `lines`, which may be more than needed.
    pub fn of(lines: Vec<Line>, length: usize) -> Self {
        debug_assert!(lines.len() >= Self::lines(length));
        Self {
            lines,
            length,
            values: PhantomData,
        }
    }

    /// The memory itself.
    pub fn into_lines(self) -> Vec<Line> {
        self.lines
    }
}

impl<T: Pod> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        let bytes: &[u8] = bytemuck::cast_slice(&self.lines);
        bytemuck::cast_slice(&bytes[..self.length * size_of::<T>()])
    }
}

impl<T: Pod> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut self.lines);
        bytemuck::cast_slice_mut(&mut bytes[..self.length * size_of::<T>()])
    }
}
