//! Buffers that come back: a tower's activations are few sizes over and over, so a buffer that is
//! no longer held serves the next tensor of its size.
//!
//! That is safe among recorded commands, which run in their order. A write from the host runs
//! before any command not yet submitted, so it takes only buffers given back before the last
//! submission.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

/// Bytes of unused buffers that are kept; beyond it the longest unused go.
const KEPT_BYTES: u64 = 256 << 20;
/// Buffers are a multiple of it, so that vec4 arrays end on an element.
const GRANULE: u64 = 256;

const USAGE: wgpu::BufferUsages = wgpu::BufferUsages::STORAGE
    .union(wgpu::BufferUsages::COPY_SRC)
    .union(wgpu::BufferUsages::COPY_DST);

/// The device's buffers.
pub(super) struct Memory {
    device: wgpu::Device,
    /// The largest size that can be bound whole.
    limit: u64,
    /// Longest unused first.
    unused: RefCell<VecDeque<Unused>>,
    submissions: Cell<u64>,
    /// Grows after an error: what came before may be invalid and does not come back.
    generation: Cell<u64>,
}

struct Unused {
    buffer: wgpu::Buffer,
    /// How many submissions there were when it was given back.
    since: u64,
}

/// A buffer in use.
pub(super) struct Storage {
    buffer: wgpu::Buffer,
    memory: Weak<Memory>,
    generation: u64,
}

/// When the first write into a buffer runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstWrite {
    /// By a recorded command, in its turn.
    Recorded,
    /// From the host, before all commands not yet submitted.
    Host,
}

impl Memory {
    pub(super) fn new(device: &wgpu::Device, limit: u64) -> Rc<Self> {
        Rc::new(Self {
            device: device.clone(),
            limit,
            unused: RefCell::default(),
            submissions: Cell::new(0),
            generation: Cell::new(0),
        })
    }

    /// A buffer of at least `bytes`, or nothing where the device cannot bind so much at once.
    pub(super) fn storage(self: &Rc<Self>, bytes: u64, write: FirstWrite) -> Option<Storage> {
        if bytes > self.limit {
            return None;
        }
        let size = size_class(bytes).min(self.limit);
        let mut unused = self.unused.borrow_mut();
        let fits = |candidate: &Unused| {
            let idle = candidate.since < self.submissions.get();
            candidate.buffer.size() == size && (write == FirstWrite::Recorded || idle)
        };
        let buffer = unused
            .iter()
            .rposition(fits)
            .and_then(|index| unused.remove(index))
            .map_or_else(|| self.create(size), |unused| unused.buffer);
        Some(self.wrap(buffer))
    }

    /// As [`Memory::storage`], for what stays: its size is not rounded up to a class, and the
    /// host may write it.
    pub(super) fn lasting(self: &Rc<Self>, bytes: u64) -> Option<Storage> {
        let size = bytes.max(1).next_multiple_of(GRANULE);
        (size <= self.limit).then(|| self.wrap(self.create(size)))
    }

    /// Notes that everything recorded is submitted, and drops what is kept beyond the bound.
    pub(super) fn submitted(&self) {
        self.submissions.set(self.submissions.get() + 1);
        let mut unused = self.unused.borrow_mut();
        let mut kept: u64 = unused.iter().map(|unused| unused.buffer.size()).sum();
        while kept > KEPT_BYTES
            && let Some(oldest) = unused.pop_front()
        {
            kept -= oldest.buffer.size();
            oldest.buffer.destroy();
        }
    }

    /// Forgets every unused buffer, and those in use once they are given back.
    pub(super) fn distrust(&self) {
        self.generation.set(self.generation.get() + 1);
        for unused in self.unused.borrow_mut().drain(..) {
            unused.buffer.destroy();
        }
    }

    fn create(&self, size: u64) -> wgpu::Buffer {
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage: USAGE,
            mapped_at_creation: false,
        })
    }

    fn wrap(self: &Rc<Self>, buffer: wgpu::Buffer) -> Storage {
        Storage {
            buffer,
            memory: Rc::downgrade(self),
            generation: self.generation.get(),
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // A browser's garbage collector does not know how much memory a buffer holds.
        for unused in self.unused.get_mut() {
            unused.buffer.destroy();
        }
    }
}

impl Storage {
    pub(super) fn buffer(&self) -> &wgpu::Buffer {
        &self.buffer
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        match self.memory.upgrade() {
            Some(memory) if memory.generation.get() == self.generation => {
                let since = memory.submissions.get();
                let buffer = self.buffer.clone();
                memory
                    .unused
                    .borrow_mut()
                    .push_back(Unused { buffer, since });
            }
            // Commands not yet submitted may still name it; the last of them frees it.
            Some(_) => {}
            None => self.buffer.destroy(),
        }
    }
}

/// Four sizes to each doubling: at most a quarter is wasted and buffers come back often.
fn size_class(bytes: u64) -> u64 {
    let step = (bytes.next_power_of_two() / 8).max(GRANULE);
    bytes.max(1).next_multiple_of(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_class_holds_its_bytes_and_wastes_a_quarter_at_most() {
        for bytes in (1..5000).chain([1 << 20, (1 << 20) + 1, 3 << 30]) {
            let class = size_class(bytes);
            assert!(
                class >= bytes && class.is_multiple_of(GRANULE),
                "{bytes}: {class}"
            );
            assert!(
                class - bytes < GRANULE || (class - bytes) * 4 <= bytes,
                "{bytes}: {class}"
            );
        }
    }
}
