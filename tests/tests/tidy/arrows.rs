//! Which crate may use which. Kubernetes is a set of programs that may only talk through the API server; the compiler
//! enforces that as long as nobody adds an arrow, and this table is where an arrow would have to be added.

use crate::root;
use serde_json::Value;
use std::process::Command;

/// A crate, and the crates of this workspace it may name (`orrery-` left out; `orrery` itself is the native program).
const ARROWS: [(&str, &str); 29] = [
    ("sim", ""),
    ("derive", ""),
    ("apimachinery", "derive"),
    ("api", "apimachinery"),
    ("schema", ""),
    ("manifest", "apimachinery api"),
    ("etcd", "sim"),
    ("apiserver", "sim apimachinery api etcd"),
    ("client", "sim apimachinery api apiserver"),
    // Its workbench starts an API server; only tests ask for that.
    ("controller-runtime", "sim apimachinery api client apiserver"),
    ("controller-manager", "sim apimachinery api client controller-runtime"),
    ("add-ons", "sim apimachinery api client controller-runtime"),
    ("scheduler", "sim apimachinery api client"),
    ("container-runtime", "sim apimachinery"),
    ("kubelet", "sim apimachinery api client container-runtime"),
    ("kube-proxy", "sim apimachinery api client container-runtime"),
    (
        "cluster",
        "sim apimachinery api manifest etcd apiserver client controller-manager add-ons scheduler container-runtime kubelet kube-proxy",
    ),
    ("kubectl", "sim apimachinery api schema manifest apiserver client"),
    ("workstation", "sim apimachinery api apiserver container-runtime kubectl"),
    ("view", "sim apimachinery api schema manifest apiserver client cluster"),
    ("share", ""),
    ("run", "sim apimachinery api schema manifest apiserver cluster kubectl workstation view share"),
    ("scenario", "sim apimachinery api manifest cluster kubectl share run"),
    ("web", "sim apimachinery api schema manifest cluster kubectl workstation view share run scenario"),
    // Of the scheduler alone it measures the speed.
    (
        "orrery",
        "sim apimachinery api schema manifest apiserver client scheduler cluster kubectl workstation view share run scenario",
    ),
    (
        "tests",
        "sim apimachinery api schema manifest etcd apiserver client cluster kubectl workstation orrery view share run scenario",
    ),
    (
        "wasm-tests",
        "sim apimachinery api schema manifest etcd apiserver client cluster kubectl view share run",
    ),
    ("fuzz", "sim apimachinery api manifest container-runtime share run"),
    ("xtask", ""),
];

/// Programs of a cluster: they meet in the API server and nowhere else.
const COMPONENTS: [&str; 5] = ["controller-manager", "add-ons", "scheduler", "kubelet", "kube-proxy"];

/// What the tests inside a crate may use beyond the crate's row: text in, and an API server to run against.
const FOR_TESTS: [&str; 4] = ["manifest", "etcd", "apiserver", "client"];

/// Only the page knows that there is a browser.
const BROWSER: [&str; 5] = ["wasm-bindgen", "js-sys", "web-sys", "yew", "gloo"];

/// Crates that ask the outside for time, chance or threads: none of the engine's business.
const OUTSIDE: [&str; 9] =
    ["rand", "getrandom", "fastrand", "chrono", "time", "uuid", "tokio", "rayon", "async-std"];

struct Crate {
    name: String,
    uses: Vec<Use>,
}

struct Use {
    name: String,
    /// Only tests see it.
    dev: bool,
}

fn short(name: &str) -> &str {
    name.strip_prefix("orrery-").unwrap_or(name)
}

fn allowed(name: &str) -> Option<Vec<&'static str>> {
    ARROWS.iter().find(|(row, _)| *row == name).map(|(_, uses)| uses.split_whitespace().collect())
}

/// What is wrong with these crates, a sentence for each arrow.
fn complaints(crates: &[Crate]) -> Vec<String> {
    let mut found = Vec::new();
    for Crate { name, uses } in crates {
        let Some(allowed) = allowed(name) else {
            found.push(format!("{name} has no row in ARROWS: say what it may use"));
            continue;
        };
        for Use { name: used, dev } in uses {
            let ours = ARROWS.iter().any(|(row, _)| row == used);
            let fine = allowed.contains(&used.as_str()) || (*dev && FOR_TESTS.contains(&used.as_str()));
            if ours && !fine {
                found.push(format!("{name} may not use {used}"));
            }
            let family = |name: &&str| used == name || used.starts_with(&format!("{name}-"));
            let test_runner = *dev && used == "wasm-bindgen-test";
            if name != "web" && BROWSER.iter().any(family) && !test_runner {
                found.push(format!("{name} may not know of a browser, and uses {used}"));
            }
            if !["web", "xtask", "tests"].contains(&name.as_str()) && OUTSIDE.contains(&used.as_str()) {
                found.push(format!("{name} may not look outside, and uses {used}"));
            }
        }
    }
    found
}

/// The workspace as cargo sees it.
fn workspace() -> Vec<Crate> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs: it started this test");
    let tree: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let text = |value: &Value| short(value.as_str().unwrap_or_default()).to_owned();
    let array = |value: &Value| value.as_array().cloned().unwrap_or_default();
    array(&tree["packages"])
        .iter()
        .map(|package| Crate {
            name: text(&package["name"]),
            uses: array(&package["dependencies"])
                .iter()
                .map(|used| Use { name: text(&used["name"]), dev: used["kind"] == "dev" })
                .collect(),
        })
        .collect()
}

#[test]
fn crates_use_only_what_their_row_allows() {
    let crates = workspace();
    assert!(crates.iter().any(|found| found.name == "sim"), "cargo metadata lists no crates");
    let found = complaints(&crates);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn no_row_lets_a_component_name_another_or_reach_past_its_client() {
    for (name, uses) in ARROWS {
        let uses: Vec<_> = uses.split_whitespace().collect();
        if COMPONENTS.contains(&name) {
            for forbidden in COMPONENTS.iter().chain(&["apiserver", "etcd", "cluster"]) {
                assert!(!uses.contains(forbidden), "{name} -> {forbidden}");
            }
        }
        assert!(
            uses.iter().all(|used| allowed(used).is_some()),
            "{name} names a crate without a row: {uses:?}"
        );
    }
}

#[test]
fn a_wrong_arrow_is_caught() {
    let rows = [
        ("a component that names another", "scheduler", "kubelet", false, 1),
        ("a component that reaches past its client", "kubelet", "etcd", false, 1),
        ("a component whose tests start an API server", "kubelet", "apiserver", true, 0),
        ("a component whose tests name another", "kubelet", "scheduler", true, 1),
        ("an arrow that points up", "etcd", "apiserver", false, 1),
        ("an allowed arrow", "apiserver", "etcd", false, 0),
        ("an engine crate that knows of a browser", "view", "web-sys", false, 1),
        ("an engine crate that knows of a browser's relative", "view", "gloo-timers", true, 1),
        ("the page in a browser", "web", "web-sys", false, 0),
        ("the runner of wasm tests", "wasm-tests", "wasm-bindgen-test", true, 0),
        ("an engine crate that rolls dice", "sim", "rand", false, 1),
        ("a crate without a row", "kube-dns", "sim", false, 1),
    ];
    for (row, name, used, dev, want) in rows {
        let crates = [Crate { name: name.to_owned(), uses: vec![Use { name: used.to_owned(), dev }] }];
        assert_eq!(complaints(&crates).len(), want, "{row}");
    }
}
