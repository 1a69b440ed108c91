//! `kubectl get ingresses`.

use super::{Column, Printed, age, narrow, text};
use crate::{Ingress, IngressRule};
use orrery_apimachinery::Time;

/// How many hosts are named.
const NAMED: usize = 3;

impl Printed for Ingress {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("CLASS"),
        narrow("HOSTS"),
        narrow("ADDRESS"),
        narrow("PORTS"),
        narrow("AGE"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec) = (&self.metadata, &self.spec);
        let entrances = &self.status.load_balancer.ingress;
        let addresses = entrances.iter().filter_map(|i| i.ip.as_deref().or(i.hostname.as_deref()));
        vec![
            meta.name.to_string(),
            spec.ingress_class_name.as_deref().unwrap_or("<none>").into(),
            hosts(&spec.rules),
            text::entrances(addresses),
            if spec.tls.is_empty() { "80" } else { "80, 443" }.into(),
            age(meta.creation_timestamp, now),
        ]
    }
}

/// The first few hosts. Upstream counts the rules behind them, named or not.
fn hosts(rules: &[IngressRule]) -> String {
    let mut hosts = Vec::new();
    let mut more = false;
    for rule in rules {
        more |= hosts.len() == NAMED;
        hosts.extend(rule.host.as_deref().filter(|_| !more));
    }
    if hosts.is_empty() {
        return "*".into();
    }
    let named = hosts.join(",");
    if more { format!("{named} + {} more...", rules.len() - NAMED) } else { named }
}
