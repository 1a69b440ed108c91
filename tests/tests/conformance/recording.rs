//! A run, real or ours: steps, and the log of every change.

use crate::scrub::Scrubber;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

/// Kind, namespace and name.
pub type Key = (String, String, String);
/// The objects as they stood at an instant.
pub type Objects = BTreeMap<Key, Value>;

/// One change: time, operation, kind, object.
#[derive(Clone, Debug)]
pub struct Change {
    pub time: f64,
    pub revision: u64,
    pub op: String,
    pub kind: String,
    pub object: Value,
}

/// A run.
pub struct Recording {
    pub namespaces: BTreeSet<String>,
    pub steps: Vec<Value>,
    pub log: Vec<Change>,
    pub scrubber: Scrubber,
}

/// Reads a recording.
pub fn load(path: &Path) -> Value {
    let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("a recording is compressed text");
    serde_json::from_str(&text).expect("a recording is JSON")
}

/// The text at `pointer`, empty when there is none.
pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn change(entry: &Value) -> Change {
    let word = |i: usize| entry[i].as_str().unwrap_or_default().to_string();
    Change {
        time: entry[0].as_f64().unwrap_or_default(),
        revision: word(1).parse().unwrap_or_default(),
        op: word(2),
        kind: word(3),
        object: entry[4].clone(),
    }
}

impl Recording {
    pub fn new(data: Value) -> Self {
        let list = |key: &str| data[key].as_array().cloned().unwrap_or_default();
        let mut log: Vec<Change> = list("log").iter().map(change).collect();
        log.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.revision.cmp(&b.revision)));
        let pods = log.iter().filter(|c| c.kind == "Pod").map(|c| &c.object);
        Recording {
            namespaces: list("namespaces").iter().filter_map(|n| n.as_str().map(String::from)).collect(),
            steps: list("steps"),
            scrubber: Scrubber::new(pods),
            log,
        }
    }

    /// When the step after the `n`th begins.
    pub fn end(&self, n: usize) -> f64 {
        self.steps.get(n + 1).map_or(f64::INFINITY, |s| s["t"].as_f64().unwrap_or_default())
    }

    /// Every step with the objects as they stood when the next one began.
    pub fn states(&self) -> Vec<(&Value, Objects)> {
        let (mut objects, mut log) = (Objects::new(), self.log.iter().peekable());
        let mut states = Vec::new();
        for (n, step) in self.steps.iter().enumerate() {
            while let Some(change) = log.next_if(|c| c.time < self.end(n)) {
                let meta = |field: &str| text(&change.object, &format!("/metadata/{field}")).to_string();
                let key = (change.kind.clone(), meta("namespace"), meta("name"));
                if change.op == "DELETED" {
                    objects.remove(&key);
                } else {
                    objects.insert(key, change.object.clone());
                }
            }
            states.push((step, objects.clone()));
        }
        states
    }
}
