//! What is different between two states of a cluster.

use std::collections::BTreeMap;

use orrery_api::{Kind, Object};
use orrery_apimachinery::{Str, Value};
use orrery_apiserver::ApiServer;
use orrery_view::scene::ObjectRef;

/// What differs with every write, whatever was written.
const NOISE: [&str; 2] = ["resourceVersion", "managedFields"];
/// The items of a list are told apart by one of these, where all have it.
const NAMES: [&str; 2] = ["name", "type"];

/// An object that is not as it was.
#[derive(Clone, PartialEq, Debug)]
pub struct Changed {
    /// The object.
    pub id: ObjectRef,
    /// What became of it.
    pub what: What,
}

/// What became of an object.
#[derive(Clone, PartialEq, Debug)]
pub enum What {
    /// It was not there.
    Added,
    /// It is there no more.
    Removed,
    /// Fields of it are different.
    Fields(Vec<Field>),
}

/// A field that is different. Text is as it is, everything else is JSON.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// Where it is: `spec.template.spec.containers[web].image`. A dot within a key has a backslash before it.
    pub path: String,
    /// What it was; none if it was not there.
    pub old: Option<String>,
    /// What it is; none if it is there no more.
    pub new: Option<String>,
}

/// What is different in `new` from `old`, by kind, namespace and name. Events and Leases, which only accompany what
/// happens, are left out.
pub fn compare(old: &ApiServer, new: &ApiServer) -> Vec<Changed> {
    let mut kinds: Vec<Kind> = old.kinds().chain(new.kinds()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut found = Vec::new();
    for kind in kinds.into_iter().filter(|kind| !matches!(kind, Kind::Event | Kind::Lease)) {
        let mut objects: BTreeMap<(&Str, &Str), [Option<&Object>; 2]> = BTreeMap::new();
        for (side, server) in [old, new].into_iter().enumerate() {
            for object in server.objects(kind) {
                let place = (&object.metadata().namespace, &object.metadata().name);
                objects.entry(place).or_default()[side] = Some(object);
            }
        }
        for ((namespace, name), sides) in objects {
            if let Some(what) = became(sides) {
                found.push(Changed { id: ObjectRef::new(kind.name(), namespace, name), what });
            }
        }
    }
    found
}

fn became(sides: [Option<&Object>; 2]) -> Option<What> {
    match sides {
        [None, _] => Some(What::Added),
        [_, None] => Some(What::Removed),
        [Some(old), Some(new)] if old == new => None,
        [Some(old), Some(new)] => {
            let mut fields = Vec::new();
            differences("", Some(&quiet(old)), Some(&quiet(new)), &mut fields);
            (!fields.is_empty()).then_some(What::Fields(fields))
        }
    }
}

/// The tree of an object without noise.
fn quiet(object: &Object) -> Value {
    let mut tree = object.to_value();
    if let Some(metadata) = tree.get_mut("metadata").and_then(Value::as_object_mut) {
        NOISE.iter().for_each(|key| drop(metadata.remove(*key)));
    }
    tree
}

fn differences(path: &str, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Field>) {
    if old == new {
        return;
    }
    let names = |old: &[Value], new: &[Value]| NAMES.into_iter().find(|key| tells_apart(key, old, new));
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                differences(&member(path, key), old.get(key), new.get(key), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => match names(old, new) {
            Some(key) => {
                let known = |list: &[Value], item: &Value| list.iter().any(|other| other[key] == item[key]);
                for item in old.iter().chain(new.iter().filter(|item| !known(old, item))) {
                    let name = item[key].as_str().unwrap_or_default();
                    let of = |list: &'_ [Value]| list.iter().position(|other| other[key] == item[key]);
                    let (was, is) = (of(old).map(|i| &old[i]), of(new).map(|i| &new[i]));
                    differences(&format!("{path}[{name}]"), was, is, found);
                }
            }
            None => {
                for i in 0..old.len().max(new.len()) {
                    differences(&format!("{path}[{i}]"), old.get(i), new.get(i), found);
                }
            }
        },
        _ => found.push(Field { path: path.to_owned(), old: old.map(text), new: new.map(text) }),
    }
}

/// Whether each item of two lists has a name of its own under a key.
fn tells_apart(key: &str, old: &[Value], new: &[Value]) -> bool {
    [old, new].into_iter().all(|list| {
        let mut names: Vec<&str> = list.iter().filter_map(|item| item[key].as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names.len() == list.len()
    })
}

fn member(path: &str, key: &str) -> String {
    let key = key.replace('.', "\\.");
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
