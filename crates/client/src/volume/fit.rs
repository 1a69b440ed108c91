//! Which volume fits which claim, and why another does not: one rule for the volume controller, the scheduler and
//! those who explain them (upstream: `FindMatchingVolume`).

use super::{
    capacity, claim_class, is_bound_to, modes_suffice, reachable_from, requested, same_volume_mode,
    volume_class,
};
use orrery_api::{Node, PersistentVolume, PersistentVolumeClaim};
use orrery_apimachinery::{Quantity, Str};
use std::fmt;
use std::rc::Rc;

/// Why a volume is not for a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// There is no volume of the name that the claim asks for.
    NotFound,
    /// Another claim has it, or it is kept for that one: the namespace and the name.
    AlreadyBoundTo(Str, Str),
    /// The claim that had it is gone, and its data is still there: it is taken again once `spec.claimRef` is removed.
    Released(Str, Str),
    /// It is being deleted.
    Deleting,
    /// It holds less than is asked for.
    TooSmall {
        /// What the claim asks for.
        want: Quantity,
        /// What the volume holds.
        has: Quantity,
    },
    /// It is of another class; an empty name is none.
    Class {
        /// The claim's.
        want: Str,
        /// The volume's.
        has: Str,
    },
    /// One is a file system, the other a raw block device.
    VolumeMode,
    /// It lacks an access mode that is asked for.
    AccessModes,
    /// Its labels are not those that the claim selects.
    Selector,
    /// It is not Available yet; the phase that it is in.
    NotAvailable(Str),
    /// It cannot be reached from the node.
    NodeAffinity,
    /// It fits, and the scheduler will bind it with the claim's first pod.
    WaitsForConsumer,
}

/// In the words of the volume controller, where it has some (upstream: `checkVolumeSatisfyClaim`).
impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Misfit::NotFound => "not found",
            Misfit::AlreadyBoundTo(..) => "already bound to a different claim.",
            Misfit::Released(..) => "released by a claim that is gone",
            Misfit::Deleting => "the volume is marked for deletion",
            Misfit::TooSmall { .. } => "requested PV is too small",
            Misfit::Class { .. } => "storageClassName does not match",
            Misfit::VolumeMode => "incompatible volumeMode",
            Misfit::AccessModes => "incompatible accessMode",
            Misfit::Selector => "labels do not match the selector",
            Misfit::NotAvailable(_) => "not available",
            Misfit::NodeAffinity => "node affinity does not match",
            Misfit::WaitsForConsumer => "waiting for first consumer",
        })
    }
}

/// Why `volume` is not for `claim` on `node`, if it is not. Without a node a claim that waits for its consumer gets only
/// a volume that is kept for it. What a volume is kept for need not have its class, its labels or be Available.
pub fn misfit(
    claim: &PersistentVolumeClaim,
    volume: &PersistentVolume,
    node: Option<&Node>,
    waits: bool,
) -> Option<Misfit> {
    let kept = is_bound_to(volume, claim);
    let (wanted, class) = (claim_class(claim), volume_class(volume));
    if !kept && let Some(other) = taken(volume) {
        return Some(other);
    } else if volume.metadata.terminating() {
        return Some(Misfit::Deleting);
    } else if capacity(volume) < requested(claim) {
        return Some(Misfit::TooSmall { want: requested(claim), has: capacity(volume) });
    } else if !kept && wanted != class {
        return Some(Misfit::Class { want: wanted, has: class });
    } else if !same_volume_mode(claim, volume) {
        return Some(Misfit::VolumeMode);
    } else if (!kept || node.is_none()) && !modes_suffice(claim, volume) {
        return Some(Misfit::AccessModes);
    } else if !kept && claim.spec.selector.as_ref().is_some_and(|s| !s.matches(&volume.metadata.labels)) {
        return Some(Misfit::Selector);
    }
    let phase = volume.status.phase.as_deref().unwrap_or_default();
    if !kept && phase != "Available" {
        return Some(Misfit::NotAvailable(phase.into()));
    }
    match node {
        Some(node) => (!reachable_from(volume, node)).then_some(Misfit::NodeAffinity),
        None => (!kept && waits).then_some(Misfit::WaitsForConsumer),
    }
}

/// Whose the volume is.
fn taken(volume: &PersistentVolume) -> Option<Misfit> {
    let reference = volume.spec.claim_ref.as_ref()?;
    let namespace = reference.namespace.clone().unwrap_or_default();
    let name = reference.name.clone().unwrap_or_default();
    let released = matches!(volume.status.phase.as_deref(), Some("Released" | "Failed"));
    Some(if released { Misfit::Released(namespace, name) } else { Misfit::AlreadyBoundTo(namespace, name) })
}

/// The best of `volumes` for `claim` on `node`: the one that is kept for it already, else the smallest that fits. One
/// that is kept for it and cannot be reached from the node rules the node out.
pub fn find_match<'a>(
    claim: &PersistentVolumeClaim,
    volumes: impl Iterator<Item = &'a Rc<PersistentVolume>>,
    node: Option<&Node>,
    waits: bool,
) -> Option<&'a Rc<PersistentVolume>> {
    let mut best: Option<&Rc<PersistentVolume>> = None;
    for volume in volumes {
        let kept = is_bound_to(volume, claim);
        match misfit(claim, volume, node, waits) {
            None if kept => return Some(volume),
            None if best.is_none_or(|best| capacity(volume) < capacity(best)) => best = Some(volume),
            Some(Misfit::NodeAffinity) if kept => return None,
            _ => {}
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::resources::STORAGE;
    use orrery_api::{
        ObjectReference, PersistentVolumeClaimSpec, PersistentVolumeSpec, PersistentVolumeStatus,
    };
    use orrery_apimachinery::ObjectMeta;

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
