//! Patches of JSON trees.

use crate::Value;

/// Applies a JSON merge patch (RFC 7386): null deletes, maps merge, everything else replaces.
pub fn json_merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Default::default());
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
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_merge_patch_deletes_with_null_and_merges_maps() {
        let mut target = json!({"a": 1, "b": {"c": 2, "d": 3}, "list": [1, 2]});
        json_merge(&mut target, &json!({"a": null, "b": {"c": 9}, "list": [7], "new": {"x": null, "y": 1}}));
        assert_eq!(target, json!({"b": {"c": 9, "d": 3}, "list": [7], "new": {"y": 1}}));
    }
}
