//! The volume that a provisioner makes.

use super::place::Place;
use super::refusal::is_csi;
use super::{FINALIZER, is_deleted_after};
use orrery_api::resources::STORAGE;
use orrery_api::{
    CSIPersistentVolumeSource, HostPathVolumeSource, PersistentVolume, PersistentVolumeClaim,
    PersistentVolumeSpec, StorageClass,
};
use orrery_apimachinery::{ObjectMeta, StatusResult, Str};
use orrery_client::Context;
use orrery_client::volume::plugins::{Medium, Plugin};
use orrery_client::volume::{PROVISIONED_BY, reference_to, requested};

/// On a directory of a node: whose it is.
const ON_NODE: &str = "local.path.provisioner/selected-node";
/// On a volume of a driver: with which secret it is deleted.
const SECRET: [&str; 2] = [
    "volume.kubernetes.io/provisioner-deletion-secret-name",
    "volume.kubernetes.io/provisioner-deletion-secret-namespace",
];
/// The parameter that names the file system.
const FILE_SYSTEM: &str = "csi.storage.k8s.io/fstype";

/// The volume as the class wants it: of a CSI driver if the provisioner is one, else a directory.
pub(super) fn make(
    claim: &PersistentVolumeClaim,
    class: &StorageClass,
    plugin: &Plugin,
    name: Str,
    place: Place,
) -> PersistentVolume {
    let mut metadata = ObjectMeta::named("", name.clone());
    metadata.annotations.insert(PROVISIONED_BY, plugin.name);
    let mut spec = PersistentVolumeSpec {
        access_modes: claim.spec.access_modes.clone(),
        capacity: [(STORAGE.into(), requested(claim))].into(),
        claim_ref: Some(reference_to(claim)),
        mount_options: class.mount_options.clone(),
        persistent_volume_reclaim_policy: class.reclaim_policy.clone().or_else(|| Some("Delete".into())),
        storage_class_name: Some(class.metadata.name.clone()),
        volume_mode: claim.spec.volume_mode.clone(),
        ..Default::default()
    };
    if is_csi(plugin) {
        for key in SECRET {
            metadata.annotations.insert(key, "");
        }
        spec.csi = Some(Box::new(disk(class, plugin, &spec, name)));
    } else {
        if let Some(node) = &place.node {
            metadata.annotations.insert(ON_NODE, node.clone());
        }
        let path = directory(plugin, &claim.metadata, &name);
        let source = HostPathVolumeSource { path, type_: Some("DirectoryOrCreate".into()) };
        spec.host_path = Some(Box::new(source));
    }
    spec.node_affinity = place.affinity();
    let mut volume = PersistentVolume { metadata, spec, ..Default::default() };
    if is_csi(plugin) && is_deleted_after(&volume) {
        volume.metadata.finalizers.push(FINALIZER.into());
    }
    volume
}

fn disk(
    class: &StorageClass,
    plugin: &Plugin,
    spec: &PersistentVolumeSpec,
    name: Str,
) -> CSIPersistentVolumeSource {
    let formatted = plugin.medium == Medium::Disk && spec.volume_mode.as_deref() != Some("Block");
    let wanted = class.parameters.get(FILE_SYSTEM).cloned();
    CSIPersistentVolumeSource {
        driver: plugin.name.into(),
        fs_type: formatted.then(|| wanted.unwrap_or_else(|| "ext4".into())),
        volume_handle: name,
        ..Default::default()
    }
}

/// The directory of a claim, as kind's and minikube's provisioners name it.
fn directory(plugin: &Plugin, claim: &ObjectMeta, volume: &str) -> Str {
    let (namespace, name) = (&claim.namespace, &claim.name);
    match plugin.name {
        "k8s.io/minikube-hostpath" => format!("/tmp/hostpath-provisioner/{namespace}/{name}"),
        _ => format!("/var/local-path-provisioner/{volume}_{namespace}_{name}"),
    }
    .into()
}

/// A driver's volume that is to be deleted with its claim is kept until its disk is; one that is to stay is not
/// (upstream: `handleProtectionFinalizer`).
pub(super) fn protect(volume: &PersistentVolume, cx: &mut Context<'_>) -> StatusResult<()> {
    let (protected, deleted) = (volume.metadata.has_finalizer(FINALIZER), is_deleted_after(volume));
    let add = deleted && !protected && volume.spec.csi.is_some() && !volume.metadata.terminating();
    if add || (protected && !deleted) {
        cx.modify::<PersistentVolume>("", &volume.metadata.name, |volume| {
            let finalizers = &mut volume.metadata.finalizers;
            finalizers.retain(|finalizer| &**finalizer != FINALIZER);
            if add {
                finalizers.push(FINALIZER.into());
            }
        })?;
    }
    Ok(())
}
