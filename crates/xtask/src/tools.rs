//! The tools that building the page takes. Each is looked for first and installed only when it, or its version, is missing.

use crate::shell::{Result, command, find, output, root, run, say, tools_dir};
use std::fs;
use std::path::Path;

/// The version of trunk: 0.22 needs a newer compiler than ours.
const TRUNK: &str = "0.21.14";
/// The version of wasm-bindgen's command line: it must be the library's own, pinned in `web/Cargo.toml`.
const WASM_BINDGEN: &str = "0.2.130";
const NODE_MAJOR: u32 = 20;

/// Everything the page's build takes.
pub fn for_the_page() -> Result<()> {
    wasm_target()?;
    npm_packages()?;
    wasm_bindgen()?;
    trunk()
}

/// The standard library for the page.
pub fn wasm_target() -> Result<()> {
    rust_target("wasm32-unknown-unknown")
}

/// The standard library for a target.
pub fn rust_target(target: &str) -> Result<()> {
    let sysroot = output(command("rustc").args(["--print", "sysroot"])).unwrap_or_default();
    if Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib").is_dir() {
        return Ok(());
    }
    say(&format!("adding Rust's {target} target"));
    run(command("rustup").args(["target", "add", target]))
        .map_err(|why| format!("the {target} target is missing and rustup cannot add it: {why}"))
}

/// Trunk, which puts the page together.
pub fn trunk() -> Result<()> {
    // As published with its lock file: that is what its authors tested.
    cargo_tool("trunk", "trunk", TRUNK, &["--locked"])
}

/// The command line of wasm-bindgen, which also holds the runner of wasm tests.
pub fn wasm_bindgen() -> Result<()> {
    cargo_tool("wasm-bindgen", "wasm-bindgen-cli", WASM_BINDGEN, &[])
}

fn cargo_tool(program: &str, package: &str, version: &str, options: &[&str]) -> Result<()> {
    let printed = output(command(program).arg("--version")).unwrap_or_default();
    if printed.split_whitespace().any(|word| word == version) {
        return Ok(());
    }
    say(&format!("installing {package} {version} into .cache/tools (takes minutes, once)"));
    let mut install = command("cargo");
    install.args(["install", package, "--version", version, "--root"]).arg(tools_dir()).args(options);
    run(&mut install).map_err(|why| format!("{package} {version} cannot be installed: {why}"))
}

/// Node itself: the one tool besides Rust that we cannot bring along.
pub fn node() -> Result<()> {
    let printed = output(command("node").arg("--version")).unwrap_or_default();
    let major = printed.trim().trim_start_matches('v').split('.').next().and_then(|n| n.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE_MAJOR => Ok(()),
        Some(major) => Err(format!("Node {major} is too old: install Node {NODE_MAJOR} or newer")),
        None => Err(format!("Node is missing: install Node {NODE_MAJOR} or newer")),
    }
}

/// The npm packages of `package-lock.json`, exactly. A copy of the lock file in `node_modules` says which were installed.
pub fn npm_packages() -> Result<()> {
    node()?;
    let lock =
        fs::read(root().join("package-lock.json")).map_err(|why| format!("package-lock.json: {why}"))?;
    let stamp = root().join("node_modules/.installed-package-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say("installing npm packages (npm ci)");
    run(command("npm").args(["ci", "--loglevel=error"]))
        .map_err(|why| format!("the npm packages cannot be installed: {why}"))?;
    fs::write(&stamp, lock).map_err(|why| format!("{}: {why}", stamp.display()))
}

/// Lets apt install `packages`: only as root on a Debian-like system, otherwise one line says what to do by hand.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    let root_user = output(command("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !root_user || find("apt-get").is_none() {
        return Err(format!("missing and to be installed by hand: {names}"));
    }
    say(&format!("installing {names} (apt-get)"));
    let quiet = ["-y", "-qq", "-o", "Dpkg::Use-Pty=0", "--no-install-recommends"];
    run(command("apt-get").args(["update", "-qq"]))
        .and_then(|()| {
            run(command("apt-get")
                .env("DEBIAN_FRONTEND", "noninteractive")
                .arg("install")
                .args(quiet)
                .args(packages))
        })
        .map_err(|why| format!("apt-get cannot install {names}: {why}"))
}
