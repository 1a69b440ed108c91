//! PersistentVolume sources of storage systems; kept and printed.

use crate::reference::{ObjectReference, SecretReference};
use crate::wire::{is_default, null_if_empty, text};
use orrery_apimachinery::{Str, StrMap};
use serde::{Deserialize, Serialize};

/// A share of Azure Files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AzureFilePersistentVolumeSource {
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The Secret's name.
    pub secret_name: Str,
    /// The Secret's namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_namespace: Option<Str>,
    /// The share's name.
    pub share_name: Str,
}

/// A directory of CephFS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CephFSPersistentVolumeSource {
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
    pub secret_ref: Option<SecretReference>,
    /// The user.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub user: Option<Str>,
}

/// A volume of OpenStack Cinder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CinderPersistentVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The Secret with the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<SecretReference>,
    /// The volume's id.
    #[serde(rename = "volumeID")]
    pub volume_id: Str,
}

/// Storage of a FlexVolume driver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FlexPersistentVolumeSource {
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
    pub secret_ref: Option<SecretReference>,
}

/// A Glusterfs volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GlusterfsPersistentVolumeSource {
    /// The Endpoints object that lists the servers.
    pub endpoints: Str,
    /// The namespace of the Endpoints object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints_namespace: Option<Str>,
    /// The path.
    pub path: Str,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
}

/// An iSCSI disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ISCSIPersistentVolumeSource {
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
    pub secret_ref: Option<SecretReference>,
    /// The portal's address.
    pub target_portal: Str,
}

/// A block device of Ceph.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RBDPersistentVolumeSource {
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
    pub secret_ref: Option<SecretReference>,
    /// The user.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub user: Option<Str>,
}

/// A volume of ScaleIO.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScaleIOPersistentVolumeSource {
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
    pub secret_ref: Option<SecretReference>,
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
pub struct StorageOSPersistentVolumeSource {
    /// The file system.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub fs_type: Option<Str>,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The Secret with the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<ObjectReference>,
    /// The volume's name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub volume_name: Option<Str>,
    /// The volume's namespace.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub volume_namespace: Option<Str>,
}
