//! What the API server accepts with a warning, in upstream's words.

use orrery_api::{Kind, Object};
use orrery_apimachinery::patch::json_merge;
use serde_json::{Value, json};

fn said(kind: Kind, manifest: Value) -> String {
    let (object, problems) = Object::decode(kind, &manifest);
    assert_eq!(problems, [], "{manifest}");
    object.warnings().join("\n")
}

/// A pod spec with one container, and more.
fn spec(fields: Value) -> Value {
    let mut spec = json!({"containers": [{"name": "c", "image": "nginx"}]});
    json_merge(&mut spec, &fields);
    spec
}

fn pod(fields: Value) -> Value {
    json!({"metadata": {"name": "p"}, "spec": spec(fields)})
}

#[test]
fn what_is_odd_about_pods() {
    let rows = [
        ("nothing", json!({}), ""),
        (
            "old labels of nodes",
            json!({"nodeSelector": {"beta.kubernetes.io/os": "linux"},
                "topologySpreadConstraints": [{"topologyKey": "failure-domain.beta.kubernetes.io/zone", "labelSelector": {}}],
                "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                    {"matchExpressions": [{"key": "node-role.kubernetes.io/master", "operator": "Exists"}]}]}}}}),
            "spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \"kubernetes.io/os\" instead\n\
             spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: node-role.kubernetes.io/master is use \"node-role.kubernetes.io/control-plane\" instead\n\
             spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
        ),
        (
            "files in each other's way",
            json!({"volumes": [
                {"name": "v", "configMap": {"name": "m", "items": [{"key": "a", "path": "x"}, {"key": "b", "path": "x/y/"}, {"key": "c", "path": "xy"}]}},
                {"name": "w", "projected": {"sources": [{"secret": {"name": "s", "items": [{"key": "a", "path": "t"}]}}, {"serviceAccountToken": {"path": "t"}}, {}]}}]}),
            "volume \"v\" (ConfigMap \"m\"): overlapping paths: \"x/y\" with \"x\"\n\
             volume \"w\" (Projected) has no sources provided\n\
             volume \"w\" (Projected): overlapping paths: \"t\" (ServiceAccountToken) with \"t\" (Secret \"s\")",
        ),
        (
            "an address of the node without its port",
            json!({"containers": [{"name": "c", "ports": [{"containerPort": 80, "hostIP": "10.0.0.1"}]}]}),
            "spec.containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:10.0.0.1}",
        ),
        (
            "secrets without names",
            json!({"imagePullSecrets": [{}, {}]}),
            "spec.imagePullSecrets[1].name: duplicate name \"\"\n\
             spec.imagePullSecrets[0].name: invalid empty name \"\"\n\
             spec.imagePullSecrets[1].name: invalid empty name \"\"",
        ),
    ];
    for (row, fields, expected) in rows {
        assert_eq!(said(Kind::Pod, pod(fields)), expected, "{row}");
    }
}

#[test]
fn annotations_whose_place_a_field_has_taken() {
    let annotations = json!({"container.apparmor.security.beta.kubernetes.io/c": "unconfined",
        "seccomp.security.alpha.kubernetes.io/pod": "unconfined", "scheduler.alpha.kubernetes.io/critical-pod": ""});
    let old = |at: &str| {
        format!(
            "{at}[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the \"priorityClassName\" field instead\n\
             {at}[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the \"seccompProfile\" field instead"
        )
    };
    let armor = |at: &str| {
        format!(
            "{at}[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the \"appArmorProfile\" field instead"
        )
    };
    let profile = json!({"securityContext": {"appArmorProfile": {"type": "Unconfined"}}});
    let of_pod =
        |fields: Value| json!({"metadata": {"name": "p", "annotations": annotations}, "spec": spec(fields)});
    let at = "metadata.annotations";
    assert_eq!(said(Kind::Pod, of_pod(json!({}))), format!("{}\n{}", armor(at), old(at)));
    assert_eq!(said(Kind::Pod, of_pod(profile.clone())), old(at), "the field says the same");
    let set = |fields: Value| json!({"spec": {"template": of_pod(fields)}});
    let at = "spec.template.metadata.annotations";
    assert_eq!(said(Kind::DaemonSet, set(json!({}))), format!("{}\n{}", old(at), armor(at)));
    assert_eq!(said(Kind::DaemonSet, set(profile)), old(at));
}

#[test]
fn what_is_odd_about_other_kinds() {
    let half = json!({"resources": {"requests": {"storage": "100m"}}});
    let rows = [
        (
            "a class in the annotation of old",
            Kind::Ingress,
            json!({"metadata": {"annotations": {"kubernetes.io/ingress.class": "a"}}}),
            "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead",
        ),
        (
            "old labels of nodes in a runtime class",
            Kind::RuntimeClass,
            json!({"handler": "h", "scheduling": {"nodeSelector": {"beta.kubernetes.io/arch": "x"}}}),
            "scheduling.nodeSelector: deprecated since v1.14; use \"kubernetes.io/arch\" instead",
        ),
        (
            "half a byte for each pod of a set",
            Kind::StatefulSet,
            json!({"spec": {"template": {"spec": spec(json!({}))}, "volumeClaimTemplates": [{"spec": half}]}}),
            "spec.volumeClaimTemplates[0].resources.requests[storage]: fractional byte value \"100m\" is invalid, must be an integer",
        ),
        (
            "a name that is no host's",
            Kind::Job,
            json!({"metadata": {"name": "a.b"}, "spec": {"template": {"spec": spec(json!({}))}}}),
            "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')]",
        ),
        (
            "a volume that is recycled",
            Kind::PersistentVolume,
            json!({"spec": {"persistentVolumeReclaimPolicy": "Recycle", "rbd": {"image": "i", "monitors": ["m"]}}}),
            "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.\n\
             spec.rbd: deprecated in v1.28, non-functional in v1.31+",
        ),
    ];
    for (row, kind, mut manifest, expected) in rows {
        if manifest["metadata"]["name"].is_null() {
            manifest["metadata"]["name"] = "x".into();
        }
        assert_eq!(said(kind, manifest), expected, "{row}");
    }
}
