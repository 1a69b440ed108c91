//! Objects in, the table of `kubectl get` out.

use expect_test::Expect;
use orrery_api::printers::{Options, table};
use orrery_api::{Kind, Object};
use orrery_apimachinery::Time;
use serde_json::Value;

/// When every object was made.
pub const CREATED: &str = "2026-11-21T11:13:45Z";

/// Four minutes and 26 seconds later.
pub fn options() -> Options {
    Options { now: Time::parse("2026-11-21T11:18:11Z").expect("a date"), ..Default::default() }
}

fn object(kind: Kind, mut tree: Value) -> Object {
    tree["metadata"]["creationTimestamp"] = CREATED.into();
    let (object, problems) = Object::decode(kind, &tree);
    assert_eq!(problems, []);
    object
}

/// Prints objects of a kind.
pub fn check(kind: Kind, trees: impl IntoIterator<Item = Value>, options: &Options, expected: Expect) {
    let objects: Vec<Object> = trees.into_iter().map(|tree| object(kind, tree)).collect();
    expected.assert_eq(&table(kind, &objects.iter().collect::<Vec<_>>(), options));
}
