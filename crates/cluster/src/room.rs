//! Room for a cluster to grow into.
//!
//! The allocator of a WebAssembly program asks for more memory when it has none left, some 64 KiB each time, and each time
//! costs the host most of a millisecond, whatever the size: a cluster that grows by a megabyte would take longer than a
//! frame for that alone. So it is asked for in larger pieces, once the last one is used up.

/// So many bytes at once.
#[cfg(target_arch = "wasm32")]
const PIECE: usize = 8 << 20;

/// Makes room, if there is none left.
#[cfg(target_arch = "wasm32")]
pub(crate) fn make() {
    use core::arch::wasm32::memory_size;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    /// The size of the memory after the last piece. A larger one was asked for by the allocator itself.
    static PAGES: AtomicUsize = AtomicUsize::new(0);
    if memory_size(0) > PAGES.load(Relaxed) {
        // The allocator keeps what it has once got.
        drop(std::hint::black_box(Vec::<u8>::with_capacity(PIECE)));
        PAGES.store(memory_size(0), Relaxed);
    }
}

/// Elsewhere the system gives memory quickly.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn make() {}
