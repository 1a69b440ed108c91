//! Hashes that real control planes gave, and what they were made from.

use super::{compute_hash, quantity, safe_encode_string};
use crate::PodTemplateSpec;
use expect_test::expect;
use orrery_apimachinery::Value;
use orrery_apimachinery::decode::decode;
use serde_json::json;

/// What the API server fills in when a template leaves it open.
fn defaulted(mut template: Value) -> PodTemplateSpec {
    let fill = |object: &mut Value, defaults: Value| {
        for (key, value) in defaults.as_object().unwrap() {
            object.as_object_mut().unwrap().entry(key).or_insert_with(|| value.clone());
        }
    };
    let spec = &mut template["spec"];
    fill(
        spec,
        json!({"restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler",
            "terminationGracePeriodSeconds": 30, "securityContext": {}}),
    );
    for container in spec["containers"].as_array_mut().unwrap() {
        fill(
            container,
            json!({"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                "imagePullPolicy": "IfNotPresent", "resources": {}}),
        );
    }
    let (template, problems) = decode(&template);
    assert_eq!(problems, []);
    template
}

fn nginx(labels: Value) -> Value {
    json!({
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "nginx", "image": "nginx:1.25",
            "ports": [{"containerPort": 80, "protocol": "TCP"}],
            "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}]},
    })
}

fn on_ssd_nodes() -> Value {
    let mut template = nginx(json!({"app": "ssd-agent"}));
    template["spec"]["nodeSelector"] = json!({"disk": "ssd"});
    template["spec"]["tolerations"] =
        json!([{"effect": "NoSchedule", "key": "dedicated", "operator": "Exists"}]);
    template
}

fn probe(path: &str, period: i32) -> Value {
    json!({"httpGet": {"path": path, "port": 80, "scheme": "HTTP"}, "timeoutSeconds": 1,
        "periodSeconds": period, "successThreshold": 1, "failureThreshold": 3})
}

fn configured() -> Value {
    let mut liveness = probe("/healthz", 20);
    liveness["initialDelaySeconds"] = json!(3);
    json!({
        "metadata": {"labels": {"app": "web"}},
        "spec": {
            "containers": [{
                "name": "nginx",
                "image": "nginx:1.26",
                "ports": [{"containerPort": 80, "name": "http", "protocol": "TCP"}],
                "env": [
                    {"name": "MODE", "value": "prod"},
                    {"name": "LOG", "valueFrom": {"configMapKeyRef": {"key": "log", "name": "app-config"}}},
                    {"name": "PW", "valueFrom":
                        {"secretKeyRef": {"key": "password", "name": "db-creds", "optional": true}}},
                    {"name": "POD", "valueFrom":
                        {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
                ],
                "envFrom": [{"configMapRef": {"name": "app-config", "optional": true}}],
                "livenessProbe": liveness,
                "readinessProbe": probe("/healthz", 2),
                "resources": {
                    "limits": {"cpu": "200m", "memory": "128Mi"},
                    "requests": {"cpu": "100m", "memory": "64Mi"},
                },
                "volumeMounts": [
                    {"mountPath": "/etc/app", "name": "cfg", "readOnly": true},
                    {"mountPath": "/tmp", "name": "tmp"},
                ],
            }],
            "priorityClassName": "gold",
            "volumes": [
                {"name": "cfg", "configMap": {"defaultMode": 420, "name": "app-config"}},
                {"name": "tmp", "emptyDir": {}},
            ],
        },
    })
}

fn coredns() -> Value {
    json!({
        "metadata": {"labels": {"k8s-app": "kube-dns"}},
        "spec": {
            "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{
                "weight": 100,
                "podAffinityTerm": {
                    "labelSelector": {"matchExpressions":
                        [{"key": "k8s-app", "operator": "In", "values": ["kube-dns"]}]},
                    "topologyKey": "kubernetes.io/hostname",
                },
            }]}},
            "containers": [{
                "name": "coredns",
                "image": "registry.k8s.io/coredns/coredns:v1.11.3",
                "args": ["-conf", "/etc/coredns/Corefile"],
                "livenessProbe": {"httpGet": {"path": "/health", "port": 8080, "scheme": "HTTP"},
                    "initialDelaySeconds": 60, "timeoutSeconds": 5, "periodSeconds": 10, "successThreshold": 1,
                    "failureThreshold": 5},
                "readinessProbe": {"httpGet": {"path": "/ready", "port": 8181, "scheme": "HTTP"},
                    "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
                "ports": [
                    {"containerPort": 53, "name": "dns", "protocol": "UDP"},
                    {"containerPort": 53, "name": "dns-tcp", "protocol": "TCP"},
                    {"containerPort": 9153, "name": "metrics", "protocol": "TCP"},
                ],
                "resources": {"limits": {"memory": "170Mi"}, "requests": {"cpu": "100m", "memory": "70Mi"}},
                "securityContext": {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                    "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]}},
                "volumeMounts": [{"mountPath": "/etc/coredns", "name": "config-volume", "readOnly": true}],
            }],
            "dnsPolicy": "Default",
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "priorityClassName": "system-cluster-critical",
            "serviceAccount": "coredns",
            "serviceAccountName": "coredns",
            "tolerations": [
                {"key": "CriticalAddonsOnly", "operator": "Exists"},
                {"effect": "NoSchedule", "key": "node-role.kubernetes.io/control-plane"},
            ],
            "volumes": [{"name": "config-volume", "configMap":
                {"defaultMode": 420, "items": [{"key": "Corefile", "path": "Corefile"}], "name": "coredns"}}],
        },
    })
}

#[test]
fn templates_hash_as_upstream() {
    let requests = json!({"requests": {"cpu": "100m", "memory": "64Mi"}});
    let table = [
        (
            "one container that asks for nothing",
            json!({"metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"image": "nginx", "imagePullPolicy": "Always", "name": "nginx"}]}}),
            "65d846d465",
        ),
        ("a port and requests", nginx(json!({"app": "web"})), "75888f6477"),
        ("a toleration and a node selector, of a DaemonSet", on_ssd_nodes(), "d764696d7"),
        (
            "a second container with a command",
            json!({"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [
                {"name": "c", "image": "nginx:1.25", "resources": requests,
                    "env": [{"name": "B", "value": "3"}, {"name": "LIVE", "value": "yes"}],
                    "ports": [{"containerPort": 80, "name": "http", "protocol": "TCP"},
                        {"containerPort": 9090, "name": "m", "protocol": "TCP"}]},
                {"name": "side", "image": "busybox:1.36", "resources": requests, "command": ["sleep", "inf"]},
            ]}}),
            "67d58ff788",
        ),
        (
            "a readiness probe",
            json!({"metadata": {"labels": {"app": "probe"}}, "spec": {"containers": [
                {"name": "c", "image": "nginx:1.25", "resources": requests,
                    "readinessProbe": probe("/", 1)}]}}),
            "6f66bd949f",
        ),
        (
            "an annotation",
            json!({"metadata": {"labels": {"app": "unready"},
                    "annotations": {"oracle/probe.c.readiness": "fail"}},
                "spec": {"containers": [
                    {"name": "c", "image": "nginx:1.25", "readinessProbe": probe("/healthz", 2)}]}}),
            "7588b59444",
        ),
        (
            "a topology spread constraint with a node policy",
            json!({"metadata": {"labels": {"app": "spread4"}}, "spec": {
                "containers": [{"name": "c", "image": "nginx:1.25", "resources": requests}],
                "topologySpreadConstraints": [{"labelSelector": {"matchLabels": {"app": "spread4"}},
                    "maxSkew": 1, "nodeTaintsPolicy": "Honor", "topologyKey": "topology.kubernetes.io/zone",
                    "whenUnsatisfiable": "DoNotSchedule"}]}}),
            "bc556c99d",
        ),
        (
            "a service account and limits",
            json!({"metadata": {"labels": {"app": "web"}}, "spec": {
                "containers": [{"name": "c", "image": "nginx:1.27",
                    "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"},
                        {"name": "Y", "value": "2"}],
                    "ports": [{"containerPort": 80, "name": "http", "protocol": "TCP"}],
                    "resources": {"limits": {"cpu": "100m", "memory": "128Mi"},
                        "requests": {"cpu": "50m", "memory": "64Mi"}}}],
                "serviceAccount": "default", "serviceAccountName": "default"}}),
            "7cf9f689f",
        ),
        ("volumes, and an environment from everywhere", configured(), "5d845ffcc5"),
        ("affinity, rights and tolerations, as kubeadm deploys CoreDNS", coredns(), "668d6bf9bc"),
    ];
    for (what, template, hash) in table {
        assert_eq!(compute_hash(&defaulted(template), None), hash, "{what}");
    }
}

#[test]
fn a_collision_changes_the_hash() {
    let template = defaulted(nginx(json!({"app": "web"})));
    let hashes = [None, Some(0), Some(1)].map(|count| compute_hash(&template, count));
    assert_eq!(hashes, ["75888f6477", "6db9bf78c7", "56ff475484"]);
}

#[test]
fn an_empty_map_hashes_as_none() {
    let mut template = nginx(json!({"app": "web"}));
    template["metadata"]["annotations"] = json!({});
    template["spec"]["nodeSelector"] = json!({});
    assert_eq!(compute_hash(&defaulted(template), None), "75888f6477");
}

#[test]
fn quantities_print_as_go_keeps_them() {
    let table = [
        ("zero keeps its text", "0"),
        ("thousandths keep theirs", "100m"),
        ("a multiple of eight mebibytes forgets it", "64Mi"),
        ("other mebibytes keep it", "100Mi"),
        ("an exponent is a scale", "12e6"),
        ("many tebibytes are a big decimal", "100Ti"),
    ];
    let mut out = String::new();
    for (what, text) in table {
        out.push_str(&format!("{what}\n  "));
        quantity::dump(&mut out, text);
        out.push('\n');
    }
    expect![[r#"
        zero keeps its text
          {i:(resource.int64Amount){value:(int64)0 scale:(resource.Scale)0} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)0 Format:(resource.Format)DecimalSI}
        thousandths keep theirs
          {i:(resource.int64Amount){value:(int64)100 scale:(resource.Scale)-3} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)100m Format:(resource.Format)DecimalSI}
        a multiple of eight mebibytes forgets it
          {i:(resource.int64Amount){value:(int64)67108864 scale:(resource.Scale)0} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string) Format:(resource.Format)BinarySI}
        other mebibytes keep it
          {i:(resource.int64Amount){value:(int64)104857600 scale:(resource.Scale)0} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)100Mi Format:(resource.Format)BinarySI}
        an exponent is a scale
          {i:(resource.int64Amount){value:(int64)12 scale:(resource.Scale)6} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)12e6 Format:(resource.Format)DecimalExponent}
        many tebibytes are a big decimal
          {i:(resource.int64Amount){value:(int64)0 scale:(resource.Scale)0} d:(resource.infDecAmount){Dec:(*inf.Dec){unscaled:(big.Int){neg:(bool)false abs:(big.nat)[8568098291072368640 5960]} scale:(inf.Scale)9}} s:(string) Format:(resource.Format)BinarySI}
    "#]].assert_eq(&out);
}

#[test]
fn digits_become_letters_that_spell_nothing() {
    assert_eq!(safe_encode_string("0123456789"), "456789bcdf");
}
