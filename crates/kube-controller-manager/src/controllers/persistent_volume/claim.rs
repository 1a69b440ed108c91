//! What becomes of a claim.

use super::{at_next_resync, binding, provisioning};
use crate::Action;
use orrery_api::{PersistentVolume, PersistentVolumeClaim, Pod};
use orrery_apimachinery::{Reason, Status, StatusResult};
use orrery_client::volume::{
    BIND_COMPLETED, BOUND_BY_CONTROLLER, Misfit, SELECTED_NODE, claim_class, claim_names,
    default_storage_class, find_match, is_bound_to, is_terminated, misfit, modes_suffice, names_class,
    waits_for_consumer,
};
use orrery_client::{ApiServer, Context, EventType};
use std::rc::Rc;

/// Moves a claim on.
pub(super) fn sync(claim: &Rc<PersistentVolumeClaim>, cx: &mut Context<'_>) -> StatusResult<Action> {
    if claim.metadata.annotations.contains_key(BIND_COMPLETED) {
        return sync_bound(claim, cx);
    }
    match &claim.spec.volume_name {
        None => sync_unbound(claim, cx),
        Some(volume) => sync_wanting(claim, volume, cx),
    }
}

/// A claim that takes any volume that fits.
fn sync_unbound(claim: &Rc<PersistentVolumeClaim>, cx: &mut Context<'_>) -> StatusResult<Action> {
    let waits = waits_for_consumer(claim, cx.api());
    if let Some(volume) = best_match(claim, waits, cx.api()) {
        binding::bind(&volume, claim, cx)?;
        return Ok(Action::AwaitChange);
    }
    if !names_class(claim)
        && let Some(class) = default_storage_class(cx.api())
    {
        let meta = &claim.metadata;
        let claim = cx.modify::<PersistentVolumeClaim>(&meta.namespace, &meta.name, |claim| {
            claim.spec.storage_class_name = Some(class);
        })?;
        return sync(&claim, cx);
    }
    if waits && !claim.metadata.annotations.contains_key(SELECTED_NODE) {
        tell_what_it_waits_for(claim, cx);
    } else if !claim_class(claim).is_empty() {
        provisioning::begin(claim, cx)?;
        return Ok(at_next_resync(cx));
    } else {
        let message = "no persistent volumes available for this claim and no storage class is set";
        cx.event(&**claim, EventType::Normal, "FailedBinding", message);
    }
    stay_pending(claim, cx)
}

/// A claim that names the volume it wants.
fn sync_wanting(claim: &Rc<PersistentVolumeClaim>, name: &str, cx: &mut Context<'_>) -> StatusResult<Action> {
    let Some(volume) = cx.get::<PersistentVolume>("", name) else { return stay_pending(claim, cx) };
    if volume.spec.claim_ref.is_none() {
        if let Some(mismatch) = mismatch(&volume, claim) {
            let which = if mismatch == Misfit::Deleting { format!(" \"{name}\"") } else { String::new() };
            let message = format!("Cannot bind to requested volume \"{name}\": {mismatch}{which}");
            cx.event(&**claim, EventType::Warning, "VolumeMismatch", message);
            return stay_pending(claim, cx);
        }
    } else if !is_bound_to(&volume, claim) {
        let message = format!("volume \"{name}\" already bound to a different claim.");
        cx.event(&**claim, EventType::Warning, "FailedBinding", message.as_str());
        if claim.metadata.annotations.contains_key(BOUND_BY_CONTROLLER) {
            return Err(Status::new(Reason::Conflict, message));
        }
        return stay_pending(claim, cx);
    }
    binding::bind(&volume, claim, cx)?;
    Ok(Action::AwaitChange)
}

/// A claim that was bound for good; it may have lost its volume.
fn sync_bound(claim: &Rc<PersistentVolumeClaim>, cx: &mut Context<'_>) -> StatusResult<Action> {
    let Some(name) = &claim.spec.volume_name else {
        let message = "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!";
        return lose(claim, "ClaimLost", message, cx);
    };
    let Some(volume) = cx.get::<PersistentVolume>("", name) else {
        let message = "Bound claim has lost its PersistentVolume. Data on the volume is lost!";
        return lose(claim, "ClaimLost", message, cx);
    };
    let owner = volume.spec.claim_ref.as_ref().map(|reference| reference.uid.as_deref());
    if owner.is_some_and(|uid| uid != Some(&*claim.metadata.uid)) {
        let message = "Two claims are bound to the same volume, this one is bound incorrectly";
        return lose(claim, "ClaimMisbound", message, cx);
    }
    binding::bind(&volume, claim, cx)?;
    Ok(Action::AwaitChange)
}

fn lose(
    claim: &PersistentVolumeClaim,
    reason: &str,
    message: &str,
    cx: &mut Context<'_>,
) -> StatusResult<Action> {
    if claim.status.phase.as_deref() != Some("Lost") {
        let claim = binding::set_claim_phase(claim, "Lost", None, cx)?;
        cx.event(&*claim, EventType::Warning, reason, message);
    }
    Ok(Action::AwaitChange)
}

fn stay_pending(claim: &PersistentVolumeClaim, cx: &mut Context<'_>) -> StatusResult<Action> {
    binding::set_claim_phase(claim, "Pending", None, cx)?;
    Ok(at_next_resync(cx))
}

/// The volume with the fewest access modes beyond those asked for, and of these the best
/// (upstream: `persistentVolumeOrderedIndex.findByClaim`).
fn best_match(claim: &PersistentVolumeClaim, waits: bool, api: &ApiServer) -> Option<Rc<PersistentVolume>> {
    let able: Vec<_> = api.list::<PersistentVolume>().filter(|volume| modes_suffice(claim, volume)).collect();
    let most = able.iter().map(|volume| volume.spec.access_modes.len()).max()?;
    (0..=most).find_map(|modes| {
        let group = able.iter().copied().filter(|volume| volume.spec.access_modes.len() == modes);
        find_match(claim, group, None, waits).cloned()
    })
}

/// Why the claim cannot have the free volume that it names; neither its labels nor its phase matter then
/// (upstream: `checkVolumeSatisfyClaim`).
pub(super) fn mismatch(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> Option<Misfit> {
    let misfit = misfit(claim, volume, None, false);
    misfit.filter(|misfit| !matches!(misfit, Misfit::Selector | Misfit::NotAvailable(_)))
}

/// Says that a claim is bound with its first pod, or with which pods that wait themselves.
fn tell_what_it_waits_for(claim: &PersistentVolumeClaim, cx: &mut Context<'_>) {
    let waiting = |pod: &&Rc<Pod>| {
        pod.node_name.is_none()
            && !is_terminated(pod)
            && claim_names(pod).any(|name| name == claim.metadata.name)
    };
    let pods: Vec<String> = cx
        .api()
        .list_in::<Pod>(&claim.metadata.namespace)
        .filter(waiting)
        .map(|pod| pod.metadata.name.to_string())
        .collect();
    let (reason, message) = match pods.as_slice() {
        [] => ("WaitForFirstConsumer", "waiting for first consumer to be created before binding".into()),
        [pod] => ("WaitForPodScheduled", format!("waiting for pod {pod} to be scheduled")),
        pods => ("WaitForPodScheduled", format!("waiting for pods {} to be scheduled", pods.join(","))),
    };
    cx.event(claim, EventType::Normal, reason, message);
}
