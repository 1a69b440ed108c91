//! A service, its ports, and the pods behind it as its EndpointSlices have them.

use std::collections::BTreeMap;

use orrery_api::{EndpointSlice, Service};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;

use crate::scene::{Endpoint, Hue, ObjectRef, ServiceBox};

/// The label that ties a slice to its service (upstream: `discovery.LabelServiceName`).
const SERVICE_NAME: &str = "kubernetes.io/service-name";

/// The box of a service. `hues` are those of the pods in the picture, by uid.
pub(crate) fn service_box(api: &ApiServer, service: &Service, hues: &BTreeMap<Str, Hue>) -> ServiceBox {
    let meta = &service.metadata;
    let endpoints = endpoints(api, service);
    let selected = !service.spec.selector.is_empty();
    ServiceBox {
        id: ObjectRef { kind: "Service".into(), namespace: meta.namespace.clone(), name: meta.name.clone() },
        ports: ports(service).as_str().into(),
        external: matches!(service.spec.type_.as_deref(), Some("NodePort" | "LoadBalancer")),
        hue: endpoints.iter().find_map(|e| hues.get(&e.pod).copied()),
        ghost: selected
            && endpoints.is_empty()
            && api.pods_equal_to(&meta.namespace, &service.spec.selector).is_empty(),
        endpoints,
    }
}

/// Whether a slice of the same namespace belongs to a service.
pub(crate) fn of_service(slice: &EndpointSlice, service: &Service) -> bool {
    slice.metadata.labels.get(SERVICE_NAME) == Some(&service.metadata.name)
}

fn endpoints(api: &ApiServer, service: &Service) -> Vec<Endpoint> {
    api.list_in::<EndpointSlice>(&service.metadata.namespace)
        .filter(|slice| of_service(slice, service))
        .flat_map(|slice| &slice.endpoints)
        .filter_map(|endpoint| {
            let pod = endpoint.target_ref.as_ref()?.uid.clone()?;
            Some(Endpoint { pod, ready: endpoint.conditions.ready.unwrap_or(true) })
        })
        .collect()
}

/// `ClusterIP 80`, `NodePort 80:30080`, `headless 6379`, `ExternalName db.example.com`.
fn ports(service: &Service) -> String {
    let spec = &service.spec;
    let kind = spec.type_.as_deref().unwrap_or("ClusterIP");
    if kind == "ExternalName" {
        return format!("{kind} {}", spec.external_name.as_deref().unwrap_or_default());
    }
    let kind = if spec.cluster_ip.as_deref() == Some("None") { "headless" } else { kind };
    let ports: Vec<String> = spec
        .ports
        .iter()
        .map(|p| if p.node_port == 0 { p.port.to_string() } else { format!("{}:{}", p.port, p.node_port) })
        .collect();
    format!("{kind} {}", ports.join(", "))
}
