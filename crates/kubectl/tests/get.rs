//! `kubectl get`: a command line in; standard output, standard error and the exit code out.

use expect_test::{Expect, expect};
use orrery_api::{Kind, Object};
use orrery_apiserver::{Config, Session, Still};
use orrery_kubectl::{Stdin, run};
use orrery_sim::Duration;
use serde_json::{Value, json};

/// A server with these objects, five minutes later.
fn server(objects: &[Value]) -> Still {
    let mut still = Still::new(Config::default());
    for tree in objects {
        let text = |key: &str| tree[key].as_str().unwrap_or_default();
        let kind = Kind::by_gvk(text("apiVersion"), text("kind")).expect("a kind of the registry");
        let (object, problems) = Object::decode(kind, tree);
        assert_eq!(problems, []);
        let (api, request) = still.send();
        api.create(&request, object).expect("the object is valid");
    }
    still.pass(Duration::from_secs(300));
    still
}

fn shop() -> Still {
    let namespace = |name: &str| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    let config = |namespace: &str, name: &str| {
        let metadata = json!({"name": name, "namespace": namespace, "labels": {"app": name}});
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"rule": "a<b & c>d"}})
    };
    let pod = json!({"containers": [{"name": "c", "image": "nginx"}]});
    let template = json!({"metadata": {"labels": {"app": "web"}}, "spec": pod});
    let deployment = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template},
    });
    server(&[
        namespace("default"),
        namespace("shop"),
        config("default", "one"),
        config("shop", "two"),
        deployment,
    ])
}

/// Runs a command; lines with an object's uid are left out.
fn check(command: &str, expected: Expect) {
    let argv: Vec<String> = command.split(' ').map(String::from).collect();
    let output = run(&argv, &Stdin::default(), &mut shop());
    let lines = output.stdout.lines().filter(|line| !line.contains("uid")).map(String::from);
    let errors = output.stderr.lines().map(|line| format!("stderr: {line}"));
    let code = (output.code != 0).then(|| format!("exit code {}", output.code));
    let text: String = lines.chain(errors).chain(code).map(|line| line + "\n").collect();
    expected.assert_eq(&text);
}

#[test]
fn several_kinds_are_tables_with_a_line_between_and_their_kind_before_each_name() {
    check(
        "get cm,deploy",
        expect![[r#"
        NAME            DATA   AGE
        configmap/one   1      5m

        NAME                  READY   UP-TO-DATE   AVAILABLE   AGE
        deployment.apps/web   0/1     0            0           5m
    "#]],
    );
    check(
        "get deployment/web cm/one --no-headers",
        expect![[r#"
        deployment.apps/web   0/1   0     0     5m
        configmap/one   1     5m
    "#]],
    );
    check(
        "get all",
        expect![[r#"
        NAME                  READY   UP-TO-DATE   AVAILABLE   AGE
        deployment.apps/web   0/1     0            0           5m
    "#]],
    );
    check(
        "get cm,deploy -o name",
        expect![[r#"
        configmap/one
        deployment.apps/web
    "#]],
    );
}

#[test]
fn namespaces_and_selectors_narrow_what_is_shown() {
    check(
        "get cm -A --show-labels",
        expect![[r#"
        NAMESPACE   NAME   DATA   AGE   LABELS
        default     one    1      5m    app=one
        shop        two    1      5m    app=two
    "#]],
    );
    check(
        "get cm -n shop -L app",
        expect![[r#"
        NAME   DATA   AGE   APP
        two    1      5m    two
    "#]],
    );
    check(
        "get cm -A -l app=two",
        expect![[r#"
        NAMESPACE   NAME   DATA   AGE
        shop        two    1      5m
    "#]],
    );
    check(
        "get cm -A --field-selector metadata.name!=two",
        expect![[r#"
        NAMESPACE   NAME   DATA   AGE
        default     one    1      5m
    "#]],
    );
}

#[test]
fn what_is_not_there_is_told() {
    check(
        "get pods --field-selector=foo=bar",
        expect![[r#"
        stderr: Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "foo=bar": field label not supported: foo
        exit code 1
    "#]],
    );
    check(
        "get cm --field-selector=data.rule=a",
        expect![[r#"
        stderr: Error from server (BadRequest): Unable to find "/v1, Resource=configmaps" that match label selector "", field selector "data.rule=a": "data.rule" is not a known field selector: only "metadata.name", "metadata.namespace"
        exit code 1
    "#]],
    );
    check(
        "get pods",
        expect![[r#"
        stderr: No resources found in default namespace.
    "#]],
    );
    check(
        "get pods -A",
        expect![[r#"
        stderr: No resources found
    "#]],
    );
    check(
        "get pv",
        expect![[r#"
        stderr: No resources found
    "#]],
    );
    check(
        "get pod ghost",
        expect![[r#"
        stderr: Error from server (NotFound): pods "ghost" not found
        exit code 1
    "#]],
    );
    check("get pod ghost --ignore-not-found", expect![""]);
    check(
        "get deploy ghost web",
        expect![[r#"
        NAME   READY   UP-TO-DATE   AVAILABLE   AGE
        web    0/1     0            0           5m
        stderr: Error from server (NotFound): deployments.apps "ghost" not found
        exit code 1
    "#]],
    );
    check(
        "get cm one -A",
        expect![[r#"
        stderr: error: a resource cannot be retrieved by name across all namespaces
        exit code 1
    "#]],
    );
    check(
        "get foo/bar",
        expect![[r#"
        stderr: error: the server doesn't have a resource type "foo"
        exit code 1
    "#]],
    );
    check(
        "get pods/",
        expect![[r#"
        stderr: error: arguments in resource/name form must have a single resource and name
        exit code 1
    "#]],
    );
    check(
        "get cm -o xml",
        expect![[r#"
        stderr: error: unable to match a printer suitable for the output format "xml", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml
        exit code 1
    "#]],
    );
}

#[test]
fn one_object_is_itself_and_several_are_a_list() {
    check(
        "get cm one -o yaml",
        expect![[r#"
        apiVersion: v1
        data:
          rule: a<b & c>d
        kind: ConfigMap
        metadata:
          creationTimestamp: "2025-01-01T00:00:00Z"
          labels:
            app: one
          name: one
          namespace: default
          resourceVersion: "3"
    "#]],
    );
    check(
        "get cm one -o json",
        expect![[r#"
        {
            "apiVersion": "v1",
            "data": {
                "rule": "a\u003cb \u0026 c\u003ed"
            },
            "kind": "ConfigMap",
            "metadata": {
                "creationTimestamp": "2025-01-01T00:00:00Z",
                "labels": {
                    "app": "one"
                },
                "name": "one",
                "namespace": "default",
                "resourceVersion": "3",
            }
        }
    "#]],
    );
    check(
        "get pods -o json",
        expect![[r#"
        {
            "apiVersion": "v1",
            "items": [],
            "kind": "List",
            "metadata": {
                "resourceVersion": ""
            }
        }
    "#]],
    );
}

#[test]
fn what_was_named_is_not_sorted_and_shows_its_kind_beside_others_only() {
    check(
        "get cm -A --sort-by={.metadata.namespace} --no-headers",
        expect![[r#"
        default   one   1     5m
        shop      two   1     5m
    "#]],
    );
    check(
        "get cm,deploy --sort-by=.metadata.uid",
        expect![[r#"
        NAME            DATA   AGE
        configmap/one   1      5m

        NAME                  READY   UP-TO-DATE   AVAILABLE   AGE
        deployment.apps/web   0/1     0            0           5m
    "#]],
    );
    check(
        "get deploy/web cm/one --sort-by=.kind --no-headers",
        expect![[r#"
        deployment.apps/web   0/1   0     0     5m
        configmap/one   1     5m
    "#]],
    );
    check(
        "get cm/one deploy/ghost",
        expect![[r#"
        NAME   DATA   AGE
        one    1      5m
        stderr: Error from server (NotFound): deployments.apps "ghost" not found
        exit code 1
    "#]],
    );
}

#[test]
fn flags_that_do_not_go_together_are_refused() {
    for (command, refusal) in [
        ("get --raw=/healthz pods", "arguments may not be passed when --raw is specified"),
        (
            "get --raw=/healthz -w",
            "--raw may not be specified with other flags that filter the server request or alter the output",
        ),
        ("get --raw=/healthz -o yaml", "--raw and --output are mutually exclusive"),
        ("get pods --show-labels -o yaml", "--show-labels option cannot be used with yaml printer"),
        (
            "get pods --output-watch-events",
            "--output-watch-events option can only be used with --watch or --watch-only",
        ),
        ("get pods,svc -w", "you may only specify a single resource type"),
        (
            "get pod a b -w",
            "watch is only supported on individual resources and resource collections - more than 1 resource was found",
        ),
    ] {
        let argv: Vec<String> = command.split(' ').map(String::from).collect();
        let output = run(&argv, &Stdin::default(), &mut shop());
        assert_eq!((output.stderr.trim_end(), output.code), (&*format!("error: {refusal}"), 1), "{command}");
    }
}

#[test]
fn what_is_watched_can_say_what_became_of_it() {
    check(
        "get cm one -w --output-watch-events",
        expect![[r#"
        EVENT        NAME   DATA   AGE
        ADDED        one    1      5m
        stderr: ^C
        exit code 130
    "#]],
    );
    check(
        "get cm -A -w --sort-by=.metadata.name -o yaml",
        expect![[r#"
        apiVersion: v1
        data:
          rule: a<b & c>d
        kind: ConfigMap
        metadata:
          creationTimestamp: "2025-01-01T00:00:00Z"
          labels:
            app: one
          name: one
          namespace: default
          resourceVersion: "3"
        ---
        apiVersion: v1
        data:
          rule: a<b & c>d
        kind: ConfigMap
        metadata:
          creationTimestamp: "2025-01-01T00:00:00Z"
          labels:
            app: two
          name: two
          namespace: shop
          resourceVersion: "4"
        stderr: warning: --watch requested, --sort-by will be ignored for watch events received
        stderr: ^C
        exit code 130
    "#]],
    );
}
