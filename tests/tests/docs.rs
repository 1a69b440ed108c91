//! The examples of `docs/scenarios.md` are played, and everything that a step can say stands in one of them.

use orrery_manifest::{Limits, read};
use orrery_scenario::Play;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// What a scenario is made of, as far as the page can play it.
const PARTS: [&str; 12] = [
    "Step",
    "Wait",
    "Check",
    "TextCheck",
    "PodCheck",
    "EventCheck",
    "LoadCheck",
    "RequestCheck",
    "LoadStep",
    "RequestStep",
    "Nodes",
    "Fault",
];

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    std::fs::read_to_string(path).expect("it is part of the project")
}

/// The scenarios that stand in the text, each whole.
fn examples(text: &str) -> Vec<String> {
    let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.filter(|block| block.starts_with("name: ")).map(str::to_owned).collect()
}

/// Every key of a value, however deep.
fn keys(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, inner)| {
            into.insert(key.clone());
            keys(inner, into);
        }),
        Value::Array(items) => items.iter().for_each(|inner| keys(inner, into)),
        _ => {}
    }
}

/// The fields that the schema lists for a part, also where it can be said in several ways.
fn fields(part: &Value, into: &mut BTreeSet<String>) {
    if let Some(listed) = part["properties"].as_object() {
        into.extend(listed.keys().cloned());
    }
    part["anyOf"].as_array().into_iter().flatten().for_each(|way| fields(way, into));
}

#[test]
fn every_example_holds() {
    let examples = examples(&document("scenarios.md"));
    assert_eq!(
        examples.first().map(|first| first.lines().count()),
        Some(10),
        "the first one fits into ten lines"
    );
    for text in examples {
        let scenario =
            orrery_scenario::read(&text).unwrap_or_else(|mistakes| panic!("{mistakes:?} in {text}"));
        let mut play = Play::new(scenario);
        let mut run = play.run().expect("the page can play it");
        play.to_end(&mut run);
        let wrong: Vec<_> = play.verdicts().iter().filter_map(|verdict| verdict.wrong.as_ref()).collect();
        assert!(wrong.is_empty() && !play.verdicts().is_empty(), "{wrong:?} in {text}");
    }
}

#[test]
fn everything_that_a_step_can_say_has_an_example() {
    let mut shown = BTreeSet::new();
    for text in examples(&document("scenarios.md")) {
        read(&text, &Limits::default())
            .documents
            .iter()
            .for_each(|document| keys(&document.value, &mut shown));
    }
    let schema: Value = serde_json::from_str(&document("scenario.schema.json")).expect("it is JSON");
    for part in PARTS {
        let mut listed = BTreeSet::new();
        fields(&schema["definitions"][part], &mut listed);
        let missing: Vec<_> = listed.difference(&shown).collect();
        assert!(!listed.is_empty() && missing.is_empty(), "{part}: {missing:?}");
    }
}
