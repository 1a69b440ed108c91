//! Which volume fits which claim: the rules that the volume controller and the scheduler share
//! (upstream: `k8s.io/component-helpers/storage/volume`).

pub mod plugins;
mod spec;

pub use spec::{Backing, Spec};

use orrery_api::resources::STORAGE;
use orrery_api::{
    Node, ObjectReference, PersistentVolume, PersistentVolumeClaim, Pod, Resource, StorageClass, Volume,
};
use orrery_apimachinery::{ObjectMeta, Quantity, Str};
use orrery_apiserver::ApiServer;
use std::rc::Rc;

/// On a claim: it is bound for good.
pub const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";
/// On a claim or a volume: the controller chose the other side, not a person.
pub const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";
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

/// The best of `volumes` for `claim` on `node`: the one that is bound to it already, else the smallest
/// that is large enough. Without a node a claim that waits for its consumer gets only the former.
pub fn find_match<'a>(
    claim: &PersistentVolumeClaim,
    volumes: impl Iterator<Item = &'a Rc<PersistentVolume>>,
    node: Option<&Node>,
    waits: bool,
) -> Option<&'a Rc<PersistentVolume>> {
    let wanted_class = claim_class(claim);
    let mut best: Option<&Rc<PersistentVolume>> = None;
    for volume in volumes {
        let reachable = node.is_none_or(|node| reachable_from(volume, node));
        if !could_hold(volume, claim) {
            continue;
        }
        if is_bound_to(volume, claim) {
            return reachable.then_some(volume);
        }
        let fits = (node.is_some() || !waits)
            && volume.status.phase.as_deref() == Some("Available")
            && claim.spec.selector.as_ref().is_none_or(|s| s.matches(&volume.metadata.labels))
            && volume_class(volume) == wanted_class
            && reachable
            && (node.is_none() || modes_suffice(claim, volume));
        if fits && best.is_none_or(|best| capacity(volume) < capacity(best)) {
            best = Some(volume);
        }
    }
    best
}

/// Whether nobody else has the volume, and it is of the right mode and size.
fn could_hold(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> bool {
    (volume.spec.claim_ref.is_none() || is_bound_to(volume, claim))
        && capacity(volume) >= requested(claim)
        && same_volume_mode(claim, volume)
        && !volume.metadata.terminating()
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

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::{PersistentVolumeClaimSpec, PersistentVolumeSpec, PersistentVolumeStatus};

    fn volume(name: &str, gi: i64, change: impl FnOnce(&mut PersistentVolume)) -> Rc<PersistentVolume> {
        let mut volume = PersistentVolume {
            metadata: ObjectMeta::named("", name),
            spec: PersistentVolumeSpec {
                access_modes: vec!["ReadWriteOnce".into()],
                capacity: [(STORAGE.into(), Quantity::from_bytes(gi << 30))].into(),
                ..Default::default()
            },
            status: PersistentVolumeStatus { phase: Some("Available".into()), ..Default::default() },
        };
        change(&mut volume);
        Rc::new(volume)
    }

    fn claim(gi: i64) -> PersistentVolumeClaim {
        let mut spec =
            PersistentVolumeClaimSpec { access_modes: vec!["ReadWriteOnce".into()], ..Default::default() };
        spec.resources.requests.insert(STORAGE.into(), Quantity::from_bytes(gi << 30));
        PersistentVolumeClaim { metadata: ObjectMeta::named("default", "data"), spec, ..Default::default() }
    }

    #[test]
    fn a_claim_gets_the_smallest_volume_that_fits_it_or_the_one_that_waits_for_it() {
        let nothing = |_: &mut PersistentVolume| {};
        let taken = |by: &'static str| {
            move |v: &mut PersistentVolume| {
                let reference = ObjectReference {
                    name: Some(by.into()),
                    namespace: Some("default".into()),
                    ..Default::default()
                };
                v.spec.claim_ref = Some(reference);
            }
        };
        for (row, volumes, found) in [
            ("none is large enough", vec![volume("a", 1, nothing)], None),
            ("the smallest that fits", vec![volume("a", 100, nothing), volume("b", 10, nothing)], Some("b")),
            (
                "of two equal ones the first",
                vec![volume("a", 10, nothing), volume("b", 10, nothing)],
                Some("a"),
            ),
            (
                "a reserved one before a smaller one",
                vec![volume("a", 5, nothing), volume("b", 50, taken("data"))],
                Some("b"),
            ),
            ("another's is out of reach", vec![volume("a", 10, taken("other"))], None),
            (
                "a class that was not asked for",
                vec![volume("a", 10, |v| v.spec.storage_class_name = Some("fast".into()))],
                None,
            ),
            (
                "raw blocks are no file system",
                vec![volume("a", 10, |v| v.spec.volume_mode = Some("Block".into()))],
                None,
            ),
            ("a released one", vec![volume("a", 10, |v| v.status.phase = Some("Released".into()))], None),
        ] {
            let best = find_match(&claim(5), volumes.iter(), None, false);
            assert_eq!(best.map(|v| &*v.metadata.name), found, "{row}");
        }
    }
}
