//! `kubectl get nodes`.

use super::{Column, Printed, age, narrow, text, wide};
use crate::Node;
use orrery_apimachinery::Time;
use std::collections::BTreeSet;

const ROLE_PREFIX: &str = "node-role.kubernetes.io/";
const ROLE: &str = "kubernetes.io/role";

impl Printed for Node {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("STATUS"),
        narrow("ROLES"),
        narrow("AGE"),
        narrow("VERSION"),
        wide("INTERNAL-IP"),
        wide("EXTERNAL-IP"),
        wide("OS-IMAGE"),
        wide("KERNEL-VERSION"),
        wide("CONTAINER-RUNTIME"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, info) = (&self.metadata, &self.status.node_info);
        vec![
            meta.name.to_string(),
            status(self),
            roles(self),
            age(meta.creation_timestamp, now),
            info.kubelet_version.to_string(),
            address(self, "InternalIP"),
            address(self, "ExternalIP"),
            text::or(Some(&info.os_image), "<unknown>"),
            text::or(Some(&info.kernel_version), "<unknown>"),
            text::or(Some(&info.container_runtime_version), "<unknown>"),
        ]
    }
}

fn status(node: &Node) -> String {
    let ready = node.status.conditions.iter().find(|c| &*c.type_ == "Ready");
    let status = match ready.map(|c| &*c.status) {
        Some("True") => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    };
    if node.spec.unschedulable { format!("{status},SchedulingDisabled") } else { status.into() }
}

fn roles(node: &Node) -> String {
    let role = |(key, value): (&'_ orrery_apimachinery::Str, &'_ orrery_apimachinery::Str)| {
        let role = if &**key == ROLE { Some(&**value) } else { key.strip_prefix(ROLE_PREFIX) };
        role.filter(|r| !r.is_empty()).map(String::from)
    };
    let roles: BTreeSet<String> = node.metadata.labels.iter().filter_map(role).collect();
    text::listed(&roles.into_iter().collect::<Vec<_>>())
}

fn address(node: &Node, kind: &str) -> String {
    let address = node.status.addresses.iter().find(|a| &*a.type_ == kind);
    text::or(address.map(|a| &*a.address), "<none>")
}
