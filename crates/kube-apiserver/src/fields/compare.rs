//! Which fields an object has, and in which two of them differ (upstream: `typed/tofieldset.go`, `typed/compare.go`
//! of structured-merge-diff).

use super::element::Element;
use super::set::FieldSet;
use orrery_api::merge_schema::MergeType;
use orrery_apimachinery::Value;
use serde_json::Map;
use std::collections::{BTreeMap, BTreeSet};

/// What an item of a list of this type is known by; none for items that lack a key.
pub(super) fn identity(item: &Value, list: MergeType) -> Option<Element> {
    if list == MergeType::Set {
        return (!item.is_object() && !item.is_array() && !item.is_null()).then(|| Element::value(item));
    }
    let fields = item.as_object()?;
    let mut values = Map::new();
    for key in list.keys() {
        let given = || fields.get(key.name).cloned();
        let default =
            || key.default.map(|text| text.parse::<i64>().map_or_else(|_| text.into(), Value::from));
        values.insert(key.name.into(), given().or_else(default)?);
    }
    Some(Element::key(values))
}

/// Whether the parts of a value of this type have their own owners.
pub(super) fn is_granular(value: &Value, ty: MergeType) -> bool {
    match value {
        Value::Object(_) => ty != MergeType::Atomic,
        Value::Array(_) => matches!(ty, MergeType::Set | MergeType::Keyed(_)),
        _ => false,
    }
}

/// The fields that a configuration sets.
pub(super) fn field_set(value: &Value, ty: MergeType) -> FieldSet {
    let mut set = FieldSet::default();
    add_fields(value, ty, &mut Vec::new(), &mut set);
    set
}

fn add_fields(value: &Value, ty: MergeType, path: &mut Vec<Element>, set: &mut FieldSet) {
    if !is_granular(value, ty) {
        if !value.is_null() {
            set.insert(path);
        }
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                path.push(Element::field(name));
                add_fields(inner, ty.field(name), path, set);
                let empty = inner.is_null() || inner.as_object().is_some_and(Map::is_empty);
                if empty || !ty.has_fields() {
                    set.insert(path);
                }
                path.pop();
            }
        }
        Value::Array(items) => {
            for (step, twins) in by_identity(items, ty) {
                path.push(step);
                if let [item] = twins.as_slice() {
                    add_fields(item, ty.item(), path, set);
                }
                set.insert(path);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The items of a list, those of one identity together.
fn by_identity(items: &[Value], list: MergeType) -> BTreeMap<Element, Vec<&Value>> {
    let mut found = BTreeMap::<Element, Vec<&Value>>::new();
    for item in items {
        if let Some(step) = identity(item, list) {
            found.entry(step).or_default().push(item);
        }
    }
    found
}

/// In what two objects differ.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// What only the old one has.
    pub(super) removed: FieldSet,
    /// What both have, with other values.
    pub(super) modified: FieldSet,
    /// What only the new one has.
    pub(super) added: FieldSet,
}

/// Compares two objects of one type.
pub(super) fn compare(old: &Value, new: &Value, ty: MergeType) -> Comparison {
    let mut comparison = Comparison::default();
    comparison.visit(Some(old), Some(new), ty, &mut Vec::new());
    comparison
}

impl Comparison {
    fn visit(&mut self, old: Option<&Value>, new: Option<&Value>, ty: MergeType, path: &mut Vec<Element>) {
        if old == new {
            return;
        }
        let granular =
            |value: Option<&Value>| value.is_some_and(|value| is_granular(value, ty) && !is_empty(value));
        if granular(old) || granular(new) {
            self.visit_parts(old, new, ty, path);
        }
        match (old, new) {
            (None, _) => self.added.insert(path),
            (_, None) => self.removed.insert(path),
            _ if !granular(old) && !granular(new) => self.modified.insert(path),
            _ => {}
        }
    }

    fn visit_parts(
        &mut self,
        old: Option<&Value>,
        new: Option<&Value>,
        ty: MergeType,
        path: &mut Vec<Element>,
    ) {
        let objects = [old, new].into_iter().flatten().filter_map(Value::as_object);
        let names: BTreeSet<&String> = objects.flat_map(Map::keys).collect();
        for name in names {
            path.push(Element::field(name));
            let (old, new) = (old.and_then(|old| old.get(name)), new.and_then(|new| new.get(name)));
            self.visit(old, new, ty.field(name), path);
            path.pop();
        }
        self.visit_items(items(old), items(new), ty, path);
    }

    /// Items that stand twice in a list are one value together.
    fn visit_items(&mut self, old: &[Value], new: &[Value], ty: MergeType, path: &mut Vec<Element>) {
        let (left, right) = (by_identity(old, ty), by_identity(new, ty));
        let steps = left.keys().chain(right.keys().filter(|step| !left.contains_key(*step)));
        for step in steps {
            let old = left.get(step).cloned().unwrap_or_default();
            let new = right.get(step).cloned().unwrap_or_default();
            path.push(step.clone());
            match (old.as_slice(), new.as_slice()) {
                ([] | [_], [] | [_]) => {
                    self.visit(old.first().copied(), new.first().copied(), ty.item(), path);
                }
                ([_, _, ..], [_, _, ..]) if old != new => self.modified.insert(path),
                ([_, _, ..], [_, _, ..]) => {}
                ([_, _, ..], _) => {
                    if let Some(new) = new.first() {
                        self.visit(None, Some(new), ty.item(), path);
                    }
                    self.removed.insert(path);
                }
                _ => {
                    if let Some(old) = old.first() {
                        self.visit(Some(old), None, ty.item(), path);
                    }
                    self.added.insert(path);
                }
            }
            path.pop();
        }
    }

    /// Forgets what is in the trees of `ignored`.
    pub(super) fn ignore(&mut self, ignored: &FieldSet) {
        for set in [&mut self.removed, &mut self.modified, &mut self.added] {
            *set = set.without_trees(ignored);
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
