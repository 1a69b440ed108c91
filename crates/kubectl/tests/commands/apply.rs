//! `kubectl apply`, on both sides.

use crate::session::{WEB, check};
use expect_test::expect;

/// The container's environment, image and what the server filled in.
const SHOWN: &str = "get deploy web -o 'jsonpath={.spec.replicas} {.spec.template.spec.containers[*].env[*].name} {.spec.template.spec.containers[0].imagePullPolicy}'";

#[test]
fn what_the_manifest_dropped_goes_what_others_set_stays() {
    let changed = WEB.replace("{name: A, value: '1'}, ", "").replace("replicas: 2", "replicas: 3");
    check(
        &[
            ("apply -f -", WEB),
            ("apply -f -", WEB),
            ("set env deploy/web LIVE=yes", ""),
            ("apply -f -", &changed),
            (SHOWN, ""),
            ("apply -f - --dry-run=client", WEB),
            ("apply -f - --dry-run=server", WEB),
            (SHOWN, ""),
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ apply -f -
            deployment.apps/web unchanged
            $ set env deploy/web LIVE=yes
            deployment.apps/web env updated
            $ apply -f -
            deployment.apps/web configured
            $ get deploy web -o 'jsonpath={.spec.replicas} {.spec.template.spec.containers[*].env[*].name} {.spec.template.spec.containers[0].imagePullPolicy}'
            3 B LIVE IfNotPresent
            $ apply -f - --dry-run=client
            deployment.apps/web configured (dry run)
            $ apply -f - --dry-run=server
            deployment.apps/web configured (server dry run)
            $ get deploy web -o 'jsonpath={.spec.replicas} {.spec.template.spec.containers[*].env[*].name} {.spec.template.spec.containers[0].imagePullPolicy}'
            3 B LIVE IfNotPresent
        "#]],
    );
}

#[test]
fn a_manifest_that_cannot_be_applied_is_refused_in_upstreams_words() {
    let nameless = "apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n";
    let unknown = WEB.replace("replicas: 2", "replica: 2");
    let misfit = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, labels: {a: 1}}\n";
    check(
        &[
            ("apply -f -", nameless),
            ("apply -f -", &unknown),
            ("apply -f -", misfit),
            ("apply -f -", "apiVersion: example.com/v1\nkind: Toy\nmetadata: {name: t}\n"),
            ("apply -f -", WEB),
            ("apply -f -", &WEB.replace("app: web}}\n  template", "app: other}}\n  template")),
            ("apply -f - --force-conflicts", WEB),
            ("apply", ""),
        ],
        expect![[r#"
            $ apply -f -
            stderr: error: error when retrieving current configuration of:
            stderr: Resource: "/v1, Resource=configmaps", GroupVersionKind: "/v1, Kind=ConfigMap"
            stderr: Name: "", Namespace: "default"
            stderr: from server for: "STDIN": resource name may not be empty
            exit code 1
            $ apply -f -
            stderr: Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica"
            exit code 1
            $ apply -f -
            stderr: error: unable to decode "STDIN": json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string
            exit code 1
            $ apply -f -
            stderr: error: resource mapping not found for name: "t" namespace: "" from "STDIN": no matches for kind "Toy" in version "example.com/v1"
            stderr: ensure CRDs are installed first
            exit code 1
            $ apply -f -
            deployment.apps/web created
            $ apply -f -
            stderr: The Deployment "web" is invalid: 
            stderr: * spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`
            stderr: * spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"other"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable
            exit code 1
            $ apply -f - --force-conflicts
            stderr: error: --force-conflicts only works with --server-side
            exit code 1
            $ apply
            stderr: error: must specify one of -f and -k
            exit code 1
        "#]],
    );
}

#[test]
fn objects_that_were_made_otherwise_are_adopted_with_a_warning() {
    check(
        &[("create -f -", WEB), ("apply -f -", WEB), ("create -f -", WEB), ("replace -f -", WEB)],
        expect![[r#"
            $ create -f -
            deployment.apps/web created
            $ apply -f -
            stderr: Warning: resource deployments/web is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.
            deployment.apps/web configured
            $ create -f -
            stderr: Error from server (AlreadyExists): error when creating "STDIN": deployments.apps "web" already exists
            exit code 1
            $ replace -f -
            deployment.apps/web replaced
        "#]],
    );
}

#[test]
fn two_managers_of_one_field_are_in_conflict_on_the_server() {
    let map = |data: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata: {data}\n");
    check(
        &[
            ("apply --server-side --field-manager=one -f -", &map("{a: '1', b: '1'}")),
            ("apply --server-side --field-manager=two -f -", &map("{a: '2'}")),
            ("apply --server-side --field-manager=two --force-conflicts -f -", &map("{a: '2'}")),
            ("get cm m -o jsonpath={.data}", ""),
        ],
        expect![[r#"
            $ apply --server-side --field-manager=one -f -
            configmap/m serverside-applied
            $ apply --server-side --field-manager=two -f -
            stderr: error: Apply failed with 1 conflict: conflict with "one": .data.a
            stderr: Please review the fields above--they currently have other managers. Here
            stderr: are the ways you can resolve this warning:
            stderr: * If you intend to manage all of these fields, please re-run the apply
            stderr:   command with the `--force-conflicts` flag.
            stderr: * If you do not intend to manage all of the fields, please edit your
            stderr:   manifest to remove references to the fields that should keep their
            stderr:   current managers.
            stderr: * You may co-own fields by updating your manifest to match the existing
            stderr:   value; in this case, you'll become the manager if the other manager(s)
            stderr:   stop managing the field (remove it from their configuration).
            stderr: See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
            exit code 1
            $ apply --server-side --field-manager=two --force-conflicts -f -
            configmap/m serverside-applied
            $ get cm m -o jsonpath={.data}
            {"a":"2","b":"1"}
        "#]],
    );
}

#[test]
fn a_diff_shows_what_applying_would_change_and_changes_nothing() {
    let changed = WEB.replace("replicas: 2", "replicas: 3");
    check(
        &[("apply -f -", WEB), ("diff -f -", &changed), ("diff -f -", WEB)],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ diff -f -
            diff -u -N /tmp/LIVE-1000000000/apps.v1.Deployment.default.web /tmp/MERGED-1000000000/apps.v1.Deployment.default.web
            --- /tmp/LIVE-1000000000/apps.v1.Deployment.default.web	2025-01-01 00:00:00.440000000 +0000
            +++ /tmp/MERGED-1000000000/apps.v1.Deployment.default.web	2025-01-01 00:00:00.440000000 +0000
            @@ -5,7 +5,7 @@
                 kubectl.kubernetes.io/last-applied-configuration: |
                   {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{},"labels":{"app":"web"},"name":"web","namespace":"default"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"image":"nginx:1","name":"c","ports":[{"containerPort":80}]}]}}}}
               creationTimestamp: "2025-01-01T00:00:00Z"
            -  generation: 1
            +  generation: 2
               labels:
                 app: web
               name: web
            @@ -14,7 +14,7 @@
               uid: 230f6949-8c8c-46cb-824a-5634ad00e4c1
             spec:
               progressDeadlineSeconds: 600
            -  replicas: 2
            +  replicas: 3
               revisionHistoryLimit: 10
               selector:
                 matchLabels:
            exit code 1
            $ diff -f -
        "#]],
    );
}

#[test]
fn what_was_applied_client_side_is_the_server_sides_from_then_on() {
    const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: '1', b: '1'}\n";
    check(
        &[
            ("apply -f -", MAP),
            ("get cm m -o yaml --show-managed-fields", ""),
            ("apply --server-side -f -", MAP),
            ("get cm m -o yaml --show-managed-fields", ""),
            ("apply --server-side -f -", &MAP.replace(", b: '1'", "")),
            ("get cm m -o jsonpath={.data}", ""),
        ],
        expect![[r#"
            $ apply -f -
            configmap/m created
            $ get cm m -o yaml --show-managed-fields
            apiVersion: v1
            data:
              a: "1"
              b: "1"
            kind: ConfigMap
            metadata:
              annotations:
                kubectl.kubernetes.io/last-applied-configuration: |
                  {"apiVersion":"v1","data":{"a":"1","b":"1"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"m","namespace":"default"}}
              creationTimestamp: "2025-01-01T00:00:00Z"
              managedFields:
              - apiVersion: v1
                fieldsType: FieldsV1
                fieldsV1:
                  f:data:
                    .: {}
                    f:a: {}
                    f:b: {}
                  f:metadata:
                    f:annotations:
                      .: {}
                      f:kubectl.kubernetes.io/last-applied-configuration: {}
                manager: kubectl-client-side-apply
                operation: Update
                time: "2025-01-01T00:00:00Z"
              name: m
              namespace: default
              resourceVersion: "3"
              uid: 230f6949-8c8c-46cb-824a-5634ad00e4c1
            $ apply --server-side -f -
            configmap/m serverside-applied
            $ get cm m -o yaml --show-managed-fields
            apiVersion: v1
            data:
              a: "1"
              b: "1"
            kind: ConfigMap
            metadata:
              annotations:
                kubectl.kubernetes.io/last-applied-configuration: |
                  {"apiVersion":"v1","data":{"a":"1","b":"1"},"kind":"ConfigMap","metadata":{"name":"m","namespace":"default"}}
              creationTimestamp: "2025-01-01T00:00:00Z"
              managedFields:
              - apiVersion: v1
                fieldsType: FieldsV1
                fieldsV1:
                  f:data:
                    f:a: {}
                    f:b: {}
                manager: kubectl
                operation: Apply
              - apiVersion: v1
                fieldsType: FieldsV1
                fieldsV1:
                  f:metadata:
                    f:annotations:
                      f:kubectl.kubernetes.io/last-applied-configuration: {}
                manager: kubectl-last-applied
                operation: Apply
              name: m
              namespace: default
              resourceVersion: "7"
              uid: 230f6949-8c8c-46cb-824a-5634ad00e4c1
            $ apply --server-side -f -
            configmap/m serverside-applied
            $ get cm m -o jsonpath={.data}
            {"a":"1"}
        "#]],
    );
}
