//! `kubectl get services`.

use super::{Column, Printed, age, narrow, text, wide};
use crate::{CLUSTER_IP, EXTERNAL_NAME, LOAD_BALANCER, NODE_PORT, Service, ServicePort};
use orrery_apimachinery::Time;

impl Printed for Service {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("TYPE"),
        narrow("CLUSTER-IP"),
        narrow("EXTERNAL-IP"),
        narrow("PORT(S)"),
        narrow("AGE"),
        wide("SELECTOR"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec) = (&self.metadata, &self.spec);
        let ports: Vec<String> = spec.ports.iter().map(port).collect();
        vec![
            meta.name.to_string(),
            text::plain(&spec.type_),
            spec.cluster_ips.first().map_or_else(|| "<none>".into(), ToString::to_string),
            external_ip(self),
            text::listed(&ports),
            age(meta.creation_timestamp, now),
            text::labels(&spec.selector),
        ]
    }
}

fn external_ip(service: &Service) -> String {
    let spec = &service.spec;
    match spec.type_.as_deref().unwrap_or_default() {
        CLUSTER_IP | NODE_PORT => text::listed(&spec.external_ips),
        LOAD_BALANCER => {
            let balancer = load_balancer(service);
            let addresses: Vec<&str> = std::iter::once(&*balancer)
                .filter(|b| !b.is_empty())
                .chain(spec.external_ips.iter().map(|ip| &**ip))
                .collect();
            text::or(Some(&addresses.join(",")), "<pending>")
        }
        EXTERNAL_NAME => text::plain(&spec.external_name),
        _ => "<unknown>".into(),
    }
}

fn load_balancer(service: &Service) -> String {
    let ingress = &service.status.load_balancer.ingress;
    text::entrances(ingress.iter().filter_map(|i| i.ip.as_deref().or(i.hostname.as_deref())))
}

/// `80/TCP`, or `80:30080/TCP` with a node port.
fn port(port: &ServicePort) -> String {
    let protocol = port.protocol.as_deref().unwrap_or_default();
    match port.node_port {
        1.. => format!("{}:{}/{protocol}", port.port, port.node_port),
        _ => format!("{}/{protocol}", port.port),
    }
}
