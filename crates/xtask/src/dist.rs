//! Building the page: the editor's bundle by esbuild, then everything else by trunk, then the split, then the scales.

use crate::shell::{Result, command, root, run, say};
use crate::{args, size, split, tools};
use std::fs;
use std::path::PathBuf;

/// Where the built site stands.
pub fn dir() -> PathBuf {
    root().join("dist")
}

/// How much trouble the build goes to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Quick to build, for the edit loop.
    Development,
    /// Small and quick to run, for the world.
    Release,
    /// The same, after finding out anew which functions the first picture takes.
    Profile,
}

/// `cargo xtask dist`: the site as it is published, with its weight held to `size-budget.json`.
pub fn publish(words: &[String]) -> Result<()> {
    let mut words = words.to_vec();
    let anew = args::flag(&mut words, "--profile");
    args::none(&words)?;
    build(if anew { Effort::Profile } else { Effort::Release })?;
    size::weigh(&dir())
}

/// Builds the page into `dist/`, after installing what that takes.
pub fn build(effort: Effort) -> Result<()> {
    tools::for_the_page()?;
    editor()?;
    say("fetching Rust packages");
    fetch()?;
    trunk(effort)?;
    match effort {
        Effort::Development => Ok(()),
        Effort::Release | Effort::Profile => split::split_site(&dir(), effort == Effort::Profile),
    }
}

/// Trunk runs cargo with `--offline`, so that it never tries to download a tool behind our back.
fn fetch() -> Result<()> {
    run(command("cargo").args(["fetch", "--quiet", "--target", "wasm32-unknown-unknown"]))
}

/// The editor is one file of its own that the page loads when a person first needs it.
fn editor() -> Result<()> {
    let generated = root().join("web/assets/generated");
    fs::create_dir_all(&generated).map_err(|why| format!("{}: {why}", generated.display()))?;
    say("bundling the editor");
    let mut esbuild = command("esbuild");
    esbuild.args(["web/editor/index.js", "--bundle", "--minify", "--format=esm", "--target=es2022"]);
    esbuild.args(["--legal-comments=none", "--log-level=warning"]);
    esbuild.arg(format!("--outfile={}", generated.join("editor.js").display()));
    run(&mut esbuild)
}

fn trunk(effort: Effort) -> Result<()> {
    let mut trunk = command("trunk");
    trunk.args(["build", "--offline", "--public-url", "./", "--dist", "dist"]);
    if effort == Effort::Development {
        say("building the page");
    } else {
        trunk.args(["--release", "--cargo-profile", "web"]);
        // Names that tell apart the instances of a generic function: the split goes by names.
        trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-C symbol-mangling-version=v0");
        say("building the page for release (takes minutes)");
    }
    // Trunk reads NO_COLOR as a boolean and stops at the customary "1"; and it need not ask for newer versions of itself.
    trunk.env_remove("NO_COLOR").env("TRUNK_SKIP_VERSION_CHECK", "true");
    run(&mut trunk)
}
