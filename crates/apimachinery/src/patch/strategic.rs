//! Strategic merge patch: how one is applied, and how two of them become one
//! (upstream: `mergeMap` of `k8s.io/apimachinery/pkg/util/strategicpatch`).

use super::rules::{ListRule, Place};
use crate::Order;
use crate::{Value, gofmt};
use serde_json::Map;

/// The directive of a map: `delete`, `replace`.
pub(super) const DIRECTIVE: &str = "$patch";
/// The keys of a map that stay.
pub(super) const RETAIN_KEYS: &str = "$retainKeys";
/// Before a field's name: the order in which its items are to stand.
pub(super) const ELEMENT_ORDER: &str = "$setElementOrder/";
/// Before a field's name: the values that its set loses.
pub(super) const DELETE_FROM_SET: &str = "$deleteFromPrimitiveList/";

type Outcome = Result<(), String>;

/// What the merge is for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mode {
    /// A patch is applied to an object: directives do what they say.
    Apply,
    /// A patch is added to another: directives and nulls are kept.
    Combine,
}

/// Applies a strategic merge patch to an object; the error is upstream's.
pub fn strategic_merge(target: &mut Value, patch: &Value) -> Result<(), String> {
    let kind = Value::from_iter([("kind", target.get("kind").cloned().unwrap_or_default())]);
    let (Value::Object(target), Value::Object(patch)) = (target, patch) else {
        return Err("invalid JSON document".into());
    };
    merge(Place::root(&kind), target, patch.clone(), Mode::Apply)
}

/// Merges `patch` into `target`, the map at `place`.
pub(super) fn merge(
    place: Place<'_>,
    target: &mut Map<String, Value>,
    mut patch: Map<String, Value>,
    mode: Mode,
) -> Outcome {
    if let Some(directive) = patch.remove(DIRECTIVE) {
        return match directive.as_str() {
            Some("replace") => {
                *target = patch;
                Ok(())
            }
            Some("delete") => {
                target.clear();
                Ok(())
            }
            _ => Err(unknown_directive(&directive, &patch)),
        };
    }
    retain_keys(target, &mut patch, mode)?;
    let ordered: Vec<String> = patch.keys().filter(|key| key.starts_with(ELEMENT_ORDER)).cloned().collect();
    for key in ordered {
        let order = patch.remove(&key).unwrap_or_default();
        merge_ordered(place, &key, order, target, &mut patch, mode)?;
    }
    patch.into_iter().try_for_each(|(key, value)| merge_field(place, target, key, value, mode))
}

fn unknown_directive(directive: &Value, patch: &Map<String, Value>) -> String {
    let mut patch = patch.clone();
    patch.insert(DIRECTIVE.into(), directive.clone());
    format!("unknown patch type: {} in map: {}", gofmt::value(directive), gofmt::map(&patch))
}

/// Drops the keys that the patch does not retain.
fn retain_keys(target: &mut Map<String, Value>, patch: &mut Map<String, Value>, mode: Mode) -> Outcome {
    let Some(retained) = patch.remove(RETAIN_KEYS) else { return Ok(()) };
    if mode == Mode::Combine {
        target.entry(RETAIN_KEYS).or_insert(retained);
        return Ok(());
    }
    let malformed = || "invalid patch format of retainKeys".to_string();
    let keys = retained.as_array().ok_or_else(malformed)?;
    let listed = |key: &str| keys.iter().any(|k| k == key);
    if patch.iter().any(|(key, value)| !value.is_null() && !key.starts_with('$') && !listed(key)) {
        return Err(malformed());
    }
    target.retain(|key, _| listed(key));
    Ok(())
}

/// Merges a list whose order the patch states.
fn merge_ordered(
    place: Place<'_>,
    directive: &str,
    order: Value,
    target: &mut Map<String, Value>,
    patch: &mut Map<String, Value>,
    mode: Mode,
) -> Outcome {
    let malformed = || "invalid patch format of setElementOrder list".to_string();
    if mode == Mode::Combine && target.entry(directive).or_insert_with(|| order.clone()) != &order {
        return Err(malformed());
    }
    let (Value::Array(order), Some(field)) = (order, directive.strip_prefix(ELEMENT_ORDER)) else {
        return Err(malformed());
    };
    let rule = place.field(field).list_rule();
    let (live, change) = (list_of(target.get(field))?, list_of(patch.get(field))?);
    check_order(change.unwrap_or_default(), &order, rule)?;
    let mut server_order = live.unwrap_or_default().to_vec();
    let mut merged = match (live, change) {
        (None, None) => return Ok(()),
        (Some(live), None) => live.to_vec(),
        (None, Some(change)) => without_directives(Value::from(change)).map(into_list).unwrap_or_default(),
        (Some(live), Some(change)) => {
            server_order = order_after(live, change, rule);
            let mut live = live.to_vec();
            merge_list(place.field(field), &mut live, change.to_vec(), mode)?;
            live
        }
    };
    patch.remove(field);
    arrange(&mut merged, &order, &server_order, rule);
    target.insert(field.into(), merged.into());
    Ok(())
}

fn into_list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list,
        _ => Vec::new(),
    }
}

fn list_of(value: Option<&Value>) -> Result<Option<&[Value]>, String> {
    match value {
        None => Ok(None),
        Some(Value::Array(list)) => Ok(Some(list)),
        Some(_) => Err("expected a []interface {}, but received another type".into()),
    }
}

/// Items of the patch must stand in the order that it states (upstream: `validatePatchWithSetOrderList`).
fn check_order(change: &[Value], order: &[Value], rule: ListRule) -> Outcome {
    if change.is_empty() || order.is_empty() {
        return Ok(());
    }
    let mut rest = order.iter();
    for item in change.iter().filter(|item| item.get(DIRECTIVE).is_none()) {
        identity(item, rule)?;
        if !rest.any(|other| same(item, other, rule)) {
            return Err(format!(
                "The order in patch list:\n{}\n doesn't match $setElementOrder list:\n{}\n",
                gofmt::list(change),
                gofmt::list(order)
            ));
        }
    }
    Ok(())
}

/// The order that upstream takes the live list to have had. Its slices share memory, so items that the patch
/// adds stand where others were deleted.
fn order_after(live: &[Value], change: &[Value], rule: ListRule) -> Vec<Value> {
    let deleted = |item: &Value| change.iter().any(|c| c.get(DIRECTIVE).is_some() && same(c, item, rule));
    let added =
        change.iter().filter(|c| c.get(DIRECTIVE).is_none() && !live.iter().any(|l| same(c, l, rule)));
    live.iter().filter(|item| !deleted(item)).chain(added).take(live.len()).cloned().collect()
}

/// What an item of a list is known by.
fn identity(item: &Value, rule: ListRule) -> Result<&Value, String> {
    match rule {
        ListRule::MergeBy(key) => item
            .get(key)
            .ok_or_else(|| format!("map: {} does not contain declared merge key: {key}", gofmt::value(item))),
        _ => Ok(item),
    }
}

fn same(a: &Value, b: &Value, rule: ListRule) -> bool {
    match rule {
        ListRule::MergeBy(key) => a.get(key).is_some() && a.get(key) == b.get(key),
        _ => a == b,
    }
}

/// Puts the items that `order` names into its order, and those that only the server has between them where
/// `server_order` had them (upstream: `normalizeElementOrder`).
fn arrange(items: &mut Vec<Value>, order: &[Value], server_order: &[Value], rule: ListRule) {
    let place = |list: &[Value], item: &Value| list.iter().position(|other| same(item, other, rule));
    let (mut patched, mut server_only): (Vec<Value>, Vec<Value>) =
        items.drain(..).partition(|item| place(order, item).is_some());
    patched.order_by_key(|item| place(order, item));
    server_only.order_by_key(|item| place(server_order, item));
    let (mut left, mut right) = (server_only.into_iter().peekable(), patched.into_iter().peekable());
    while let (Some(server), Some(patched)) = (left.peek(), right.peek()) {
        let first = match (place(server_order, server), place(server_order, patched)) {
            (Some(a), Some(b)) if a < b => left.next(),
            _ => right.next(),
        };
        items.extend(first);
    }
    items.extend(left.chain(right));
}

fn merge_field(
    place: Place<'_>,
    target: &mut Map<String, Value>,
    key: String,
    value: Value,
    mode: Mode,
) -> Outcome {
    if let Some(field) = key.strip_prefix(DELETE_FROM_SET) {
        match (mode, target.get_mut(field), value) {
            (Mode::Apply, Some(Value::Array(list)), Value::Array(gone)) => list.retain(|v| !gone.contains(v)),
            (Mode::Apply, _, _) => {}
            (Mode::Combine, _, value) => drop(target.insert(key, value)),
        }
        return Ok(());
    }
    if value.is_null() {
        target.remove(&key);
        if mode == Mode::Apply {
            return Ok(());
        }
    }
    let place = place.field(&key);
    match (target.get_mut(&key), value) {
        (Some(Value::Object(old)), Value::Object(new)) if place.replaces_map() => *old = new,
        (Some(Value::Object(old)), Value::Object(new)) => merge(place, old, new, mode)?,
        (Some(Value::Array(old)), Value::Array(new)) => merge_list(place, old, new, mode)?,
        (_, mut new) => {
            if mode == Mode::Apply {
                discard_nulls(&mut new);
            }
            match without_directives(new) {
                Some(new) => drop(target.insert(key, new)),
                None => drop(target.remove(&key)),
            }
        }
    }
    Ok(())
}

fn discard_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(discard_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(discard_nulls),
        _ => {}
    }
}

/// What is new needs no directives; a map that is to be deleted is nothing.
fn without_directives(value: Value) -> Option<Value> {
    match value {
        Value::Object(map) if map.contains_key(DIRECTIVE) => None,
        Value::Object(map) => {
            let kept = map.into_iter().filter_map(|(key, value)| Some((key, without_directives(value)?)));
            Some(Value::Object(kept.collect()))
        }
        Value::Array(list) => Some(list.into_iter().filter_map(without_directives).collect()),
        other => Some(other),
    }
}

fn merge_list(place: Place<'_>, live: &mut Vec<Value>, change: Vec<Value>, mode: Mode) -> Outcome {
    let rule = place.list_rule();
    match rule {
        ListRule::Replace => {
            *live = change;
            return Ok(());
        }
        ListRule::Set => {
            let order = live.clone();
            let added: Vec<Value> = change.iter().filter(|v| !live.contains(v)).cloned().collect();
            live.extend(added);
            arrange(live, &change, &order, rule);
        }
        ListRule::MergeBy(key) => merge_items(place, key, live, change, mode)?,
    }
    Ok(())
}

/// Merges items that are known by `key`, and deletes or replaces where the patch says so.
fn merge_items(
    place: Place<'_>,
    key: &'static str,
    live: &mut Vec<Value>,
    change: Vec<Value>,
    mode: Mode,
) -> Outcome {
    let rule = ListRule::MergeBy(key);
    let (special, change): (Vec<Value>, Vec<Value>) =
        change.into_iter().partition(|item| item.get(DIRECTIVE).is_some());
    let mut replace = false;
    for item in &special {
        match item[DIRECTIVE].as_str() {
            Some("delete") => {
                identity(item, rule)?;
                live.retain(|other| !same(item, other, rule));
            }
            Some("replace") => replace = true,
            Some("merge") => return Err("merging lists cannot yet be specified in the patch".into()),
            _ => return Err(unknown_directive(&item[DIRECTIVE], item.as_object().unwrap_or(&Map::new()))),
        }
    }
    if replace {
        *live = change;
        return Ok(());
    }
    let order = live.clone();
    for item in &change {
        identity(item, rule)?;
        match (live.iter_mut().find(|other| same(item, other, rule)), item) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(place, old, new.clone(), mode)?,
            _ => live.push(item.clone()),
        }
    }
    arrange(live, &change, &order, rule);
    Ok(())
}
