//! Counts what the device was asked to do. These numbers are the same on every machine, unlike times.

use std::cell::Cell;

/// What a device was asked to do since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Runs of kernels.
    pub dispatches: u64,
    /// Command buffers.
    pub submissions: u64,
    /// Copies from the host.
    pub uploads: u64,
    /// Bytes of these copies.
    pub uploaded_bytes: u64,
    /// Buffers that were created, not reused.
    pub buffers: u64,
    /// Bind groups that were created, not reused.
    pub bind_groups: u64,
    /// Times that the host waited.
    pub waits: u64,
}

impl Counts {
    /// What was added since `earlier`.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            dispatches: self.dispatches - earlier.dispatches,
            submissions: self.submissions - earlier.submissions,
            uploads: self.uploads - earlier.uploads,
            uploaded_bytes: self.uploaded_bytes - earlier.uploaded_bytes,
            buffers: self.buffers - earlier.buffers,
            bind_groups: self.bind_groups - earlier.bind_groups,
            waits: self.waits - earlier.waits,
        }
    }
}

/// The counts of a device that is open.
#[derive(Default)]
pub(super) struct Counter(Cell<Counts>);

impl Counter {
    pub(super) fn counts(&self) -> Counts {
        self.0.get()
    }

    pub(super) fn add(&self, add: impl FnOnce(&mut Counts)) {
        let mut counts = self.0.get();
        add(&mut counts);
        self.0.set(counts);
    }
}
