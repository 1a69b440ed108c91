//! The environment of a container (upstream: `pkg/kubelet/kubelet_pods.go`, `makeEnvironmentVariables`, and
//! `pkg/kubelet/envvars`). What is missing was found before: [`problem`].

use crate::downward;
use crate::node::Node;
use orrery_api::{ConfigMap, Container, EnvVarSource, Pod, Secret, Service};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use std::collections::BTreeMap;

/// Variables and their values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    own: BTreeMap<Str, Str>,
    services: BTreeMap<Str, Str>,
}

impl Environment {
    /// The environment of `container` of a pod that runs on `node` and has the address `address`.
    pub(crate) fn of(pod: &Pod, container: &Container, api: &ApiServer, node: &Node, address: &str) -> Self {
        let mut made = Environment { own: BTreeMap::new(), services: services(pod, api) };
        made.add_sources(pod, container, api);
        for var in &container.env {
            let value = match (var.value.as_deref(), &var.value_from) {
                (Some(text), _) if !text.is_empty() => Some(made.expand(text)),
                (_, Some(from)) => {
                    let fields = Fields { pod, container, node, address };
                    fields.value(from, api)
                }
                _ => Some(Str::default()),
            };
            if let Some(value) = value {
                made.own.insert(var.name.clone(), value);
            }
        }
        made
    }

    fn add_sources(&mut self, pod: &Pod, container: &Container, api: &ApiServer) {
        let namespace = &*pod.metadata.namespace;
        for from in &container.env_from {
            let prefix = from.prefix.as_deref().unwrap_or_default();
            if let Some(source) = &from.config_map_ref {
                let map = api.get::<ConfigMap>(namespace, source.name.as_deref().unwrap_or_default());
                for (key, value) in map.into_iter().flat_map(|map| map.data.iter()) {
                    self.own.insert([prefix, key].concat().into(), value.clone());
                }
            } else if let Some(source) = &from.secret_ref {
                let secret = api.get::<Secret>(namespace, source.name.as_deref().unwrap_or_default());
                for (key, value) in secret.into_iter().flat_map(|secret| secret.data.iter()) {
                    self.own
                        .insert([prefix, key].concat().into(), value.as_text().unwrap_or_default().into());
                }
            }
        }
    }

    /// The value of a variable.
    fn get(&self, name: &str) -> Option<&Str> {
        self.own.get(name).or_else(|| self.services.get(name))
    }

    /// A text with `$(NAME)` replaced where there is such a variable, and `$$` by one sign
    /// (upstream: `third_party/forked/golang/expansion`).
    pub(crate) fn expand(&self, text: &str) -> Str {
        if !text.contains('$') {
            return text.into();
        }
        let (mut out, mut rest) = (String::new(), text);
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let name = rest.strip_prefix('(').and_then(|tail| tail.split_once(')'));
            if let Some(tail) = rest.strip_prefix('$') {
                out.push('$');
                rest = tail;
            } else if let Some((name, tail)) = name {
                match self.get(name) {
                    Some(value) => out.push_str(value),
                    None => ["$(", name, ")"].iter().for_each(|part| out.push_str(part)),
                }
                rest = tail;
            } else {
                out.push('$');
            }
        }
        out.push_str(rest);
        out.into()
    }

    /// The names in a text of variables that are not there or empty, in order.
    pub(crate) fn missing<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let mut missing = Vec::new();
        for part in text.split("$(").skip(1) {
            let name = part.split(')').next().unwrap_or_default();
            if self.get(name).is_none_or(|value| value.is_empty()) && !missing.contains(&name) {
                missing.push(name);
            }
        }
        missing.sort_unstable();
        missing
    }

    /// All variables: the container's own win over those of Services.
    pub(crate) fn list(self) -> Vec<(Str, Str)> {
        let mut all = self.services;
        all.extend(self.own);
        all.into_iter().collect()
    }
}

/// Whose variables are to be filled.
struct Fields<'a> {
    pod: &'a Pod,
    container: &'a Container,
    node: &'a Node,
    address: &'a str,
}

impl Fields<'_> {
    /// The value from a source; `None` when it is missing and need not be there.
    fn value(&self, from: &EnvVarSource, api: &ApiServer) -> Option<Str> {
        let namespace = &*self.pod.metadata.namespace;
        if let Some(source) = &from.field_ref {
            return Some(downward::field(self.pod, &source.field_path, self.node, self.address));
        }
        if let Some(source) = &from.resource_field_ref {
            return Some(downward::resource(source, self.pod, self.container, self.node));
        }
        if let Some(source) = &from.config_map_key_ref {
            let map = api.get::<ConfigMap>(namespace, source.name.as_deref().unwrap_or_default())?;
            return map.data.get(&source.key).cloned();
        }
        let source = from.secret_key_ref.as_ref()?;
        let secret = api.get::<Secret>(namespace, source.name.as_deref().unwrap_or_default())?;
        secret.data.get(&source.key).map(|value| value.as_text().unwrap_or_default().into())
    }
}

/// The variables that tell of Services: of the API server always, of those of the namespace if the pod wants it.
fn services(pod: &Pod, api: &ApiServer) -> BTreeMap<Str, Str> {
    let mut variables = BTreeMap::new();
    if let Some(service) = api.get::<Service>("default", "kubernetes") {
        add_service(service, &mut variables);
    }
    if pod.spec.enable_service_links != Some(false) {
        for service in api.list_in::<Service>(&pod.metadata.namespace) {
            add_service(service, &mut variables);
        }
    }
    variables
}

fn add_service(service: &Service, variables: &mut BTreeMap<Str, Str>) {
    let Some(ip) = service.spec.cluster_ip.as_deref().filter(|ip| !ip.is_empty() && *ip != "None") else {
        return;
    };
    let word = |name: &str| name.to_uppercase().replace('-', "_");
    let name = word(&service.metadata.name);
    let mut set = |key: String, value: String| drop(variables.insert(key.into(), value.into()));
    set(format!("{name}_SERVICE_HOST"), ip.into());
    for (i, port) in service.spec.ports.iter().enumerate() {
        let number = port.port.to_string();
        let protocol = port.protocol.as_deref().unwrap_or("TCP");
        let lower = protocol.to_lowercase();
        let url = format!("{lower}://{ip}:{number}");
        if i == 0 {
            set(format!("{name}_SERVICE_PORT"), number.clone());
            set(format!("{name}_PORT"), url.clone());
        }
        if let Some(called) = port.name.as_deref().filter(|called| !called.is_empty()) {
            set(format!("{name}_SERVICE_PORT_{}", word(called)), number.clone());
        }
        let prefix = format!("{name}_PORT_{number}_{protocol}");
        for (tail, value) in [("", &*url), ("_PROTO", &lower), ("_PORT", &number), ("_ADDR", ip)] {
            set([&prefix, tail].concat(), value.into());
        }
    }
}

/// Why the environment of a container cannot be made, if something that it refers to is missing.
pub(crate) fn problem(pod: &Pod, container: &Container, api: &ApiServer) -> Option<String> {
    let namespace = &*pod.metadata.namespace;
    for from in &container.env_from {
        if let Some(source) = &from.config_map_ref {
            let name = source.name.as_deref().unwrap_or_default();
            if source.optional != Some(true) && api.get::<ConfigMap>(namespace, name).is_none() {
                return Some(format!("configmap \"{name}\" not found"));
            }
        }
        if let Some(source) = &from.secret_ref {
            let name = source.name.as_deref().unwrap_or_default();
            if source.optional != Some(true) && api.get::<Secret>(namespace, name).is_none() {
                return Some(format!("secret \"{name}\" not found"));
            }
        }
    }
    container
        .env
        .iter()
        .filter_map(|e| e.value_from.as_ref())
        .find_map(|from| variable_problem(from, namespace, api))
}

fn variable_problem(from: &EnvVarSource, namespace: &str, api: &ApiServer) -> Option<String> {
    if let Some(source) = from.config_map_key_ref.as_ref().filter(|s| s.optional != Some(true)) {
        let name = source.name.as_deref().unwrap_or_default();
        return match api.get::<ConfigMap>(namespace, name) {
            None => Some(format!("configmap \"{name}\" not found")),
            Some(map) if map.data.contains_key(&source.key) => None,
            Some(_) => Some(format!("couldn't find key {} in ConfigMap {namespace}/{name}", source.key)),
        };
    }
    if let Some(source) = from.secret_key_ref.as_ref().filter(|s| s.optional != Some(true)) {
        let name = source.name.as_deref().unwrap_or_default();
        return match api.get::<Secret>(namespace, name) {
            None => Some(format!("secret \"{name}\" not found")),
            Some(secret) if secret.data.contains_key(&source.key) => None,
            Some(_) => Some(format!("couldn't find key {} in Secret {namespace}/{name}", source.key)),
        };
    }
    None
}
