//! Rules for volumes of storage systems. Most are of pods and of PersistentVolumes alike, with types of their
//! own; so the rules take fields.

use super::mounts::{descending, no_backsteps};
use super::{Bare, Errors, Path, names, strings};
use crate::persistent_volume_plugins::ISCSIPersistentVolumeSource;
use crate::volume_plugins::{
    AWSElasticBlockStoreVolumeSource, AzureDiskVolumeSource, FCVolumeSource, FlockerVolumeSource,
    GCEPersistentDiskVolumeSource, GitRepoVolumeSource, ISCSIVolumeSource, PhotonPersistentDiskVolumeSource,
    PortworxVolumeSource, QuobyteVolumeSource, VsphereVirtualDiskVolumeSource,
};
use crate::{LocalObjectReference, LocalVolumeSource, SecretReference};
use orrery_apimachinery::{Str, StrMap};

const ONE_TYPE: &str = "may not specify more than 1 volume type";
const FORMAT: &str = "must be valid format";

/// The sources of a volume, of which there is to be one.
pub(crate) struct Sources<'a> {
    path: &'a Path<'a>,
    found: bool,
}

impl<'a> Sources<'a> {
    /// The sources of the volume at `path`.
    pub(crate) fn new(path: &'a Path<'a>) -> Self {
        Sources { path, found: false }
    }

    /// Looks at one source: the first is to follow its rules, the others are not to be there.
    pub(crate) fn look<T>(
        &mut self,
        name: &str,
        source: &Option<Box<T>>,
        rules: impl FnOnce(&T, &Path, &mut Errors),
        errors: &mut Errors,
    ) {
        let Some(source) = source else { return };
        let at = self.path.field(name);
        if self.found {
            return errors.forbidden(&at, ONE_TYPE);
        }
        self.found = true;
        rules(source, &at, errors);
    }

    /// Tells that there was no source.
    pub(crate) fn done(self, errors: &mut Errors) {
        if !self.found {
            errors.required(self.path, "must specify a volume type");
        }
    }
}

/// Fields that must not be empty.
pub(crate) fn filled(fields: &[(&str, bool)], path: &Path, errors: &mut Errors) {
    for (name, _) in fields.iter().filter(|(_, filled)| !filled) {
        errors.required(&path.field(name), "");
    }
}

/// The name of a CSI driver.
pub(crate) fn driver_name(name: &str, path: &Path, errors: &mut Errors) {
    if name.is_empty() {
        errors.required(path, "");
    }
    if name.len() > 63 {
        errors.too_long(path, 63);
    }
    errors.each_invalid(path, name, names::dns_subdomain(&name.to_lowercase(), false));
}

/// A part of a disk.
fn partition(partition: i32, path: &Path, errors: &mut Errors) {
    if !(0..=255).contains(&partition) {
        errors.invalid(&path.field("partition"), &partition, "must be between 1 and 255, inclusive");
    }
}

/// A disk of Google Compute Engine.
pub(crate) fn gce_disk(source: &GCEPersistentDiskVolumeSource, path: &Path, errors: &mut Errors) {
    filled(&[("pdName", !source.pd_name.is_empty())], path, errors);
    partition(source.partition, path, errors);
}

/// A disk of Amazon EBS.
pub(crate) fn aws_disk(source: &AWSElasticBlockStoreVolumeSource, path: &Path, errors: &mut Errors) {
    filled(&[("volumeID", !source.volume_id.is_empty())], path, errors);
    partition(source.partition, path, errors);
}

/// A Glusterfs volume.
pub(crate) fn glusterfs(endpoints: &str, directory: &str, path: &Path, errors: &mut Errors) {
    filled(&[("endpoints", !endpoints.is_empty()), ("path", !directory.is_empty())], path, errors);
}

/// A block device of Ceph.
pub(crate) fn rbd(monitors: &[Str], image: &str, path: &Path, errors: &mut Errors) {
    filled(&[("monitors", !monitors.is_empty()), ("image", !image.is_empty())], path, errors);
}

/// A share of Azure Files.
pub(crate) fn azure_file(secret: &str, share: &str, path: &Path, errors: &mut Errors) {
    filled(&[("secretName", !secret.is_empty()), ("shareName", !share.is_empty())], path, errors);
}

/// A disk of vSphere.
pub(crate) fn vsphere(source: &VsphereVirtualDiskVolumeSource, path: &Path, errors: &mut Errors) {
    filled(&[("volumePath", !source.volume_path.is_empty())], path, errors);
}

/// A disk of Photon.
pub(crate) fn photon(source: &PhotonPersistentDiskVolumeSource, path: &Path, errors: &mut Errors) {
    filled(&[("pdID", !source.pd_id.is_empty())], path, errors);
}

/// A volume of Portworx.
pub(crate) fn portworx(source: &PortworxVolumeSource, path: &Path, errors: &mut Errors) {
    filled(&[("volumeID", !source.volume_id.is_empty())], path, errors);
}

/// A volume of ScaleIO.
pub(crate) fn scale_io(gateway: &str, system: &str, volume: Option<&Str>, path: &Path, errors: &mut Errors) {
    let fields =
        [("gateway", !gateway.is_empty()), ("system", !system.is_empty()), ("volumeName", volume.is_some())];
    filled(&fields, path, errors);
}

/// A Secret of the pod's namespace.
pub(super) fn secret(secret: Option<&LocalObjectReference>, path: &Path, errors: &mut Errors) {
    if let Some(secret) = secret {
        filled(&[("name", secret.name.is_some())], &path.field("secretRef"), errors);
    }
}

/// A Secret of any namespace (upstream: `validatePVSecretReference`).
pub(crate) fn secret_anywhere(secret: &SecretReference, path: &Path, errors: &mut Errors) {
    let rules: [(&str, &Option<Str>, names::NameRule); 2] =
        [("name", &secret.name, names::dns_subdomain), ("namespace", &secret.namespace, names::dns_label)];
    for (field, value, rule) in rules {
        match value {
            Some(value) => errors.each_invalid(&path.field(field), value, rule(value, false)),
            None => errors.required(&path.field(field), ""),
        }
    }
}

/// A repository that is copied into the pod.
pub(super) fn git_repo(source: &GitRepoVolumeSource, path: &Path, errors: &mut Errors) {
    filled(&[("repository", !source.repository.is_empty())], path, errors);
    let directory = source.directory.as_deref().unwrap_or_default();
    descending(directory, &path.field("directory"), errors);
}

/// An iSCSI disk, of a pod or of a PersistentVolume.
pub(crate) struct Iscsi<'a> {
    target_portal: &'a str,
    iqn: &'a str,
    lun: i32,
    initiator: Option<&'a Str>,
    /// Whether a password is asked for that no Secret holds.
    lacks_secret: bool,
    /// Whether the Secret has no name, which only PersistentVolumes are told.
    nameless_secret: bool,
    /// What upstream says of a name that begins wrong.
    wrong_start: &'static str,
}

impl<'a> Iscsi<'a> {
    /// The disk of a pod.
    pub(super) fn of_pod(source: &'a ISCSIVolumeSource) -> Self {
        Iscsi {
            target_portal: &source.target_portal,
            iqn: &source.iqn,
            lun: source.lun,
            initiator: source.initiator_name.as_ref(),
            lacks_secret: (source.chap_auth_discovery || source.chap_auth_session)
                && source.secret_ref.is_none(),
            nameless_secret: false,
            wrong_start: "must be valid format starting with iqn, eui, or naa",
        }
    }

    /// The disk of a PersistentVolume.
    pub(crate) fn of_volume(source: &'a ISCSIPersistentVolumeSource) -> Self {
        Iscsi {
            target_portal: &source.target_portal,
            iqn: &source.iqn,
            lun: source.lun,
            initiator: source.initiator_name.as_ref(),
            lacks_secret: (source.chap_auth_discovery || source.chap_auth_session)
                && source.secret_ref.is_none(),
            nameless_secret: source.secret_ref.as_ref().is_some_and(|secret| secret.name.is_none()),
            wrong_start: FORMAT,
        }
    }

    /// The rules but for the length of the names together.
    pub(crate) fn check(&self, path: &Path, errors: &mut Errors) {
        filled(&[("targetPortal", !self.target_portal.is_empty())], path, errors);
        let iqn = path.field("iqn");
        if self.iqn.is_empty() {
            errors.required(&iqn, "");
        } else if let Some(wrong) = self.wrong_name(self.iqn) {
            errors.invalid(&iqn, self.iqn, wrong);
        }
        errors.in_range(&path.field("lun"), i64::from(self.lun), 0, 255);
        let secret = path.field("secretRef");
        if self.lacks_secret {
            errors.required(&secret, "");
        }
        if self.nameless_secret {
            errors.required(&secret.field("name"), "");
        }
        if let Some(name) = self.initiator
            && let Some(wrong) = self.wrong_name(name)
        {
            errors.invalid(&path.field("initiatorname"), name, wrong);
        }
    }

    /// What is wrong with the name of a target or initiator.
    fn wrong_name(&self, name: &str) -> Option<&'static str> {
        // One character of any kind follows, then so many letters and digits.
        let digits = |rest: &str, count: usize| {
            let mut chars = rest.chars();
            chars.next().is_some()
                && chars.clone().count() == count
                && chars.all(|c| c.is_ascii_alphanumeric())
        };
        let right = if let Some(rest) = name.strip_prefix("iqn") {
            is_qualified(rest)
        } else if let Some(rest) = name.strip_prefix("eui") {
            digits(rest, 16)
        } else if let Some(rest) = name.strip_prefix("naa") {
            digits(rest, 32)
        } else {
            return Some(self.wrong_start);
        };
        (!right).then_some(FORMAT)
    }
}

/// Whether `.2001-04.com.example:storage` follows, or the like.
fn is_qualified(rest: &str) -> bool {
    let Some((authority, target)) = rest.split_once(':') else { return false };
    let bytes = authority.as_bytes();
    let date = b".0000-00.";
    let dated = bytes.len() > date.len()
        && date.iter().zip(bytes).all(|(d, b)| if *d == b'0' { b.is_ascii_digit() } else { d == b });
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let forbidden = |c: char| ",;*&$|".contains(c) || c.is_ascii_whitespace();
    dated && bytes[date.len()..].iter().all(plain) && !target.is_empty() && !target.contains(forbidden)
}

/// Tells that a volume's name and an iSCSI portal are too long for an initiator's name.
pub(crate) fn long_initiator(volume: &str, portal: &str) -> Option<&'static str> {
    let too_long = volume.len() + 1 + portal.len() > 64;
    too_long.then_some(
        "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.",
    )
}

/// A Fibre Channel disk.
pub(crate) fn fibre_channel(source: &FCVolumeSource, path: &Path, errors: &mut Errors) {
    let at = path.field("targetWWNs");
    if source.target_wwns.is_empty() {
        if source.wwids.is_empty() {
            errors.required(&at, "must specify either targetWWNs or wwids, but not both");
        }
        return;
    }
    if !source.wwids.is_empty() {
        let shown = strings("string", &source.target_wwns);
        let detail = "targetWWNs and wwids can not be specified simultaneously";
        errors.invalid(&at, &Bare(&shown), detail);
    }
    match source.lun {
        None => errors.required(&path.field("lun"), "lun is required if targetWWNs is specified"),
        Some(lun) => errors.in_range(&path.field("lun"), i64::from(lun), 0, 255),
    }
}

/// A volume of Quobyte.
pub(crate) fn quobyte(source: &QuobyteVolumeSource, path: &Path, errors: &mut Errors) {
    let pairs = "must be a host:port pair or multiple pairs separated by commas";
    let at = path.field("registry");
    if source.registry.is_empty() {
        errors.required(&at, pairs);
    } else if source.tenant.as_ref().is_some_and(|tenant| tenant.len() >= 65) {
        let detail = "must be a UUID and may not exceed a length of 64 characters";
        errors.required(&path.field("tenant"), detail);
    } else if !source.registry.split(',').all(is_host_and_port) {
        errors.invalid(&at, &source.registry, pairs);
    }
    filled(&[("volume", !source.volume.is_empty())], path, errors);
}

/// Whether Go's `net.SplitHostPort` takes a text.
fn is_host_and_port(text: &str) -> bool {
    match text.strip_prefix('[') {
        Some(rest) => rest.split_once("]:").is_some_and(|(_, port)| !port.contains([':', '[', ']'])),
        None => text.matches(':').count() == 1 && !text.contains(['[', ']']),
    }
}

/// A dataset of Flocker.
pub(crate) fn flocker(source: &FlockerVolumeSource, path: &Path, errors: &mut Errors) {
    match (&source.dataset_name, &source.dataset_uuid) {
        (None, None) => errors.required(path, "one of datasetName and datasetUUID is required"),
        (Some(_), Some(_)) => {
            let detail = "datasetName and datasetUUID can not be specified simultaneously";
            errors.invalid(path, "resource", detail);
        }
        _ => {}
    }
    if let Some(name) = source.dataset_name.as_ref().filter(|name| name.contains('/')) {
        errors.invalid(&path.field("datasetName"), name, "must not contain '/'");
    }
}

/// Storage of a FlexVolume driver.
pub(crate) fn flex(driver: &str, options: &StrMap, path: &Path, errors: &mut Errors) {
    filled(&[("driver", !driver.is_empty())], path, errors);
    for (key, _) in options.iter() {
        let domain = format!(".{}", key.split('/').next().unwrap_or_default().to_lowercase());
        if domain.ends_with(".kubernetes.io") || domain.ends_with(".k8s.io") {
            let detail = "kubernetes.io and k8s.io namespaces are reserved";
            errors.invalid(&path.field("options").key(key), key, detail);
        }
    }
}

/// A disk of Azure.
pub(crate) fn azure_disk(source: &AzureDiskVolumeSource, path: &Path, errors: &mut Errors) {
    let uri = &source.disk_uri;
    filled(&[("diskName", !source.disk_name.is_empty()), ("diskURI", !uri.is_empty())], path, errors);
    if let Some(mode) = &source.caching_mode {
        errors.one_of(&path.field("cachingMode"), Some(mode), &["None", "ReadOnly", "ReadWrite"]);
    }
    let Some(kind) = &source.kind else { return };
    errors.one_of(&path.field("kind"), Some(kind), &["Dedicated", "Managed", "Shared"]);
    let managed = &**kind == "Managed";
    let start = if managed { "/subscriptions/" } else { "https://" };
    if !uri.starts_with(start) {
        let form = if managed {
            "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
        } else {
            "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
        };
        errors.not_supported(&path.field("diskURI"), uri, &[form]);
    }
}

/// A directory or disk of one node.
pub(crate) fn local(source: &LocalVolumeSource, path: &Path, errors: &mut Errors) {
    filled(&[("path", !source.path.is_empty())], path, errors);
    no_backsteps(&source.path, &path.field("path"), errors);
}

/// The names that StorageOS gives to a volume.
pub(crate) fn storage_os(name: Option<&Str>, namespace: Option<&Str>, path: &Path, errors: &mut Errors) {
    filled(&[("volumeName", name.is_some())], path, errors);
    for (field, value) in [("volumeName", name), ("volumeNamespace", namespace)] {
        if let Some(value) = value {
            errors.each_invalid(&path.field(field), value, names::dns_label(value, false));
        }
    }
}
