//! Tidiness, held by tests: which crate may use which (`arrows`), and what the sources may not contain (`rules`).

mod arrows;
mod rules;
mod source;

use std::path::{Path, PathBuf};

/// The project's root folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lives in tests")
}

/// Every Rust source under `dir`, sorted; build output and installed packages are not ours.
fn rust_files(dir: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && name != "target" && name != "node_modules" && name != "dist" {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn the_sources_keep_every_rule() {
    let mut files = Vec::new();
    for folder in ["crates", "web", "tests"] {
        rust_files(&root().join(folder), &mut files);
    }
    assert!(files.len() > 20, "found only {} sources: the search itself is broken", files.len());
    let mut complaints = Vec::new();
    for file in files {
        let path = file.strip_prefix(root()).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|why| panic!("{path}: {why}"));
        complaints.extend(rules::complaints(&path, &text));
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
