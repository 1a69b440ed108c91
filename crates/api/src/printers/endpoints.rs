//! `kubectl get endpoints`.

use super::{Column, Printed, age, narrow, text};
use crate::{EndpointSubset, Endpoints};
use orrery_apimachinery::Time;

impl Printed for Endpoints {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("ENDPOINTS"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        let addresses: Vec<String> = self.subsets.iter().flat_map(addresses).collect();
        let endpoints = if self.subsets.is_empty() { "<none>".into() } else { text::shortened(&addresses) };
        vec![meta.name.to_string(), endpoints, age(meta.creation_timestamp, now)]
    }
}

/// Every ready address with every port; an address alone when there is no port.
fn addresses(subset: &EndpointSubset) -> Vec<String> {
    if subset.ports.is_empty() {
        return subset.addresses.iter().map(|a| a.ip.to_string()).collect();
    }
    let with_port = |port: i32| subset.addresses.iter().map(move |a| joined(&a.ip, port));
    subset.ports.iter().flat_map(|p| with_port(p.port)).collect()
}

fn joined(ip: &str, port: i32) -> String {
    if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") }
}
