//! Rules for volumes.

use super::container::{descending, no_backsteps};
use super::{Errors, Path, env, names};
use crate::{
    DownwardAPIVolumeFile, HostPathVolumeSource, KeyToPath, NFSVolumeSource, ProjectedVolumeSource, Volume,
};
use orrery_apimachinery::Str;
use std::collections::BTreeSet;

const ONE_TYPE: &str = "may not specify more than 1 volume type";
const MODE: &str = "must be a number between 0 and 0777 (octal), both inclusive";

/// The volumes of a pod.
pub(super) fn volumes(volumes: &[Volume], path: &Path, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for (i, volume) in volumes.iter().enumerate() {
        let at = path.index(i);
        source(volume, &at, errors);
        if volume.name.is_empty() {
            errors.required(&at.field("name"), "");
        } else {
            errors.each_invalid(&at.field("name"), &volume.name, names::dns_label(&volume.name, false));
        }
        if !seen.insert(&volume.name) {
            errors.duplicate(&at.field("name"), &volume.name);
        }
    }
}

/// Tells all sources but the first one that there can be only one; gives the first.
pub(crate) fn only_one<'s>(sources: &[(&'s str, bool)], path: &Path, errors: &mut Errors) -> Option<&'s str> {
    let mut there = sources.iter().filter(|(_, there)| *there).map(|(name, _)| *name);
    let first = there.next();
    there.for_each(|name| errors.forbidden(&path.field(name), ONE_TYPE));
    first
}

fn source(v: &Volume, path: &Path, errors: &mut Errors) {
    let first = only_one(
        &[
            ("emptyDir", v.empty_dir.is_some()),
            ("hostPath", v.host_path.is_some()),
            ("gitRepo", v.git_repo.is_some()),
            ("gcePersistentDisk", v.gce_persistent_disk.is_some()),
            ("awsElasticBlockStore", v.aws_elastic_block_store.is_some()),
            ("secret", v.secret.is_some()),
            ("nfs", v.nfs.is_some()),
            ("iscsi", v.iscsi.is_some()),
            ("glusterfs", v.glusterfs.is_some()),
            ("flocker", v.flocker.is_some()),
            ("persistentVolumeClaim", v.persistent_volume_claim.is_some()),
            ("rbd", v.rbd.is_some()),
            ("cinder", v.cinder.is_some()),
            ("cephFS", v.cephfs.is_some()),
            ("quobyte", v.quobyte.is_some()),
            // Upstream's own spelling.
            ("downwarAPI", v.downward_api.is_some()),
            ("fc", v.fc.is_some()),
            ("flexVolume", v.flex_volume.is_some()),
            ("configMap", v.config_map.is_some()),
            ("azureFile", v.azure_file.is_some()),
            ("vsphereVolume", v.vsphere_volume.is_some()),
            ("photonPersistentDisk", v.photon_persistent_disk.is_some()),
            ("portworxVolume", v.portworx_volume.is_some()),
            ("azureDisk", v.azure_disk.is_some()),
            ("storageos", v.storageos.is_some()),
            ("projected", v.projected.is_some()),
            ("scaleIO", v.scale_io.is_some()),
            ("csi", v.csi.is_some()),
            ("ephemeral", v.ephemeral.is_some()),
            ("image", v.image.is_some()),
        ],
        path,
        errors,
    );
    match first {
        Some(name) => first_source(v, name, path, errors),
        None => errors.required(path, "must specify a volume type"),
    }
}

fn first_source(v: &Volume, name: &str, path: &Path, errors: &mut Errors) {
    let at = path.field(name);
    if let ("emptyDir", Some(dir)) = (name, &v.empty_dir)
        && dir.size_limit.is_some_and(|s| s.is_negative())
    {
        errors.forbidden(&at.field("sizeLimit"), "SizeLimit field must be a valid resource quantity");
    }
    if let ("hostPath", Some(source)) = (name, &v.host_path) {
        host_path(source, &at, errors);
    }
    if let ("secret", Some(s)) = (name, &v.secret) {
        keys(s.secret_name.as_ref(), "secretName", s.default_mode, &s.items, &at, errors);
    }
    if let ("configMap", Some(s)) = (name, &v.config_map) {
        keys(s.name.as_ref(), "name", s.default_mode, &s.items, &at, errors);
    }
    if let ("nfs", Some(source)) = (name, &v.nfs) {
        nfs(source, &at, errors);
    }
    if let ("persistentVolumeClaim", Some(claim)) = (name, &v.persistent_volume_claim)
        && claim.claim_name.is_empty()
    {
        errors.required(&at.field("claimName"), "");
    }
    if let ("downwarAPI", Some(source)) = (name, &v.downward_api) {
        mode(source.default_mode, &path.field("downwardAPI").field("defaultMode"), errors);
        downward(&source.items, &path.field("downwardAPI"), errors);
    }
    if let ("projected", Some(source)) = (name, &v.projected) {
        projected(source, &at, errors);
    }
    if let ("ephemeral", Some(source)) = (name, &v.ephemeral) {
        match &source.volume_claim_template {
            None => errors.required(&at.field("volumeClaimTemplate"), ""),
            Some(template) => {
                let template_path = at.field("volumeClaimTemplate");
                crate::persistent_volume_claim::check_spec(
                    &template.spec,
                    &template_path.field("spec"),
                    errors,
                );
            }
        }
    }
}

/// A file or directory of a node.
pub(crate) fn host_path(source: &HostPathVolumeSource, path: &Path, errors: &mut Errors) {
    if source.path.is_empty() {
        return errors.required(&path.field("path"), "");
    }
    no_backsteps(&source.path, &path.field("path"), errors);
    let types =
        ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
    errors.one_of(&path.field("type"), source.type_.as_deref(), &types);
}

/// A directory of an NFS server.
pub(crate) fn nfs(source: &NFSVolumeSource, path: &Path, errors: &mut Errors) {
    if source.server.is_empty() {
        errors.required(&path.field("server"), "");
    }
    if source.path.is_empty() {
        errors.required(&path.field("path"), "");
    }
    if !source.path.starts_with('/') {
        errors.invalid(&path.field("path"), &source.path, "must be an absolute path");
    }
}

fn mode(mode: Option<i32>, path: &Path, errors: &mut Errors) {
    if let Some(mode) = mode.filter(|m| !(0..=0o777).contains(m)) {
        errors.invalid(path, &mode, MODE);
    }
}

fn keys(
    name: Option<&Str>,
    name_field: &str,
    default_mode: Option<i32>,
    items: &[KeyToPath],
    path: &Path,
    errors: &mut Errors,
) {
    if name.is_none() {
        errors.required(&path.field(name_field), "");
    }
    mode(default_mode, &path.field("defaultMode"), errors);
    for (i, item) in items.iter().enumerate() {
        let at = path.field("items");
        let at = at.index(i);
        if item.key.is_empty() {
            errors.required(&at.field("key"), "");
        }
        file_path(&item.path, &at.field("path"), errors);
        mode(item.mode, &at.field("mode"), errors);
    }
}

/// Where a file goes: below the volume, and not where the kubelet keeps its own.
fn file_path(target: &str, path: &Path, errors: &mut Errors) {
    if target.is_empty() {
        errors.required(path, "");
    }
    descending(target, path, errors);
    if target.starts_with("..") && !target.starts_with("../") {
        errors.invalid(path, target, "must not start with '..'");
    }
}

fn downward(files: &[DownwardAPIVolumeFile], path: &Path, errors: &mut Errors) {
    for (i, file) in files.iter().enumerate() {
        let at = path.field("items");
        let at = at.index(i);
        file_path(&file.path, &at.field("path"), errors);
        match (&file.field_ref, &file.resource_field_ref) {
            (Some(field), amount) => {
                env::file_field_ref(field, &at.field("fieldRef"), errors);
                if amount.is_some() {
                    let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
                    errors.invalid(&at, "resource", detail);
                }
            }
            (None, Some(amount)) => {
                env::resource_field_ref(amount, true, &at.field("resourceFieldRef"), errors);
            }
            (None, None) => errors.required(&at, "one of fieldRef and resourceFieldRef is required"),
        }
        mode(file.mode, &at.field("mode"), errors);
    }
}

fn projected(source: &ProjectedVolumeSource, path: &Path, errors: &mut Errors) {
    mode(source.default_mode, &path.field("defaultMode"), errors);
    for (i, projection) in source.sources.iter().enumerate() {
        let at = path.field("sources");
        let at = at.index(i);
        if let Some(s) = &projection.secret {
            keys(s.name.as_ref(), "name", None, &s.items, &at.field("secret"), errors);
        }
        if let Some(s) = &projection.config_map {
            keys(s.name.as_ref(), "name", None, &s.items, &at.field("configMap"), errors);
        }
        if let Some(s) = &projection.downward_api {
            downward(&s.items, &at.field("downwardAPI"), errors);
        }
        if let Some(token) = &projection.service_account_token {
            let at = at.field("serviceAccountToken");
            if token.expiration_seconds.is_some_and(|s| s < 600) {
                let seconds = token.expiration_seconds.unwrap_or_default();
                let detail = "may not specify a duration less than 10 minutes";
                errors.invalid(&at.field("expirationSeconds"), &seconds, detail);
            }
            file_path(&token.path, &at.field("path"), errors);
        }
    }
}
