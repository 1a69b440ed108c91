//! Our reader and writer against kubectl 1.32 itself: what it made of hundreds of scalars and texts, and how it
//! wrote values, is kept in the files beside this one. `UPDATE_DIALECT=1` asks the kubectl in the path again.

mod record;

use orrery_manifest::{Limits, Severity, expand_lists, objects, read, to_yaml};
use serde_json::Value;
use std::fmt::Write;

/// What kubectl made of a text.
struct Outcome {
    /// The objects; kubectl's up to the first document that it refused.
    objects: Vec<Value>,
    /// The first refusal, without the name of the file.
    error: Option<String>,
}

impl Outcome {
    fn ours(text: &str) -> Outcome {
        let mut errors = objects(text).diagnostics.into_iter().filter(|d| d.severity == Severity::Error);
        // Who serves the kind is not asked without a cluster.
        let asked = ["no matches for kind", "Object 'apiVersion' is missing"];
        let first = errors.find(|d| !asked.iter().any(|words| d.message.starts_with(words)));
        let documents = read(text, &Limits::default()).documents.into_iter().flat_map(expand_lists);
        Outcome { objects: documents.map(|d| d.value).collect(), error: first.map(|d| d.message) }
    }

    /// We read each text to its end, kubectl stops where it cannot go on.
    fn agrees_with(&self, kubectl: &Outcome) -> bool {
        let objects = match kubectl.error {
            Some(_) => self.objects.starts_with(&kubectl.objects),
            None => self.objects == kubectl.objects,
        };
        objects && self.error == kubectl.error
    }

    fn of_fact(fact: &Value) -> Outcome {
        Outcome {
            objects: fact["objects"].as_array().cloned().unwrap_or_default(),
            error: fact["error"].as_str().map(String::from),
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let objects: Vec<String> = self.objects.iter().map(Value::to_string).collect();
        write!(f, "{} {}", objects.join(" "), self.error.as_deref().unwrap_or_default())
    }
}

/// The facts of a file: a line each, so that a change of one is a change of one line.
fn facts(name: &str) -> Vec<Value> {
    let path = format!("{}/tests/dialect/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the facts are there");
    let mut facts: Vec<Value> = serde_json::from_str(&text).expect("the facts are JSON");
    if std::env::var_os("UPDATE_DIALECT").is_some() {
        facts.iter_mut().for_each(record::ask);
        let lines: Vec<String> = facts.iter().map(Value::to_string).collect();
        std::fs::write(path, format!("[\n{}\n]\n", lines.join(",\n"))).expect("the facts can be written");
    }
    facts
}

fn text_of(fact: &Value) -> &str {
    fact["text"].as_str().expect("a fact is about a text")
}

fn assert_none(differences: &str) {
    assert!(differences.is_empty(), "kubectl does otherwise:\n{differences}");
}

fn compare(name: &str, text: impl Fn(&str) -> String) {
    let mut differences = String::new();
    for fact in facts(name) {
        let (ours, theirs) = (Outcome::ours(&text(text_of(&fact))), Outcome::of_fact(&fact));
        if !ours.agrees_with(&theirs) {
            let _ = writeln!(differences, "{:?}\n  kubectl {theirs}\n  ours    {ours}", text_of(&fact));
        }
    }
    assert_none(&differences);
}

#[test]
fn scalars_mean_what_kubectl_takes_them_for() {
    compare("scalars", record::object_with);
}

#[test]
fn texts_hold_the_objects_that_kubectl_finds_and_the_errors_that_it_prints() {
    compare("texts", str::to_owned);
}

#[test]
fn values_are_written_as_kubectl_writes_them() {
    let mut differences = String::new();
    for fact in facts("written") {
        let object = record::object_of(&fact["value"]);
        let (ours, theirs) = (to_yaml(&object), fact["yaml"].as_str().unwrap_or_default());
        if ours != theirs {
            let _ = writeln!(differences, "{}\n  kubectl {theirs:?}\n  ours    {ours:?}", fact["value"]);
        }
    }
    assert_none(&differences);
}
