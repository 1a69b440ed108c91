//! Patches of JSON trees: JSON patch, JSON merge patch and strategic merge patch; and the strategic
//! patches by which clients say what they changed.

mod diff;
mod json;
mod rules;
mod strategic;

use crate::Value;
use serde_json::Map;

pub use diff::{three_way, three_way_merge, two_way};
pub use json::json_patch;
pub use strategic::strategic_merge;

/// A change of an object, as it is sent to the API server (upstream: `types.PatchType`).
#[derive(Clone, Debug, PartialEq)]
pub enum Patch {
    /// A list of operations (RFC 6902).
    Json(Value),
    /// The fields to set; null removes (RFC 7386).
    Merge(Value),
    /// As a merge patch, but lists are merged as their fields ask for.
    Strategic(Value),
}

/// Applies a JSON merge patch (RFC 7386): null deletes, maps merge, everything else replaces.
pub fn json_merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(map) = target else { return };
    for (key, change) in changes {
        if change.is_null() {
            map.remove(key);
        } else {
            json_merge(map.entry(key.clone()).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests;
