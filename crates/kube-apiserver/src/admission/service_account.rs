//! ServiceAccount: every pod runs as an account and gets a volume with its token
//! (upstream: `plugin/pkg/admission/serviceaccount`).

use crate::ApiServer;
use orrery_api::{Container, Kind, LocalObjectReference, Pod, PodSpec, ServiceAccount, Volume, VolumeMount};
use orrery_apimachinery::{StatusResult, Str, decode};
use orrery_sim::Random;
use serde_json::json;
use std::rc::Rc;

const MOUNT_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
const VOLUME_PREFIX: &str = "kube-api-access-";

/// What of the account matters to the pod.
pub(super) struct Account {
    name: Str,
    mounts_token: bool,
    pull_secrets: Vec<LocalObjectReference>,
}

/// Finds the pod's account.
///
/// Errors: `Forbidden` when it is not there.
pub(super) fn check(server: &ApiServer, pod: &Pod) -> StatusResult<Account> {
    let name =
        pod.spec.service_account_name.clone().filter(|n| !n.is_empty()).unwrap_or_else(|| "default".into());
    let namespace = &pod.metadata.namespace;
    let Some(account) = server.get::<ServiceAccount>(namespace, &name) else {
        let reason = format!(
            "error looking up service account {namespace}/{name}: serviceaccount \"{name}\" not found"
        );
        return Err(super::early_refusal(Kind::Pod, &pod.metadata, &reason));
    };
    let asked = pod.spec.automount_service_account_token.or(account.automount_service_account_token);
    let pull_secrets = account.image_pull_secrets.clone();
    Ok(Account { name, mounts_token: asked != Some(false), pull_secrets })
}

/// Names the account in the spec, gives the pod its pull secrets unless it has its own, and mounts its token into every container that has nothing there.
pub(super) fn mutate(spec: &mut Rc<PodSpec>, account: &Account, random: &mut Random) {
    let named = spec.service_account_name.as_ref() == Some(&account.name) && spec.service_account.is_some();
    let has_volume = spec.volumes.iter().any(|v| v.name.starts_with(VOLUME_PREFIX));
    let wants_volume = account.mounts_token
        && !has_volume
        && spec.init_containers.iter().chain(&spec.containers).any(|c| !mounts_there(c));
    let wants_secrets = spec.image_pull_secrets.is_empty() && !account.pull_secrets.is_empty();
    if named && !wants_volume && !wants_secrets {
        return;
    }
    let spec = Rc::make_mut(spec);
    if wants_secrets {
        spec.image_pull_secrets = account.pull_secrets.clone();
    }
    spec.service_account_name = Some(account.name.clone());
    spec.service_account = Some(account.name.clone());
    if wants_volume {
        add_token(spec, &format!("{VOLUME_PREFIX}{}", random.suffix(5)));
    }
}

fn mounts_there(container: &Container) -> bool {
    container.volume_mounts.iter().any(|m| &*m.mount_path == MOUNT_PATH)
}

fn add_token(spec: &mut PodSpec, name: &str) {
    let spec_containers = spec.init_containers.iter_mut().chain(&mut spec.containers);
    for container in spec_containers.filter(|c| !mounts_there(c)) {
        container.volume_mounts.push(VolumeMount {
            name: name.into(),
            read_only: true,
            mount_path: MOUNT_PATH.into(),
            ..Default::default()
        });
    }
    spec.volumes.push(token_volume(name));
}

/// The projected volume of token, root certificate and namespace.
fn token_volume(name: &str) -> Volume {
    let tree = json!({"name": name, "projected": {"defaultMode": 420, "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [
            {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}},
        ]}},
    ]}});
    let (volume, problems) = decode::decode(&tree);
    debug_assert!(problems.is_empty(), "{problems:?}");
    volume
}
