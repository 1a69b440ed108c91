//! Volumes and claims start Pending; the volume controller moves them on.

use orrery_api::{PersistentVolume, PersistentVolumeClaim};

pub(super) fn prepare_volume(volume: &mut PersistentVolume) {
    volume.status.phase = Some("Pending".into());
}

pub(super) fn prepare_claim(claim: &mut PersistentVolumeClaim) {
    claim.status.phase = Some("Pending".into());
}
