//! A good manifest, and what is said when a part of it is replaced.

use orrery_api::{Kind, Object};
use orrery_apimachinery::patch::json_merge;
use serde_json::{Value, json};

/// The object that a manifest means, filled.
fn read(manifest: &Value) -> Object {
    let text = |field: &str| manifest[field].as_str().expect("manifests state their type");
    let kind = Kind::by_gvk(text("apiVersion"), text("kind")).expect("the kind is served");
    let (mut object, problems) = Object::decode(kind, manifest);
    assert_eq!(problems, [], "{manifest}");
    object.apply_defaults();
    object
}

/// What differs between what is said and what each row expects, one message per line.
fn wrong(good: &Value, rows: &[(&str, Value, &str)], say: impl Fn(&Object, &Object) -> Vec<String>) {
    let old = read(good);
    assert_eq!(old.validate(), [], "{good}");
    let mut wrong = Vec::new();
    for (row, patch, expected) in rows {
        let mut manifest = old.to_value();
        json_merge(&mut manifest, patch);
        let said = say(&read(&manifest), &old).join("\n");
        if said != *expected {
            wrong.push(format!("{row}:\n{said}\n  instead of\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is said of new objects: a good one with a merge patch each, and the messages.
pub fn created(good: Value, rows: &[(&str, Value, &str)]) {
    wrong(&good, rows, |new, _| new.validate().iter().map(ToString::to_string).collect());
}

/// What is said of replacements of a good object.
pub fn updated(good: Value, rows: &[(&str, Value, &str)]) {
    wrong(&good, rows, |new, old| new.validate_update(old).iter().map(ToString::to_string).collect());
}

/// An object called `x` with these fields.
pub fn object(api_version: &str, kind: &str, fields: Value) -> Value {
    let mut object = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}});
    if Kind::by_gvk(api_version, kind).is_some_and(Kind::namespaced) {
        object["metadata"]["namespace"] = "default".into();
    }
    json_merge(&mut object, &fields);
    object
}
