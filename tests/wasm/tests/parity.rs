//! The same numbers on a 64-bit machine and in 32-bit WebAssembly: what is written here once runs on both.
//! `wasm_bindgen_test` turns into a plain `#[test]` where there is no WebAssembly.

use wasm_bindgen_test::wasm_bindgen_test;

/// FNV-1a: a hash that depends on neither the width of a pointer nor the order of bytes.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[wasm_bindgen_test(unsupported = test)]
fn a_hash_is_the_same_number_everywhere() {
    assert_eq!(fnv1a(b"orrery"), 0xeb50_084a_f47d_a444);
}
