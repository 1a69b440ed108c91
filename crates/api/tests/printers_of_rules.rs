//! What `kubectl get` prints of the kinds that rule over others: who may reach whom, who may do what, which classes
//! there are. The first rows are those of a real 1.32.

mod tables;

use expect_test::expect;
use orrery_api::Kind;
use orrery_api::printers::Options;
use serde_json::{Value, json};
use tables::{check, options};

#[test]
fn ingresses_their_classes_and_network_policies() {
    let ingress = |name: &str, hosts: &[&str], mut spec: Value, status: Value| {
        spec["rules"] = hosts.iter().map(|host| json!({"host": host})).collect();
        json!({"metadata": {"name": name}, "spec": spec, "status": status})
    };
    let entrance =
        json!({"loadBalancer": {"ingress": [{"hostname": "a-long-name.example.com"}, {"ip": "10.0.0.1"}]}});
    let ingresses = [
        ingress("fallback", &[], json!({}), json!({})),
        ingress(
            "shop",
            &["shop.example.com", "www.example.com"],
            json!({"ingressClassName": "nginx", "tls": [{}]}),
            json!({}),
        ),
        ingress("many", &["a", "b", "c", "d", "e"], json!({}), entrance),
    ];
    check(
        Kind::Ingress,
        ingresses,
        &options(),
        expect![[r#"
            NAME       CLASS    HOSTS                              ADDRESS                            PORTS     AGE
            fallback   <none>   *                                                                     80        4m26s
            shop       nginx    shop.example.com,www.example.com                                      80, 443   4m26s
            many       <none>   a,b,c + 2 more...                  10.0.0.1,a-long-name.example.com   80        4m26s
        "#]],
    );
    let parameters =
        json!({"apiGroup": "k8s.example.com", "kind": "Parameters", "name": "fast", "scope": "Cluster"});
    check(
        Kind::IngressClass,
        [
            json!({"metadata": {"name": "nginx"}, "spec": {"controller": "k8s.io/ingress-nginx"}}),
            json!({"metadata": {"name": "other"}, "spec": {"controller": "a/b", "parameters": parameters}}),
        ],
        &options(),
        expect![[r#"
            NAME    CONTROLLER             PARAMETERS                        AGE
            nginx   k8s.io/ingress-nginx   <none>                            4m26s
            other   a/b                    Parameters.k8s.example.com/fast   4m26s
        "#]],
    );
    check(
        Kind::NetworkPolicy,
        [
            json!({"metadata": {"name": "db-only-web"}, "spec": {"podSelector": {"matchLabels": {"app": "db"}}}}),
            json!({"metadata": {"name": "deny-all"}, "spec": {"podSelector": {}}}),
        ],
        &options(),
        expect![[r#"
            NAME          POD-SELECTOR   AGE
            db-only-web   app=db         4m26s
            deny-all      <none>         4m26s
        "#]],
    );
}

#[test]
fn roles_say_when_they_were_made_and_bindings_whom_they_bind() {
    let rule = json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]);
    check(
        Kind::Role,
        [json!({"metadata": {"name": "reader"}, "rules": rule})],
        &options(),
        expect![[r#"
            NAME     CREATED AT
            reader   2026-11-21T11:13:45Z
        "#]],
    );
    let subjects = json!([{"kind": "User", "name": "eve"}, {"kind": "User", "name": "bob"}, {"kind": "Group", "name": "ops"},
        {"kind": "ServiceAccount", "name": "sa", "namespace": "shop"}]);
    let binding = json!({"metadata": {"name": "readers"}, "roleRef": {"apiGroup": "", "kind": "Role", "name": "reader"}, "subjects": subjects});
    check(
        Kind::RoleBinding,
        [binding],
        &Options { wide: true, ..options() },
        expect![[r#"
            NAME      ROLE          AGE     USERS      GROUPS   SERVICEACCOUNTS
            readers   Role/reader   4m26s   eve, bob   ops      shop/sa
        "#]],
    );
}

#[test]
fn classes_drivers_and_attachments() {
    check(
        Kind::PriorityClass,
        [json!({"metadata": {"name": "gold"}, "value": 1000, "preemptionPolicy": "PreemptLowerPriority"})],
        &options(),
        expect![[r#"
            NAME   VALUE   GLOBAL-DEFAULT   AGE     PREEMPTIONPOLICY
            gold   1000    false            4m26s   PreemptLowerPriority
        "#]],
    );
    check(
        Kind::CSIDriver,
        [
            json!({"metadata": {"name": "a"}, "spec": {"volumeLifecycleModes": ["Persistent", "Ephemeral"]}}),
            json!({"metadata": {"name": "b"}, "spec": {"attachRequired": false, "tokenRequests": [{"audience": "x"}, {"audience": "y"}]}}),
        ],
        &options(),
        expect![[r#"
            NAME   ATTACHREQUIRED   PODINFOONMOUNT   STORAGECAPACITY   TOKENREQUESTS   REQUIRESREPUBLISH   MODES                  AGE
            a      true             false            false             <unset>         false               Persistent,Ephemeral   4m26s
            b      false            false            false             x,y             false               <none>                 4m26s
        "#]],
    );
    let spec = json!({"attacher": "csi.example.com", "nodeName": "node-1", "source": {"persistentVolumeName": "pv-1"}});
    check(
        Kind::VolumeAttachment,
        [json!({"metadata": {"name": "va"}, "spec": spec, "status": {"attached": true}})],
        &options(),
        expect![[r#"
            NAME   ATTACHER          PV     NODE     ATTACHED   AGE
            va     csi.example.com   pv-1   node-1   true       4m26s
        "#]],
    );
}
