//! What must be there before a pod's volumes can be mounted, and before its containers can be made
//! (upstream: `pkg/volume/*` and `pkg/kubelet/kubelet_pods.go`, `makeEnvironmentVariables`).

use orrery_api::{
    ConfigMap, Container, EnvVarSource, KeyToPath, PersistentVolumeClaim, Pod, ProjectedVolumeSource, Secret,
    Volume,
};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;

/// What keeps the volumes of a pod from being mounted: for each such volume its name and why.
pub(crate) fn problems(pod: &Pod, api: &ApiServer) -> Vec<(Str, String)> {
    let namespace = &*pod.metadata.namespace;
    let problem = |v: &Volume| problem(v, namespace, api).map(|p| (v.name.clone(), p));
    pod.spec.volumes.iter().filter_map(problem).collect()
}

fn problem(volume: &Volume, namespace: &str, api: &ApiServer) -> Option<String> {
    if let Some(source) = &volume.config_map {
        let name = source.name.as_deref().unwrap_or_default();
        return config_map(namespace, name, &source.items, source.optional == Some(true), api);
    }
    if let Some(source) = &volume.secret {
        let name = source.secret_name.as_deref().unwrap_or_default();
        return secret(namespace, name, &source.items, source.optional == Some(true), api);
    }
    if let Some(source) = &volume.projected {
        return projected(source, namespace, api);
    }
    None
}

/// The claims of a pod that are not bound, each with why its volume cannot be processed.
pub(crate) fn unbound_claims(pod: &Pod, api: &ApiServer) -> Vec<(Str, String)> {
    let namespace = &pod.metadata.namespace;
    let check = |volume: &Volume| {
        let claim = claim_name(pod, volume)?;
        let why = match api.get::<PersistentVolumeClaim>(namespace, &claim) {
            None => format!("persistentvolumeclaim \"{claim}\" not found"),
            Some(found) if found.status.phase.as_deref() != Some("Bound") => "PVC is not bound".into(),
            Some(_) => return None,
        };
        Some((volume.name.clone(), format!("error processing PVC {namespace}/{claim}: {why}")))
    };
    pod.spec.volumes.iter().filter_map(check).collect()
}

/// The claim behind a volume; one that is made for the pod is called after both.
fn claim_name(pod: &Pod, volume: &Volume) -> Option<Str> {
    let named = volume.persistent_volume_claim.as_ref().map(|c| c.claim_name.clone());
    named.or_else(|| {
        volume.ephemeral.as_ref().map(|_| format!("{}-{}", pod.metadata.name, volume.name).into())
    })
}

fn projected(projection: &ProjectedVolumeSource, namespace: &str, api: &ApiServer) -> Option<String> {
    let mut errors = Vec::new();
    for source in &projection.sources {
        if let Some(part) = &source.config_map {
            let name = part.name.as_deref().unwrap_or_default();
            errors.extend(config_map(namespace, name, &part.items, part.optional == Some(true), api));
        }
        if let Some(part) = &source.secret {
            let name = part.name.as_deref().unwrap_or_default();
            errors.extend(secret(namespace, name, &part.items, part.optional == Some(true), api));
        }
    }
    match errors.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        many => Some(format!("[{}]", many.join(", "))),
    }
}

fn config_map(
    namespace: &str,
    name: &str,
    items: &[KeyToPath],
    optional: bool,
    api: &ApiServer,
) -> Option<String> {
    let Some(map) = api.get::<ConfigMap>(namespace, name) else {
        return (!optional).then(|| format!("configmap \"{name}\" not found"));
    };
    let missing =
        items.iter().find(|i| !map.data.contains_key(&i.key) && !map.binary_data.contains_key(&i.key))?;
    (!optional).then(|| format!("configmap references non-existent config key: {}", missing.key))
}

fn secret(
    namespace: &str,
    name: &str,
    items: &[KeyToPath],
    optional: bool,
    api: &ApiServer,
) -> Option<String> {
    let Some(secret) = api.get::<Secret>(namespace, name) else {
        return (!optional).then(|| format!("secret \"{name}\" not found"));
    };
    let missing = items.iter().find(|i| !secret.data.contains_key(&i.key))?;
    (!optional).then(|| format!("references non-existent secret key: {}", missing.key))
}

/// Why the environment of a container cannot be made, if something that it refers to is missing.
pub(crate) fn environment_problem(pod: &Pod, container: &Container, api: &ApiServer) -> Option<String> {
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
