//! The objects that every cluster has before anybody asks for anything.

use crate::Config;
use orrery_api::{
    EndpointAddress, EndpointPort, EndpointSubset, Endpoints, Namespace, Object, PriorityClass,
    SYSTEM_PRIORITY_CLASSES, Service, ServicePort, ServiceSpec, StorageClass,
};
use orrery_apimachinery::{IntOrString, ObjectMeta};
use orrery_apiserver::{ApiServer, Request};
use orrery_sim::SimTime;

/// The address of the only API server.
const API_SERVER: &str = "172.18.0.2";

pub(crate) fn create_first_objects(api: &mut ApiServer, config: &Config, now: SimTime) {
    let request = Request::new(now, "kube-apiserver");
    let mut create = |object: Object| {
        api.create(&request, object)
            .expect("the first objects are valid and there is nothing that they could clash with");
    };
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        create(Namespace { metadata: ObjectMeta::named("", name), ..Default::default() }.into());
    }
    create(kubernetes_service().into());
    create(kubernetes_endpoints().into());
    for ((name, value), description) in SYSTEM_PRIORITY_CLASSES.into_iter().zip(SYSTEM_PRIORITIES) {
        create(system_priority_class(name, value, description).into());
    }
    for group in &config.node_groups {
        create(group.config_map().into());
    }
    if config.default_storage_class {
        create(standard_storage_class().into());
    }
}

fn kubernetes_meta() -> ObjectMeta {
    ObjectMeta::named("default", "kubernetes")
}

/// The service by which pods reach the API server.
fn kubernetes_service() -> Service {
    let mut metadata = kubernetes_meta();
    metadata.labels = [("component", "apiserver"), ("provider", "kubernetes")].into_iter().collect();
    let port = ServicePort {
        name: Some("https".into()),
        port: 443,
        protocol: Some("TCP".into()),
        target_port: IntOrString::Int(6443),
        ..Default::default()
    };
    let spec = ServiceSpec { cluster_ip: Some("10.96.0.1".into()), ports: vec![port], ..Default::default() };
    Service { metadata, spec, ..Default::default() }
}

fn kubernetes_endpoints() -> Endpoints {
    let address = EndpointAddress { ip: API_SERVER.into(), ..Default::default() };
    let port = EndpointPort {
        name: Some("https".into()),
        port: 6443,
        protocol: Some("TCP".into()),
        ..Default::default()
    };
    let subset = EndpointSubset { addresses: vec![address], ports: vec![port], ..Default::default() };
    let mut metadata = kubernetes_meta();
    metadata.labels.insert("endpointslice.kubernetes.io/skip-mirror", "true");
    Endpoints { metadata, subsets: vec![subset] }
}

/// What the system's priority classes are for (upstream: `pkg/apis/scheduling/v1/helpers.go`).
const SYSTEM_PRIORITIES: [&str; 2] = [
    "Used for system critical pods that must not be moved from their current node.",
    "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
];

fn system_priority_class(name: &str, value: i32, description: &str) -> PriorityClass {
    PriorityClass {
        metadata: ObjectMeta::named("", name),
        value,
        description: Some(description.into()),
        ..Default::default()
    }
}

/// The class that serves claims which name none, as local clusters have it.
fn standard_storage_class() -> StorageClass {
    let mut metadata = ObjectMeta::named("", "standard");
    metadata.annotations.insert("storageclass.kubernetes.io/is-default-class", "true");
    StorageClass {
        metadata,
        provisioner: "rancher.io/local-path".into(),
        volume_binding_mode: Some("WaitForFirstConsumer".into()),
        reclaim_policy: Some("Delete".into()),
        ..Default::default()
    }
}
