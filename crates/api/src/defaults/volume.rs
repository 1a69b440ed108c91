//! Defaults of volumes.

use super::fill;
use crate::{DownwardAPIVolumeFile, PersistentVolumeClaimSpec, ProjectedVolumeSource, Volume};

/// Mode bits `rw-r--r--`.
const FILE_MODE: i32 = 0o644;
/// How long a projected token is valid.
const TOKEN_SECONDS: i64 = 3600;

pub(super) fn volume(volume: &mut Volume) {
    if *volume == (Volume { name: volume.name.clone(), ..Default::default() }) {
        volume.empty_dir = Some(Default::default());
    }
    if let Some(source) = &mut volume.config_map {
        source.default_mode.get_or_insert(FILE_MODE);
    }
    if let Some(source) = &mut volume.secret {
        source.default_mode.get_or_insert(FILE_MODE);
    }
    if let Some(source) = &mut volume.downward_api {
        source.default_mode.get_or_insert(FILE_MODE);
        source.items.iter_mut().for_each(file);
    }
    if let Some(source) = &mut volume.projected {
        projected(source);
    }
    if let Some(source) = &mut volume.host_path {
        fill(&mut source.type_, "");
    }
    if let Some(template) = volume.ephemeral.as_mut().and_then(|e| e.volume_claim_template.as_mut()) {
        claim_spec(&mut template.spec);
    }
    plugins(volume);
}

fn projected(source: &mut ProjectedVolumeSource) {
    source.default_mode.get_or_insert(FILE_MODE);
    for projection in &mut source.sources {
        if let Some(token) = &mut projection.service_account_token {
            token.expiration_seconds.get_or_insert(TOKEN_SECONDS);
        }
        if let Some(downward) = &mut projection.downward_api {
            downward.items.iter_mut().for_each(file);
        }
    }
}

fn file(file: &mut DownwardAPIVolumeFile) {
    if let Some(field) = &mut file.field_ref {
        fill(&mut field.api_version, "v1");
    }
}

/// Fields of storage systems that upstream fills although nobody here mounts them.
fn plugins(volume: &mut Volume) {
    if let Some(disk) = &mut volume.azure_disk {
        fill(&mut disk.caching_mode, "ReadWrite");
        fill(&mut disk.fs_type, "ext4");
        fill(&mut disk.kind, "Shared");
        disk.read_only.get_or_insert(false);
    }
    if let Some(disk) = &mut volume.iscsi {
        fill(&mut disk.iscsi_interface, "default");
    }
    if let Some(device) = &mut volume.rbd {
        fill(&mut device.pool, "rbd");
        fill(&mut device.user, "admin");
        fill(&mut device.keyring, "/etc/ceph/keyring");
    }
    if let Some(scale) = &mut volume.scale_io {
        fill(&mut scale.fs_type, "xfs");
        fill(&mut scale.storage_mode, "ThinProvisioned");
    }
}

/// Fills a claim, or the template of one.
pub(crate) fn claim_spec(spec: &mut PersistentVolumeClaimSpec) {
    fill(&mut spec.volume_mode, "Filesystem");
}
