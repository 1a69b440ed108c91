//! `cargo xtask bench`: `orrery bench` in WebAssembly, built as the page is and run by Node.

use crate::shell::{Result, command, root, run, say};
use crate::tools;

/// The host that knows arguments, a clock and standard output; the page's own knows none of them.
const TARGET: &str = "wasm32-wasip1";

/// Builds the program and hands it `words`.
pub fn measure(words: &[String]) -> Result<()> {
    tools::rust_target(TARGET)?;
    say("the program as WebAssembly");
    run(command("cargo").args(["build", "--quiet", "--profile", "web", "--target", TARGET, "-p", "orrery"]))?;
    let program = root().join("target").join(TARGET).join("web/orrery.wasm");
    let host = root().join("tests/wasm/wasi.mjs");
    run(command("node").arg("--no-warnings").arg(host).arg(program).arg("bench").args(words))
}
