//! Which fields the components read, by their names.

use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The programs of the cluster, and what of the API's own code acts for them.
const SOURCES: [&str; 16] = [
    "crates/kube-apiserver/src",
    "crates/kube-controller-manager/src",
    "crates/kube-scheduler/src",
    "crates/kubelet/src",
    "crates/client/src",
    "crates/cluster/src",
    "crates/kube-proxy/src",
    "crates/add-ons/src",
    "crates/api/src/quota",
    "crates/api/src/cron_schedule.rs",
    "crates/api/src/custom.rs",
    "crates/api/src/network_policy.rs",
    "crates/api/src/node_matching.rs",
    "crates/api/src/pod_derived.rs",
    "crates/api/src/pod_resources.rs",
    "crates/api/src/secret.rs",
];

/// The words of the sources.
pub struct Sources {
    fields: BTreeSet<String>,
    words: BTreeSet<String>,
    controllers: BTreeSet<String>,
}

impl Sources {
    pub fn read(root: &Path) -> Sources {
        let files = SOURCES.iter().flat_map(|path| below(&root.join(path)));
        let texts = files.map(|file| fs::read_to_string(file).expect("a source can be read"));
        let code: Vec<String> = texts.map(|text| code(&text)).collect();
        let folder = root.join("crates/kube-controller-manager/src/controllers");
        let entries = fs::read_dir(folder).expect("the controllers are there").flatten();
        let name = |path: PathBuf| Some(path.file_stem()?.to_str()?.replace('_', ""));
        let controllers = entries.filter_map(|entry| name(entry.path())).collect();
        Sources { controllers, ..Sources::of_code(&code.join("\n")) }
    }

    /// The words of one text.
    pub fn of(text: &str) -> Sources {
        Sources::of_code(&code(text))
    }

    fn of_code(code: &str) -> Sources {
        // A field that is read (`.spec`), or named in a pattern or a value (`spec:`).
        let read = Regex::new(r"\.\s*(\w+)\b(\s*\()?").expect("a regex");
        let named = Regex::new(r"[{,]\s*(?:ref )?(\w+)\s*:(:)?").expect("a regex");
        let word = Regex::new(r"\w+").expect("a regex");
        let mut fields = BTreeSet::new();
        for pattern in [read, named] {
            let found = pattern.captures_iter(code).filter(|found| found.get(2).is_none());
            fields.extend(found.map(|found| found[1].to_owned()));
        }
        let controllers = BTreeSet::new();
        Sources {
            fields,
            controllers,
            words: word.find_iter(code).map(|found| found.as_str().to_owned()).collect(),
        }
    }

    /// Whether a field of that name is read or written.
    pub fn uses(&self, ident: &str) -> bool {
        self.fields.contains(ident)
    }

    /// Whether a controller bears the name of the kind.
    pub fn has_controller(&self, kind: &str) -> bool {
        self.controllers.contains(&kind.to_lowercase())
    }

    /// Whether a type of that name is spoken of.
    pub fn names(&self, ty: &str) -> bool {
        self.words.contains(ty)
    }
}

/// A source without comments, texts and tests.
fn code(text: &str) -> String {
    // Whichever begins first: a text may hold slashes, and a comment quotation marks.
    let no_code = Regex::new(r#""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])'|//[^\n]*"#).expect("a regex");
    let text = no_code.replace_all(text, "");
    let declarations = Regex::new(r"#\[cfg\(test\)\]\s*(?:pub )?mod \w+;").expect("a regex");
    let text = declarations.replace_all(&text, "");
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    text.split("#[cfg(test)] mod ").next().unwrap_or_default().to_owned()
}

/// All sources at or below a path that are not tests.
pub fn below(path: &Path) -> Vec<PathBuf> {
    let tests = ["tests.rs", "testing.rs", "tests"];
    if path.file_name().is_some_and(|name| tests.iter().any(|test| name == *test)) {
        return Vec::new();
    }
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path).expect("a folder").flatten().map(|e| e.path()).collect();
    entries.sort();
    entries.iter().flat_map(|entry| below(entry)).collect()
}
