//! How the memory of a WebAssembly program grows: each growth takes the host most of a millisecond, whatever its size.
#![cfg(target_arch = "wasm32")]

use core::arch::wasm32::memory_size;
use orrery_cluster::{Cluster, Config};
use orrery_sim::SimTime;
use wasm_bindgen_test::wasm_bindgen_test;

/// Pages of 64 KiB in the pieces by which the memory of a cluster grows.
const PIECE: usize = 128;

#[wasm_bindgen_test]
fn a_cluster_grows_in_large_pieces() {
    let mut cluster = Cluster::new(Config::lively(3_000));
    let mut sizes = vec![memory_size(0)];
    cluster.run(SimTime::from_secs(30), &mut || {
        sizes.push(memory_size(0));
        true
    });
    let grown = sizes[sizes.len() - 1] - sizes[0];
    sizes.dedup();
    assert!(grown > 2 * PIECE, "{grown} pages");
    assert!(sizes.len() <= 2 + 2 * grown / PIECE, "{grown} pages in {} pieces", sizes.len());
}
