//! What becomes of a volume.

use super::{binding, claim, migration, reclaim, recycle};
use crate::Action;
use orrery_api::{ObjectReference, PersistentVolume, PersistentVolumeClaim};
use orrery_apimachinery::StatusResult;
use orrery_client::volume::{PROVISIONED_BY, same_volume_mode};
use orrery_client::{Context, EventType};
use std::rc::Rc;

/// Moves a volume on.
pub(super) fn sync(volume: &Rc<PersistentVolume>, cx: &mut Context<'_>) -> StatusResult<Action> {
    let volume = &migration::mark_volume(volume, cx)?;
    let reference = volume.spec.claim_ref.as_ref().filter(|reference| reference.uid.is_some());
    let Some(reference) = reference else {
        // Nobody's, or kept for a claim that has yet to take it.
        binding::set_volume_phase(volume, "Available", None, cx)?;
        return recycle::tidy(&volume.metadata.name, cx);
    };
    match claim_of(reference, cx) {
        None => return reclaim::release(volume, cx),
        Some(claim) => match &claim.spec.volume_name {
            None if !same_volume_mode(&claim, volume) => tell_mismatch(volume, &claim, cx),
            // Provisioners only make the volume; the claim's side is up to us.
            None => return claim::sync(&claim, cx),
            Some(name) if *name == volume.metadata.name => {
                binding::set_volume_phase(volume, "Bound", None, cx)?;
            }
            Some(_) if made_for_claim(volume) => return reclaim::release(volume, cx),
            Some(_) => binding::unbind(volume, cx)?,
        },
    }
    Ok(Action::AwaitChange)
}

/// The claim that is meant, not another one that has its name by now.
fn claim_of(reference: &ObjectReference, cx: &Context<'_>) -> Option<Rc<PersistentVolumeClaim>> {
    let (namespace, name) = reference.namespace.as_ref().zip(reference.name.as_ref())?;
    cx.get::<PersistentVolumeClaim>(namespace, name)
        .filter(|claim| Some(&claim.metadata.uid) == reference.uid.as_ref())
}

/// Whether the volume was made for a claim that does not need it any more.
fn made_for_claim(volume: &PersistentVolume) -> bool {
    volume.metadata.annotations.contains_key(PROVISIONED_BY)
        && volume.spec.persistent_volume_reclaim_policy.as_deref() == Some("Delete")
}

fn tell_mismatch(volume: &PersistentVolume, claim: &PersistentVolumeClaim, cx: &mut Context<'_>) {
    let (v, c) = (&volume.metadata.name, &claim.metadata.name);
    let of_volume = format!(
        "Cannot bind PersistentVolume to requested PersistentVolumeClaim \"{c}\" due to incompatible volumeMode."
    );
    let of_claim = format!(
        "Cannot bind PersistentVolume \"{v}\" to requested PersistentVolumeClaim due to incompatible volumeMode."
    );
    cx.event(volume, EventType::Warning, "VolumeMismatch", of_volume);
    cx.event(claim, EventType::Warning, "VolumeMismatch", of_claim);
}
