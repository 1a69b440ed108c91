//! PersistentVolumeClaimResize: only claims whose storage class says so can grow
//! (upstream: `plugin/pkg/admission/storage/persistentvolume/resize`).

use crate::ApiServer;
use orrery_api::resources::STORAGE;
use orrery_api::{Kind, PersistentVolumeClaim, StorageClass};
use orrery_apimachinery::{Status, StatusResult, Str};

pub(super) fn check(
    server: &ApiServer,
    claim: &PersistentVolumeClaim,
    old: &PersistentVolumeClaim,
) -> StatusResult<()> {
    let size = |claim: &PersistentVolumeClaim| {
        claim.spec.resources.requests.get(STORAGE).copied().unwrap_or_default()
    };
    if size(claim) <= size(old) {
        return Ok(());
    }
    let reason = if old.status.phase.as_deref() != Some("Bound") {
        "Only bound persistent volume claims can be expanded"
    } else if class(claim) != class(old) || !grows(server, class(old)) {
        "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"
    } else {
        return Ok(());
    };
    Err(Status::forbidden(&Kind::PersistentVolumeClaim.resource(), &claim.metadata.name, reason))
}

/// The claim's storage class; the annotation is the old way to name it.
fn class(claim: &PersistentVolumeClaim) -> Option<&Str> {
    let beta = claim.metadata.annotations.get("volume.beta.kubernetes.io/storage-class");
    beta.or(claim.spec.storage_class_name.as_ref()).filter(|class| !class.is_empty())
}

fn grows(server: &ApiServer, class: Option<&Str>) -> bool {
    let class = class.and_then(|class| server.get::<StorageClass>("", class));
    class.is_some_and(|class| class.allow_volume_expansion == Some(true))
}
