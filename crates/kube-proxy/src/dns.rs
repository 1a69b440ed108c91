//! What a name means (upstream: CoreDNS, `plugin/kubernetes`).

use orrery_api::{EXTERNAL_NAME, EndpointSlice, Namespace, Service};
use orrery_apimachinery::{Order, Str};
use orrery_client::ApiServer;
use orrery_sim::Random;
use std::net::Ipv4Addr;

/// The domain of the cluster.
pub const CLUSTER_DOMAIN: &str = "cluster.local";
/// The label by which a slice names its Service.
pub(crate) const SERVICE_NAME: &str = "kubernetes.io/service-name";
/// How many names an alias may lead through.
const MAX_ALIASES: usize = 8;
/// 203.0.113.0/24, set aside for documentation (RFC 5737).
const OUTSIDE: u32 = 0xcb00_7100;
/// The last labels of names that are taken to exist outside; beside them those of two letters, the countries.
const TOP_LEVEL: [&str; 10] = ["com", "org", "net", "edu", "gov", "info", "app", "dev", "cloud", "test"];

/// Whether an address stands for somebody outside the cluster, of whom nothing is known.
pub fn is_outside(address: Ipv4Addr) -> bool {
    u32::from(address) & 0xffff_ff00 == OUTSIDE
}

/// The addresses of a full name: empty when there is no such name. `cluster` says whether the cluster's DNS is
/// asked, or only the node's.
pub fn lookup(api: &ApiServer, name: &str, cluster: bool) -> Vec<Ipv4Addr> {
    let mut name = Str::from(name.trim_end_matches('.').to_ascii_lowercase());
    for _ in 0..MAX_ALIASES {
        let inside = name.strip_suffix(CLUSTER_DOMAIN).and_then(|rest| rest.strip_suffix('.'));
        match inside.map(|rest| record(api, rest)) {
            None => return outside(api, &name).into_iter().collect(),
            Some(_) if !cluster => return Vec::new(),
            Some(Record::Addresses(addresses)) => return addresses,
            Some(Record::Alias(other)) => name = other,
        }
    }
    Vec::new()
}

/// What the cluster's zone holds for a name.
enum Record {
    Addresses(Vec<Ipv4Addr>),
    Alias(Str),
}

/// The record of a name within the cluster's domain.
fn record(api: &ApiServer, name: &str) -> Record {
    let labels: Vec<&str> = name.split('.').collect();
    match labels[..] {
        [service, namespace, "svc"] => service_record(api, service, namespace),
        [host, service, namespace, "svc"] => {
            let named = |hostname: Option<&Str>, address: &str| match hostname {
                Some(hostname) => &**hostname == host,
                None => address.replace('.', "-") == host,
            };
            Record::Addresses(endpoints(api, service, namespace, &named))
        }
        [address, namespace, "pod"] if api.get::<Namespace>("", namespace).is_some() => {
            Record::Addresses(address.replace('-', ".").parse().into_iter().collect())
        }
        _ => Record::Addresses(Vec::new()),
    }
}

fn service_record(api: &ApiServer, name: &str, namespace: &str) -> Record {
    let Some(service) = api.get::<Service>(namespace, name) else { return Record::Addresses(Vec::new()) };
    let spec = &service.spec;
    if spec.type_.as_deref() == Some(EXTERNAL_NAME) {
        let alias = spec.external_name.as_deref().unwrap_or_default();
        return Record::Alias(alias.trim_end_matches('.').to_ascii_lowercase().into());
    }
    Record::Addresses(match spec.cluster_ip.as_deref() {
        Some("None") | None => endpoints(api, name, namespace, &|_, _| true),
        Some(address) => address.parse().into_iter().collect(),
    })
}

/// The addresses of the ready endpoints of a Service whose host name and address are wanted.
fn endpoints(
    api: &ApiServer,
    service: &str,
    namespace: &str,
    wanted: &dyn Fn(Option<&Str>, &str) -> bool,
) -> Vec<Ipv4Addr> {
    let mut found = Vec::new();
    for slice in api.list_in::<EndpointSlice>(&namespace.into()) {
        if slice.metadata.labels.get(SERVICE_NAME).is_none_or(|of| &**of != service) {
            continue;
        }
        for endpoint in slice.endpoints.iter().filter(|e| e.conditions.ready != Some(false)) {
            for address in &endpoint.addresses {
                let address = Some(address).filter(|a| wanted(endpoint.hostname.as_ref(), a));
                found.extend(address.and_then(|a| a.parse::<Ipv4Addr>().ok()));
            }
        }
    }
    found.order();
    found.dedup();
    found
}

/// The address that stands for a name outside the cluster, if there may be such a name.
fn outside(api: &ApiServer, name: &str) -> Option<Ipv4Addr> {
    if let Ok(address) = name.parse() {
        return Some(address);
    }
    let (_, top) = name.rsplit_once('.')?;
    let exists = TOP_LEVEL.contains(&top) || (top.len() == 2 && top.bytes().all(|b| b.is_ascii_lowercase()));
    // A Service that is not there, in a namespace that sounds like a country, is no country's.
    if !exists || api.get::<Namespace>("", top).is_some() {
        return None;
    }
    let host = Random::stream(0, name).below(254) as u32 + 1;
    Some(Ipv4Addr::from(OUTSIDE | host))
}
