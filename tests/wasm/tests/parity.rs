//! The same run on a 64-bit machine and in 32-bit WebAssembly: what is written here once runs on both.
//! `wasm_bindgen_test` turns into a plain `#[test]` where there is no WebAssembly.

use orrery_wasm_tests::{SEED, TRACES, on_the_building_machine, play, traces};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn a_run_is_the_same_here_as_on_the_machine_that_built_it() {
    assert_eq!(play(SEED), on_the_building_machine());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_run_is_the_same_twice() {
    assert_eq!(play(SEED), play(SEED));
}

#[wasm_bindgen_test(unsupported = test)]
fn another_seed_is_another_run() {
    assert_ne!(play(SEED).0, play(SEED + 1).0);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_link_is_the_same_run_here() {
    assert_eq!(traces(), TRACES);
}
