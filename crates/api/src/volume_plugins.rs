//! Volume sources of storage systems; kept and printed, and mounted by nobody here.

use crate::reference::LocalObjectReference;
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{Str, StrMap};

/// A disk of Amazon EBS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct AWSElasticBlockStoreVolumeSource {
    /// The volume's id.
    #[json(name = "volumeID")]
    pub volume_id: Str,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// The partition's number.
    #[json(omitempty)]
    pub partition: i32,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// A disk of Azure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct AzureDiskVolumeSource {
    /// The disk's name.
    pub disk_name: Str,
    /// The disk's address.
    #[json(name = "diskURI")]
    pub disk_uri: Str,
    /// How the disk is cached.
    #[json(omitempty)]
    pub caching_mode: Option<Str>,
    /// The file system.
    #[json(omitempty)]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: Option<bool>,
    /// `Shared`, `Dedicated` or `Managed`.
    #[json(omitempty)]
    pub kind: Option<Str>,
}

/// A share of Azure Files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct AzureFileVolumeSource {
    /// The Secret's name.
    pub secret_name: Str,
    /// The share's name.
    pub share_name: Str,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// A directory of CephFS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CephFSVolumeSource {
    /// The monitors' addresses.
    #[json(null_if_empty)]
    pub monitors: Vec<Str>,
    /// The path.
    #[json(text)]
    pub path: Option<Str>,
    /// The user.
    #[json(text)]
    pub user: Option<Str>,
    /// The path of the key file.
    #[json(text)]
    pub secret_file: Option<Str>,
    /// The Secret with the credentials.
    #[json(omitempty)]
    pub secret_ref: Option<LocalObjectReference>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// A volume of OpenStack Cinder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CinderVolumeSource {
    /// The volume's id.
    #[json(name = "volumeID")]
    pub volume_id: Str,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// The Secret with the credentials.
    #[json(omitempty)]
    pub secret_ref: Option<LocalObjectReference>,
}

/// A Fibre Channel disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct FCVolumeSource {
    /// The target's names.
    #[json(name = "targetWWNs", omitempty)]
    pub target_wwns: Vec<Str>,
    /// The logical unit.
    #[json(omitempty)]
    pub lun: Option<i32>,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// The disk's world-wide ids.
    #[json(omitempty)]
    pub wwids: Vec<Str>,
}

/// Storage of a FlexVolume driver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct FlexVolumeSource {
    /// The driver's name.
    pub driver: Str,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// The Secret with the credentials.
    #[json(omitempty)]
    pub secret_ref: Option<LocalObjectReference>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// Options to the driver.
    #[json(omitempty)]
    pub options: StrMap,
}

/// A dataset of Flocker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct FlockerVolumeSource {
    /// The dataset's name.
    #[json(text)]
    pub dataset_name: Option<Str>,
    /// The dataset's id.
    #[json(name = "datasetUUID", text)]
    pub dataset_uuid: Option<Str>,
}

/// A disk of Google Compute Engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct GCEPersistentDiskVolumeSource {
    /// The disk's name.
    pub pd_name: Str,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// The partition's number.
    #[json(omitempty)]
    pub partition: i32,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// A clone of a git repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct GitRepoVolumeSource {
    /// The repository's address.
    pub repository: Str,
    /// The commit.
    #[json(text)]
    pub revision: Option<Str>,
    /// The directory to clone into.
    #[json(text)]
    pub directory: Option<Str>,
}

/// A Glusterfs volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct GlusterfsVolumeSource {
    /// The Endpoints object that lists the servers.
    pub endpoints: Str,
    /// The path.
    pub path: Str,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// An iSCSI disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ISCSIVolumeSource {
    /// The portal's address.
    pub target_portal: Str,
    /// The qualified name of the target.
    pub iqn: Str,
    /// The logical unit.
    pub lun: i32,
    /// The interface's name.
    #[json(text)]
    pub iscsi_interface: Option<Str>,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// Further portals.
    #[json(omitempty)]
    pub portals: Vec<Str>,
    /// Whether discovery uses CHAP.
    #[json(omitempty)]
    pub chap_auth_discovery: bool,
    /// Whether sessions use CHAP.
    #[json(omitempty)]
    pub chap_auth_session: bool,
    /// The Secret with the credentials.
    #[json(omitempty)]
    pub secret_ref: Option<LocalObjectReference>,
    /// The initiator's name.
    #[json(omitempty)]
    pub initiator_name: Option<Str>,
}

/// A disk of Photon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PhotonPersistentDiskVolumeSource {
    /// The disk's id.
    #[json(name = "pdID")]
    pub pd_id: Str,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
}

/// A volume of Portworx.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PortworxVolumeSource {
    /// The volume's id.
    #[json(name = "volumeID")]
    pub volume_id: Str,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// A volume of Quobyte.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct QuobyteVolumeSource {
    /// The registries' addresses.
    pub registry: Str,
    /// The volume's name.
    pub volume: Str,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// The user.
    #[json(text)]
    pub user: Option<Str>,
    /// The group that the volume is mapped to.
    #[json(text)]
    pub group: Option<Str>,
    /// The tenant.
    #[json(text)]
    pub tenant: Option<Str>,
}

/// A block device of Ceph.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct RBDVolumeSource {
    /// The monitors' addresses.
    #[json(null_if_empty)]
    pub monitors: Vec<Str>,
    /// The device's name.
    pub image: Str,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// The pool.
    #[json(text)]
    pub pool: Option<Str>,
    /// The user.
    #[json(text)]
    pub user: Option<Str>,
    /// The path of the key ring.
    #[json(text)]
    pub keyring: Option<Str>,
    /// The Secret with the credentials.
    #[json(omitempty)]
    pub secret_ref: Option<LocalObjectReference>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// A volume of ScaleIO.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ScaleIOVolumeSource {
    /// The gateway's address.
    pub gateway: Str,
    /// The system's name.
    pub system: Str,
    /// The Secret with the credentials.
    #[json(omitempty)]
    pub secret_ref: Option<LocalObjectReference>,
    /// Whether to use TLS.
    #[json(omitempty)]
    pub ssl_enabled: bool,
    /// The protection domain.
    #[json(text)]
    pub protection_domain: Option<Str>,
    /// The storage pool.
    #[json(text)]
    pub storage_pool: Option<Str>,
    /// How the volume is provisioned.
    #[json(text)]
    pub storage_mode: Option<Str>,
    /// The volume's name.
    #[json(text)]
    pub volume_name: Option<Str>,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// A volume of StorageOS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct StorageOSVolumeSource {
    /// The volume's name.
    #[json(text)]
    pub volume_name: Option<Str>,
    /// The volume's namespace.
    #[json(text)]
    pub volume_namespace: Option<Str>,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// The Secret with the credentials.
    #[json(omitempty)]
    pub secret_ref: Option<LocalObjectReference>,
}

/// A disk of vSphere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VsphereVirtualDiskVolumeSource {
    /// The disk's path.
    pub volume_path: Str,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// The storage policy's name.
    #[json(text)]
    pub storage_policy_name: Option<Str>,
    /// The storage policy's id.
    #[json(name = "storagePolicyID", text)]
    pub storage_policy_id: Option<Str>,
}
