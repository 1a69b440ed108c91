//! What the server says of what it serves: `/api`, `/apis` and below (upstream: `apiserver/pkg/endpoints/discovery`).

use crate::api_resources::{OLDER, Resource, resources};
use crate::command::Cx;
use crate::json::compact_typed;
use crate::sha256::sha256;
use orrery_api::{Bytes, Endpoints};
use orrery_apimachinery::{Order, Value};
use serde_json::json;

/// The groups in the order of their priority; all others follow by name (upstream: `apiVersionPriorities`).
const GROUPS: [&str; 19] = [
    "apiregistration.k8s.io",
    "apps",
    "events.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "node.k8s.io",
    "discovery.k8s.io",
    "flowcontrol.apiserver.k8s.io",
];

const CHANGE: &str = "get,patch,update";

/// What has an address below that of an object: resource, part, kind with its version if that is another, verbs.
const PARTS: &str = "\
namespaces finalize Namespace update
nodes proxy NodeProxyOptions create,delete,get,patch,update
pods attach PodAttachOptions create,get
pods binding Binding create
pods ephemeralcontainers Pod get,patch,update
pods eviction policy/v1/Eviction create
pods exec PodExecOptions create,get
pods log Pod get
pods portforward PodPortForwardOptions create,get
pods proxy PodProxyOptions create,delete,get,patch,update
serviceaccounts token authentication.k8s.io/v1/TokenRequest create
services proxy ServiceProxyOptions create,delete,get,patch,update
deployments scale autoscaling/v1/Scale get,patch,update
replicasets scale autoscaling/v1/Scale get,patch,update
replicationcontrollers scale autoscaling/v1/Scale get,patch,update
statefulsets scale autoscaling/v1/Scale get,patch,update";

/// The resources whose status is written at an address of its own.
const WITH_STATUS: &str = "apiservices certificatesigningrequests cronjobs customresourcedefinitions daemonsets \
    deployments flowschemas horizontalpodautoscalers ingresses jobs namespaces nodes persistentvolumeclaims \
    persistentvolumes poddisruptionbudgets pods prioritylevelconfigurations replicasets replicationcontrollers \
    resourcequotas services statefulsets validatingadmissionpolicies volumeattachments";

/// Prints what an address of discovery answers; false for any other address.
pub(crate) fn tell(cx: &mut Cx<'_>, path: &str) -> bool {
    let words: Vec<&str> = path.split('/').filter(|word| !word.is_empty()).collect();
    let tree = match words[..] {
        ["api"] => Some(core(cx)),
        ["apis"] => Some(groups(cx)),
        ["apis", name] => group(cx, name, true),
        ["api", version] => list(cx, version),
        ["apis", name, version] => list(cx, &[name, "/", version].concat()),
        _ => None,
    };
    if let Some(tree) = &tree {
        cx.say(compact_typed(tree));
    }
    tree.is_some()
}

/// The versions of the group without a name, and where the server is.
fn core(cx: &Cx<'_>) -> Value {
    let mut tree = json!({"kind": "APIVersions", "versions": ["v1"]});
    let endpoints = cx.api().get::<Endpoints>("default", "kubernetes");
    let subset = endpoints.and_then(|endpoints| endpoints.subsets.first());
    let (address, port) =
        (subset.and_then(|it| it.addresses.first()), subset.and_then(|it| it.ports.first()));
    if let (Some(address), Some(port)) = (address, port) {
        let server = [&*address.ip, ":", &port.port.to_string()].concat();
        tree["serverAddressByClientCIDRs"] = json!([{"clientCIDR": "0.0.0.0/0", "serverAddress": server}]);
    }
    tree
}

fn groups(cx: &Cx<'_>) -> Value {
    let mut names: Vec<String> = resources(cx).iter().map(|resource| resource.group().to_owned()).collect();
    names.dedup();
    let place = |name: &String| GROUPS.iter().position(|known| known == name).unwrap_or(GROUPS.len());
    names.order_by(|a: &String, b: &String| place(a).cmp(&place(b)));
    let groups: Vec<Value> = names.iter().filter_map(|name| group(cx, name, false)).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// A group with its versions, the preferred one first.
fn group(cx: &Cx<'_>, name: &str, alone: bool) -> Option<Value> {
    let resources = resources(cx);
    let mut versions: Vec<&str> =
        resources.iter().filter(|it| it.group() == name && !name.is_empty()).map(|it| &*it.version).collect();
    versions.order();
    versions.dedup();
    if OLDER.split('/').next() == Some(name) {
        versions.push(OLDER);
    }
    let version = |it: &&str| json!({"groupVersion": it, "version": it.rsplit('/').next()});
    let mut tree = json!({
        "name": name,
        "preferredVersion": versions.first().map(version)?,
        "versions": versions.iter().map(version).collect::<Vec<Value>>(),
    });
    if alone {
        tree["kind"] = "APIGroup".into();
        tree["apiVersion"] = "v1".into();
    }
    Some(tree)
}

/// The resources of a version, each followed by its parts.
fn list(cx: &Cx<'_>, version: &str) -> Option<Value> {
    let kept = if version == OLDER { "autoscaling/v2" } else { version };
    let mut entries: Vec<Value> = Vec::new();
    for resource in resources(cx).iter().filter(|resource| resource.version == kept) {
        entries.push(entry(resource));
        let mut parts: Vec<Value> = PARTS.lines().filter_map(|line| part(resource, line)).collect();
        if WITH_STATUS.split(' ').any(|name| name == resource.name) {
            let line = [&*resource.name, "status", &*resource.kind, CHANGE].join(" ");
            parts.extend(part(resource, &line));
        }
        parts.order_by(|a: &Value, b: &Value| a["name"].as_str().cmp(&b["name"].as_str()));
        entries.append(&mut parts);
    }
    let mut tree = json!({"kind": "APIResourceList", "groupVersion": version, "resources": entries});
    if version.contains('/') {
        tree["apiVersion"] = "v1".into();
    }
    (!entries.is_empty()).then_some(tree)
}

fn entry(resource: &Resource) -> Value {
    let words = |text: &str| text.split(',').map(Value::from).collect::<Value>();
    let mut entry = json!({
        "name": resource.name,
        "singularName": resource.kind.to_lowercase(),
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": words(&resource.verbs),
    });
    if !resource.short.is_empty() {
        entry["shortNames"] = words(&resource.short);
    }
    if !resource.categories.is_empty() {
        entry["categories"] = words(&resource.categories);
    }
    // What is kept can be watched. Events of both groups are kept as those of the first.
    if resource.verbs.contains("watch") {
        let (group, version) = match &*resource.version {
            "events.k8s.io/v1" => ("", "v1"),
            version => version.split_once('/').unwrap_or(("", version)),
        };
        let digest = sha256([group, version, &resource.kind].join("/").as_bytes());
        let hash: Vec<u8> = digest[..2].iter().flat_map(|word| word.to_be_bytes()).collect();
        entry["storageVersionHash"] = Bytes::from(&hash[..]).to_base64().into();
    }
    entry
}

/// A part of a resource as a line of the table says, if the line is about it.
fn part(resource: &Resource, line: &str) -> Option<Value> {
    let words: Vec<&str> = line.split(' ').collect();
    let [name, part, kind, verbs] = words[..] else { return None };
    if name != resource.name || resource.version.starts_with("metrics.") {
        return None;
    }
    let mut entry = json!({
        "name": format!("{name}/{part}"),
        "singularName": "",
        "namespaced": resource.namespaced,
        "kind": kind,
        "verbs": verbs.split(',').collect::<Vec<&str>>(),
    });
    if let [group, version, kind] = kind.split('/').collect::<Vec<&str>>()[..] {
        entry["group"] = group.into();
        entry["version"] = version.into();
        entry["kind"] = kind.into();
    }
    Some(entry)
}
