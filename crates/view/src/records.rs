//! What the cluster's DNS answers: a record for each Service, and for each pod behind one that is headless.

use orrery_api::{EndpointSlice, Service};
use orrery_apiserver::ApiServer;
use orrery_cluster::Cluster;

use crate::scene::Text;
use crate::service::of_service;

/// A record.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// The name, without the cluster's domain.
    pub name: Text,
    /// `A`, `CNAME` or `SRV`.
    pub kind: &'static str,
    /// What it leads to; empty where it leads nowhere.
    pub values: Vec<Text>,
}

/// All records of Services, of all namespaces or of one.
pub fn records(cluster: &Cluster, namespace: Option<&str>) -> Vec<Record> {
    let api = cluster.api();
    let mut found = Vec::new();
    let wanted =
        |service: &&std::rc::Rc<Service>| namespace.is_none_or(|only| *service.metadata.namespace == *only);
    for service in api.list::<Service>().filter(wanted) {
        of_one(api, service, &mut found);
    }
    found
}

fn of_one(api: &ApiServer, service: &Service, found: &mut Vec<Record>) {
    let (meta, spec) = (&service.metadata, &service.spec);
    let zone = format!("{}.{}.svc", meta.name, meta.namespace);
    let mut add = |name: &str, kind, values| found.push(Record { name: name.into(), kind, values });
    if let Some(alias) = spec.external_name.as_ref().filter(|_| spec.type_.as_deref() == Some("ExternalName"))
    {
        return add(&zone, "CNAME", vec![alias.clone()]);
    }
    if spec.cluster_ip.as_deref() == Some("None") {
        let ready = ready(api, service);
        add(&zone, "A", ready.iter().map(|(_, address)| address.clone()).collect());
        for (host, address) in ready.iter().filter_map(|(host, address)| Some((host.as_ref()?, address))) {
            add(&format!("{host}.{zone}"), "A", vec![address.clone()]);
        }
    } else if let Some(address) = &spec.cluster_ip {
        add(&zone, "A", vec![address.clone()]);
    }
    for port in &spec.ports {
        let Some(name) = &port.name else { continue };
        let protocol = port.protocol.as_deref().unwrap_or("TCP").to_lowercase();
        add(
            &format!("_{name}._{protocol}.{zone}"),
            "SRV",
            vec![format!("{} {zone}", port.port).as_str().into()],
        );
    }
}

/// The addresses behind a Service that are ready, with their host names if they have one.
fn ready(api: &ApiServer, service: &Service) -> Vec<(Option<Text>, Text)> {
    let publishes = service.spec.publish_not_ready_addresses;
    let mut found = Vec::new();
    for slice in api.list_in::<EndpointSlice>(&service.metadata.namespace).filter(|s| of_service(s, service))
    {
        for endpoint in slice.endpoints.iter().filter(|e| publishes || e.conditions.ready != Some(false)) {
            found.extend(
                endpoint.addresses.first().map(|address| (endpoint.hostname.clone(), address.clone())),
            );
        }
    }
    found
}
