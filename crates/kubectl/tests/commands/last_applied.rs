//! `kubectl apply view-last-applied`, `set-last-applied`, `edit-last-applied` and `--prune`.

use crate::session::check;
use expect_test::expect;

const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, labels: {app: shop}}\ndata: {a: b}\n";
const TWO: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, labels: {app: shop}}\ndata: {a: b}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: gone, labels: {app: shop}}\n";

#[test]
fn what_was_applied_last_is_shown_and_set() {
    check(
        &[
            ("apply -f -", MAP),
            ("apply view-last-applied cm/m", ""),
            ("apply view-last-applied cm m -o json", ""),
            ("apply view-last-applied cm m -o wide", ""),
            ("apply set-last-applied -f -", &MAP.replace("a: b", "a: c")),
            ("apply set-last-applied -f -", &MAP.replace("a: b", "a: c")),
            ("apply view-last-applied cm/m", ""),
            ("get cm m -o jsonpath={.data}", ""),
            ("create configmap bare", ""),
            ("apply view-last-applied cm/bare", ""),
            ("apply set-last-applied -f -", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bare}\n"),
            (
                "apply set-last-applied -f - --create-annotation",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bare}\n",
            ),
            ("apply edit-last-applied cm/bare", ""),
            ("create configmap other", ""),
            ("apply edit-last-applied cm/other", ""),
        ],
        expect![[r#"
            $ apply -f -
            configmap/m created
            $ apply view-last-applied cm/m
            apiVersion: v1
            data:
              a: b
            kind: ConfigMap
            metadata:
              annotations: {}
              labels:
                app: shop
              name: m
              namespace: default
            $ apply view-last-applied cm m -o json
            {
              "apiVersion": "v1",
              "data": {
                "a": "b"
              },
              "kind": "ConfigMap",
              "metadata": {
                "annotations": {},
                "labels": {
                  "app": "shop"
                },
                "name": "m",
                "namespace": "default"
              }
            }
            $ apply view-last-applied cm m -o wide
            stderr: error: Unexpected -o output mode: wide, the flag 'output' must be one of yaml|json
            stderr: See 'kubectl apply view-last-applied -h' for help and examples
            exit code 1
            $ apply set-last-applied -f -
            configmap/m configured
            $ apply set-last-applied -f -
            set-last-applied m: no changes required.
            $ apply view-last-applied cm/m
            apiVersion: v1
            data:
              a: c
            kind: ConfigMap
            metadata:
              labels:
                app: shop
              name: m
              namespace: default
            $ get cm m -o jsonpath={.data}
            {"a":"b"}
            $ create configmap bare
            configmap/bare created
            $ apply view-last-applied cm/bare
            $ apply set-last-applied -f -
            stderr: error: no last-applied-configuration annotation found on resource: bare, to create the annotation, run the command with --create-annotation
            exit code 1
            $ apply set-last-applied -f - --create-annotation
            configmap/bare configured
            $ apply edit-last-applied cm/bare
            stderr: Edit cancelled, no changes made.
            $ create configmap other
            configmap/other created
            $ apply edit-last-applied cm/other
            stderr: error: no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`
            exit code 1
        "#]],
    );
}

#[test]
fn prune_deletes_what_was_applied_and_is_in_no_file_any_more() {
    check(
        &[
            ("apply -f -", TWO),
            ("create configmap by-hand", ""),
            ("label cm by-hand app=shop", ""),
            ("apply -f - --prune", MAP),
            ("apply -f - --prune --all -l app=shop", MAP),
            ("apply -f - --prune -l app=shop --prune-allowlist=ConfigMap", MAP),
            ("apply -f - --prune -l app=shop --prune-allowlist=core/v1/Secret", MAP),
            ("apply -f - --prune -l app=shop --dry-run=client", MAP),
            ("diff -f - --prune -l app=shop", MAP),
            ("apply -f - --prune -l app=shop", MAP),
            ("get cm -l app=shop -o name", ""),
            ("apply -f - -l app=other", MAP),
        ],
        expect![[r#"
            $ apply -f -
            configmap/m created
            configmap/gone created
            $ create configmap by-hand
            configmap/by-hand created
            $ label cm by-hand app=shop
            configmap/by-hand labeled
            $ apply -f - --prune
            stderr: error: all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector
            exit code 1
            $ apply -f - --prune --all -l app=shop
            stderr: error: cannot set --all and --selector at the same time
            exit code 1
            $ apply -f - --prune -l app=shop --prune-allowlist=ConfigMap
            stderr: error: invalid GroupVersionKind format: ConfigMap, please follow <group/version/kind>
            exit code 1
            $ apply -f - --prune -l app=shop --prune-allowlist=core/v1/Secret
            configmap/m unchanged
            $ apply -f - --prune -l app=shop --dry-run=client
            configmap/m configured (dry run)
            configmap/gone pruned (dry run)
            $ diff -f - --prune -l app=shop
            diff -u -N /tmp/LIVE-1000000000/v1.ConfigMap.default.gone /tmp/MERGED-1000000000/v1.ConfigMap.default.gone
            --- /tmp/LIVE-1000000000/v1.ConfigMap.default.gone	2025-01-01 00:00:01.190000000 +0000
            +++ /tmp/MERGED-1000000000/v1.ConfigMap.default.gone	2025-01-01 00:00:01.190000000 +0000
            @@ -1,13 +0,0 @@
            -apiVersion: v1
            -kind: ConfigMap
            -metadata:
            -  annotations:
            -    kubectl.kubernetes.io/last-applied-configuration: |
            -      {"apiVersion":"v1","kind":"ConfigMap","metadata":{"annotations":{},"labels":{"app":"shop"},"name":"gone","namespace":"default"}}
            -  creationTimestamp: "2025-01-01T00:00:00Z"
            -  labels:
            -    app: shop
            -  name: gone
            -  namespace: default
            -  resourceVersion: "4"
            -  uid: a9921aa3-541a-4e08-90f0-be4bb5a76c70
            exit code 1
            $ apply -f - --prune -l app=shop
            configmap/m unchanged
            configmap/gone pruned
            $ get cm -l app=shop -o name
            configmap/by-hand
            configmap/m
            $ apply -f - -l app=other
            stderr: error: no objects passed to apply
            exit code 1
        "#]],
    );
}
