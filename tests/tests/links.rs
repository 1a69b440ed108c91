//! Links as files: each is the run that it was when it was committed, here, in WebAssembly (`tests/wasm`) and in a browser
//! (`tests/browser/links.test.mjs`). `UPDATE_EXPECT=1` writes what they come to now: only a change of what a cluster does may
//! change it.

use expect_test::expect_file;
use orrery_run::Run;
use orrery_share::{Link, decode, encode};
use std::fs;
use std::path::{Path, PathBuf};

/// What can be pasted anywhere, less the address that stands before a link.
const ANYWHERE: usize = 2_000 - 100;

/// Files below the root, by name.
fn files(folder: &str, end: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == end));
    files.sort();
    assert!(!files.is_empty(), "nothing in {}", folder.display());
    files
}

fn links() -> Vec<(String, Link)> {
    let link = |path: PathBuf| {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let link = decode(&fs::read_to_string(&path).expect("a link is text"));
        (name.clone(), link.unwrap_or_else(|damage| panic!("{name}: {damage}")))
    };
    files("tests/links", "link").into_iter().map(link).collect()
}

/// The run at its instant, interrupted after so many looks at the clock.
fn trace(link: &Link, patience: usize) -> String {
    let mut run = Run::of(link);
    while run.now() < link.at || run.taken() < link.steps.len() {
        let mut left = patience;
        run.run(link.at, &mut || {
            left = left.saturating_sub(1);
            left > 0
        });
    }
    run.run(link.at, &mut || true);
    format!("{:016x} {}", run.trace_hash(), run.cluster().api().revision())
}

#[test]
fn a_link_is_the_run_that_it_was() {
    let lines = links().into_iter().map(|(name, link)| format!("{name} {}\n", trace(&link, usize::MAX)));
    expect_file!["../links/traces.txt"].assert_eq(&lines.collect::<String>());
}

/// The page runs in pieces of a few milliseconds.
#[test]
fn a_link_is_the_same_run_in_pieces() {
    for (name, link) in links() {
        assert_eq!(trace(&link, 97), trace(&link, usize::MAX), "{name}");
    }
}

#[test]
fn every_played_scenario_and_every_committed_link_can_be_pasted_anywhere() {
    for path in files("web/assets/gallery", "yaml") {
        let saved = orrery_cli::link::read(&path).expect("a file of ours can be read");
        let length = encode(&saved.link(saved.branch)).len();
        assert!(length <= ANYWHERE, "{} is a link of {length} characters", path.display());
    }
    for (name, link) in links() {
        let length = encode(&link).len();
        assert!(length <= ANYWHERE, "{name} is a link of {length} characters");
    }
}
