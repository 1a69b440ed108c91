//! What becomes of a volume whose claim is gone: it is kept, deleted, or emptied and used again.

use super::volume::PROVISIONED_BY;
use super::{binding, volume_key};
use orrery_api::{PersistentVolume, Pod};
use orrery_apimachinery::StatusResult;
use orrery_client::volume::claim_names;
use orrery_client::{Context, EventType};
use std::rc::Rc;

/// Releases the volume and does what its reclaim policy says.
pub(super) fn release(volume: &Rc<PersistentVolume>, cx: &mut Context<'_>) -> StatusResult<()> {
    let mut volume = volume.clone();
    // A failure stays visible while the volume is tried again.
    if !matches!(volume.status.phase.as_deref(), Some("Released" | "Failed")) {
        volume = binding::set_volume_phase(&volume, "Released", None, cx)?;
    }
    match volume.spec.persistent_volume_reclaim_policy.as_deref() {
        Some("Delete") => delete(&volume, cx),
        Some("Recycle") => recycle(&volume, cx),
        Some("Retain") => Ok(()),
        _ => {
            let message = "Volume has unrecognized PersistentVolumeReclaimPolicy";
            fail(&volume, "VolumeUnknownReclaimPolicy", message, cx)
        }
    }
}

/// Deletes what is on the volume and then the object; what a provisioner made is its to delete.
fn delete(volume: &PersistentVolume, cx: &mut Context<'_>) -> StatusResult<()> {
    match volume.metadata.annotations.get(PROVISIONED_BY) {
        Some(provisioner) if !provisioner.starts_with("kubernetes.io/") => Ok(()),
        _ if volume.spec.host_path.is_some() => {
            cx.delete(&volume_key(&volume.metadata.name), &Default::default()).map(drop)
        }
        _ => {
            let message = format!(
                "error getting deleter volume plugin for volume \"{}\": no deletable volume plugin matched",
                volume.metadata.name
            );
            fail(volume, "VolumeFailedDelete", &message, cx)
        }
    }
}

/// Empties the volume and makes it available again. Upstream does it with a pod that runs `rm -rf`;
/// here it takes no time.
fn recycle(volume: &PersistentVolume, cx: &mut Context<'_>) -> StatusResult<()> {
    let users = users(volume, cx);
    if !users.is_empty() {
        let message = format!("Volume is used by pods: {}", users.join(","));
        cx.event(volume, EventType::Normal, "VolumeFailedRecycle", message);
        return Ok(());
    }
    if volume.spec.host_path.is_none() && volume.spec.nfs.is_none() {
        return fail(volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!", cx);
    }
    cx.event(volume, EventType::Normal, "VolumeRecycled", "Volume recycled");
    binding::unbind(volume, cx)
}

/// The pods that still use the claim that the volume was bound to.
fn users(volume: &PersistentVolume, cx: &Context<'_>) -> Vec<String> {
    let reference = volume.spec.claim_ref.as_ref().and_then(|r| r.namespace.as_ref().zip(r.name.as_ref()));
    let Some((namespace, name)) = reference else { return Vec::new() };
    let uses = |pod: &&Rc<Pod>| {
        !matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"))
            && claim_names(pod).any(|n| n == *name)
    };
    let pods = cx.api().list_in::<Pod>(namespace).filter(uses);
    pods.map(|pod| format!("{namespace}/{}", pod.metadata.name)).collect()
}

fn fail(volume: &PersistentVolume, reason: &str, message: &str, cx: &mut Context<'_>) -> StatusResult<()> {
    if volume.status.phase.as_deref() != Some("Failed") {
        let volume = binding::set_volume_phase(volume, "Failed", Some(message), cx)?;
        cx.event(&*volume, EventType::Warning, reason, message);
    }
    Ok(())
}
