//! The system's allocator, counting.

#![expect(
    unsafe_code,
    reason = "an allocator is an unsafe trait; every call goes to the system's unchanged"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

/// Counts calls and bytes, and leaves the work to the system's allocator.
pub struct Counting;

/// What the allocator has been asked for so far.
#[derive(Clone, Copy, Debug)]
pub struct Heap {
    /// Blocks asked for; a block that was made larger counts once more.
    pub allocations: u64,
    /// Bytes in use.
    pub live: i64,
}

/// The counters as they stand; zero for ever where [`Counting`] is not the global allocator.
pub fn heap() -> Heap {
    Heap {
        allocations: ALLOCATIONS.load(Relaxed),
        live: LIVE.load(Relaxed),
    }
}

// SAFETY: the system's allocator does everything; counting allocates nothing and cannot unwind.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(size(layout.size()));
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(size(layout.size()));
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(size(new_size) - size(layout.size()));
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(size(layout.size()), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

fn count(bytes: i64) {
    ALLOCATIONS.fetch_add(1, Relaxed);
    LIVE.fetch_add(bytes, Relaxed);
}

fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static LIVE: AtomicI64 = AtomicI64::new(0);
