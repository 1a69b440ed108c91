//! Every kind's JSON, both ways, against `k8s-openapi`: samples that set every field of the kind.

use orrery_api::{Kind, Object};
use serde_json::Value;
use std::path::Path;

/// The JSON that `k8s-openapi` makes of a sample.
fn reference(kind: Kind, sample: &Value) -> Value {
    use k8s_openapi::api::{
        apps, coordination, core, discovery, networking, node, rbac, scheduling, storage,
    };
    use k8s_openapi::api::{autoscaling, batch, policy};
    fn through<T: serde::de::DeserializeOwned + serde::Serialize>(sample: &Value) -> Value {
        let object: T = serde_json::from_value(sample.clone()).expect("the sample is valid");
        serde_json::to_value(object).expect("it can be written")
    }
    match kind {
        Kind::CustomResourceDefinition => {
            use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1;
            through::<v1::CustomResourceDefinition>(sample)
        }
        Kind::Custom(_) => unreachable!("only kinds of the registry have samples"),
        Kind::ConfigMap => through::<core::v1::ConfigMap>(sample),
        Kind::LimitRange => through::<core::v1::LimitRange>(sample),
        Kind::ResourceQuota => through::<core::v1::ResourceQuota>(sample),
        Kind::Endpoints => through::<core::v1::Endpoints>(sample),
        Kind::Event => through::<core::v1::Event>(sample),
        Kind::Namespace => through::<core::v1::Namespace>(sample),
        Kind::Node => through::<core::v1::Node>(sample),
        Kind::PersistentVolumeClaim => through::<core::v1::PersistentVolumeClaim>(sample),
        Kind::PersistentVolume => through::<core::v1::PersistentVolume>(sample),
        Kind::Pod => through::<core::v1::Pod>(sample),
        Kind::Secret => through::<core::v1::Secret>(sample),
        Kind::ServiceAccount => through::<core::v1::ServiceAccount>(sample),
        Kind::Service => through::<core::v1::Service>(sample),
        Kind::Deployment => through::<apps::v1::Deployment>(sample),
        Kind::ReplicationController => through::<core::v1::ReplicationController>(sample),
        Kind::PodTemplate => through::<core::v1::PodTemplate>(sample),
        Kind::ControllerRevision => through::<apps::v1::ControllerRevision>(sample),
        Kind::DaemonSet => through::<apps::v1::DaemonSet>(sample),
        Kind::StatefulSet => through::<apps::v1::StatefulSet>(sample),
        Kind::ReplicaSet => through::<apps::v1::ReplicaSet>(sample),
        Kind::HorizontalPodAutoscaler => through::<autoscaling::v2::HorizontalPodAutoscaler>(sample),
        Kind::CronJob => through::<batch::v1::CronJob>(sample),
        Kind::Job => through::<batch::v1::Job>(sample),
        Kind::PodDisruptionBudget => through::<policy::v1::PodDisruptionBudget>(sample),
        Kind::Lease => through::<coordination::v1::Lease>(sample),
        Kind::EndpointSlice => through::<discovery::v1::EndpointSlice>(sample),
        Kind::IngressClass => through::<networking::v1::IngressClass>(sample),
        Kind::Ingress => through::<networking::v1::Ingress>(sample),
        Kind::NetworkPolicy => through::<networking::v1::NetworkPolicy>(sample),
        Kind::RuntimeClass => through::<node::v1::RuntimeClass>(sample),
        Kind::ClusterRoleBinding => through::<rbac::v1::ClusterRoleBinding>(sample),
        Kind::ClusterRole => through::<rbac::v1::ClusterRole>(sample),
        Kind::RoleBinding => through::<rbac::v1::RoleBinding>(sample),
        Kind::Role => through::<rbac::v1::Role>(sample),
        Kind::PriorityClass => through::<scheduling::v1::PriorityClass>(sample),
        Kind::CSIDriver => through::<storage::v1::CSIDriver>(sample),
        Kind::CSINode => through::<storage::v1::CSINode>(sample),
        Kind::VolumeAttachment => through::<storage::v1::VolumeAttachment>(sample),
        Kind::StorageClass => through::<storage::v1::StorageClass>(sample),
    }
}

fn sample(kind: Kind) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/full/{kind}.json"));
    let text = std::fs::read_to_string(&path).expect("there is a sample for every kind");
    serde_json::from_str(&text).expect("samples are JSON")
}

/// The paths at which two trees differ.
fn differences(path: &str, left: &Value, right: &Value, out: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))) {
                let (x, y) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                differences(&format!("{path}.{key}"), x, y, out);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter()
                .zip(b)
                .enumerate()
                .for_each(|(i, (x, y))| differences(&format!("{path}[{i}]"), x, y, out));
        }
        _ if left == right => {}
        _ => out.push(format!("{path}: {left} != {right}")),
    }
}

#[test]
fn every_field_of_every_kind_survives_and_agrees_with_k8s_openapi() {
    for &kind in Kind::ALL {
        let sample = sample(kind);
        let (object, problems) = Object::decode(kind, &sample);
        assert_eq!(problems, [], "{kind}");
        let mut lost = Vec::new();
        differences("", &object.to_value(), &reference(kind, &sample), &mut lost);
        differences("sample", &object.to_value(), &sample, &mut lost);
        assert!(lost.is_empty(), "{kind}: {lost:#?}");
    }
}

#[test]
fn a_field_that_upstream_does_not_know_is_told_and_not_kept() {
    let mut value = sample(Kind::Pod);
    value["spec"]["containers"][0]["img"] = "nginx".into();
    value["nonsense"] = 1.into();
    let (object, problems) = Object::decode(Kind::Pod, &value);
    let mut told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    told.sort();
    assert_eq!(told, ["unknown field \"nonsense\"", "unknown field \"spec.containers[0].img\""]);
    assert_eq!(object.to_value(), sample(Kind::Pod));
}

#[test]
fn what_upstream_prints_of_an_empty_deployment_is_printed() {
    expect_test::expect![[r#"
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"creationTimestamp":null},"spec":{"selector":null,"strategy":{},"template":{"metadata":{"creationTimestamp":null},"spec":{"containers":null}}},"status":{}}"#]]
    .assert_eq(&Object::from(orrery_api::Deployment::default()).to_value().to_string());
}
