//! Patches of JSON trees: JSON merge patch, and the three-way merge by which `kubectl apply` changes an object.

use crate::Value;
use serde_json::Map;

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

/// How a list field is merged (upstream: the `patchStrategy` and `patchMergeKey` of the Go types).
enum ListRule {
    /// Items are found again by this key.
    MergeBy(&'static str),
    /// Items are values of a set.
    Set,
    /// The list is one value.
    Replace,
}

/// A field, and the field that holds its object: what the rules of merging are told by.
#[derive(Clone, Copy)]
struct Place<'a> {
    parent: &'a str,
    field: &'a str,
}

impl<'a> Place<'a> {
    /// The field called `field` of the object in this one.
    fn field(&self, field: &'a str) -> Place<'a> {
        Place { parent: self.field, field }
    }

    /// How the list here is merged.
    fn list_rule(&self) -> ListRule {
        let in_container = matches!(self.parent, "containers" | "initContainers" | "ephemeralContainers");
        ListRule::MergeBy(match (self.parent, self.field) {
            (_, "containers" | "initContainers" | "ephemeralContainers" | "volumes" | "imagePullSecrets")
            | (_, "schedulingGates" | "resourceClaims") => "name",
            (_, "env") if in_container => "name",
            (_, "ports") if in_container => "containerPort",
            ("spec", "ports") => "port",
            (_, "volumeMounts") => "mountPath",
            (_, "volumeDevices") => "devicePath",
            (_, "hostAliases") => "ip",
            (_, "topologySpreadConstraints") => "topologyKey",
            ("metadata", "ownerReferences") => "uid",
            ("status", "conditions" | "addresses") => "type",
            ("", "secrets") => "name",
            ("metadata", "finalizers") | ("spec", "podCIDRs") => return ListRule::Set,
            _ => return ListRule::Replace,
        })
    }

    /// Whether keys that the new manifest does not name are dropped from the map here (upstream:
    /// `retainKeys`): a strategy, or a volume, is of one type only.
    fn retains_keys_only(&self) -> bool {
        matches!((self.parent, self.field), ("spec", "strategy") | (_, "volumes" | "resourceClaims"))
    }
}

/// What `kubectl apply` makes of the `live` object (upstream: `strategicpatch.CreateThreeWayMergePatch`):
/// fields of `modified` are set, fields that only `original` (the last applied one) named are removed,
/// all others stay.
pub fn three_way(original: &Value, modified: &Value, live: &mut Value) {
    merge(Place { parent: "", field: "" }, original, modified, live);
}

fn merge(place: Place<'_>, original: &Value, modified: &Value, live: &mut Value) {
    match (modified, &mut *live) {
        (Value::Object(new), Value::Object(target)) => {
            if place.retains_keys_only() {
                target.retain(|key, _| new.contains_key(key));
            }
            merge_map(place, original, new, target);
        }
        (Value::Array(new), Value::Array(target)) => merge_list(place, original, new, target),
        _ => *live = modified.clone(),
    }
}

fn merge_map(place: Place<'_>, original: &Value, new: &Map<String, Value>, target: &mut Map<String, Value>) {
    if let Value::Object(before) = original {
        for key in before.keys().filter(|key| !new.contains_key(*key)) {
            target.remove(key);
        }
    }
    for (key, value) in new {
        if value.is_null() {
            target.remove(key);
            continue;
        }
        let before = original.get(key).unwrap_or(&Value::Null);
        match target.get_mut(key) {
            Some(live) => merge(place.field(key), before, value, live),
            None => {
                target.insert(key.clone(), value.clone());
            }
        }
    }
}

fn merge_list(place: Place<'_>, original: &Value, new: &[Value], target: &mut Vec<Value>) {
    let before = original.as_array().map(Vec::as_slice).unwrap_or_default();
    match place.list_rule() {
        ListRule::Replace => *target = new.to_vec(),
        ListRule::Set => {
            target.retain(|item| !before.contains(item) || new.contains(item));
            let added: Vec<Value> = new.iter().filter(|item| !target.contains(item)).cloned().collect();
            target.extend(added);
        }
        ListRule::MergeBy(key) => merge_items(place, key, before, new, target),
    }
}

/// Merges items by their key: those of the manifest first, in its order, then those that only the
/// cluster has.
fn merge_items(place: Place<'_>, key: &str, before: &[Value], new: &[Value], target: &mut Vec<Value>) {
    let find = |items: &[Value], wanted: &Value| items.iter().position(|i| i.get(key) == wanted.get(key));
    let mut live = std::mem::take(target);
    for item in new {
        let original = find(before, item).map_or(&Value::Null, |i| &before[i]);
        match find(&live, item) {
            Some(i) => {
                let mut merged = live.remove(i);
                merge(place, original, item, &mut merged);
                target.push(merged);
            }
            None => target.push(item.clone()),
        }
    }
    live.retain(|item| find(before, item).is_none());
    target.append(&mut live);
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

    #[test]
    fn apply_changes_what_the_manifest_says_and_leaves_the_rest() {
        for (row, original, modified, live, expected) in [
            (
                "a field of another's stays",
                json!({"spec": {"a": 1}}),
                json!({"spec": {"a": 2}}),
                json!({"spec": {"a": 1, "replicas": 5}}),
                json!({"spec": {"a": 2, "replicas": 5}}),
            ),
            (
                "a field that the manifest dropped is removed",
                json!({"spec": {"a": 1, "replicas": 3}}),
                json!({"spec": {"a": 1}}),
                json!({"spec": {"a": 1, "replicas": 5, "c": true}}),
                json!({"spec": {"a": 1, "c": true}}),
            ),
            (
                "containers are merged by name and the injected one stays",
                json!({"spec": {"containers": [{"name": "a", "image": "a:1", "tty": true}, {"name": "old", "image": "o"}]}}),
                json!({"spec": {"containers": [{"name": "b", "image": "b:1"}, {"name": "a", "image": "a:2"}]}}),
                json!({"spec": {"containers": [{"name": "a", "image": "a:1", "tty": true, "x": 1}, {"name": "injected"}, {"name": "old", "image": "o"}]}}),
                json!({"spec": {"containers": [{"name": "b", "image": "b:1"}, {"name": "a", "image": "a:2", "x": 1}, {"name": "injected"}]}}),
            ),
            (
                "ports of a service are merged by their number and keep what the server filled in",
                json!({"spec": {"ports": [{"port": 80}]}}),
                json!({"spec": {"ports": [{"port": 80}]}}),
                json!({"spec": {"ports": [{"port": 80, "targetPort": 80}]}}),
                json!({"spec": {"ports": [{"port": 80, "targetPort": 80}]}}),
            ),
            (
                "an atomic list is replaced",
                json!({"spec": {"args": ["a"]}}),
                json!({"spec": {"args": ["b", "c"]}}),
                json!({"spec": {"args": ["a", "x"]}}),
                json!({"spec": {"args": ["b", "c"]}}),
            ),
            (
                "another strategy takes the old one's settings away",
                json!({"spec": {}}),
                json!({"spec": {"strategy": {"type": "Recreate"}}}),
                json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}),
                json!({"spec": {"strategy": {"type": "Recreate"}}}),
            ),
            (
                "a finalizer that the manifest dropped is lifted, another's stays",
                json!({"metadata": {"finalizers": ["mine"]}}),
                json!({"metadata": {"finalizers": []}}),
                json!({"metadata": {"finalizers": ["mine", "theirs"]}}),
                json!({"metadata": {"finalizers": ["theirs"]}}),
            ),
            (
                "an explicit null removes the field",
                json!({}),
                json!({"spec": {"a": null}}),
                json!({"spec": {"a": 1, "b": 2}}),
                json!({"spec": {"b": 2}}),
            ),
        ] {
            let mut result = live;
            three_way(&original, &modified, &mut result);
            assert_eq!(result, expected, "{row}");
        }
    }
}
