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
use crate::validation::{Bare, Errors, Path, names, node_selector, resources, volume};
use crate::volume::{HostPathVolumeSource, NFSVolumeSource};
use crate::volume_plugins::{
    AWSElasticBlockStoreVolumeSource, AzureDiskVolumeSource, FCVolumeSource, FlockerVolumeSource,
    GCEPersistentDiskVolumeSource, PhotonPersistentDiskVolumeSource, PortworxVolumeSource,
    QuobyteVolumeSource, VsphereVirtualDiskVolumeSource,
};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, StrMap, Time};

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
    /// How the volume can be mounted, such as `ReadWriteOnce`.
    #[json(omitempty)]
    pub access_modes: Vec<Str>,
    /// A disk of Amazon EBS.
    #[json(omitempty)]
    pub aws_elastic_block_store: Option<Box<AWSElasticBlockStoreVolumeSource>>,
    /// A disk of Azure.
    #[json(omitempty)]
    pub azure_disk: Option<Box<AzureDiskVolumeSource>>,
    /// A share of Azure Files.
    #[json(omitempty)]
    pub azure_file: Option<Box<AzureFilePersistentVolumeSource>>,
    /// How much there is.
    #[json(omitempty)]
    pub capacity: ResourceList,
    /// A directory of CephFS.
    #[json(omitempty)]
    pub cephfs: Option<Box<CephFSPersistentVolumeSource>>,
    /// A volume of OpenStack Cinder.
    #[json(omitempty)]
    pub cinder: Option<Box<CinderPersistentVolumeSource>>,
    /// The claim that the volume is bound to.
    #[json(omitempty)]
    pub claim_ref: Option<ObjectReference>,
    /// Storage of a CSI driver.
    #[json(omitempty)]
    pub csi: Option<Box<CSIPersistentVolumeSource>>,
    /// A Fibre Channel disk.
    #[json(omitempty)]
    pub fc: Option<Box<FCVolumeSource>>,
    /// Storage of a FlexVolume driver.
    #[json(omitempty)]
    pub flex_volume: Option<Box<FlexPersistentVolumeSource>>,
    /// A dataset of Flocker.
    #[json(omitempty)]
    pub flocker: Option<Box<FlockerVolumeSource>>,
    /// A disk of Google Compute Engine.
    #[json(omitempty)]
    pub gce_persistent_disk: Option<Box<GCEPersistentDiskVolumeSource>>,
    /// A Glusterfs volume.
    #[json(omitempty)]
    pub glusterfs: Option<Box<GlusterfsPersistentVolumeSource>>,
    /// A file or directory of the node.
    #[json(omitempty)]
    pub host_path: Option<Box<HostPathVolumeSource>>,
    /// An iSCSI disk.
    #[json(omitempty)]
    pub iscsi: Option<Box<ISCSIPersistentVolumeSource>>,
    /// A directory or disk of one node.
    #[json(omitempty)]
    pub local: Option<Box<LocalVolumeSource>>,
    /// Options for mounting.
    #[json(omitempty)]
    pub mount_options: Vec<Str>,
    /// A directory of an NFS server.
    #[json(omitempty)]
    pub nfs: Option<Box<NFSVolumeSource>>,
    /// From which nodes the volume can be reached.
    #[json(omitempty)]
    pub node_affinity: Option<VolumeNodeAffinity>,
    /// What becomes of the volume when its claim goes.
    #[json(text)]
    pub persistent_volume_reclaim_policy: Option<Str>,
    /// A disk of Photon.
    #[json(omitempty)]
    pub photon_persistent_disk: Option<Box<PhotonPersistentDiskVolumeSource>>,
    /// A volume of Portworx.
    #[json(omitempty)]
    pub portworx_volume: Option<Box<PortworxVolumeSource>>,
    /// A volume of Quobyte.
    #[json(omitempty)]
    pub quobyte: Option<Box<QuobyteVolumeSource>>,
    /// A block device of Ceph.
    #[json(omitempty)]
    pub rbd: Option<Box<RBDPersistentVolumeSource>>,
    /// A volume of ScaleIO.
    #[json(name = "scaleIO", omitempty)]
    pub scale_io: Option<Box<ScaleIOPersistentVolumeSource>>,
    /// The storage class.
    #[json(text)]
    pub storage_class_name: Option<Str>,
    /// A volume of StorageOS.
    #[json(omitempty)]
    pub storageos: Option<Box<StorageOSPersistentVolumeSource>>,
    /// The attributes class.
    #[json(omitempty)]
    pub volume_attributes_class_name: Option<Str>,
    /// `Filesystem` or `Block`.
    #[json(omitempty)]
    pub volume_mode: Option<Str>,
    /// A disk of vSphere.
    #[json(omitempty)]
    pub vsphere_volume: Option<Box<VsphereVirtualDiskVolumeSource>>,
}

/// What is known of the volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PersistentVolumeStatus {
    /// When the phase last changed.
    #[json(omitempty)]
    pub last_phase_transition_time: Option<Time>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
    /// Where in its life the object is.
    #[json(text)]
    pub phase: Option<Str>,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
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
    /// The file system.
    #[json(omitempty)]
    pub fs_type: Option<Str>,
    /// The path.
    pub path: Str,
}

/// Storage of a CSI driver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CSIPersistentVolumeSource {
    /// The Secret for growing the volume.
    #[json(omitempty)]
    pub controller_expand_secret_ref: Option<SecretReference>,
    /// The Secret for attaching the volume.
    #[json(omitempty)]
    pub controller_publish_secret_ref: Option<SecretReference>,
    /// The driver's name.
    pub driver: Str,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// The Secret for growing the volume on the node.
    #[json(omitempty)]
    pub node_expand_secret_ref: Option<SecretReference>,
    /// The Secret for mounting the volume.
    #[json(omitempty)]
    pub node_publish_secret_ref: Option<SecretReference>,
    /// The Secret for preparing the volume on the node.
    #[json(omitempty)]
    pub node_stage_secret_ref: Option<SecretReference>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// What the driver is told.
    #[json(omitempty)]
    pub volume_attributes: StrMap,
    /// The driver's name of the volume.
    pub volume_handle: Str,
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
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        if spec.access_modes.is_empty() {
            errors.required(&path.field("accessModes"), "");
        }
        check_access_modes(&spec.access_modes, &path.field("accessModes"), errors);
        check_capacity(&spec.capacity, &path.field("capacity"), errors);
        let policy = spec.persistent_volume_reclaim_policy.as_deref();
        let policies = ["Delete", "Recycle", "Retain"];
        errors.one_of(&path.field("persistentVolumeReclaimPolicy"), policy, &policies);
        if let Some(affinity) = spec.node_affinity.as_ref().and_then(|a| a.required.as_ref()) {
            node_selector(affinity, &path.field("nodeAffinity").field("required"), errors);
        }
        check_source(spec, path, errors);
        if let Some(class) = &spec.storage_class_name {
            errors.each_invalid(&path.field("storageClassName"), class, names::dns_subdomain(class, false));
        }
        if let Some(mode) = &spec.volume_mode {
            errors.one_of(&path.field("volumeMode"), Some(mode), &["Block", "Filesystem"]);
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        if self.spec.source_only() != old.spec.source_only() {
            let path = Path::Root("spec");
            let detail = "spec.persistentvolumesource is immutable after creation";
            errors.forbidden(&path.field("persistentvolumesource"), detail);
        }
        errors.immutable(&Path::Root("volumeMode"), &self.spec.volume_mode, &old.spec.volume_mode);
        if old.spec.node_affinity.is_some() && self.spec.node_affinity != old.spec.node_affinity {
            let detail = "field is immutable, except for updating from beta label to GA";
            errors.forbidden(&Path::Root("nodeAffinity"), detail);
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

fn check_source(spec: &PersistentVolumeSpec, path: &Path, errors: &mut Errors) {
    let sources = [
        ("hostPath", spec.host_path.is_some()),
        ("gcePersistentDisk", spec.gce_persistent_disk.is_some()),
        ("awsElasticBlockStore", spec.aws_elastic_block_store.is_some()),
        ("glusterfs", spec.glusterfs.is_some()),
        ("flocker", spec.flocker.is_some()),
        ("nfs", spec.nfs.is_some()),
        ("rbd", spec.rbd.is_some()),
        ("quobyte", spec.quobyte.is_some()),
        ("cephFS", spec.cephfs.is_some()),
        ("iscsi", spec.iscsi.is_some()),
        ("cinder", spec.cinder.is_some()),
        ("fc", spec.fc.is_some()),
        ("flexVolume", spec.flex_volume.is_some()),
        ("azureFile", spec.azure_file.is_some()),
        ("vsphereVolume", spec.vsphere_volume.is_some()),
        ("photonPersistentDisk", spec.photon_persistent_disk.is_some()),
        ("portworxVolume", spec.portworx_volume.is_some()),
        ("azureDisk", spec.azure_disk.is_some()),
        ("scaleIO", spec.scale_io.is_some()),
        ("local", spec.local.is_some()),
        ("storageos", spec.storageos.is_some()),
        ("csi", spec.csi.is_some()),
    ];
    let Some(first) = volume::only_one(&sources, path, errors) else {
        return errors.required(path, "must specify a volume type");
    };
    let at = path.field(first);
    if let ("hostPath", Some(source)) = (first, &spec.host_path) {
        volume::host_path(source, &at, errors);
    }
    if let ("nfs", Some(source)) = (first, &spec.nfs) {
        volume::nfs(source, &at, errors);
    }
    if let ("local", Some(source)) = (first, &spec.local) {
        if source.path.is_empty() {
            errors.required(&at.field("path"), "");
        }
        if spec.node_affinity.as_ref().is_none_or(|a| a.required.is_none()) {
            errors.required(&path.field("nodeAffinity"), "Local volume requires node affinity");
        }
    }
    if let ("csi", Some(source)) = (first, &spec.csi) {
        for (name, value) in [("driver", &source.driver), ("volumeHandle", &source.volume_handle)] {
            if value.is_empty() {
                errors.required(&at.field(name), "");
            }
        }
    }
}
