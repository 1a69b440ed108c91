//! What becomes of a volume whose claim is gone: it is kept, deleted, or emptied and used again.

use super::{at_next_resync, binding, recycle, volume_key};
use crate::Action;
use orrery_api::PersistentVolume;
use orrery_apimachinery::StatusResult;
use orrery_client::volume::{MIGRATED_TO, PROVISIONED_BY};
use orrery_client::{Context, EventType};
use std::rc::Rc;

/// On a volume that a plug-in of the controller made: what it is made of has to go first.
pub(super) const FINALIZER: &str = "kubernetes.io/pv-controller";

/// What is done with a volume that is released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reclaim {
    /// Nothing: it stays, with what is on it, until a person sees to it.
    Keep,
    /// The controller deletes what is on it, and the object.
    Delete,
    /// Whoever made it deletes it.
    Leave,
    /// A pod empties it; then it is available again.
    Recycle,
    /// The policy cannot be followed: reason and message.
    Unable(&'static str, String),
}

/// What is to be done with a volume (upstream: `reclaimVolume`, `findDeletablePlugin`).
pub fn plan(volume: &PersistentVolume) -> Reclaim {
    let (spec, annotations) = (&volume.spec, &volume.metadata.annotations);
    let unable = |message: String| Reclaim::Unable("VolumeFailedDelete", message);
    let made_by = annotations.get(PROVISIONED_BY).filter(|plugin| !plugin.is_empty());
    match (spec.persistent_volume_reclaim_policy.as_deref(), made_by.map(|plugin| &**plugin)) {
        _ if annotations.get(MIGRATED_TO).is_some_and(|driver| !driver.is_empty()) => Reclaim::Leave,
        (Some("Retain"), _) => Reclaim::Keep,
        (Some("Recycle"), _) if spec.host_path.is_some() || spec.nfs.is_some() => Reclaim::Recycle,
        (Some("Recycle"), _) => {
            Reclaim::Unable("VolumeFailedRecycle", "No recycler plugin found for the volume!".into())
        }
        (Some("Delete"), Some("kubernetes.io/host-path")) => delete_directory(volume),
        (Some("Delete"), Some("kubernetes.io/nfs")) => unable("no deletable volume plugin matched".into()),
        (Some("Delete"), Some(plugin)) if plugin.starts_with("kubernetes.io/") => {
            unable(format!("no volume plugin matched name: {plugin}"))
        }
        (Some("Delete"), Some(_)) => Reclaim::Leave,
        (Some("Delete"), None) if spec.csi.is_some() => Reclaim::Leave,
        (Some("Delete"), None) if spec.host_path.is_some() => delete_directory(volume),
        (Some("Delete"), None) => unable(format!(
            "error getting deleter volume plugin for volume \"{}\": no {}volume plugin matched",
            volume.metadata.name,
            if spec.nfs.is_some() { "deletable " } else { "" }
        )),
        _ => Reclaim::Unable(
            "VolumeUnknownReclaimPolicy",
            "Volume has unrecognized PersistentVolumeReclaimPolicy".into(),
        ),
    }
}

/// Directories of a node are deleted where nothing of value should be; the recordings have `/mnt` beside upstream's
/// `/tmp` (upstream: `hostPathDeleter`).
fn delete_directory(volume: &PersistentVolume) -> Reclaim {
    let Some(source) = &volume.spec.host_path else {
        let name = &volume.metadata.name;
        let why = format!(
            "failed to create deleter for volume \"{name}\": spec.PersistentVolumeSource.HostPath is nil"
        );
        return Reclaim::Unable("VolumeFailedDelete", why);
    };
    let below = |root: &str| source.path.find(root).is_some_and(|at| at + root.len() < source.path.len());
    if below("/tmp/") || below("/mnt/") {
        return Reclaim::Delete;
    }
    let why = format!("host_path deleter only supports /tmp/.+ but received provided {}", source.path);
    Reclaim::Unable("VolumeFailedDelete", why)
}

/// Releases the volume and does what its reclaim policy says.
pub(super) fn release(volume: &Rc<PersistentVolume>, cx: &mut Context<'_>) -> StatusResult<Action> {
    let mut volume = volume.clone();
    // A failure stays visible while the volume is tried again.
    if !matches!(volume.status.phase.as_deref(), Some("Released" | "Failed")) {
        volume = binding::set_volume_phase(&volume, "Released", None, cx)?;
    }
    match plan(&volume) {
        Reclaim::Keep | Reclaim::Leave => {}
        Reclaim::Delete => delete(&volume, cx)?,
        Reclaim::Recycle => return recycle::recycle(&volume, cx),
        Reclaim::Unable(reason, message) => {
            fail(&volume, reason, &message, cx)?;
            return Ok(at_next_resync(cx));
        }
    }
    Ok(Action::AwaitChange)
}

fn delete(volume: &PersistentVolume, cx: &mut Context<'_>) -> StatusResult<()> {
    let name = &volume.metadata.name;
    if volume.metadata.has_finalizer(FINALIZER) {
        cx.modify::<PersistentVolume>("", name, |volume| {
            volume.metadata.finalizers.retain(|finalizer| &**finalizer != FINALIZER);
        })?;
    }
    if !volume.metadata.terminating() {
        cx.delete(&volume_key(name), &Default::default())?;
    }
    Ok(())
}

/// Has a volume fail, and tells so once.
pub(super) fn fail(
    volume: &PersistentVolume,
    reason: &str,
    message: &str,
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    if volume.status.phase.as_deref() != Some("Failed") {
        let volume = binding::set_volume_phase(volume, "Failed", Some(message), cx)?;
        cx.event(&*volume, EventType::Warning, reason, message);
    }
    Ok(())
}
