//! Counts what is allocated, and ends the process at the first byte beyond a bound.

use std::alloc::{GlobalAlloc, Layout, System};
use std::process::abort;
use std::sync::atomic::{AtomicUsize, Ordering};

static HELD: AtomicUsize = AtomicUsize::new(0);
static BOUND: AtomicUsize = AtomicUsize::new(usize::MAX);

/// The system's allocator with a bound.
pub struct Bounded;

/// Runs `work`, which may hold `bytes` more than is held now.
pub fn within<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    let bound = HELD.load(Ordering::Relaxed).saturating_add(bytes);
    BOUND.store(bound, Ordering::Relaxed);
    let result = work();
    BOUND.store(usize::MAX, Ordering::Relaxed);
    result
}

/// Counts `bytes` more. The fuzzer takes an abort for a finding, and saves the input.
fn add(bytes: usize) {
    let held = HELD.fetch_add(bytes, Ordering::Relaxed) + bytes;
    if held > BOUND.load(Ordering::Relaxed) {
        BOUND.store(usize::MAX, Ordering::Relaxed);
        eprintln!("an allocation of {bytes} bytes exceeds the bound of this target");
        abort();
    }
}

// SAFETY: every call is passed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller upholds the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller upholds the contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller upholds the contract.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        add(size);
        // SAFETY: the caller upholds the contract.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
