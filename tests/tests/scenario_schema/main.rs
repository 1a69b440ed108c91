//! The JSON Schema of scenario files says the same as the program that reads them: of every file of the project, and of
//! whatever one change makes of it.

mod schema;

use orrery_apimachinery::decode::Member;
use orrery_manifest::{Limits, read as read_yaml};
use schema::Schema;
use serde_json::{Value, json};
use std::path::Path;

/// Mistakes that only somebody who knows the API can see: what a schema cannot say.
const BEYOND_A_SCHEMA: [&str; 4] =
    ["there is no kind", "unable to parse requirement", "is not a quantity", "is not a taint"];

fn schema() -> Schema {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scenario.schema.json");
    let text = std::fs::read_to_string(path).expect("the schema is part of the project");
    Schema::new(serde_json::from_str(&text).expect("it is JSON"))
}

/// Every scenario of the project, and one that says all that there is to say.
fn scenarios() -> Vec<(String, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["conformance/scenarios", "../web/assets/gallery", "tests/scenario_schema"];
    let listed = folders.iter().filter_map(|folder| std::fs::read_dir(root.join(folder)).ok()).flatten();
    let files = listed.filter_map(|file| Some(file.ok()?.path()));
    let mut all: Vec<(String, Value)> = files
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("the file was just listed");
            let document = read_yaml(&text, &Limits::default()).documents.remove(0);
            (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), document.value)
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// What the program finds wrong with a scenario.
fn mistakes(scenario: &Value) -> Vec<String> {
    let found = orrery_scenario::read(&scenario.to_string()).err().unwrap_or_default();
    found.iter().map(|mistake| mistake.message.to_string()).collect()
}

#[test]
fn every_scenario_of_the_project_fits_the_schema() {
    let schema = schema();
    let all = scenarios();
    assert!(all.len() > 30, "{}", all.len());
    for (name, scenario) in all {
        assert_eq!(schema.problem(&scenario), None, "{name}");
        assert_eq!(mistakes(&scenario), Vec::<String>::new(), "{name}");
    }
}

/// Whatever stands at a place is replaced by each of these in turn.
fn samples() -> [Value; 12] {
    let long = "a".repeat(61);
    [
        json!(true),
        json!(-1),
        json!(0),
        json!(7),
        json!(0.5),
        json!(1e9),
        json!(""),
        json!("1m30s"),
        json!(long),
        json!(["x"]),
        json!([]),
        json!({"x": "y"}),
    ]
}

/// All that one change makes of a value: something else at a place, a field less, a field more, a name written otherwise.
fn changes(value: &Value, make: &mut dyn FnMut(Value)) {
    samples().into_iter().filter(|sample| sample != value).for_each(&mut *make);
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                let mut less = entries.clone();
                less.remove(key);
                make(Value::Object(less.clone()));
                less.insert(format!("{key}X"), inner.clone());
                make(Value::Object(less));
                changes(inner, &mut |changed| {
                    let mut whole = entries.clone();
                    whole.insert(key.clone(), changed);
                    make(Value::Object(whole));
                });
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                changes(inner, &mut |changed| {
                    let mut whole = items.clone();
                    whole[index] = changed;
                    make(Value::Array(whole));
                });
            }
        }
        _ => {}
    }
}

#[test]
fn whatever_one_change_makes_of_a_scenario_the_schema_and_the_program_judge_alike() {
    let schema = schema();
    let all = scenarios();
    let (_, whole) = all.iter().find(|(name, _)| name == "everything.yaml").expect("it is beside this file");
    let (mut judged, mut refused, mut quarrels) = (0, 0, Vec::new());
    changes(whole, &mut |scenario| {
        let (problem, found) = (schema.problem(&scenario), mistakes(&scenario));
        let beyond = found.iter().all(|one| BEYOND_A_SCHEMA.iter().any(|known| one.contains(known)));
        let alike = if problem.is_some() { !found.is_empty() } else { beyond };
        if !alike {
            quarrels.push(format!("the schema: {problem:?}; the program: {found:?}"));
        }
        judged += 1;
        refused += usize::from(problem.is_some());
    });
    assert!(quarrels.is_empty(), "{}", quarrels.join("\n"));
    assert!(refused > 1_000 && judged - refused > 200, "{refused} of {judged} were refused");
}

#[test]
fn the_schema_and_the_program_know_the_same_fields() {
    let (schema, all) = (schema(), scenarios());
    let (_, whole) = all.iter().find(|(name, _)| name == "everything.yaml").expect("it is beside this file");
    let mut missing = schema.fields();
    schema.visit(whole, &mut |field, _| {
        missing.remove(&field);
    });
    assert!(missing.is_empty(), "not in everything.yaml: {missing:?}");
    let read = orrery_scenario::read(&whole.to_string()).expect("it is a scenario");
    schema.visit(&read.write(), &mut |field, known| assert!(known, "the schema does not know {field}"));
}
