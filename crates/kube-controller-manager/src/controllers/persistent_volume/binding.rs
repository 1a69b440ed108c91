//! Writing both sides of a binding, step by step; a step that is done already writes nothing.

use orrery_api::resources::STORAGE;
use orrery_api::{PersistentVolume, PersistentVolumeClaim};
use orrery_apimachinery::{Quantity, StatusResult, Str};
use orrery_client::Context;
use orrery_client::volume::{BIND_COMPLETED, BOUND_BY_CONTROLLER, is_bound_to, reference_to};
use std::rc::Rc;

/// On a volume that grew: how large it was before (upstream: `AnnPreResizeCapacity`).
const PRE_RESIZE: &str = "volume.alpha.kubernetes.io/pre-resize-capacity";

/// Binds a volume and a claim to each other, the volume first.
pub(super) fn bind(
    volume: &PersistentVolume,
    claim: &PersistentVolumeClaim,
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    let volume = bind_volume(volume, claim, cx)?;
    let volume = set_volume_phase(&volume, "Bound", None, cx)?;
    let claim = bind_claim(claim, &volume, cx)?;
    set_claim_phase(&claim, "Bound", Some(&volume), cx)?;
    Ok(())
}

fn bind_volume(
    volume: &PersistentVolume,
    claim: &PersistentVolumeClaim,
    cx: &mut Context<'_>,
) -> StatusResult<Rc<PersistentVolume>> {
    let chosen_by_us = !is_bound_to(volume, claim);
    cx.modify::<PersistentVolume>("", &volume.metadata.name, |volume| {
        let known = volume.spec.claim_ref.as_ref().and_then(|reference| reference.uid.as_ref());
        if known != Some(&claim.metadata.uid) || chosen_by_us {
            volume.spec.claim_ref = Some(reference_to(claim));
        }
        if chosen_by_us {
            mark(&mut volume.metadata.annotations, BOUND_BY_CONTROLLER);
        }
    })
}

fn bind_claim(
    claim: &PersistentVolumeClaim,
    volume: &PersistentVolume,
    cx: &mut Context<'_>,
) -> StatusResult<Rc<PersistentVolumeClaim>> {
    let meta = &claim.metadata;
    cx.modify::<PersistentVolumeClaim>(&meta.namespace, &meta.name, |claim| {
        if claim.spec.volume_name.as_ref() != Some(&volume.metadata.name) {
            claim.spec.volume_name = Some(volume.metadata.name.clone());
            mark(&mut claim.metadata.annotations, BOUND_BY_CONTROLLER);
        }
        mark(&mut claim.metadata.annotations, BIND_COMPLETED);
    })
}

fn mark(annotations: &mut orrery_apimachinery::StrMap, key: &str) {
    if !annotations.contains_key(key) {
        annotations.insert(key, "yes");
    }
}

/// Takes a binding of a volume back: the controller's own altogether, of a person's only the uid.
pub(super) fn unbind(volume: &PersistentVolume, cx: &mut Context<'_>) -> StatusResult<()> {
    let volume = cx.modify::<PersistentVolume>("", &volume.metadata.name, |volume| {
        if volume.metadata.annotations.remove(BOUND_BY_CONTROLLER).is_some() {
            volume.spec.claim_ref = None;
        } else if let Some(reference) = &mut volume.spec.claim_ref {
            reference.uid = None;
        }
    })?;
    set_volume_phase(&volume, "Available", None, cx).map(drop)
}

/// Brings a volume into a phase.
pub(super) fn set_volume_phase(
    volume: &PersistentVolume,
    phase: &str,
    message: Option<&str>,
    cx: &mut Context<'_>,
) -> StatusResult<Rc<PersistentVolume>> {
    let date = cx.date();
    cx.modify_status::<PersistentVolume>("", &volume.metadata.name, |volume| {
        if volume.status.phase.as_deref() != Some(phase) {
            volume.status.phase = Some(phase.into());
            volume.status.message = message.map(Str::from);
            volume.status.last_phase_transition_time = Some(date);
        }
    })
}

/// Brings a claim into a phase; what it has is what `volume` has.
pub(super) fn set_claim_phase(
    claim: &PersistentVolumeClaim,
    phase: &str,
    volume: Option<&PersistentVolume>,
    cx: &mut Context<'_>,
) -> StatusResult<Rc<PersistentVolumeClaim>> {
    let meta = &claim.metadata;
    cx.modify_status::<PersistentVolumeClaim>(&meta.namespace, &meta.name, |claim| {
        let status = &mut claim.status;
        let entered = status.phase.as_deref() != Some(phase);
        if entered {
            status.phase = Some(phase.into());
        }
        match volume {
            None => {
                status.access_modes.clear();
                status.capacity.clear();
            }
            Some(volume) => {
                status.access_modes = volume.spec.access_modes.clone();
                // A bound claim's capacity may lag behind the volume's while it grows.
                if entered && let Some(size) = size_before_growth(volume) {
                    status.capacity.insert(STORAGE.into(), size);
                } else if entered && status.capacity.get(STORAGE) != volume.spec.capacity.get(STORAGE) {
                    status.capacity = volume.spec.capacity.clone();
                }
            }
        }
    })
}

/// How large the file system is on a volume that was made larger than it.
fn size_before_growth(volume: &PersistentVolume) -> Option<Quantity> {
    Quantity::parse(volume.metadata.annotations.get(PRE_RESIZE)?)
}
