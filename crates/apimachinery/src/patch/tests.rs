//! Patches that are computed and applied, as tables.

use super::*;
use serde_json::json;

#[test]
fn a_merge_patch_deletes_with_null_and_merges_maps() {
    let mut target = json!({"a": 1, "b": {"c": 2, "d": 3}, "list": [1, 2]});
    json_merge(&mut target, &json!({"a": null, "b": {"c": 9}, "list": [7], "new": {"x": null, "y": 1}}));
    assert_eq!(target, json!({"b": {"c": 9, "d": 3}, "list": [7], "new": {"y": 1}}));
}

#[test]
fn the_operations_of_a_json_patch_are_applied_in_order() {
    let mut target = json!({"a": {"b": 1}, "list": [1, 2], "x/y": 0});
    let patch = json!([
        {"op": "test", "path": "/a/b", "value": 1},
        {"op": "replace", "path": "/a/b", "value": 2},
        {"op": "add", "path": "/list/1", "value": 9},
        {"op": "add", "path": "/list/-", "value": 3},
        {"op": "remove", "path": "/list/0"},
        {"op": "copy", "from": "/list", "path": "/copied"},
        {"op": "move", "from": "/x~1y", "path": "/moved"},
    ]);
    json_patch(&mut target, &patch).expect("every path is there");
    assert_eq!(target, json!({"a": {"b": 2}, "list": [9, 2, 3], "copied": [9, 2, 3], "moved": 0}));
}

#[test]
fn a_json_patch_tells_what_it_cannot_do() {
    for (operation, error) in [
        (json!({"op": "test", "path": "/a", "value": 2}), "testing value /a failed: test failed"),
        (
            json!({"op": "remove", "path": "/b"}),
            "error in remove for path: '/b': Unable to remove nonexistent key: b: missing value",
        ),
        (
            json!({"op": "add", "path": "/b/c", "value": 1}),
            "add operation does not apply: doc is missing path: /b/c: missing value",
        ),
        (
            json!({"op": "replace", "path": "/list/5", "value": 1}),
            "replace operation does not apply: doc is missing key: /list/5: missing value",
        ),
        (json!({"op": "grow", "path": "/a"}), "Unexpected kind: grow"),
    ] {
        let mut target = json!({"a": 1, "list": []});
        assert_eq!(json_patch(&mut target, &json!([operation])).err().as_deref(), Some(error));
    }
}

#[test]
fn a_strategic_patch_merges_lists_by_their_keys_and_obeys_directives() {
    let pod = json!({"kind": "Pod", "metadata": {"finalizers": ["a", "b"]}, "spec": {
        "containers": [{"name": "web", "image": "nginx", "args": ["x"]}, {"name": "log", "image": "log"}],
        "volumes": [{"name": "v", "emptyDir": {}}],
    }});
    for (row, patch, pointer, expected) in [
        (
            "a container is found by its name, its atomic list replaced",
            json!({"spec": {"containers": [{"name": "web", "args": ["y"]}]}}),
            "/spec/containers/0",
            json!({"name": "web", "image": "nginx", "args": ["y"]}),
        ),
        (
            "a new item stands first",
            json!({"spec": {"containers": [{"name": "new"}]}}),
            "/spec/containers/0/name",
            json!("new"),
        ),
        (
            "an item is deleted",
            json!({"spec": {"containers": [{"$patch": "delete", "name": "web"}]}}),
            "/spec/containers",
            json!([{"name": "log", "image": "log"}]),
        ),
        (
            "a list is replaced",
            json!({"spec": {"containers": [{"$patch": "replace"}, {"name": "one"}]}}),
            "/spec/containers",
            json!([{"name": "one"}]),
        ),
        (
            "items are put in order",
            json!({"spec": {"$setElementOrder/containers": [{"name": "log"}, {"name": "web"}]}}),
            "/spec/containers/0/name",
            json!("log"),
        ),
        (
            "another type of volume takes the old one away",
            json!({"spec": {"volumes": [{"$retainKeys": ["name", "secret"], "name": "v", "secret": {}}]}}),
            "/spec/volumes",
            json!([{"name": "v", "secret": {}}]),
        ),
        (
            "a set grows, and loses what is named",
            json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"]}}),
            "/metadata/finalizers",
            json!(["c", "b"]),
        ),
        (
            "a map is replaced",
            json!({"spec": {"$patch": "replace", "hostname": "h"}}),
            "/spec",
            json!({"hostname": "h"}),
        ),
    ] {
        let mut target = pod.clone();
        strategic_merge(&mut target, &patch).expect(row);
        assert_eq!(target.pointer(pointer), Some(&expected), "{row}");
    }
}

#[test]
fn a_strategic_patch_that_makes_no_sense_is_refused_in_upstreams_words() {
    for (patch, error) in [
        (
            json!({"spec": {"containers": [{"image": "x"}]}}),
            "map: map[image:x] does not contain declared merge key: name",
        ),
        (json!({"spec": {"$patch": "grow"}}), "unknown patch type: grow in map: map[$patch:grow]"),
        (
            json!({"spec": {"$setElementOrder/containers": [{"name": "b"}], "containers": [{"name": "a"}]}}),
            "The order in patch list:\n[map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n",
        ),
    ] {
        let mut target = json!({"kind": "Pod", "spec": {"containers": [{"name": "a"}]}});
        assert_eq!(strategic_merge(&mut target, &patch).err().as_deref(), Some(error));
    }
}

#[test]
fn the_patch_of_two_states_says_only_what_changed() {
    for (row, original, modified, patch) in [
        ("nothing", json!({"a": {"b": 1}}), json!({"a": {"b": 1}}), json!({})),
        (
            "a field more, one less",
            json!({"a": 1, "b": 2}),
            json!({"a": 3, "c": 4}),
            json!({"a": 3, "b": null, "c": 4}),
        ),
        (
            "an environment variable",
            json!({"spec": {"containers": [{"name": "c", "env": [{"name": "A", "value": "1"}]}]}}),
            json!({"spec": {"containers": [{"name": "c", "env": [{"name": "B", "value": "2"}]}]}}),
            json!({"spec": {"$setElementOrder/containers": [{"name": "c"}], "containers": [{
                "name": "c",
                "$setElementOrder/env": [{"name": "B"}],
                "env": [{"name": "B", "value": "2"}, {"name": "A", "$patch": "delete"}],
            }]}}),
        ),
        (
            "a strategy of another type",
            json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {}}}}),
            json!({"spec": {"strategy": {"type": "Recreate"}}}),
            json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate", "rollingUpdate": null}}}),
        ),
        (
            "a finalizer",
            json!({"metadata": {"finalizers": ["a", "b"]}}),
            json!({"metadata": {"finalizers": ["b", "c"]}}),
            json!({"metadata": {
                "$deleteFromPrimitiveList/finalizers": ["a"],
                "$setElementOrder/finalizers": ["b", "c"],
                "finalizers": ["c"],
            }}),
        ),
    ] {
        assert_eq!(two_way(&original, &modified), Ok(patch), "{row}");
    }
}

#[test]
fn a_three_way_merge_patch_takes_lists_as_one_value() {
    let original = json!({"a": 1, "gone": {"x": 1}, "list": [1]});
    let modified = json!({"a": 2, "list": [1, 2], "new": {"y": true}});
    let live = json!({"a": 1, "gone": {"x": 1, "theirs": 2}, "list": [1], "status": {}});
    assert_eq!(
        three_way_merge(&original, &modified, &live),
        json!({"a": 2, "gone": null, "list": [1, 2], "new": {"y": true}})
    );
    assert_eq!(three_way_merge(&modified, &modified, &modified), json!({}));
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
            json!({"spec": {"containers": [{"name": "a", "image": "a:1", "tty": true}]}}),
            json!({"spec": {"containers": [{"name": "b", "image": "b:1"}, {"name": "a", "image": "a:2"}]}}),
            json!({"spec": {"containers": [{"name": "a", "image": "a:1", "tty": true, "x": 1}, {"name": "injected"}]}}),
            json!({"spec": {"containers": [{"name": "b", "image": "b:1"}, {"name": "a", "image": "a:2", "x": 1}, {"name": "injected"}]}}),
        ),
        (
            "what is added while something is deleted stands behind what the server injected",
            json!({"spec": {"containers": [{"name": "a"}, {"name": "old"}]}}),
            json!({"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}),
            json!({"spec": {"containers": [{"name": "a"}, {"name": "injected"}, {"name": "old"}]}}),
            json!({"spec": {"containers": [{"name": "a"}, {"name": "injected"}, {"name": "b"}]}}),
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
        let patch = three_way(&original, &modified, &live).expect(row);
        let mut result = live;
        strategic_merge(&mut result, &patch).expect(row);
        assert_eq!(result, expected, "{row}");
    }
}
