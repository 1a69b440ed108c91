//! `kubectl patch` and `kubectl replace`.

use crate::session::check_web;
use expect_test::expect;

#[test]
fn patches_of_three_types_change_an_object() {
    check_web(
        &[
            r#"patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}}'"#,
            r#"patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"$patch":"delete","name":"A"}]}]}}}}'"#,
            "patch deploy web -p 'spec: {replicas: 5}'",
            "patch deploy web -p 'spec: {replicas: 5}'",
            r#"patch deploy web --type=merge -p '{"metadata":{"labels":{"app":null,"k":"v"}}}'"#,
            r#"patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":1}]'"#,
            r#"patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":7}}'"#,
            "get deploy web -o 'jsonpath={.spec.replicas} {.metadata.labels} {.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].env}'",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}}'
            deployment.apps/web patched
            $ patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"$patch":"delete","name":"A"}]}]}}}}'
            deployment.apps/web patched
            $ patch deploy web -p 'spec: {replicas: 5}'
            deployment.apps/web patched
            $ patch deploy web -p 'spec: {replicas: 5}'
            deployment.apps/web patched (no change)
            $ patch deploy web --type=merge -p '{"metadata":{"labels":{"app":null,"k":"v"}}}'
            deployment.apps/web patched
            $ patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":1}]'
            deployment.apps/web patched
            $ patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":7}}'
            deployment.apps/web patched
            $ get deploy web -o 'jsonpath={.spec.replicas} {.metadata.labels} {.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].env}'
            7 {"k":"v"} nginx:2 [{"name":"B","value":"2"}]
        "#]],
    );
}

#[test]
fn a_patch_that_cannot_be_applied_is_refused_in_upstreams_words() {
    check_web(
        &[
            r#"patch deploy web --type=json -p '[{"op":"test","path":"/spec/replicas","value":9}]'"#,
            "patch deploy web -p '{spec'",
            "patch deploy web -p 'a: b: c'",
            r#"patch deploy web -p '{"spec":{"replica":3}}'"#,
            r#"patch deploy web -p '{"spec":{"replicas":"three"}}'"#,
            "patch deploy ghost -p '{}'",
            "patch deploy web",
            "patch deploy web --type=other -p '{}'",
            "patch deploy web --patch-file=missing",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ patch deploy web --type=json -p '[{"op":"test","path":"/spec/replicas","value":9}]'
            stderr: The request is invalid: the server rejected our request due to an error in our request
            exit code 1
            $ patch deploy web -p '{spec'
            stderr: Error from server (BadRequest): invalid character 's' looking for beginning of object key string
            exit code 1
            $ patch deploy web -p 'a: b: c'
            stderr: error: unable to parse "a: b: c": yaml: mapping values are not allowed in this context
            exit code 1
            $ patch deploy web -p '{"spec":{"replica":3}}'
            stderr: Warning: unknown field "spec.replica"
            deployment.apps/web patched (no change)
            $ patch deploy web -p '{"spec":{"replicas":"three"}}'
            stderr: The request is invalid: patch: Invalid value: "map[spec:map[replicas:three]]": unrecognized type: int32
            exit code 1
            $ patch deploy ghost -p '{}'
            stderr: Error from server (NotFound): deployments.apps "ghost" not found
            exit code 1
            $ patch deploy web
            stderr: error: must specify --patch or --patch-file containing the contents of the patch
            exit code 1
            $ patch deploy web --type=other -p '{}'
            stderr: error: --type must be one of [json merge strategic], not "other"
            exit code 1
            $ patch deploy web --patch-file=missing
            stderr: error: unable to read patch file: open missing: no such file or directory
            exit code 1
        "#]],
    );
}
