//! What a name means (upstream: CoreDNS, `plugin/kubernetes`, as kubeadm configures it).

use orrery_api::{EXTERNAL_NAME, EndpointSlice, Ingress, Namespace, Service};
use orrery_apimachinery::{Order, Str};
use orrery_client::ApiServer;
use orrery_container_runtime::dns::{Code, Data, Record, RecordType, Records};
use orrery_sim::Random;
use std::net::Ipv4Addr;
use std::rc::Rc;

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
    query(api, name, RecordType::A, cluster).addresses()
}

/// The records of a full name. `cluster` says whether the cluster's DNS is asked, or only the node's.
pub fn query(api: &ApiServer, name: &str, kind: RecordType, cluster: bool) -> Records {
    let mut name = Str::from(name.trim_end_matches('.').to_ascii_lowercase());
    if let Some(reverse) = name.strip_suffix(".in-addr.arpa") {
        return pointers(api, &name, reverse, cluster);
    }
    let mut found = Records::none(Code::NoError);
    for _ in 0..MAX_ALIASES {
        let inside = name.strip_suffix(CLUSTER_DOMAIN).and_then(|rest| rest.strip_suffix('.'));
        let step = match inside {
            None => public(api, &name, kind),
            Some(_) if !cluster => Step::Missing,
            Some(rest) => record(api, rest, kind),
        };
        match step {
            Step::Missing => {
                // An alias of a name that there is not is still an answer.
                found.code = if found.list.is_empty() { Code::NxDomain } else { Code::NoError };
                return found;
            }
            Step::Data(data) => {
                found.list.extend(data.into_iter().map(|data| Record { name: name.clone(), data }));
                return found;
            }
            Step::Alias(other) => {
                found.list.push(Record { name, data: Data::Cname(other.clone()) });
                if kind == RecordType::Cname {
                    return found;
                }
                name = other;
            }
        }
    }
    found
}

/// What there is of a name.
enum Step {
    Missing,
    Data(Vec<Data>),
    Alias(Str),
}

/// What there is of a name within the cluster's domain.
fn record(api: &ApiServer, name: &str, kind: RecordType) -> Step {
    let labels: Vec<&str> = name.split('.').collect();
    match labels[..] {
        ["svc"] | ["pod"] => Step::Data(Vec::new()),
        [namespace, "svc" | "pod"] if api.get::<Namespace>("", namespace).is_some() => Step::Data(Vec::new()),
        [service, namespace, "svc"] => of_service(api, (service, namespace), None, kind),
        [port, protocol, service, namespace, "svc"] => {
            let port = port.strip_prefix('_').zip(protocol.strip_prefix('_'));
            match port {
                Some(port) => of_service(api, (service, namespace), Some(port), kind),
                None => Step::Missing,
            }
        }
        [host, service, namespace, "svc"] => {
            let backends = backends(api, service, namespace);
            let named: Vec<Data> =
                backends.iter().filter(|b| b.host == host).map(|b| Data::A(b.address)).collect();
            match kind {
                _ if named.is_empty() => Step::Missing,
                RecordType::A => Step::Data(named),
                _ => Step::Data(Vec::new()),
            }
        }
        [address, namespace, "pod"] if api.get::<Namespace>("", namespace).is_some() => {
            match address.replace('-', ".").parse() {
                Ok(address) if kind == RecordType::A => Step::Data(vec![Data::A(address)]),
                Ok(_) => Step::Data(Vec::new()),
                Err(_) => Step::Missing,
            }
        }
        _ => Step::Missing,
    }
}

/// What there is of a Service, or of one of its ports.
fn of_service(
    api: &ApiServer,
    (name, namespace): (&str, &str),
    port: Option<(&str, &str)>,
    kind: RecordType,
) -> Step {
    let Some(service) = api.get::<Service>(namespace, name) else { return Step::Missing };
    let spec = &service.spec;
    if spec.type_.as_deref() == Some(EXTERNAL_NAME) {
        let alias = spec.external_name.as_deref().unwrap_or_default();
        return Step::Alias(alias.trim_end_matches('.').to_ascii_lowercase().into());
    }
    let host = [name, ".", namespace, ".svc.", CLUSTER_DOMAIN].concat();
    let is_it = |name: &str, protocol: &str| {
        port.is_none_or(|(wanted, carried)| wanted == name && protocol.eq_ignore_ascii_case(carried))
    };
    let address = spec.cluster_ip.as_deref().and_then(|ip| ip.parse::<Ipv4Addr>().ok());
    let mut addresses = Vec::new();
    let mut ports = Vec::new();
    if let Some(address) = address {
        addresses.push(Data::A(address));
        for port in &spec.ports {
            let (name, protocol) = (port.name.as_deref().unwrap_or_default(), port.protocol.as_deref());
            if is_it(name, protocol.unwrap_or("TCP")) {
                ports.push((u16::try_from(port.port).unwrap_or_default(), Str::from(&*host)));
            }
        }
    } else {
        for backend in backends(api, name, namespace) {
            addresses.push(Data::A(backend.address));
            let full = Str::from([&backend.host, ".", &host].concat());
            let wanted = backend.ports.iter().filter(|(name, protocol, _)| is_it(name, protocol));
            ports.extend(wanted.map(|(_, _, number)| (*number, full.clone())));
        }
    }
    let missing = if port.is_some() { ports.is_empty() } else { addresses.is_empty() };
    let weight = 100 / ports.len().max(1) as u16;
    match kind {
        _ if missing => Step::Missing,
        RecordType::A if port.is_none() => Step::Data(addresses),
        RecordType::Srv => {
            Step::Data(ports.into_iter().map(|(number, host)| Data::Srv(weight, number, host)).collect())
        }
        _ => Step::Data(Vec::new()),
    }
}

/// An endpoint of a Service as the DNS tells of it.
struct Backend {
    /// Its host name, or its address with dashes.
    host: String,
    address: Ipv4Addr,
    /// The name, the protocol and the number of each of its ports.
    ports: Vec<(Str, Str, u16)>,
}

/// The ready endpoints of a Service.
fn backends(api: &ApiServer, service: &str, namespace: &str) -> Vec<Backend> {
    let mut found = Vec::new();
    for slice in api.list_in::<EndpointSlice>(&namespace.into()) {
        if slice.metadata.labels.get(SERVICE_NAME).is_some_and(|of| &**of == service) {
            take_in(slice, &mut found);
        }
    }
    found.order_by(|a, b| a.address.cmp(&b.address));
    found.dedup_by(|b, a| a.address == b.address && a.host == b.host);
    found
}

fn take_in(slice: &Rc<EndpointSlice>, found: &mut Vec<Backend>) {
    let mut ports = Vec::new();
    for port in &slice.ports {
        let protocol = port.protocol.clone().unwrap_or_else(|| "TCP".into());
        let number = port.port.and_then(|number| u16::try_from(number).ok());
        ports.extend(number.map(|number| (port.name.clone().unwrap_or_default(), protocol, number)));
    }
    for endpoint in slice.endpoints.iter().filter(|e| e.conditions.ready != Some(false)) {
        for address in &endpoint.addresses {
            let Ok(parsed) = address.parse() else { continue };
            let host = endpoint.hostname.as_deref().filter(|host| !host.is_empty());
            let host = host.map_or_else(|| address.replace('.', "-"), str::to_owned);
            found.push(Backend { host, address: parsed, ports: ports.clone() });
        }
    }
}

/// The names of an address, which is written backwards.
fn pointers(api: &ApiServer, name: &Str, reverse: &str, cluster: bool) -> Records {
    let mut parts: Vec<&str> = reverse.split('.').collect();
    parts.reverse();
    let address = parts.join(".");
    let mut names = Vec::new();
    if cluster && address.parse::<Ipv4Addr>().is_ok() {
        for service in api.list::<Service>().filter(|s| s.spec.cluster_ip.as_deref() == Some(&*address)) {
            names.push(format!(
                "{}.{}.svc.{CLUSTER_DOMAIN}",
                service.metadata.name, service.metadata.namespace
            ));
        }
        if names.is_empty() {
            for slice in api.list::<EndpointSlice>() {
                let Some(service) = slice.metadata.labels.get(SERVICE_NAME) else { continue };
                let mut found = Vec::new();
                take_in(slice, &mut found);
                let its = found.iter().filter(|backend| backend.address.to_string() == address);
                let domain = format!("{service}.{}.svc.{CLUSTER_DOMAIN}", slice.metadata.namespace);
                names.extend(its.map(|backend| format!("{}.{domain}", backend.host)));
            }
        }
    }
    let code = if names.is_empty() { Code::NxDomain } else { Code::NoError };
    let record = |text: String| Record { name: name.clone(), data: Data::Ptr(text.into()) };
    Records { code, list: names.into_iter().map(record).collect() }
}

/// What there is of a name outside the cluster.
fn public(api: &ApiServer, name: &str, kind: RecordType) -> Step {
    match outside(api, name) {
        Some(address) if kind == RecordType::A => Step::Data(vec![Data::A(address)]),
        Some(_) => Step::Data(Vec::new()),
        None => Step::Missing,
    }
}

/// The address that stands for a name outside the cluster, if there may be such a name.
fn outside(api: &ApiServer, name: &str) -> Option<Ipv4Addr> {
    if let Ok(address) = name.parse() {
        return Some(address);
    }
    if let Some(record) = of_cluster(api, name) {
        return record;
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

/// The record that the public DNS has for a host because of what is in the cluster: who sets up an Ingress or a load
/// balancer with a host name also sees to its record, as soon as there is an address that it can point to.
fn of_cluster(api: &ApiServer, host: &str) -> Option<Option<Ipv4Addr>> {
    let mut is_named = false;
    for ingress in api.list::<Ingress>() {
        let mut points = ingress.status.load_balancer.ingress.iter();
        let is_rule =
            ingress.spec.rules.iter().any(|rule| rule.host.as_deref().is_some_and(|h| is_host(h, host)));
        is_named |= is_rule;
        let point = points.find(|point| is_rule || point.hostname.as_deref() == Some(host));
        if let Some(address) = point.and_then(|point| point.ip.as_deref()?.parse().ok()) {
            return Some(Some(address));
        }
    }
    let services = api.list::<Service>().flat_map(|service| &service.status.load_balancer.ingress);
    let mut points = services.filter(|point| point.hostname.as_deref() == Some(host));
    let address = points.find_map(|point| point.ip.as_deref()?.parse().ok());
    (is_named || address.is_some()).then_some(address)
}

/// Whether a host is one that an Ingress means: `*.example.com` stands for one label more.
fn is_host(rule: &str, host: &str) -> bool {
    match rule.strip_prefix("*.") {
        Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest == domain),
        None => rule == host,
    }
}
