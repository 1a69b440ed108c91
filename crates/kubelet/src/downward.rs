//! What a container can be told of its own pod: the downward API (upstream: `pkg/fieldpath` and
//! `pkg/api/v1/resource/helpers.go`).

use crate::node::Node;
use orrery_api::{Container, Pod, ResourceFieldSelector, resources};
use orrery_apimachinery::{Quantity, Str, StrMap};

/// The value of a field of a pod that runs on `node` and has the address `address`.
pub(crate) fn field(pod: &Pod, path: &str, node: &Node, address: &str) -> Str {
    let meta = &pod.metadata;
    if let Some((map, key)) = path.strip_suffix("']").and_then(|path| path.split_once("['")) {
        let map = if map == "metadata.labels" { &meta.labels } else { &meta.annotations };
        return map.get(key).cloned().unwrap_or_default();
    }
    match path {
        "metadata.name" => meta.name.clone(),
        "metadata.namespace" => meta.namespace.clone(),
        "metadata.uid" => meta.uid.clone(),
        "metadata.labels" => listed(&meta.labels),
        "metadata.annotations" => listed(&meta.annotations),
        "spec.nodeName" => node.config.name.clone(),
        "spec.serviceAccountName" => pod.spec.service_account_name.clone().unwrap_or_default(),
        "status.hostIP" | "status.hostIPs" => node.address.clone(),
        "status.podIP" | "status.podIPs" => address.into(),
        _ => Str::default(),
    }
}

/// `key="value"` on a line each, by key.
fn listed(map: &StrMap) -> Str {
    let mut text = String::new();
    for (key, value) in map.iter() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("{key}={value:?}"));
    }
    text.into()
}

/// The value of a resource of a container: what a limit that is not set is worth, the node tells.
pub(crate) fn resource(selector: &ResourceFieldSelector, pod: &Pod, own: &Container, node: &Node) -> Str {
    let named = selector.container_name.as_deref().filter(|name| !name.is_empty());
    let all = || pod.spec.init_containers.iter().chain(&pod.spec.containers);
    let container = named.and_then(|name| all().find(|c| &*c.name == name)).unwrap_or(own);
    let Some((which, resource)) = selector.resource.split_once('.') else { return Str::default() };
    let stated = if which == "limits" { &container.resources.limits } else { &container.resources.requests };
    let room = || match resource {
        _ if which != "limits" => None,
        resources::CPU => Some(node.config.cpu),
        resources::MEMORY => Some(node.config.memory),
        resources::EPHEMERAL_STORAGE => Some(node.config.ephemeral_storage),
        _ => None,
    };
    let amount = stated.get(resource).copied().filter(|a| !a.is_zero()).or_else(room).unwrap_or_default();
    let measure = if resource == resources::CPU { Quantity::milli_value } else { Quantity::value };
    let divisor = match measure(&selector.divisor) {
        0 => measure(&Quantity::from_units(1)),
        divisor => divisor,
    };
    let value = measure(&amount);
    // What is begun counts as whole.
    (value / divisor + i64::from(value % divisor > 0)).to_string().into()
}
