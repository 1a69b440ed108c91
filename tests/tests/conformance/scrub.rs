//! Takes out of texts what differs from run to run: suffixes, addresses, durations, node choice.

use crate::recording::text;
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const SUFFIX: &str = "[bcdfghjklmnpqrstvwxz2456789]{5}";

static WORD: LazyLock<Regex> = LazyLock::new(|| regex("[a-z0-9]+(?:-[a-z0-9]+)+"));
static MINUTE_IN_NAME: LazyLock<Regex> = LazyLock::new(|| regex(r"-\d{8}(-|$)"));
static RANDOM_END: LazyLock<Regex> = LazyLock::new(|| regex(&format!("-{SUFFIX}$")));
static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    vec![
        (regex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uid>"),
        (regex(r"\b10\.244\.\d+\.\d+"), "<podip>"),
        (regex(r"\b10\.(9[6-9]|1[01]\d)\.\d+\.\d+"), "<clusterip>"),
        (regex(&format!(r"(-(?:[0-9a-f]{{6,10}}|[bcdf-hj-np-tv-xz2456789]{{6,10}}))-{SUFFIX}\b")), "$1-*"),
        (regex(r"(Successfully assigned \S+ to )\S+"), "$1<node>"),
        (regex(r"-\d{8}\b"), "-<minute>"),
        (regex(r"\b\d+(\.\d+)?(ms|µs|s)\b"), "<dur>"),
    ]
});

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns above are valid")
}

/// The name of an object with its generated suffix as `*`; the template's hash is deterministic and stays.
pub fn pattern(kind: &str, object: &Value) -> String {
    let mut name = text(object, "/metadata/name").to_string();
    let owner = text(object, "/metadata/ownerReferences/0/kind");
    if matches!(kind, "Pod" | "Job") {
        name = MINUTE_IN_NAME.replace_all(&name, "-<minute>$1").into_owned();
    }
    let random_owner = matches!(owner, "ReplicaSet" | "DaemonSet" | "Job" | "ReplicationController");
    if kind == "Pod" && random_owner || kind == "EndpointSlice" {
        name = RANDOM_END.replace(&name, "-*").into_owned();
    }
    name
}

/// Scrubs the texts of one run.
pub struct Scrubber {
    names: BTreeMap<String, String>,
}

impl Scrubber {
    pub fn new<'a>(pods: impl Iterator<Item = &'a Value>) -> Self {
        let mut names = BTreeMap::new();
        for pod in pods {
            names.entry(text(pod, "/metadata/name").to_string()).or_insert_with(|| pattern("Pod", pod));
        }
        Scrubber { names }
    }

    /// A pod's name with its suffix as `*`; other names as they are.
    pub fn name(&self, name: &str) -> String {
        self.names.get(name).cloned().unwrap_or_else(|| name.to_string())
    }

    pub fn text(&self, text: &str) -> String {
        let mut text = WORD.replace_all(text, |c: &regex::Captures<'_>| self.name(&c[0])).into_owned();
        for (rule, with) in RULES.iter() {
            text = rule.replace_all(&text, *with).into_owned();
        }
        text
    }
}
