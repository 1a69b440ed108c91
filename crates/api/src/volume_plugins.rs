//! Volume sources of storage systems; kept and printed, and mounted by nobody here.

use crate::reference::LocalObjectReference;
use crate::wire::{is_default, null_if_empty, text};
use orrery_apimachinery::{Str, StrMap};
use serde::{Deserialize, Serialize};

/// A disk of Amazon EBS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AWSElasticBlockStoreVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// The partition's number.
    #[serde(skip_serializing_if = "is_default")]
    pub partition: i32,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The volume's id.
    #[serde(rename = "volumeID")]
    pub volume_id: Str,
}

/// A disk of Azure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AzureDiskVolumeSource {
    /// How the disk is cached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caching_mode: Option<Str>,
    /// The disk's name.
    pub disk_name: Str,
    /// The disk's address.
    #[serde(rename = "diskURI")]
    pub disk_uri: Str,
    /// The file system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// `Shared`, `Dedicated` or `Managed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Str>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
}

/// A share of Azure Files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AzureFileVolumeSource {
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The Secret's name.
    pub secret_name: Str,
    /// The share's name.
    pub share_name: Str,
}

/// A directory of CephFS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CephFSVolumeSource {
    /// The monitors' addresses.
    #[serde(serialize_with = "null_if_empty")]
    pub monitors: Vec<Str>,
    /// The path.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub path: Option<Str>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The path of the key file.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<Str>,
    /// The Secret with the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<LocalObjectReference>,
    /// The user.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub user: Option<Str>,
}

/// A volume of OpenStack Cinder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CinderVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The Secret with the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<LocalObjectReference>,
    /// The volume's id.
    #[serde(rename = "volumeID")]
    pub volume_id: Str,
}

/// A Fibre Channel disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FCVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// The logical unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lun: Option<i32>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The target's names.
    #[serde(rename = "targetWWNs", skip_serializing_if = "Vec::is_empty")]
    pub target_wwns: Vec<Str>,
    /// The disk's world-wide ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wwids: Vec<Str>,
}

/// Storage of a FlexVolume driver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FlexVolumeSource {
    /// The driver's name.
    pub driver: Str,
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// Options to the driver.
    #[serde(skip_serializing_if = "StrMap::is_empty")]
    pub options: StrMap,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The Secret with the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<LocalObjectReference>,
}

/// A dataset of Flocker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FlockerVolumeSource {
    /// The dataset's name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub dataset_name: Option<Str>,
    /// The dataset's id.
    #[serde(rename = "datasetUUID", deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub dataset_uuid: Option<Str>,
}

/// A disk of Google Compute Engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GCEPersistentDiskVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// The partition's number.
    #[serde(skip_serializing_if = "is_default")]
    pub partition: i32,
    /// The disk's name.
    pub pd_name: Str,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
}

/// A clone of a git repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GitRepoVolumeSource {
    /// The directory to clone into.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub directory: Option<Str>,
    /// The repository's address.
    pub repository: Str,
    /// The commit.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub revision: Option<Str>,
}

/// A Glusterfs volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GlusterfsVolumeSource {
    /// The Endpoints object that lists the servers.
    pub endpoints: Str,
    /// The path.
    pub path: Str,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
}

/// An iSCSI disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ISCSIVolumeSource {
    /// Whether discovery uses CHAP.
    #[serde(skip_serializing_if = "is_default")]
    pub chap_auth_discovery: bool,
    /// Whether sessions use CHAP.
    #[serde(skip_serializing_if = "is_default")]
    pub chap_auth_session: bool,
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// The initiator's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiator_name: Option<Str>,
    /// The qualified name of the target.
    pub iqn: Str,
    /// The interface's name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub iscsi_interface: Option<Str>,
    /// The logical unit.
    pub lun: i32,
    /// Further portals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub portals: Vec<Str>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The Secret with the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<LocalObjectReference>,
    /// The portal's address.
    pub target_portal: Str,
}

/// A disk of Photon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PhotonPersistentDiskVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// The disk's id.
    #[serde(rename = "pdID")]
    pub pd_id: Str,
}

/// A volume of Portworx.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PortworxVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The volume's id.
    #[serde(rename = "volumeID")]
    pub volume_id: Str,
}

/// A volume of Quobyte.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct QuobyteVolumeSource {
    /// The group that the volume is mapped to.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub group: Option<Str>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The registries' addresses.
    pub registry: Str,
    /// The tenant.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Str>,
    /// The user.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub user: Option<Str>,
    /// The volume's name.
    pub volume: Str,
}

/// A block device of Ceph.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RBDVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// The device's name.
    pub image: Str,
    /// The path of the key ring.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub keyring: Option<Str>,
    /// The monitors' addresses.
    #[serde(serialize_with = "null_if_empty")]
    pub monitors: Vec<Str>,
    /// The pool.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub pool: Option<Str>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The Secret with the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<LocalObjectReference>,
    /// The user.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub user: Option<Str>,
}

/// A volume of ScaleIO.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScaleIOVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// The gateway's address.
    pub gateway: Str,
    /// The protection domain.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub protection_domain: Option<Str>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The Secret with the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<LocalObjectReference>,
    /// Whether to use TLS.
    #[serde(skip_serializing_if = "is_default")]
    pub ssl_enabled: bool,
    /// How the volume is provisioned.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub storage_mode: Option<Str>,
    /// The storage pool.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub storage_pool: Option<Str>,
    /// The system's name.
    pub system: Str,
    /// The volume's name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub volume_name: Option<Str>,
}

/// A volume of StorageOS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StorageOSVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The Secret with the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<LocalObjectReference>,
    /// The volume's name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub volume_name: Option<Str>,
    /// The volume's namespace.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub volume_namespace: Option<Str>,
}

/// A disk of vSphere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VsphereVirtualDiskVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// The storage policy's id.
    #[serde(rename = "storagePolicyID", deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub storage_policy_id: Option<Str>,
    /// The storage policy's name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub storage_policy_name: Option<Str>,
    /// The disk's path.
    pub volume_path: Str,
}
