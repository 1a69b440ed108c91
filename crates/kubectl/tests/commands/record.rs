//! `--record`, `--raw` and the other flags that are typed once in a while.

use crate::session::{WEB, check, check_web};
use expect_test::expect;

#[test]
fn the_command_line_becomes_the_cause_of_a_change() {
    let cause = "get deploy web -o 'jsonpath={.metadata.annotations.kubernetes\\.io/change-cause}'";
    check(
        &[
            ("apply -f - --record", WEB),
            (cause, ""),
            ("set image deploy/web c=nginx:2 --record", ""),
            (cause, ""),
            ("-n default scale deploy web --replicas=3 --record=true", ""),
            (cause, ""),
            ("label deploy web a=b --record --dry-run=client", ""),
            (cause, ""),
        ],
        expect![[r#"
            $ apply -f - --record
            stderr: Flag --record has been deprecated, --record will be removed in the future
            deployment.apps/web created
            $ get deploy web -o 'jsonpath={.metadata.annotations.kubernetes\.io/change-cause}'
            kubectl apply --filename=- --record=true
            $ set image deploy/web c=nginx:2 --record
            stderr: Flag --record has been deprecated, --record will be removed in the future
            deployment.apps/web image updated
            $ get deploy web -o 'jsonpath={.metadata.annotations.kubernetes\.io/change-cause}'
            kubectl set image deploy/web c=nginx:2 --record=true
            $ -n default scale deploy web --replicas=3 --record=true
            stderr: Flag --record has been deprecated, --record will be removed in the future
            deployment.apps/web scaled
            $ get deploy web -o 'jsonpath={.metadata.annotations.kubernetes\.io/change-cause}'
            kubectl scale deploy web --namespace=default --replicas=3 --record=true
            $ label deploy web a=b --record --dry-run=client
            stderr: Flag --record has been deprecated, --record will be removed in the future
            deployment.apps/web labeled (dry run)
            $ get deploy web -o 'jsonpath={.metadata.annotations.kubernetes\.io/change-cause}'
            kubectl scale deploy web --namespace=default --replicas=3 --record=true
        "#]],
    );
}

#[test]
fn addresses_of_the_server_are_asked_as_they_are() {
    let map = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"b"}}"#;
    check(
        &[
            ("get --raw /livez?verbose", ""),
            ("get --raw /version", ""),
            ("create --raw /api/v1/namespaces/default/configmaps -f -", map),
            ("get --raw /api/v1/namespaces/default/configmaps/m", ""),
            ("get --raw /api/v1/configmaps?limit=1", ""),
            ("replace --raw /api/v1/namespaces/default/configmaps/m -f -", &map.replace("\"b\"", "\"c\"")),
            ("get cm m -o jsonpath={.data}", ""),
            ("delete --raw /api/v1/namespaces/default/configmaps/m", ""),
            ("get --raw /api/v1/namespaces/default/configmaps/m", ""),
            ("get --raw /apis/apps/v1/namespaces/default/toys", ""),
            ("get --raw pods", ""),
            ("get --raw /api -o yaml", ""),
            ("create --raw /api/v1/namespaces -f - --edit", map),
        ],
        expect![[r#"
            $ get --raw /livez?verbose
            [+]ping ok
            [+]log ok
            [+]etcd ok
            livez check passed
            $ get --raw /version
            {
              "major": "1",
              "minor": "32",
              "gitVersion": "v1.32.13",
              "gitCommit": "63adf010aa20e104c0b7043b47f42f50c9f72b17",
              "gitTreeState": "clean",
              "buildDate": "2026-08-20T00:00:00Z",
              "goVersion": "go1.24.11",
              "compiler": "gc",
              "platform": "linux/amd64"
            }
            $ create --raw /api/v1/namespaces/default/configmaps -f -
            {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"m","namespace":"default","uid":"230f6949-8c8c-46cb-824a-5634ad00e4c1","resourceVersion":"3","creationTimestamp":"2025-01-01T00:00:00Z"},"data":{"a":"b"}}
            $ get --raw /api/v1/namespaces/default/configmaps/m
            {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"m","namespace":"default","uid":"230f6949-8c8c-46cb-824a-5634ad00e4c1","resourceVersion":"3","creationTimestamp":"2025-01-01T00:00:00Z"},"data":{"a":"b"}}
            $ get --raw /api/v1/configmaps?limit=1
            {"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"3"},"items":[{"metadata":{"name":"m","namespace":"default","uid":"230f6949-8c8c-46cb-824a-5634ad00e4c1","resourceVersion":"3","creationTimestamp":"2025-01-01T00:00:00Z"},"data":{"a":"b"}}]}
            $ replace --raw /api/v1/namespaces/default/configmaps/m -f -
            {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"m","namespace":"default","uid":"230f6949-8c8c-46cb-824a-5634ad00e4c1","resourceVersion":"4","creationTimestamp":"2025-01-01T00:00:00Z"},"data":{"a":"c"}}
            $ get cm m -o jsonpath={.data}
            {"a":"c"}
            $ delete --raw /api/v1/namespaces/default/configmaps/m
            {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","details":{"name":"m","kind":"configmaps","uid":"230f6949-8c8c-46cb-824a-5634ad00e4c1"}}
            $ get --raw /api/v1/namespaces/default/configmaps/m
            stderr: Error from server (NotFound): configmaps "m" not found
            exit code 1
            $ get --raw /apis/apps/v1/namespaces/default/toys
            stderr: Error from server (NotFound): the server could not find the requested resource
            exit code 1
            $ get --raw pods
            stderr: error: --raw must be a valid URL path: parse "pods": invalid URI for request
            exit code 1
            $ get --raw /api -o yaml
            stderr: error: --raw and --output are mutually exclusive
            exit code 1
            $ create --raw /api/v1/namespaces -f - --edit
            stderr: error: --raw and --edit are mutually exclusive
            exit code 1
        "#]],
    );
}

#[test]
fn flags_that_are_typed_once_in_a_while() {
    check_web(
        &[
            "create configmap c --append-hash -o name --dry-run=client",
            "create clusterrole c --aggregation-rule=a=b,c=d -o 'jsonpath={.aggregationRule}'",
            "create clusterrole c --aggregation-rule=a=b --verb=get",
            "create clusterrole c --aggregation-rule=a",
            "delete deploy web -i",
            "delete ns default -n default --dry-run=client",
            "delete deploy nosuch -i",
            "apply -k .",
            "get deploy web --request-timeout=soon",
            "get deploy web -w --request-timeout=5",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ create configmap c --append-hash -o name --dry-run=client
            configmap/c-94b26g54cg
            $ create clusterrole c --aggregation-rule=a=b,c=d -o 'jsonpath={.aggregationRule}'
            {"clusterRoleSelectors":[{"matchLabels":{"a":"b","c":"d"}}]}
            $ create clusterrole c --aggregation-rule=a=b --verb=get
            stderr: error: aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames
            exit code 1
            $ create clusterrole c --aggregation-rule=a
            stderr: error: invalid argument "a" for "--aggregation-rule" flag: malformed pair, expect string=string
            stderr: See 'kubectl create clusterrole --help' for usage.
            exit code 1
            $ delete deploy web -i
            You are about to delete the following 1 resource(s):
            deployment.apps/web
            Do you want to continue? (y/n): deletion is cancelled
            $ delete ns default -n default --dry-run=client
            stderr: Warning: deleting cluster-scoped resources, not scoped to the provided namespace
            namespace "default" deleted (dry run)
            $ delete deploy nosuch -i
            stderr: Error from server (NotFound): deployments.apps "nosuch" not found
            exit code 1
            $ apply -k .
            stderr: error: unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '.'
            exit code 1
            $ get deploy web --request-timeout=soon
            stderr: error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)
            exit code 1
            $ get deploy web -w --request-timeout=5
            NAME   READY   UP-TO-DATE   AVAILABLE   AGE
            web    0/2     0            0           1s
        "#]],
    );
    check(
        &[("apply -f -", WEB), ("delete deploy web -i", "Y\n"), ("create -f - --edit", WEB)],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ delete deploy web -i
            You are about to delete the following 1 resource(s):
            deployment.apps/web
            Do you want to continue? (y/n): deployment.apps "web" deleted
            $ create -f - --edit
            stderr: Edit cancelled, no changes made.
        "#]],
    );
}

#[test]
fn documents_are_separated_when_they_are_printed() {
    let two = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n";
    check(
        &[("create -f - --dry-run=server -o yaml", two)],
        expect![[r#"
        $ create -f - --dry-run=server -o yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          creationTimestamp: "2025-01-01T00:00:00Z"
          name: a
          namespace: default
          uid: 230f6949-8c8c-46cb-824a-5634ad00e4c1
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          creationTimestamp: "2025-01-01T00:00:00Z"
          name: b
          namespace: default
          uid: 230f6949-8c8c-46cb-824a-5634ad00e4c1
    "#]],
    );
}

#[test]
fn a_debug_container_is_what_a_file_lays_over_it() {
    check(
        &[
            ("run p --image=nginx", ""),
            ("debug p --image=busybox -c d --profile=general --custom=-", "env: [{name: A, value: b}]\n"),
            (
                "get pod p -o 'jsonpath={.spec.ephemeralContainers[0].name} {.spec.ephemeralContainers[0].env}'",
                "",
            ),
            ("debug p --image=busybox -c d --profile=general --custom=-", "image: other\n"),
        ],
        expect![[r#"
            $ run p --image=nginx
            pod/p created
            $ debug p --image=busybox -c d --profile=general --custom=-
            $ get pod p -o 'jsonpath={.spec.ephemeralContainers[0].name} {.spec.ephemeralContainers[0].env}'
            d [{"name":"A","value":"b"}]
            $ debug p --image=busybox -c d --profile=general --custom=-
            stderr: error: name, command, image, lifecycle and volume devices are not modifiable via custom profile
            exit code 1
        "#]],
    );
}
