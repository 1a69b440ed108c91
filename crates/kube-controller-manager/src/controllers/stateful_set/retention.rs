//! Who owns the claims, so that they go when `persistentVolumeClaimRetentionPolicy` wants it (upstream:
//! `isClaimOwnerUpToDate` and `updateClaimOwnerRefForSetAndPod`).

use super::{claims, identity};
use crate::owners::Owner;
use orrery_api::{PersistentVolumeClaim, Pod, StatefulSet};
use orrery_apimachinery::{OwnerReference, Status, StatusResult};
use orrery_client::{ApiServer, Context, EventType};
use std::rc::Rc;

const DELETE: &str = "Delete";

/// Whether claims go when their pod is scaled away, and when the StatefulSet is deleted.
fn policy(set: &StatefulSet) -> (bool, bool) {
    let policy = set.spec.persistent_volume_claim_retention_policy.as_ref();
    let scaled = policy.is_some_and(|p| p.when_scaled.as_deref() == Some(DELETE));
    let deleted = policy.is_some_and(|p| p.when_deleted.as_deref() == Some(DELETE));
    (scaled, deleted)
}

/// A claim with the two that may own it.
#[derive(Clone, Copy)]
struct Claim<'a> {
    owners: &'a [OwnerReference],
    set: &'a StatefulSet,
    pod: &'a Pod,
}

impl<'a> Claim<'a> {
    fn of(claim: &'a PersistentVolumeClaim, set: &'a StatefulSet, pod: &'a Pod) -> Self {
        Claim { owners: &claim.metadata.owner_references, set, pod }
    }

    /// Whether the StatefulSet and whether the pod are to own it.
    fn wanted(self) -> (bool, bool) {
        let (scaled, deleted) = policy(self.set);
        let by_pod = scaled && identity::place(self.set, self.pod).is_none();
        (deleted && !by_pod, by_pod)
    }

    fn owned_by(self, owner: Owner<'_>) -> bool {
        self.owners.iter().any(|o| o.uid == owner.meta.uid)
    }

    /// Whether it belongs to a namesake of `owner`, which is gone.
    fn is_stale(self, owner: Owner<'_>) -> bool {
        self.owners.iter().find(|o| names(o, owner)).is_some_and(|o| o.uid != owner.meta.uid)
    }

    /// Whether somebody else manages it, so that the policy cannot be followed.
    fn has_unexpected_controller(self) -> bool {
        let (set, pod) = (Owner::of(self.set), Owner::of(self.pod));
        policy(self.set) != (false, false)
            && self.owners.iter().any(|owner| match [set, pod].into_iter().find(|o| names(owner, *o)) {
                Some(known) => owner.uid != known.meta.uid,
                None => owner.controller == Some(true),
            })
    }

    fn is_up_to_date(self) -> bool {
        let (set, pod) = (Owner::of(self.set), Owner::of(self.pod));
        if self.is_stale(set) || self.is_stale(pod) {
            return true;
        }
        let owned = (self.owned_by(set), self.owned_by(pod));
        if self.has_unexpected_controller() {
            return owned == (false, false);
        }
        let ours = |o: &&OwnerReference| o.uid == set.meta.uid || o.uid == pod.meta.uid;
        owned == self.wanted() && self.owners.iter().filter(ours).all(|o| o.controller == Some(true))
    }

    /// The owners that it is to have.
    fn right_owners(self) -> Vec<OwnerReference> {
        let (set, pod) = (Owner::of(self.set), Owner::of(self.pod));
        let mut owners = self.owners.to_vec();
        owners.retain(|o| !names(o, set) && !names(o, pod));
        if !self.has_unexpected_controller() {
            let (by_set, by_pod) = self.wanted();
            owners.extend(by_set.then(|| set.reference()));
            owners.extend(by_pod.then(|| pod.reference()));
        }
        owners
    }
}

/// Whether a reference names `owner`, or one that was called the same.
fn names(reference: &OwnerReference, owner: Owner<'_>) -> bool {
    *reference.api_version == *owner.kind.api_version()
        && *reference.kind == *owner.kind.name()
        && reference.name == owner.meta.name
}

/// The claims of a pod that are there.
fn known(set: &StatefulSet, pod: &Pod, api: &ApiServer) -> Vec<Rc<PersistentVolumeClaim>> {
    let mut known = Vec::new();
    for template in &set.spec.volume_claim_templates {
        let name = claims::name(set, template, identity::ordinal(pod));
        known.extend(api.get::<PersistentVolumeClaim>(&set.metadata.namespace, &name).cloned());
    }
    known
}

/// Whether the claims of a pod have the right owners.
pub(super) fn is_followed(set: &StatefulSet, pod: &Pod, api: &ApiServer) -> bool {
    known(set, pod, api).iter().all(|claim| Claim::of(claim, set, pod).is_up_to_date())
}

/// Gives the claims of a pod the right owners.
pub(super) fn follow(set: &StatefulSet, pod: &Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    for known in known(set, pod, cx.api()) {
        let (claim, meta) = (Claim::of(&known, set, pod), &known.metadata);
        if claim.has_unexpected_controller() {
            let message = format!(
                "PersistentVolumeClaim {} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim",
                meta.name
            );
            cx.event(set, EventType::Warning, "ConflictingController", message);
        }
        if claim.is_up_to_date() {
            continue;
        }
        let owners = claim.right_owners();
        let outcome = cx.modify::<PersistentVolumeClaim>(&meta.namespace, &meta.name, |claim| {
            claim.metadata.owner_references = owners;
        });
        outcome.map_err(|status| Status {
            message: format!("could not update claim {} for delete policy ownerRefs: {status}", meta.name),
            ..status
        })?;
    }
    Ok(())
}

/// Whether a claim of the pod still goes with the last pod of that name, so that the new one has to wait.
pub(super) fn is_stale(set: &StatefulSet, pod: &Pod, api: &ApiServer) -> bool {
    let (scaled, _) = policy(set);
    scaled && known(set, pod, api).iter().any(|claim| Claim::of(claim, set, pod).is_stale(Owner::of(pod)))
}
