//! Rules for the volumes of a pod.

use super::mounts::{descending, no_backsteps};
use super::pod_spec::Of;
use super::volume_plugins::{self as plugins, Iscsi, Sources, filled};
use super::{Errors, Path, env, metadata, names};
use crate::persistent_volume_claim::check_spec;
use crate::{
    CSIVolumeSource, DownwardAPIVolumeFile, DownwardAPIVolumeSource, EmptyDirVolumeSource,
    EphemeralVolumeSource, HostPathVolumeSource, KeyToPath, NFSVolumeSource, ProjectedVolumeSource,
    ServiceAccountTokenProjection, Volume,
};
use orrery_apimachinery::{ObjectMeta, Str};
use std::collections::BTreeSet;

const MODE: &str = "must be a number between 0 and 0777 (octal), both inclusive";
/// The least life of a token, in seconds.
const MIN_TOKEN_SECONDS: i64 = 600;
/// The longest life of a token, in seconds.
const MAX_TOKEN_SECONDS: i64 = 1 << 32;

/// The volumes of a pod; gives those that are right, which containers can mount.
pub(super) fn volumes<'v>(
    volumes: &'v [Volume],
    of: Of,
    path: &Path,
    errors: &mut Errors,
) -> Vec<&'v Volume> {
    let mut right: Vec<&Volume> = Vec::new();
    for (i, volume) in volumes.iter().enumerate() {
        let (at, before) = (path.index(i), errors.count());
        source(volume, of, &at, errors);
        if volume.name.is_empty() {
            errors.required(&at.field("name"), "");
        } else {
            errors.each_invalid(&at.field("name"), &volume.name, names::dns_label(&volume.name, false));
        }
        if right.iter().any(|earlier| earlier.name == volume.name) {
            errors.duplicate(&at.field("name"), &volume.name);
        }
        if errors.count() == before {
            right.push(volume);
        }
        made_claim(volume, volumes, of, &at, errors);
    }
    right
}

/// A claim that is made for the pod cannot be another volume of it.
fn made_claim(volume: &Volume, volumes: &[Volume], of: Of, path: &Path, errors: &mut Errors) {
    let (Some(claim), Of::Pod(pod)) = (&volume.persistent_volume_claim, of) else { return };
    let pod = &pod.metadata.name;
    let made = |v: &&Volume| v.ephemeral.is_some() && *claim.claim_name == *format!("{pod}-{}", v.name);
    if !pod.is_empty() && volumes.iter().any(|v| made(&v)) {
        let at = path.field("persistentVolumeClaim");
        let detail = "must not reference a PVC that gets created for an ephemeral volume";
        errors.invalid(&at.field("claimName"), &claim.claim_name, detail);
    }
}

/// One source, in upstream's order. One of type `image` is forgotten before it comes here.
fn source(v: &Volume, of: Of, path: &Path, errors: &mut Errors) {
    let mut sources = Sources::new(path);
    sources.look("emptyDir", &v.empty_dir, empty_dir, errors);
    sources.look("hostPath", &v.host_path, host_path, errors);
    sources.look("gitRepo", &v.git_repo, plugins::git_repo, errors);
    let gce =
        |s: &_, _: &Path, errors: &mut Errors| plugins::gce_disk(s, &path.field("persistentDisk"), errors);
    sources.look("gcePersistentDisk", &v.gce_persistent_disk, gce, errors);
    sources.look("awsElasticBlockStore", &v.aws_elastic_block_store, plugins::aws_disk, errors);
    sources.look(
        "secret",
        &v.secret,
        |s, at, errors| keys((s.secret_name.as_ref(), "secretName"), s.default_mode, &s.items, at, errors),
        errors,
    );
    sources.look("nfs", &v.nfs, nfs, errors);
    sources.look("iscsi", &v.iscsi, |s, at, errors| Iscsi::of_pod(s).check(at, errors), errors);
    if let Some(s) = &v.iscsi
        && s.initiator_name.is_some()
        && let Some(detail) = plugins::long_initiator(&v.name, &s.target_portal)
    {
        errors.invalid(&path.field("name"), &v.name, detail);
    }
    let gluster = |s: &crate::volume_plugins::GlusterfsVolumeSource, at: &Path, errors: &mut Errors| {
        plugins::glusterfs(&s.endpoints, &s.path, at, errors);
    };
    sources.look("glusterfs", &v.glusterfs, gluster, errors);
    sources.look("flocker", &v.flocker, plugins::flocker, errors);
    sources.look(
        "persistentVolumeClaim",
        &v.persistent_volume_claim,
        |s, at, errors| filled(&[("claimName", !s.claim_name.is_empty())], at, errors),
        errors,
    );
    more_sources(v, of, sources, path, errors);
}

fn more_sources(v: &Volume, of: Of, mut sources: Sources, path: &Path, errors: &mut Errors) {
    sources.look("rbd", &v.rbd, |s, at, e| plugins::rbd(&s.monitors, &s.image, at, e), errors);
    sources.look(
        "cinder",
        &v.cinder,
        |s, at, errors| {
            filled(&[("volumeID", !s.volume_id.is_empty())], at, errors);
            plugins::secret(s.secret_ref.as_ref(), at, errors);
        },
        errors,
    );
    let monitors = |s: &crate::volume_plugins::CephFSVolumeSource, _: &Path, errors: &mut Errors| {
        filled(&[("monitors", !s.monitors.is_empty())], &path.field("cephfs"), errors);
    };
    sources.look("cephFS", &v.cephfs, monitors, errors);
    sources.look("quobyte", &v.quobyte, plugins::quobyte, errors);
    // Upstream's own spelling, but only when there are two.
    sources.look("downwarAPI", &v.downward_api, |s, _, e| downward(s, &path.field("downwardAPI"), e), errors);
    sources.look("fc", &v.fc, plugins::fibre_channel, errors);
    sources.look(
        "flexVolume",
        &v.flex_volume,
        |s, at, e| plugins::flex(&s.driver, &s.options, at, e),
        errors,
    );
    sources.look(
        "configMap",
        &v.config_map,
        |s, at, errors| keys((s.name.as_ref(), "name"), s.default_mode, &s.items, at, errors),
        errors,
    );
    sources.look(
        "azureFile",
        &v.azure_file,
        |s, at, errors| plugins::azure_file(&s.secret_name, &s.share_name, at, errors),
        errors,
    );
    sources.look("vsphereVolume", &v.vsphere_volume, plugins::vsphere, errors);
    sources.look("photonPersistentDisk", &v.photon_persistent_disk, plugins::photon, errors);
    sources.look("portworxVolume", &v.portworx_volume, plugins::portworx, errors);
    sources.look("azureDisk", &v.azure_disk, plugins::azure_disk, errors);
    sources.look(
        "storageos",
        &v.storageos,
        |s, at, errors| {
            plugins::storage_os(s.volume_name.as_ref(), s.volume_namespace.as_ref(), at, errors);
            plugins::secret(s.secret_ref.as_ref(), at, errors);
        },
        errors,
    );
    sources.look("projected", &v.projected, projected, errors);
    sources.look(
        "scaleIO",
        &v.scale_io,
        |s, at, errors| plugins::scale_io(&s.gateway, &s.system, s.volume_name.as_ref(), at, errors),
        errors,
    );
    sources.look("csi", &v.csi, csi, errors);
    sources.look("ephemeral", &v.ephemeral, |s, at, e| ephemeral(s, &v.name, of, at, e), errors);
    sources.done(errors);
}

fn empty_dir(source: &EmptyDirVolumeSource, path: &Path, errors: &mut Errors) {
    if source.size_limit.is_some_and(|size| size.is_negative()) {
        errors.forbidden(&path.field("sizeLimit"), "SizeLimit field must be a valid resource quantity");
    }
}

fn csi(source: &CSIVolumeSource, path: &Path, errors: &mut Errors) {
    plugins::driver_name(&source.driver, &path.field("driver"), errors);
    let Some(secret) = &source.node_publish_secret_ref else { return };
    match &secret.name {
        None => errors.required(&path.field("nodePublishSecretRef").field("name"), ""),
        // Upstream's own place.
        Some(name) => errors.each_invalid(&path.field("name"), name, names::dns_subdomain(name, false)),
    }
}

fn ephemeral(source: &EphemeralVolumeSource, volume: &Str, of: Of, path: &Path, errors: &mut Errors) {
    let at = path.field("volumeClaimTemplate");
    match &source.volume_claim_template {
        None => errors.required(&at, ""),
        Some(template) => {
            template_metadata(&template.metadata, &at, errors);
            check_spec(&template.spec, &at.field("spec"), errors);
        }
    }
    if let Of::Pod(pod) = of
        && !pod.metadata.name.is_empty()
        && !volume.is_empty()
    {
        let claim = format!("{}-{volume}", pod.metadata.name);
        let reasons = names::dns_subdomain(&claim, false);
        let reasons = reasons.iter().map(|reason| format!("PVC name \"{claim}\": {reason}")).collect();
        errors.each_invalid(&path.field("name"), volume, reasons);
    }
}

/// The metadata of a template, of which only labels and annotations mean something.
fn template_metadata(meta: &ObjectMeta, template: &Path, errors: &mut Errors) {
    let path = &template.field("metadata");
    metadata::annotations(&meta.annotations, &path.field("annotations"), errors);
    metadata::labels(&meta.labels, &path.field("labels"), errors);
    for (field, set) in [
        ("name", !meta.name.is_empty()),
        ("generateName", meta.generate_name.is_some()),
        ("namespace", !meta.namespace.is_empty()),
        ("uID", !meta.uid.is_empty()),
        ("ownerReferences", !meta.owner_references.is_empty()),
        ("finalizers", !meta.finalizers.is_empty()),
    ] {
        if set {
            errors.forbidden(&path.field(field), "cannot be set");
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

/// The keys of an object that become files.
fn keys(
    (name, field): (Option<&Str>, &str),
    default_mode: Option<i32>,
    items: &[KeyToPath],
    path: &Path,
    errors: &mut Errors,
) {
    if name.is_none() {
        errors.required(&path.field(field), "");
    }
    mode(default_mode, &path.field("defaultMode"), errors);
    for (i, item) in items.iter().enumerate() {
        key(item, &path.field("items").index(i), errors);
    }
}

fn key(item: &KeyToPath, path: &Path, errors: &mut Errors) {
    filled(&[("key", !item.key.is_empty())], path, errors);
    file_path(&item.path, &path.field("path"), errors);
    mode(item.mode, &path.field("mode"), errors);
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

fn downward(source: &DownwardAPIVolumeSource, path: &Path, errors: &mut Errors) {
    mode(source.default_mode, &path.field("defaultMode"), errors);
    source.items.iter().for_each(|file| downward_file(file, path, errors));
}

/// A file that shows a field of the pod. Upstream does not say which one of the list it means.
fn downward_file(file: &DownwardAPIVolumeFile, path: &Path, errors: &mut Errors) {
    file_path(&file.path, &path.field("path"), errors);
    match (&file.field_ref, &file.resource_field_ref) {
        (Some(field), amount) => {
            env::file_field_ref(field, &path.field("fieldRef"), errors);
            if amount.is_some() {
                let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
                errors.invalid(path, "resource", detail);
            }
        }
        (None, Some(amount)) => {
            env::resource_field_ref(amount, true, &path.field("resourceFieldRef"), errors);
        }
        (None, None) => errors.required(path, "one of fieldRef and resourceFieldRef is required"),
    }
    mode(file.mode, &path.field("mode"), errors);
}

/// Several sources in one directory. One of type `clusterTrustBundle` is forgotten before it comes here.
fn projected(source: &ProjectedVolumeSource, path: &Path, errors: &mut Errors) {
    mode(source.default_mode, &path.field("defaultMode"), errors);
    let mut taken = BTreeSet::new();
    for (i, projection) in source.sources.iter().enumerate() {
        let at = path.field("sources");
        let at = at.index(i);
        let objects = [
            ("secret", projection.secret.as_ref().map(|s| (s.name.as_ref(), &s.items))),
            ("configMap", projection.config_map.as_ref().map(|s| (s.name.as_ref(), &s.items))),
        ];
        for (field, object) in &objects {
            let Some((name, items)) = object else { continue };
            keys((*name, "name"), None, items, &at.field(field), errors);
            let twice =
                items.iter().filter(|item| !item.path.is_empty() && !taken.insert(&item.path)).count();
            if twice > 0 {
                errors.invalid(path, name.map_or("", |name| name), "conflicting duplicate paths");
            }
        }
        if let Some(s) = &projection.downward_api {
            for file in &s.items {
                downward_file(file, &at.field("downwardAPI"), errors);
                if !file.path.is_empty() && !taken.insert(&file.path) {
                    errors.invalid(path, &file.path, "conflicting duplicate paths");
                }
            }
        }
        if let Some(token) = &projection.service_account_token {
            self::token(token, path, &at.field("serviceAccountToken"), errors);
        }
        let others = [projection.downward_api.is_some(), projection.service_account_token.is_some()];
        let count =
            objects.iter().map(|(_, object)| object.is_some()).chain(others).filter(|there| *there).count();
        if count > 1 {
            errors.forbidden(&at, "may not specify more than 1 volume type per source");
        }
    }
}

/// A token. Upstream looks for its path at the volume.
fn token(token: &ServiceAccountTokenProjection, volume: &Path, path: &Path, errors: &mut Errors) {
    let (at, seconds) = (path.field("expirationSeconds"), token.expiration_seconds.unwrap_or_default());
    if seconds < MIN_TOKEN_SECONDS {
        errors.invalid(&at, &seconds, "may not specify a duration less than 10 minutes");
    }
    if seconds > MAX_TOKEN_SECONDS {
        errors.invalid(&at, &seconds, "may not specify a duration larger than 2^32 seconds");
    }
    file_path(&token.path, &volume.field("path"), errors);
}
