//! Strategic merge patches out of two or three states of an object (upstream: `diffMaps` of
//! `k8s.io/apimachinery/pkg/util/strategicpatch`).

use super::rules::{ListRule, Place};
use super::strategic::{DELETE_FROM_SET, DIRECTIVE, ELEMENT_ORDER, Mode, RETAIN_KEYS, merge};
use crate::Order;
use crate::{Value, gofmt};
use serde_json::{Map, json};

/// What is left out of a patch.
#[derive(Clone, Copy, PartialEq)]
enum Only {
    Everything,
    ChangesAndAdditions,
    Deletions,
}

impl Only {
    fn changes(self) -> bool {
        self != Only::Deletions
    }

    fn deletions(self) -> bool {
        self != Only::ChangesAndAdditions
    }
}

/// The patch that makes `modified` out of `original`; empty when they are equal.
pub fn two_way(original: &Value, modified: &Value) -> Result<Value, String> {
    diff(original, modified, Only::Everything).map(Value::Object)
}

/// The patch by which `kubectl apply` changes the `live` object: fields of `modified` are set, fields that only
/// `original` (the last applied one) named are removed, all others stay.
pub fn three_way(original: &Value, modified: &Value, live: &Value) -> Result<Value, String> {
    let delta = diff(live, modified, Only::ChangesAndAdditions)?;
    let mut patch = diff(original, modified, Only::Deletions)?;
    merge(Place::root(modified), &mut patch, delta, Mode::Combine)?;
    Ok(Value::Object(patch))
}

/// The same as a JSON merge patch, for kinds whose lists nobody knows how to merge
/// (upstream: `jsonmergepatch.CreateThreeWayJSONMergePatch`).
pub fn three_way_merge(original: &Value, modified: &Value, live: &Value) -> Value {
    let mut patch = merge_diff(original, modified, Only::Deletions).unwrap_or_else(|| json!({}));
    if let Some(changes) = merge_diff(live, modified, Only::ChangesAndAdditions) {
        unite(&mut patch, changes);
    }
    patch
}

/// What a merge patch has to say of two states, if anything.
fn merge_diff(old: &Value, new: &Value, only: Only) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return (old != new && only.changes() && !new.is_null()).then(|| new.clone());
    };
    let mut patch = Map::new();
    for (key, value) in new {
        let change = merge_diff(old.get(key).unwrap_or(&Value::Null), value, only);
        patch.extend(change.map(|change| (key.clone(), change)));
    }
    if only.deletions() {
        let gone = old.keys().filter(|key| new.get(*key).is_none_or(Value::is_null));
        patch.extend(gone.map(|key| (key.clone(), Value::Null)));
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

/// Puts two merge patches together that say different things.
fn unite(patch: &mut Value, other: Value) {
    match (patch, other) {
        (Value::Object(patch), Value::Object(other)) => {
            for (key, value) in other {
                unite(patch.entry(key).or_insert(Value::Null), value);
            }
        }
        (patch, other) => *patch = other,
    }
}

fn diff(original: &Value, modified: &Value, only: Only) -> Result<Map<String, Value>, String> {
    let nothing = Map::new();
    let map = |value: &'_ Value| value.as_object().cloned();
    let (original, new) = (map(original).unwrap_or_default(), modified.as_object().unwrap_or(&nothing));
    diff_maps(Place::root(modified), &original, new, only, false)
}

/// `retains` says that the map is of one type only, so that the patch tells which keys stay.
fn diff_maps(
    place: Place<'_>,
    original: &Map<String, Value>,
    modified: &Map<String, Value>,
    only: Only,
    retains: bool,
) -> Result<Map<String, Value>, String> {
    let mut patch = Map::new();
    for (key, new) in modified {
        match original.get(key) {
            Some(old) => diff_field(place, key, old, new, only, &mut patch)?,
            None if only.changes() => drop(patch.insert(key.clone(), new.clone())),
            None => {}
        }
    }
    if only.deletions() {
        let gone = original.keys().filter(|key| !modified.contains_key(*key));
        patch.extend(gone.map(|key| (key.clone(), Value::Null)));
    }
    let grown = modified.keys().any(|key| !original.contains_key(key));
    let retained: Vec<&String> = modified.iter().filter(|(_, v)| !v.is_null()).map(|(k, _)| k).collect();
    if retains && !retained.is_empty() && (!patch.is_empty() || grown) {
        patch.insert(RETAIN_KEYS.into(), json!(retained));
    }
    Ok(patch)
}

fn diff_field(
    place: Place<'_>,
    key: &str,
    old: &Value,
    new: &Value,
    only: Only,
    patch: &mut Map<String, Value>,
) -> Result<(), String> {
    let place = place.field(key);
    match (old, new) {
        (Value::Object(old), Value::Object(new)) if !place.replaces_map() => {
            let change = diff_maps(place, old, new, only, place.retains_keys())?;
            if !change.is_empty() {
                patch.insert(key.into(), change.into());
            }
        }
        (Value::Array(old), Value::Array(new)) if place.list_rule() != ListRule::Replace => {
            diff_lists(place, key, old, new, only, patch)?;
        }
        // Upstream does not look whether a map that is one value is the same.
        _ if only.changes() && (old != new || place.replaces_map()) => {
            patch.insert(key.into(), new.clone());
        }
        _ => {}
    }
    Ok(())
}

fn diff_lists(
    place: Place<'_>,
    key: &str,
    old: &[Value],
    new: &[Value],
    only: Only,
    patch: &mut Map<String, Value>,
) -> Result<(), String> {
    if old.is_empty() {
        if !new.is_empty() && only.changes() {
            patch.insert(key.into(), new.into());
        }
        return Ok(());
    }
    let (changed, order) = match place.list_rule() {
        ListRule::MergeBy(merge_key) => {
            let changed = diff_items(place, merge_key, old, new, only)?;
            let ids = |items: &[Value]| items.iter().map(|i| i[merge_key].clone()).collect::<Vec<_>>();
            let moved = only.changes() && ids(old) != ids(new);
            let order: Vec<Value> = ids(new).into_iter().map(|id| json!({merge_key: id})).collect();
            let ordered = moved || !changed.is_empty();
            (changed, ordered.then_some(order))
        }
        _ => {
            let mut gone: Vec<Value> =
                old.iter().filter(|v| !new.contains(v) && only.deletions()).cloned().collect();
            gone.order_by_key(gofmt::value);
            gone.dedup();
            let ordered = !gone.is_empty() || (only.changes() && old != new);
            if !gone.is_empty() {
                patch.insert([DELETE_FROM_SET, key].concat(), gone.into());
            }
            let added = new.iter().filter(|v| !old.contains(v) && only.changes()).cloned().collect();
            (added, ordered.then(|| new.to_vec()))
        }
    };
    if !changed.is_empty() {
        patch.insert(key.into(), changed.into());
    }
    if let Some(order) = order.filter(|order| !order.is_empty()) {
        patch.insert([ELEMENT_ORDER, key].concat(), order.into());
    }
    Ok(())
}

/// The items to change and to add, in the order of `new`; then those to delete.
fn diff_items(
    place: Place<'_>,
    key: &str,
    old: &[Value],
    new: &[Value],
    only: Only,
) -> Result<Vec<Value>, String> {
    let (before, after) = (sorted(key, old)?, sorted(key, new)?);
    let (mut before, mut after) = (before.into_iter().peekable(), after.into_iter().peekable());
    let (mut changed, mut deleted) = (Vec::new(), Vec::new());
    loop {
        let ids = (before.peek().map(|(id, _)| id), after.peek().map(|(id, _)| id));
        match ids {
            (None, None) => break,
            (Some(a), Some(b)) if a == b => {
                let pair = before.next().zip(after.next());
                let ((_, a), (_, b)) = pair.expect("both were there when peeked at");
                let mut change = diff_maps(place, a, b, only, place.retains_keys())?;
                if !change.is_empty() {
                    change.insert(key.into(), b[key].clone());
                    changed.push(Value::Object(change));
                }
            }
            (Some(a), b) if b.is_none_or(|b| a < b) => {
                let gone = before.next().map(|(_, item)| json!({key: item[key], DIRECTIVE: "delete"}));
                deleted.extend(gone.filter(|_| only.deletions()));
            }
            _ => {
                let added = after.next().map(|(_, item)| Value::Object(item.clone()));
                changed.extend(added.filter(|_| only.changes()));
            }
        }
    }
    changed.order_by_key(|item| new.iter().position(|other| other.get(key) == item.get(key)));
    changed.extend(deleted);
    Ok(changed)
}

/// Items by the text of their key.
type Sorted<'v> = Vec<(String, &'v Map<String, Value>)>;

/// The items with the text of their key, in the order of that text.
fn sorted<'v>(key: &str, items: &'v [Value]) -> Result<Sorted<'v>, String> {
    let with_id = |item: &'v Value| {
        let map = item.as_object().ok_or("expected a map[string]interface {}, but received another type")?;
        let missing = || format!("map: {} does not contain declared merge key: {key}", gofmt::map(map));
        Ok((gofmt::value(map.get(key).ok_or_else(missing)?), map))
    };
    let mut items = items.iter().map(with_id).collect::<Result<Vec<_>, String>>()?;
    items.order_by(|(a, _), (b, _)| a.cmp(b));
    Ok(items)
}
