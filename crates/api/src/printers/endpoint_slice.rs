//! `kubectl get endpointslices`.

use super::{Column, Printed, age, narrow, text};
use crate::EndpointSlice;
use crate::endpoint_slice::EndpointPort;
use orrery_apimachinery::Time;

impl Printed for EndpointSlice {
    const COLUMNS: &[Column] =
        &[narrow("NAME"), narrow("ADDRESSTYPE"), narrow("PORTS"), narrow("ENDPOINTS"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        let ports: Vec<String> = self.ports.iter().map(port).collect();
        let addresses: Vec<String> =
            self.endpoints.iter().flat_map(|e| &e.addresses).map(ToString::to_string).collect();
        vec![
            meta.name.to_string(),
            self.address_type.to_string(),
            text::or(Some(&text::shortened(&ports)), "<unset>"),
            text::or(Some(&text::shortened(&addresses)), "<unset>"),
            age(meta.creation_timestamp, now),
        ]
    }
}

/// The number, else the name, else any port.
fn port(port: &EndpointPort) -> String {
    match (port.port, &port.name) {
        (Some(number), _) => number.to_string(),
        (None, Some(name)) => name.to_string(),
        (None, None) => "*".into(),
    }
}
