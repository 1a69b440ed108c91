//! JSON: what is of a type of Go's is printed in the order of its fields, what is kept as a map by name.

use crate::session::{check, check_web};
use expect_test::expect;

#[test]
fn generators_print_types_and_files_print_maps() {
    check(
        &[
            ("create deployment d --image=nginx --dry-run=client -o json", ""),
            ("create configmap m --from-literal=b=1 --from-literal=a=2 --save-config", ""),
            ("apply view-last-applied cm/m -o json", ""),
            ("get cm m '-o=go-template={{.metadata.annotations}}'", ""),
            ("create -f - --dry-run=client -o json", "kind: ConfigMap\napiVersion: v1\nmetadata: {name: f}"),
            ("auth whoami -o json", ""),
            ("config view -o json", ""),
        ],
        expect![[r#"
            $ create deployment d --image=nginx --dry-run=client -o json
            {
                "kind": "Deployment",
                "apiVersion": "apps/v1",
                "metadata": {
                    "name": "d",
                    "creationTimestamp": null,
                    "labels": {
                        "app": "d"
                    }
                },
                "spec": {
                    "replicas": 1,
                    "selector": {
                        "matchLabels": {
                            "app": "d"
                        }
                    },
                    "template": {
                        "metadata": {
                            "creationTimestamp": null,
                            "labels": {
                                "app": "d"
                            }
                        },
                        "spec": {
                            "containers": [
                                {
                                    "name": "nginx",
                                    "image": "nginx",
                                    "resources": {}
                                }
                            ]
                        }
                    },
                    "strategy": {}
                },
                "status": {}
            }
            $ create configmap m --from-literal=b=1 --from-literal=a=2 --save-config
            configmap/m created
            $ apply view-last-applied cm/m -o json
            {
              "apiVersion": "v1",
              "data": {
                "a": "2",
                "b": "1"
              },
              "kind": "ConfigMap",
              "metadata": {
                "creationTimestamp": null,
                "name": "m"
              }
            }
            $ get cm m '-o=go-template={{.metadata.annotations}}'
            map[kubectl.kubernetes.io/last-applied-configuration:{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"m","creationTimestamp":null},"data":{"a":"2","b":"1"}}
            ]
            $ create -f - --dry-run=client -o json
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {
                    "name": "f",
                    "namespace": "default"
                }
            }
            $ auth whoami -o json
            {
                "kind": "SelfSubjectReview",
                "apiVersion": "authentication.k8s.io/v1",
                "metadata": {
                    "creationTimestamp": null
                },
                "status": {
                    "userInfo": {
                        "username": "admin",
                        "groups": [
                            "system:masters",
                            "system:authenticated"
                        ]
                    }
                }
            }
            $ config view -o json
            {
                "kind": "Config",
                "apiVersion": "v1",
                "preferences": {},
                "clusters": [
                    {
                        "name": "orrery",
                        "cluster": {
                            "server": "https://127.0.0.1:6443"
                        }
                    }
                ],
                "users": [
                    {
                        "name": "admin",
                        "user": {}
                    }
                ],
                "contexts": [
                    {
                        "name": "orrery",
                        "context": {
                            "cluster": "orrery",
                            "user": "admin"
                        }
                    }
                ],
                "current-context": "orrery"
            }
        "#]],
    );
}

#[test]
fn technical_flags_do_what_they_do_upstream() {
    check_web(
        &[
            "get deploy,cm --server-print=false",
            "get deploy -A --server-print=false --no-headers",
            "create deployment d --image=nginx --replicas=1 --warnings-as-errors",
            "apply -f - --applyset=x --prune",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ get deploy,cm --server-print=false
            NAME                  AGE
            deployment.apps/web   0s
            $ get deploy -A --server-print=false --no-headers
            default   web   0s
            $ create deployment d --image=nginx --replicas=1 --warnings-as-errors
            deployment.apps/d created
            $ apply -f - --applyset=x --prune
            stderr: error: unknown flag: --applyset
            stderr: See 'kubectl apply --help' for usage.
            exit code 1
        "#]],
    );
}

#[test]
fn the_server_tells_what_it_serves() {
    check_web(
        &[
            "get --raw=/api",
            "get --raw=/apis/apps",
            "get --raw=/apis/autoscaling",
            "get --raw=/apis/apps/v1",
            "get --raw=/apis/nonsense",
            "get --raw=/apis/apps/v2",
            "get --raw=/api/v1/namespaces/default",
            "get --raw=/apis/apps/v1/namespaces/default/deployments/web/scale",
            "get --raw=/apis/apps/v1/namespaces/default/deployments?limit=1",
            "get --raw=/healthz",
            "get --raw=/readyz?verbose",
            "get --raw=/openapi/v2",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ get --raw=/api
            {"kind":"APIVersions","versions":["v1"]}
            $ get --raw=/apis/apps
            {"kind":"APIGroup","apiVersion":"v1","name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}],"preferredVersion":{"groupVersion":"apps/v1","version":"v1"}}
            $ get --raw=/apis/autoscaling
            {"kind":"APIGroup","apiVersion":"v1","name":"autoscaling","versions":[{"groupVersion":"autoscaling/v2","version":"v2"},{"groupVersion":"autoscaling/v1","version":"v1"}],"preferredVersion":{"groupVersion":"autoscaling/v2","version":"v2"}}
            $ get --raw=/apis/apps/v1
            {"kind":"APIResourceList","apiVersion":"v1","groupVersion":"apps/v1","resources":[{"name":"controllerrevisions","singularName":"controllerrevision","namespaced":true,"kind":"ControllerRevision","verbs":["create","delete","deletecollection","get","list","patch","update","watch"],"storageVersionHash":"85nkx63pcBU="},{"name":"daemonsets","singularName":"daemonset","namespaced":true,"kind":"DaemonSet","verbs":["create","delete","deletecollection","get","list","patch","update","watch"],"shortNames":["ds"],"categories":["all"],"storageVersionHash":"dd7pWHUlMKQ="},{"name":"daemonsets/status","singularName":"","namespaced":true,"kind":"DaemonSet","verbs":["get","patch","update"]},{"name":"deployments","singularName":"deployment","namespaced":true,"kind":"Deployment","verbs":["create","delete","deletecollection","get","list","patch","update","watch"],"shortNames":["deploy"],"categories":["all"],"storageVersionHash":"8aSe+NMegvE="},{"name":"deployments/scale","singularName":"","namespaced":true,"group":"autoscaling","version":"v1","kind":"Scale","verbs":["get","patch","update"]},{"name":"deployments/status","singularName":"","namespaced":true,"kind":"Deployment","verbs":["get","patch","update"]},{"name":"replicasets","singularName":"replicaset","namespaced":true,"kind":"ReplicaSet","verbs":["create","delete","deletecollection","get","list","patch","update","watch"],"shortNames":["rs"],"categories":["all"],"storageVersionHash":"P1RzHs8/mWQ="},{"name":"replicasets/scale","singularName":"","namespaced":true,"group":"autoscaling","version":"v1","kind":"Scale","verbs":["get","patch","update"]},{"name":"replicasets/status","singularName":"","namespaced":true,"kind":"ReplicaSet","verbs":["get","patch","update"]},{"name":"statefulsets","singularName":"statefulset","namespaced":true,"kind":"StatefulSet","verbs":["create","delete","deletecollection","get","list","patch","update","watch"],"shortNames":["sts"],"categories":["all"],"storageVersionHash":"H+vl74LkKdo="},{"name":"statefulsets/scale","singularName":"","namespaced":true,"group":"autoscaling","version":"v1","kind":"Scale","verbs":["get","patch","update"]},{"name":"statefulsets/status","singularName":"","namespaced":true,"kind":"StatefulSet","verbs":["get","patch","update"]}]}
            $ get --raw=/apis/nonsense
            stderr: Error from server (NotFound): the server could not find the requested resource
            exit code 1
            $ get --raw=/apis/apps/v2
            stderr: Error from server (NotFound): the server could not find the requested resource
            exit code 1
            $ get --raw=/api/v1/namespaces/default
            {"kind":"Namespace","apiVersion":"v1","metadata":{"name":"default","uid":"a8183dd8-89e5-40ce-9095-983364d23654","resourceVersion":"1","creationTimestamp":"2025-01-01T00:00:00Z","labels":{"kubernetes.io/metadata.name":"default"}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}
            $ get --raw=/apis/apps/v1/namespaces/default/deployments/web/scale
            {"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"web","namespace":"default","uid":"230f6949-8c8c-46cb-824a-5634ad00e4c1","resourceVersion":"3","creationTimestamp":"2025-01-01T00:00:00Z"},"spec":{"replicas":2},"status":{"replicas":0,"selector":"app=web"}}
            $ get --raw=/apis/apps/v1/namespaces/default/deployments?limit=1
            {"kind":"DeploymentList","apiVersion":"apps/v1","metadata":{"resourceVersion":"3"},"items":[{"metadata":{"name":"web","namespace":"default","uid":"230f6949-8c8c-46cb-824a-5634ad00e4c1","resourceVersion":"3","generation":1,"creationTimestamp":"2025-01-01T00:00:00Z","labels":{"app":"web"},"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"annotations\":{},\"labels\":{\"app\":\"web\"},\"name\":\"web\",\"namespace\":\"default\"},\"spec\":{\"replicas\":2,\"selector\":{\"matchLabels\":{\"app\":\"web\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":\"web\"}},\"spec\":{\"containers\":[{\"env\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"value\":\"2\"}],\"image\":\"nginx:1\",\"name\":\"c\",\"ports\":[{\"containerPort\":80}]}]}}}}\n"}},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"creationTimestamp":null,"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"nginx:1","ports":[{"containerPort":80,"protocol":"TCP"}],"env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","securityContext":{},"schedulerName":"default-scheduler"}},"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}},"revisionHistoryLimit":10,"progressDeadlineSeconds":600},"status":{}}]}
            $ get --raw=/healthz
            ok
            $ get --raw=/readyz?verbose
            [+]ping ok
            [+]log ok
            [+]etcd ok
            [+]etcd-readiness ok
            [+]informer-sync ok
            [+]shutdown ok
            readyz check passed
            $ get --raw=/openapi/v2
            stderr: error: the description of the API is too large to be here whole; 'kubectl explain' shows it field by field
            exit code 1
        "#]],
    );
}
