//! A pool of buffers. A tower's activations have few different sizes, so the buffer of a dropped
//! tensor serves the next tensor of that size.
//!
//! Between recorded commands this is safe, because they run in order. A write from the host runs
//! before all commands not yet submitted, so it uses only buffers that were returned before the
//! last submission.
//!
//! ```text
//! bind_groups   kept by the buffers of the pool
//! ```

pub(super) mod bind_groups;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use super::counts::Counter;

/// Most bytes of unused buffers. Beyond that, the longest unused are destroyed.
const KEPT_BYTES: u64 = 256 << 20;
/// Buffer sizes are multiples of this, so that vec4 arrays end on an element.
const GRANULE: u64 = 256;

const USAGE: wgpu::BufferUsages = wgpu::BufferUsages::STORAGE
    .union(wgpu::BufferUsages::COPY_SRC)
    .union(wgpu::BufferUsages::COPY_DST);

/// The buffer pool of a device.
pub(super) struct Memory {
    device: wgpu::Device,
    /// Bytes of the largest buffer that can be bound whole.
    limit: u64,
    /// Longest unused first.
    unused: RefCell<VecDeque<Unused>>,
    submissions: Cell<u64>,
    /// Increased after an error. Buffers from before may be invalid and are not reused.
    generation: Cell<u64>,
    counter: Rc<Counter>,
}

struct Unused {
    buffer: wgpu::Buffer,
    number: u64,
    /// The count of submissions when it was returned.
    since: u64,
}

/// A buffer in use.
pub(super) struct Storage {
    buffer: wgpu::Buffer,
    /// In the order of creation.
    number: u64,
    memory: Weak<Memory>,
    generation: u64,
}

/// When the first write into a buffer runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstWrite {
    /// As a recorded command, in order.
    Recorded,
    /// From the host, before all commands not yet submitted.
    Host,
}

impl Memory {
    pub(super) fn new(device: &wgpu::Device, limit: u64, counter: &Rc<Counter>) -> Rc<Self> {
        Rc::new(Self {
            device: device.clone(),
            limit,
            unused: RefCell::default(),
            submissions: Cell::new(0),
            generation: Cell::new(0),
            counter: Rc::clone(counter),
        })
    }

    /// A buffer of at least `bytes`, or `None` if the device cannot bind that much at once.
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
        // Always the oldest that fits, so that each run of a network takes the same buffers.
        let fitting = unused.iter().enumerate().filter(|(_, unused)| fits(unused));
        let oldest = fitting.min_by_key(|(_, unused)| unused.number);
        let oldest = oldest.map(|(index, _)| index);
        let oldest = oldest.and_then(|index| unused.remove(index));
        Some(match oldest {
            Some(Unused { buffer, number, .. }) => self.wrap(buffer, number),
            None => self.create(size),
        })
    }

    /// As [`Memory::storage`], but always a new buffer, not rounded up to a size class. The host
    /// may write it. For weights.
    pub(super) fn allocate(self: &Rc<Self>, bytes: u64) -> Option<Storage> {
        let size = bytes.max(1).next_multiple_of(GRANULE);
        (size <= self.limit).then(|| self.create(size))
    }

    /// Must be called after each submission. Destroys unused buffers beyond [`KEPT_BYTES`], and returns
    /// whether there were any.
    pub(super) fn submitted(&self) -> bool {
        self.submissions.set(self.submissions.get() + 1);
        let mut unused = self.unused.borrow_mut();
        let mut kept: u64 = unused.iter().map(|unused| unused.buffer.size()).sum();
        let mut destroyed = false;
        while kept > KEPT_BYTES
            && let Some(oldest) = unused.pop_front()
        {
            kept -= oldest.buffer.size();
            oldest.buffer.destroy();
            destroyed = true;
        }
        destroyed
    }

    /// Destroys all unused buffers. Those in use will not be reused.
    pub(super) fn invalidate(&self) {
        self.generation.set(self.generation.get() + 1);
        for unused in self.unused.borrow_mut().drain(..) {
            unused.buffer.destroy();
        }
    }

    fn create(self: &Rc<Self>, size: u64) -> Storage {
        self.counter.add(|counts| counts.buffers += 1);
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage: USAGE,
            mapped_at_creation: false,
        });
        // Every buffer is counted, so no two have one number.
        self.wrap(buffer, self.counter.counts().buffers)
    }

    fn wrap(self: &Rc<Self>, buffer: wgpu::Buffer, number: u64) -> Storage {
        Storage {
            buffer,
            number,
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
                memory.unused.borrow_mut().push_back(Unused {
                    buffer: self.buffer.clone(),
                    number: self.number,
                    since,
                });
            }
            // Commands not yet submitted may still use it; wgpu frees it after the last of them.
            Some(_) => {}
            None => self.buffer.destroy(),
        }
    }
}

/// Rounds up to one of four sizes per doubling: at most a quarter is wasted, and reuse is frequent.
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
