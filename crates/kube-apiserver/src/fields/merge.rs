//! An object with a configuration merged into it, and an object without some of its fields (upstream:
//! `typed/merge.go`, `typed/remove.go` of structured-merge-diff).

use super::compare::{identity, is_granular};
use super::element::Element;
use super::set::FieldSet;
use orrery_api::merge_schema::MergeType;
use orrery_apimachinery::Value;
use serde_json::Map;

/// What `config` makes of `live`: what it sets is set, all else stays.
pub(super) fn merge(live: &Value, config: &Value, ty: MergeType) -> Value {
    match (live, config) {
        (Value::Object(old), Value::Object(new)) if ty != MergeType::Atomic => {
            let mut merged: Map<String, Value> = old.clone();
            for (name, value) in new {
                let value =
                    old.get(name).map_or_else(|| value.clone(), |old| merge(old, value, ty.field(name)));
                merged.insert(name.clone(), value);
            }
            Value::Object(merged)
        }
        (Value::Array(old), Value::Array(new)) if is_granular(live, ty) => merge_lists(old, new, ty).into(),
        // A null leaves what has owners of its own alone.
        (_, Value::Null) if is_granular(live, ty) => live.clone(),
        _ => config.clone(),
    }
}

/// The items of both lists. Those of the configuration stand in its order, and each item that only the live list has
/// stays behind the shared one that it followed.
fn merge_lists(old: &[Value], new: &[Value], ty: MergeType) -> Vec<Value> {
    let identities =
        |items: &[Value]| -> Vec<Option<Element>> { items.iter().map(|i| identity(i, ty)).collect() };
    let (left, right) = (identities(old), identities(new));
    let twin =
        |step: &Option<Element>| step.as_ref().and_then(|_| left.iter().position(|other| other == step));
    let in_new = |step: &Option<Element>| step.is_some() && right.contains(step);
    let combined = |index: usize| match twin(&right[index]) {
        Some(at) => merge(&old[at], &new[index], ty.item()),
        None => new[index].clone(),
    };
    let mut shared =
        right.iter().filter(|step| twin(step).is_some()).collect::<Vec<_>>().into_iter().peekable();
    let (mut merged, mut l, mut r) = (Vec::new(), 0, 0);
    while l < old.len() || r < new.len() {
        if l < old.len() && r < new.len() {
            if left[l] == right[r] {
                merged.push(combined(r));
                (l, r) = (l + 1, r + 1);
                shared.next();
                continue;
            }
            if in_new(&left[l]) && shared.peek().is_some_and(|next| **next != left[l]) {
                l += 1;
                continue;
            }
        }
        if l < old.len() {
            if !in_new(&left[l]) {
                merged.push(old[l].clone());
                l += 1;
                continue;
            }
            if right[..r].contains(&left[l]) {
                l += 1;
            }
        }
        if r < new.len() {
            merged.push(combined(r));
            if shared.peek() == Some(&&right[r]) {
                shared.next();
            }
            r += 1;
        }
    }
    merged
}

/// `value` without the fields in `gone`. What loses all its parts is null.
pub(super) fn remove(value: &Value, gone: &FieldSet, ty: MergeType) -> Value {
    let kept = |step: &Element, inner: &Value, ty: MergeType| {
        if gone.has_member(step) {
            return None;
        }
        Some(gone.below(step).map_or_else(|| inner.clone(), |below| remove(inner, below, ty)))
    };
    match value {
        Value::Object(fields) if ty != MergeType::Atomic => {
            let rest = fields.iter().filter_map(|(name, inner)| {
                Some((name.clone(), kept(&Element::field(name), inner, ty.field(name))?))
            });
            let rest: Map<String, Value> = rest.collect();
            if rest.is_empty() { Value::Null } else { Value::Object(rest) }
        }
        Value::Array(items) if is_granular(value, ty) => {
            let rest = items.iter().filter_map(|item| match identity(item, ty) {
                Some(step) => kept(&step, item, ty.item()),
                None => Some(item.clone()),
            });
            let rest: Vec<Value> = rest.collect();
            if rest.is_empty() { Value::Null } else { Value::Array(rest) }
        }
        Value::Object(_) | Value::Array(_) => Value::Null,
        scalar => scalar.clone(),
    }
}
