//! The table of how values are merged, held against the samples that set every field of a kind.

use orrery_api::Kind;
use orrery_api::merge_schema::MergeType;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

fn sample(kind: Kind) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/full/{kind}.json"));
    let text = std::fs::read_to_string(&path).expect("there is a sample for every kind");
    serde_json::from_str(&text).expect("samples are JSON")
}

/// The structs of the table, each by its rows, with all that the samples have of them.
type Structs<'v> = BTreeMap<&'static str, Vec<&'v Value>>;

/// Sorts the values in `value` by their structs, and tells what the table says of them that they are not.
fn walk<'v>(path: &str, value: &'v Value, ty: MergeType, structs: &mut Structs<'v>, wrong: &mut Vec<String>) {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let fits = match ty {
        MergeType::Object(fields) | MergeType::Struct(fields) => {
            structs.entry(fields).or_default().push(value);
            for (name, inner) in value.as_object().into_iter().flatten() {
                walk(&format!("{path}.{name}"), inner, ty.field(name), structs, wrong);
            }
            true
        }
        MergeType::Atomic | MergeType::Map => value.is_object(),
        MergeType::Set => value.is_array() && list.iter().all(|item| !item.is_object()),
        MergeType::Keyed(_) => {
            list.iter().for_each(|item| walk(&format!("{path}[]"), item, ty.item(), structs, wrong));
            let known =
                |item: &Value| ty.keys().all(|key| item.get(key.name).is_some() || key.default.is_some());
            value.is_array() && list.iter().all(known)
        }
        MergeType::Untyped => true,
    };
    if !fits {
        wrong.push(format!("{path} is not {ty:?}"));
    }
}

#[test]
fn what_the_table_names_is_there_and_is_what_it_says() {
    let samples: Vec<(Kind, Value)> = Kind::ALL.iter().map(|kind| (*kind, sample(*kind))).collect();
    let (mut structs, mut wrong) = (Structs::new(), Vec::new());
    for (kind, sample) in &samples {
        walk(kind.name(), sample, MergeType::of(*kind), &mut structs, &mut wrong);
    }
    for (fields, values) in structs {
        for (field, _) in fields.split(' ').filter_map(|word| word.split_once(':')) {
            // What is written into a Secret's stringData is read from its data.
            if field != "stringData" && values.iter().all(|value| value.get(field).is_none()) {
                wrong.push(format!("{field} of {fields:?} is in no sample"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}
