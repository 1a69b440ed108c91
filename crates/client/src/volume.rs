//! What claims, volumes and classes say of each other: the rules that the volume controllers and the scheduler share
//! (upstream: `k8s.io/component-helpers/storage/volume`).

mod attachment;
mod fit;
pub mod plugins;
mod spec;

pub use attachment::attachment_name;
pub use fit::{Misfit, find_match, misfit};
pub use orrery_apiserver::default_storage_class;
pub use spec::{Backing, Spec};

use orrery_api::resources::STORAGE;
use orrery_api::{
    ContainerStatus, Node, ObjectReference, PersistentVolume, PersistentVolumeClaim, Pod, Resource,
    StorageClass, Volume,
};
use orrery_apimachinery::{ObjectMeta, Quantity, Str};
use orrery_apiserver::ApiServer;

/// On a claim: it is bound for good.
pub const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";
/// On a claim or a volume: the controller chose the other side, not a person.
pub const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";
/// On a volume: who made it.
pub const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";
/// On a volume that somebody of old made: who sees to it now.
pub const MIGRATED_TO: &str = "pv.kubernetes.io/migrated-to";
/// On a claim: the node that the scheduler wants the volume on.
pub const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";
/// The provisioner of classes whose volumes are only made by hand.
pub const NO_PROVISIONER: &str = "kubernetes.io/no-provisioner";
/// The older way to name a class.
const BETA_CLASS: &str = "volume.beta.kubernetes.io/storage-class";

/// The name of the class that a claim asks for; empty for none.
pub fn claim_class(claim: &PersistentVolumeClaim) -> Str {
    class(&claim.metadata, &claim.spec.storage_class_name)
}

/// Whether a claim names a class, be it none.
pub fn names_class(claim: &PersistentVolumeClaim) -> bool {
    claim.spec.storage_class_name.is_some() || claim.metadata.annotations.contains_key(BETA_CLASS)
}

/// The name of the class that a volume is of; empty for none.
pub fn volume_class(volume: &PersistentVolume) -> Str {
    class(&volume.metadata, &volume.spec.storage_class_name)
}

fn class(meta: &ObjectMeta, field: &Option<Str>) -> Str {
    meta.annotations.get(BETA_CLASS).or(field.as_ref()).cloned().unwrap_or_default()
}

/// Whether a claim is bound with its first pod, by the scheduler, because its class says so.
pub fn waits_for_consumer(claim: &PersistentVolumeClaim, api: &ApiServer) -> bool {
    let class = claim_class(claim);
    !class.is_empty()
        && api
            .get::<StorageClass>("", &class)
            .is_some_and(|c| c.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer"))
}

/// Whether a claim has its volume for good.
pub fn fully_bound(claim: &PersistentVolumeClaim) -> bool {
    claim.spec.volume_name.is_some() && claim.metadata.annotations.contains_key(BIND_COMPLETED)
}

/// Whether `volume` names `claim` as its own, be it by name only.
pub fn is_bound_to(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> bool {
    volume.spec.claim_ref.as_ref().is_some_and(|reference| refers_to(reference, &claim.metadata))
}

/// Whether `reference` means the object with `meta`; one without a uid means whichever has the name.
fn refers_to(reference: &ObjectReference, meta: &ObjectMeta) -> bool {
    reference.name.as_deref() == Some(&*meta.name)
        && reference.namespace.as_deref() == Some(&*meta.namespace)
        && reference.uid.as_ref().is_none_or(|uid| *uid == meta.uid)
}

/// A full reference to a claim, as volumes keep it.
pub fn reference_to(claim: &PersistentVolumeClaim) -> ObjectReference {
    let meta = &claim.metadata;
    ObjectReference {
        kind: Some(PersistentVolumeClaim::KIND.name().into()),
        api_version: Some(PersistentVolumeClaim::KIND.api_version().into()),
        namespace: Some(meta.namespace.clone()),
        name: Some(meta.name.clone()),
        uid: Some(meta.uid.clone()),
        resource_version: Some(meta.resource_version.to_string().into()),
        field_path: None,
    }
}

/// Whether the volume can be reached from `node`.
pub fn reachable_from(volume: &PersistentVolume, node: &Node) -> bool {
    let required = volume.spec.node_affinity.as_ref().and_then(|a| a.required.as_ref());
    required.is_none_or(|selector| selector.matches(node))
}

/// Whether the volume offers every access mode that the claim asks for.
pub fn modes_suffice(claim: &PersistentVolumeClaim, volume: &PersistentVolume) -> bool {
    claim.spec.access_modes.iter().all(|mode| volume.spec.access_modes.contains(mode))
}

/// Whether both are file systems, or both raw blocks.
pub fn same_volume_mode(claim: &PersistentVolumeClaim, volume: &PersistentVolume) -> bool {
    let mode = |m: &Option<Str>| m.clone().unwrap_or_else(|| "Filesystem".into());
    mode(&claim.spec.volume_mode) == mode(&volume.spec.volume_mode)
}

/// How much a claim asks for.
pub fn requested(claim: &PersistentVolumeClaim) -> Quantity {
    claim.spec.resources.requests.get(STORAGE).copied().unwrap_or_default()
}

/// How much a volume holds.
pub fn capacity(volume: &PersistentVolume) -> Quantity {
    volume.spec.capacity.get(STORAGE).copied().unwrap_or_default()
}

/// The name of the claim behind a volume of `pod`, if there is one; a claim that is made for the pod
/// bears the names of both.
pub fn claim_name(pod: &Pod, volume: &Volume) -> Option<Str> {
    match (&volume.persistent_volume_claim, &volume.ephemeral) {
        (Some(source), _) => Some(source.claim_name.clone()),
        (None, Some(_)) => Some(format!("{}-{}", pod.metadata.name, volume.name).into()),
        (None, None) => None,
    }
}

/// The names of the claims that `pod` uses.
pub fn claim_names(pod: &Pod) -> impl Iterator<Item = Str> {
    pod.spec.volumes.iter().filter_map(move |volume| claim_name(pod, volume))
}

/// Whether a pod does not use its volumes any more (upstream: `volumeutil.IsPodTerminated`).
pub fn is_terminated(pod: &Pod) -> bool {
    let status = &pod.status;
    let runs = |container: &ContainerStatus| {
        container.state.terminated.is_none() && container.state.waiting.is_none()
    };
    matches!(status.phase.as_deref(), Some("Succeeded" | "Failed"))
        || (pod.metadata.terminating()
            && ![
                &status.init_container_statuses,
                &status.container_statuses,
                &status.ephemeral_container_statuses,
            ]
            .into_iter()
            .flatten()
            .any(runs))
}

/// Whether the claim of an ephemeral volume belongs to the pod (upstream: `ephemeral.VolumeIsForPod`).
pub fn made_for(pod: &Pod, claim: &PersistentVolumeClaim) -> bool {
    claim.metadata.namespace == pod.metadata.namespace
        && claim
            .metadata
            .owner_references
            .iter()
            .any(|o| o.controller == Some(true) && o.uid == pod.metadata.uid)
}

/// What is said of a claim that bears the name of a pod's ephemeral volume, but is not for it.
pub fn not_made_for(pod: &Pod, claim: &PersistentVolumeClaim) -> String {
    let (pod, claim) = (&pod.metadata, &claim.metadata);
    format!(
        "PVC {}/{} was not created for pod {}/{} (pod is not owner)",
        claim.namespace, claim.name, pod.namespace, pod.name
    )
}
