//! Every object that a real API server wrote in the recordings, through our types: nothing is lost, nothing
//! is added, nothing is refused.

use flate2::read::GzDecoder;
use orrery_api::{Kind, Object};
use serde_json::Value;
use std::fs::{self, File};
use std::path::Path;

/// The objects of a recording that are of served kinds.
fn objects(path: &Path) -> Vec<(Kind, Value)> {
    let file = File::open(path).expect("the recording is there");
    let mut run: Value = serde_json::from_reader(GzDecoder::new(file)).expect("recordings are JSON");
    let Value::Array(log) = run["log"].take() else { panic!("a recording has a log") };
    let served = |mut entry: Value| {
        let object = entry[4].take();
        let text = |field: &str| object[field].as_str().unwrap_or_default();
        Some((Kind::by_gvk(text("apiVersion"), text("kind"))?, object))
    };
    log.into_iter().filter_map(served).collect()
}

/// What our types make wrong of an object.
fn wrong(kind: Kind, recorded: &Value) -> Option<String> {
    let (mut object, problems) = Object::decode(kind, recorded);
    if !problems.is_empty() {
        return Some(format!("is not understood: {problems:?}"));
    }
    if object.to_value() != *recorded {
        return Some(format!("is printed as {}", object.to_value()));
    }
    object.apply_defaults();
    if object.to_value() != *recorded {
        return Some(format!("is filled to {}", object.to_value()));
    }
    let mut broken = object.validate();
    broken.extend(object.validate_update(&object));
    (!broken.is_empty()).then(|| format!("is refused: {broken:?}"))
}

#[test]
fn recorded_objects_are_read_printed_filled_and_accepted_as_they_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/recordings");
    let files =
        fs::read_dir(folder).expect("there are recordings").map(|f| f.expect("it can be listed").path());
    let mut count = 0;
    for path in files.filter(|path| path.extension().is_some_and(|e| e == "gz")) {
        for (kind, recorded) in objects(&path) {
            count += 1;
            if let Some(wrong) = wrong(kind, &recorded) {
                panic!("{}: {recorded} {wrong}", path.display());
            }
        }
    }
    assert!(count > 5_000, "only {count} objects were looked at");
}
