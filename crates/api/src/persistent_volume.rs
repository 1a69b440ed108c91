//! PersistentVolumes: storage that the cluster has.

use crate::affinity::NodeSelector;
use crate::defaults::fill;
use crate::persistent_volume_claim::check_access_modes;
use crate::persistent_volume_plugins::{
    AzureFilePersistentVolumeSource, CephFSPersistentVolumeSource, CinderPersistentVolumeSource,
    FlexPersistentVolumeSource, GlusterfsPersistentVolumeSource, ISCSIPersistentVolumeSource,
    RBDPersistentVolumeSource, ScaleIOPersistentVolumeSource, StorageOSPersistentVolumeSource,
};
use crate::reference::{ObjectReference, SecretReference};
use crate::resources::ResourceList;
use crate::resources::STORAGE;
use crate::rules::Rules;
use crate::validation::volume_plugins::{self as plugins, Iscsi, Sources, filled};
use crate::validation::{Bare, Errors, Path, names, node_selector, pointer, resources, volume};
use crate::volume::{HostPathVolumeSource, NFSVolumeSource};
use crate::volume_plugins::{
    AWSElasticBlockStoreVolumeSource, AzureDiskVolumeSource, FCVolumeSource, FlockerVolumeSource,
    GCEPersistentDiskVolumeSource, PhotonPersistentDiskVolumeSource, PortworxVolumeSource,
    QuobyteVolumeSource, VsphereVirtualDiskVolumeSource,
};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, StrMap, Time};

const NOT_INLINE: &str = "may not be specified in the context of inline volumes";

/// A piece of storage that the cluster has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PersistentVolume {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: PersistentVolumeSpec,
    /// What is known of it.
    pub status: PersistentVolumeStatus,
}

/// What the volume is; exactly one source is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PersistentVolumeSpec {
    /// How much there is.
    #[json(omitempty)]
    pub capacity: ResourceList,
    /// A disk of Google Compute Engine.
    #[json(omitempty)]
    pub gce_persistent_disk: Option<Box<GCEPersistentDiskVolumeSource>>,
    /// A disk of Amazon EBS.
    #[json(omitempty)]
    pub aws_elastic_block_store: Option<Box<AWSElasticBlockStoreVolumeSource>>,
    /// A file or directory of the node.
    #[json(omitempty)]
    pub host_path: Option<Box<HostPathVolumeSource>>,
    /// A Glusterfs volume.
    #[json(omitempty)]
    pub glusterfs: Option<Box<GlusterfsPersistentVolumeSource>>,
    /// A directory of an NFS server.
    #[json(omitempty)]
    pub nfs: Option<Box<NFSVolumeSource>>,
    /// A block device of Ceph.
    #[json(omitempty)]
    pub rbd: Option<Box<RBDPersistentVolumeSource>>,
    /// An iSCSI disk.
    #[json(omitempty)]
    pub iscsi: Option<Box<ISCSIPersistentVolumeSource>>,
    /// A volume of OpenStack Cinder.
    #[json(omitempty)]
    pub cinder: Option<Box<CinderPersistentVolumeSource>>,
    /// A directory of CephFS.
    #[json(omitempty)]
    pub cephfs: Option<Box<CephFSPersistentVolumeSource>>,
    /// A Fibre Channel disk.
    #[json(omitempty)]
    pub fc: Option<Box<FCVolumeSource>>,
    /// A dataset of Flocker.
    #[json(omitempty)]
    pub flocker: Option<Box<FlockerVolumeSource>>,
    /// Storage of a FlexVolume driver.
    #[json(omitempty)]
    pub flex_volume: Option<Box<FlexPersistentVolumeSource>>,
    /// A share of Azure Files.
    #[json(omitempty)]
    pub azure_file: Option<Box<AzureFilePersistentVolumeSource>>,
    /// A disk of vSphere.
    #[json(omitempty)]
    pub vsphere_volume: Option<Box<VsphereVirtualDiskVolumeSource>>,
    /// A volume of Quobyte.
    #[json(omitempty)]
    pub quobyte: Option<Box<QuobyteVolumeSource>>,
    /// A disk of Azure.
    #[json(omitempty)]
    pub azure_disk: Option<Box<AzureDiskVolumeSource>>,
    /// A disk of Photon.
    #[json(omitempty)]
    pub photon_persistent_disk: Option<Box<PhotonPersistentDiskVolumeSource>>,
    /// A volume of Portworx.
    #[json(omitempty)]
    pub portworx_volume: Option<Box<PortworxVolumeSource>>,
    /// A volume of ScaleIO.
    #[json(name = "scaleIO", omitempty)]
    pub scale_io: Option<Box<ScaleIOPersistentVolumeSource>>,
    /// A directory or disk of one node.
    #[json(omitempty)]
    pub local: Option<Box<LocalVolumeSource>>,
    /// A volume of StorageOS.
    #[json(omitempty)]
    pub storageos: Option<Box<StorageOSPersistentVolumeSource>>,
    /// Storage of a CSI driver.
    #[json(omitempty)]
    pub csi: Option<Box<CSIPersistentVolumeSource>>,
    /// How the volume can be mounted, such as `ReadWriteOnce`.
    #[json(omitempty)]
    pub access_modes: Vec<Str>,
    /// The claim that the volume is bound to.
    #[json(omitempty)]
    pub claim_ref: Option<ObjectReference>,
    /// What becomes of the volume when its claim goes.
    #[json(text)]
    pub persistent_volume_reclaim_policy: Option<Str>,
    /// The storage class.
    #[json(text)]
    pub storage_class_name: Option<Str>,
    /// Options for mounting.
    #[json(omitempty)]
    pub mount_options: Vec<Str>,
    /// `Filesystem` or `Block`.
    #[json(omitempty)]
    pub volume_mode: Option<Str>,
    /// From which nodes the volume can be reached.
    #[json(omitempty)]
    pub node_affinity: Option<VolumeNodeAffinity>,
    /// The attributes class.
    #[json(omitempty)]
    pub volume_attributes_class_name: Option<Str>,
}

/// What is known of the volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PersistentVolumeStatus {
    /// Where in its life the object is.
    #[json(text)]
    pub phase: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// When the phase last changed.
    #[json(omitempty)]
    pub last_phase_transition_time: Option<Time>,
}

/// From which nodes the volume can be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeNodeAffinity {
    /// What must hold.
    #[json(omitempty)]
    pub required: Option<NodeSelector>,
}

/// A directory or disk of one node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LocalVolumeSource {
    /// The path.
    pub path: Str,
    /// The file system.
    #[json(omitempty)]
    pub fs_type: Option<Str>,
}

/// Storage of a CSI driver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CSIPersistentVolumeSource {
    /// The driver's name.
    pub driver: Str,
    /// The driver's name of the volume.
    pub volume_handle: Str,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// What the driver is told.
    #[json(omitempty)]
    pub volume_attributes: StrMap,
    /// The Secret for attaching the volume.
    #[json(omitempty)]
    pub controller_publish_secret_ref: Option<SecretReference>,
    /// The Secret for preparing the volume on the node.
    #[json(omitempty)]
    pub node_stage_secret_ref: Option<SecretReference>,
    /// The Secret for mounting the volume.
    #[json(omitempty)]
    pub node_publish_secret_ref: Option<SecretReference>,
    /// The Secret for growing the volume.
    #[json(omitempty)]
    pub controller_expand_secret_ref: Option<SecretReference>,
    /// The Secret for growing the volume on the node.
    #[json(omitempty)]
    pub node_expand_secret_ref: Option<SecretReference>,
}

impl Rules for PersistentVolume {
    fn set_defaults(&mut self) {
        fill(&mut self.status.phase, "Pending");
        fill(&mut self.spec.persistent_volume_reclaim_policy, "Retain");
        fill(&mut self.spec.volume_mode, "Filesystem");
        if let Some(path) = &mut self.spec.host_path {
            fill(&mut path.type_, "");
        }
    }

    fn check(&self, errors: &mut Errors) {
        check_spec(&self.spec, Some(&self.metadata.name), &Path::Root("spec"), errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        let (mut source, known) = (self.spec.source_only(), old.spec.source_only());
        if let (Some(csi), Some(known)) = (&mut source.csi, &known.csi)
            && known.controller_expand_secret_ref.is_none()
        {
            // Storage can learn later to grow.
            csi.controller_expand_secret_ref = None;
        }
        if source != known {
            let path = Path::Root("spec");
            let detail = "spec.persistentvolumesource is immutable after creation";
            errors.forbidden(&path.field("persistentvolumesource"), detail);
        }
        errors.immutable(&Path::Root("volumeMode"), &self.spec.volume_mode, &old.spec.volume_mode);
        if old.spec.node_affinity.is_some() && self.spec.node_affinity != old.spec.node_affinity {
            let required = |affinity: &VolumeNodeAffinity| {
                let selector = pointer("core.NodeSelector", affinity.required.is_some());
                format!("core.VolumeNodeAffinity{{Required:{selector}}}")
            };
            let shown = self.spec.node_affinity.as_ref().map_or("\"null\"".into(), required);
            let detail = "field is immutable, except for updating from beta label to GA";
            errors.invalid(&Path::Root("nodeAffinity"), &Bare(&shown), detail);
        }
    }
}

impl PersistentVolumeSpec {
    /// The spec without anything but the volume's source, which never changes.
    fn source_only(&self) -> PersistentVolumeSpec {
        PersistentVolumeSpec {
            access_modes: Vec::new(),
            capacity: ResourceList::new(),
            claim_ref: None,
            mount_options: Vec::new(),
            node_affinity: None,
            persistent_volume_reclaim_policy: None,
            storage_class_name: None,
            volume_attributes_class_name: None,
            volume_mode: None,
            ..self.clone()
        }
    }
}

fn check_capacity(capacity: &ResourceList, path: &Path, errors: &mut Errors) {
    if capacity.is_empty() {
        errors.required(path, "");
    }
    if !capacity.contains_key(STORAGE) || capacity.len() > 1 {
        let shown = if capacity.is_empty() { "core.ResourceList(nil)" } else { "core.ResourceList" };
        errors.not_supported(path, &Bare(shown), &[STORAGE]);
    }
    capacity.iter().for_each(|(name, size)| resources::positive(*size, &path.key(name), errors));
}

/// The rules for a volume that is no object, but a part of one.
pub(crate) fn check_inline(spec: &PersistentVolumeSpec, path: &Path, errors: &mut Errors) {
    for (field, set) in [("claimRef", spec.claim_ref.is_some()), ("capacity", !spec.capacity.is_empty())] {
        if set {
            errors.forbidden(&path.field(field), NOT_INLINE);
        }
    }
    if spec.csi.is_none() {
        errors.required(&path.field("csi"), "has to be specified in the context of inline volumes");
    }
    check_spec(spec, None, path, errors);
}

/// The rules for a volume; one without a name is part of another object.
fn check_spec(spec: &PersistentVolumeSpec, name: Option<&str>, path: &Path, errors: &mut Errors) {
    if spec.access_modes.is_empty() {
        errors.required(&path.field("accessModes"), "");
    }
    check_access_modes(&spec.access_modes, &path.field("accessModes"), errors);
    if name.is_some() {
        check_capacity(&spec.capacity, &path.field("capacity"), errors);
    }
    let policy = spec.persistent_volume_reclaim_policy.as_deref();
    let at = path.field("persistentVolumeReclaimPolicy");
    match (name, policy) {
        (Some(_), Some(policy)) => errors.one_of(&at, Some(policy), &["Delete", "Recycle", "Retain"]),
        (None, Some(policy)) if policy != "Retain" => {
            errors.forbidden(&at, "may only be Retain in the context of inline volumes");
        }
        _ => {}
    }
    if let Some(affinity) = &spec.node_affinity {
        let at = path.field("nodeAffinity");
        match &affinity.required {
            _ if name.is_none() => errors.forbidden(&at, NOT_INLINE),
            Some(selector) => node_selector(selector, &at.field("required"), errors),
            None => errors.required(&at.field("required"), "must specify required node constraints"),
        }
    }
    check_source(spec, name.unwrap_or_default(), path, errors);
    let root =
        spec.host_path.as_ref().is_some_and(|h| !h.path.is_empty() && h.path.chars().all(|c| c == '/'));
    if root && policy == Some("Recycle") {
        errors.forbidden(&at, "may not be 'recycle' for a hostPath mount of '/'");
    }
    check_classes(spec, name.is_some(), path, errors);
}

fn check_classes(spec: &PersistentVolumeSpec, named: bool, path: &Path, errors: &mut Errors) {
    let at = path.field("storageClassName");
    match &spec.storage_class_name {
        Some(_) if !named => errors.forbidden(&at, NOT_INLINE),
        Some(class) => errors.each_invalid(&at, class, names::dns_subdomain(class, false)),
        None => {}
    }
    let at = path.field("volumeMode");
    match &spec.volume_mode {
        Some(mode) if named => errors.one_of(&at, Some(mode), &["Block", "Filesystem"]),
        Some(mode) if &**mode != "Filesystem" => {
            let detail = "may not specify volumeMode other than Filesystem in the context of inline volumes";
            errors.forbidden(&at, detail);
        }
        _ => {}
    }
}

fn check_source(spec: &PersistentVolumeSpec, name: &str, path: &Path, errors: &mut Errors) {
    let mut sources = Sources::new(path);
    sources.look("hostPath", &spec.host_path, volume::host_path, errors);
    let gce =
        |s: &_, _: &Path, errors: &mut Errors| plugins::gce_disk(s, &path.field("persistentDisk"), errors);
    sources.look("gcePersistentDisk", &spec.gce_persistent_disk, gce, errors);
    sources.look("awsElasticBlockStore", &spec.aws_elastic_block_store, plugins::aws_disk, errors);
    sources.look("glusterfs", &spec.glusterfs, check_glusterfs, errors);
    sources.look("flocker", &spec.flocker, plugins::flocker, errors);
    sources.look("nfs", &spec.nfs, volume::nfs, errors);
    sources.look("rbd", &spec.rbd, |s, at, e| plugins::rbd(&s.monitors, &s.image, at, e), errors);
    sources.look("quobyte", &spec.quobyte, plugins::quobyte, errors);
    sources.look(
        "cephFS",
        &spec.cephfs,
        |s, _, errors| filled(&[("monitors", !s.monitors.is_empty())], &path.field("cephfs"), errors),
        errors,
    );
    sources.look("iscsi", &spec.iscsi, |s, at, errors| check_iscsi(s, name, at, errors), errors);
    sources.look("cinder", &spec.cinder, check_cinder, errors);
    sources.look("fc", &spec.fc, plugins::fibre_channel, errors);
    sources.look(
        "flexVolume",
        &spec.flex_volume,
        |s, at, errors| plugins::flex(&s.driver, &s.options, at, errors),
        errors,
    );
    sources.look("azureFile", &spec.azure_file, check_azure_file, errors);
    sources.look("vsphereVolume", &spec.vsphere_volume, plugins::vsphere, errors);
    sources.look("photonPersistentDisk", &spec.photon_persistent_disk, plugins::photon, errors);
    sources.look("portworxVolume", &spec.portworx_volume, plugins::portworx, errors);
    sources.look("azureDisk", &spec.azure_disk, plugins::azure_disk, errors);
    sources.look(
        "scaleIO",
        &spec.scale_io,
        |s, at, errors| plugins::scale_io(&s.gateway, &s.system, s.volume_name.as_ref(), at, errors),
        errors,
    );
    let nowhere = spec.node_affinity.is_none();
    let local = |s: &LocalVolumeSource, at: &Path, errors: &mut Errors| {
        plugins::local(s, at, errors);
        if nowhere {
            errors.required(&path.field("nodeAffinity"), "Local volume requires node affinity");
        }
    };
    sources.look("local", &spec.local, local, errors);
    sources.look("storageos", &spec.storageos, check_storage_os, errors);
    sources.look("csi", &spec.csi, check_csi, errors);
    sources.done(errors);
}

fn check_glusterfs(source: &GlusterfsPersistentVolumeSource, path: &Path, errors: &mut Errors) {
    plugins::glusterfs(&source.endpoints, &source.path, path, errors);
    let at = path.field("endpointsNamespace");
    match &source.endpoints_namespace {
        Some(name) if name.is_empty() => {
            let detail = "if the endpointnamespace is set, it must be a valid namespace name";
            errors.invalid(&at, name, detail);
        }
        Some(name) => errors.each_invalid(&at, name, names::dns_label(name, false)),
        None => {}
    }
}

fn check_iscsi(source: &ISCSIPersistentVolumeSource, name: &str, path: &Path, errors: &mut Errors) {
    if source.initiator_name.is_some()
        && let Some(detail) = plugins::long_initiator(name, &source.target_portal)
    {
        errors.invalid(&path.field("targetportal"), &source.target_portal, detail);
    }
    Iscsi::of_volume(source).check(path, errors);
}

fn check_cinder(source: &CinderPersistentVolumeSource, path: &Path, errors: &mut Errors) {
    filled(&[("volumeID", !source.volume_id.is_empty())], path, errors);
    if let Some(secret) = &source.secret_ref {
        let fields = [("name", secret.name.is_some()), ("namespace", secret.namespace.is_some())];
        filled(&fields, &path.field("secretRef"), errors);
    }
}

fn check_azure_file(source: &AzureFilePersistentVolumeSource, path: &Path, errors: &mut Errors) {
    plugins::azure_file(&source.secret_name, &source.share_name, path, errors);
    let named = source.secret_namespace.as_ref().is_none_or(|name| !name.is_empty());
    filled(&[("secretNamespace", named)], path, errors);
}

fn check_storage_os(source: &StorageOSPersistentVolumeSource, path: &Path, errors: &mut Errors) {
    plugins::storage_os(source.volume_name.as_ref(), source.volume_namespace.as_ref(), path, errors);
    if let Some(secret) = &source.secret_ref {
        let fields = [("name", secret.name.is_some()), ("namespace", secret.namespace.is_some())];
        filled(&fields, &path.field("secretRef"), errors);
    }
}

fn check_csi(source: &CSIPersistentVolumeSource, path: &Path, errors: &mut Errors) {
    plugins::driver_name(&source.driver, &path.field("driver"), errors);
    filled(&[("volumeHandle", !source.volume_handle.is_empty())], path, errors);
    for (field, secret) in [
        ("controllerPublishSecretRef", &source.controller_publish_secret_ref),
        ("controllerExpandSecretRef", &source.controller_expand_secret_ref),
        ("nodePublishSecretRef", &source.node_publish_secret_ref),
        ("nodeExpandSecretRef", &source.node_expand_secret_ref),
    ] {
        if let Some(secret) = secret {
            plugins::secret_anywhere(secret, &path.field(field), errors);
        }
    }
}
