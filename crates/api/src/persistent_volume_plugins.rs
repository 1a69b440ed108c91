//! PersistentVolume sources of storage systems; kept and printed.

use crate::reference::{ObjectReference, SecretReference};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{Str, StrMap};

/// A share of Azure Files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct AzureFilePersistentVolumeSource {
    /// The Secret's name.
    pub secret_name: Str,
    /// The share's name.
    pub share_name: Str,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// The Secret's namespace.
    #[json(omitempty)]
    pub secret_namespace: Option<Str>,
}

/// A directory of CephFS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CephFSPersistentVolumeSource {
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
    pub secret_ref: Option<SecretReference>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// A volume of OpenStack Cinder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CinderPersistentVolumeSource {
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
    pub secret_ref: Option<SecretReference>,
}

/// Storage of a FlexVolume driver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct FlexPersistentVolumeSource {
    /// The driver's name.
    pub driver: Str,
    /// The file system.
    #[json(text)]
    pub fs_type: Option<Str>,
    /// The Secret with the credentials.
    #[json(omitempty)]
    pub secret_ref: Option<SecretReference>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// Options to the driver.
    #[json(omitempty)]
    pub options: StrMap,
}

/// A Glusterfs volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct GlusterfsPersistentVolumeSource {
    /// The Endpoints object that lists the servers.
    pub endpoints: Str,
    /// The path.
    pub path: Str,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// The namespace of the Endpoints object.
    #[json(omitempty)]
    pub endpoints_namespace: Option<Str>,
}

/// An iSCSI disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ISCSIPersistentVolumeSource {
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
    pub secret_ref: Option<SecretReference>,
    /// The initiator's name.
    #[json(omitempty)]
    pub initiator_name: Option<Str>,
}

/// A block device of Ceph.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct RBDPersistentVolumeSource {
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
    pub secret_ref: Option<SecretReference>,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// A volume of ScaleIO.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ScaleIOPersistentVolumeSource {
    /// The gateway's address.
    pub gateway: Str,
    /// The system's name.
    pub system: Str,
    /// The Secret with the credentials.
    #[json(omitempty)]
    pub secret_ref: Option<SecretReference>,
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
pub struct StorageOSPersistentVolumeSource {
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
    pub secret_ref: Option<ObjectReference>,
}
