//! A Service, and the endpoints behind each of its ports.

use super::story::list;
use super::{Look, Story};
use orrery_api::EndpointSlice;
use orrery_apimachinery::Value;

/// So many endpoints are named.
const NAMED: usize = 3;

pub(super) fn describe(story: &mut Story, look: &Look<'_>, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nLabels:\t{+metadata.labels}
Annotations:\t{*metadata.annotations}\nSelector:\t{spec.selector?<none>}\nType:\t{spec.type}
?IP Family Policy:\t{spec.ipFamilyPolicy}",
    );
    or_none(story, "IP Families", &tree["spec"]["ipFamilies"]);
    story.tell(tree, "IP:\t{spec.clusterIP}");
    or_none(story, "IPs", &tree["spec"]["clusterIPs"]);
    story.tell(
        tree,
        "?External IPs:\t{,spec.externalIPs}\n?Desired LoadBalancer IP:\t{spec.loadBalancerIP}
?External Name:\t{spec.externalName}",
    );
    ingress(story, &tree["status"]["loadBalancer"]["ingress"]);
    let name = |field: &str| tree["metadata"][field].as_str().unwrap_or_default();
    for port in list(&tree["spec"]["ports"]) {
        story.tell(
            port,
            "Port:\t{name?<unset>}\t{port}/{protocol}\nTargetPort:\t{targetPort}/{protocol}
?NodePort:\t{name?<unset>}\t{nodePort}/{protocol}",
        );
        let endpoints = endpoints(look, name("namespace"), name("name"), port["name"].as_str());
        story.field(0, "Endpoints", &endpoints);
    }
    story.tell(
        tree,
        "Session Affinity:\t{spec.sessionAffinity}\n?External Traffic Policy:\t{spec.externalTrafficPolicy}
?Internal Traffic Policy:\t{spec.internalTrafficPolicy}\n?HealthCheck NodePort:\t{spec.healthCheckNodePort}
?LoadBalancer Source Ranges:\t{,spec.loadBalancerSourceRanges}",
    );
}

fn or_none(story: &mut Story, name: &str, values: &Value) {
    let text = super::story::joined(values, ",");
    story.field(0, name, if text.is_empty() { "<none>" } else { &text });
}

/// Upstream: `buildIngressString`.
fn ingress(story: &mut Story, entrances: &Value) {
    let mut told = Vec::new();
    for entrance in list(entrances) {
        let text = |field: &str| entrance[field].as_str().unwrap_or_default();
        told.push(match (text("ip"), text("ipMode")) {
            ("", _) => text("hostname").to_owned(),
            (ip, "") => ip.to_owned(),
            (ip, mode) => [ip, " (", mode, ")"].concat(),
        });
    }
    if !told.is_empty() {
        story.field(0, "LoadBalancer Ingress", &told.join(", "));
    }
}

/// The ready endpoints behind the port of a Service that has this name (upstream: `formatEndpointSlices`).
pub(super) fn endpoints(look: &Look<'_>, namespace: &str, service: &str, port: Option<&str>) -> String {
    let (mut named, mut count, mut slices, mut more) = (Vec::new(), 0, 0, false);
    for slice in look.api.list::<EndpointSlice>() {
        let of_service = slice.metadata.labels.get("kubernetes.io/service-name").map(|name| &**name);
        if &*slice.metadata.namespace != namespace || of_service != Some(service) {
            continue;
        }
        slices += 1;
        let mut numbers = Vec::new();
        for known in &slice.ports {
            if known.name.as_deref().unwrap_or_default() == port.unwrap_or_default() {
                numbers.push(known.port);
            }
        }
        if slice.ports.is_empty() {
            numbers.push(None);
        }
        for number in numbers {
            for endpoint in &slice.endpoints {
                // Upstream says that there are more as it comes to another, be it one that is not ready.
                more |= named.len() == NAMED;
                if !endpoint.conditions.ready.unwrap_or(true) {
                    continue;
                }
                count += 1;
                let address = endpoint.addresses.first().map(|it| &**it).unwrap_or_default();
                if !more {
                    named.push(
                        number
                            .map_or_else(|| address.to_owned(), |number| join(address, &number.to_string())),
                    );
                }
            }
        }
    }
    match slices {
        0 => "<none>".into(),
        _ if more => format!("{} + {} more...", named.join(","), count - NAMED),
        _ => named.join(","),
    }
}

/// Go: `net.JoinHostPort`.
pub(super) fn join(address: &str, port: &str) -> String {
    let [open, close] = if address.contains(':') { ["[", "]:"] } else { ["", ":"] };
    [open, address, close, port].concat()
}
