//! Volumes of a pod.

use crate::env::{ObjectFieldSelector, ResourceFieldSelector};
use crate::persistent_volume_claim::PersistentVolumeClaimSpec;
use crate::reference::LocalObjectReference;
use crate::volume_plugins::{
    AWSElasticBlockStoreVolumeSource, AzureDiskVolumeSource, AzureFileVolumeSource, CephFSVolumeSource,
    CinderVolumeSource, FCVolumeSource, FlexVolumeSource, FlockerVolumeSource, GCEPersistentDiskVolumeSource,
    GitRepoVolumeSource, GlusterfsVolumeSource, ISCSIVolumeSource, PhotonPersistentDiskVolumeSource,
    PortworxVolumeSource, QuobyteVolumeSource, RBDVolumeSource, ScaleIOVolumeSource, StorageOSVolumeSource,
    VsphereVirtualDiskVolumeSource,
};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{LabelSelector, ObjectMeta, Quantity, Str, StrMap};

/// Storage that the pod's containers can mount; exactly one source is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Volume {
    /// The name.
    pub name: Str,
    /// A file or directory of the node.
    #[json(omitempty)]
    pub host_path: Option<Box<HostPathVolumeSource>>,
    /// A directory that lives as long as the pod on its node.
    #[json(omitempty)]
    pub empty_dir: Option<Box<EmptyDirVolumeSource>>,
    /// A disk of Google Compute Engine.
    #[json(omitempty)]
    pub gce_persistent_disk: Option<Box<GCEPersistentDiskVolumeSource>>,
    /// A disk of Amazon EBS.
    #[json(omitempty)]
    pub aws_elastic_block_store: Option<Box<AWSElasticBlockStoreVolumeSource>>,
    /// A clone of a git repository.
    #[json(omitempty)]
    pub git_repo: Option<Box<GitRepoVolumeSource>>,
    /// Files made of a Secret.
    #[json(omitempty)]
    pub secret: Option<Box<SecretVolumeSource>>,
    /// A directory of an NFS server.
    #[json(omitempty)]
    pub nfs: Option<Box<NFSVolumeSource>>,
    /// An iSCSI disk.
    #[json(omitempty)]
    pub iscsi: Option<Box<ISCSIVolumeSource>>,
    /// A Glusterfs volume.
    #[json(omitempty)]
    pub glusterfs: Option<Box<GlusterfsVolumeSource>>,
    /// The volume behind a claim.
    #[json(omitempty)]
    pub persistent_volume_claim: Option<Box<PersistentVolumeClaimVolumeSource>>,
    /// A block device of Ceph.
    #[json(omitempty)]
    pub rbd: Option<Box<RBDVolumeSource>>,
    /// Storage of a FlexVolume driver.
    #[json(omitempty)]
    pub flex_volume: Option<Box<FlexVolumeSource>>,
    /// A volume of OpenStack Cinder.
    #[json(omitempty)]
    pub cinder: Option<Box<CinderVolumeSource>>,
    /// A directory of CephFS.
    #[json(omitempty)]
    pub cephfs: Option<Box<CephFSVolumeSource>>,
    /// A dataset of Flocker.
    #[json(omitempty)]
    pub flocker: Option<Box<FlockerVolumeSource>>,
    /// Files made of the pod's own fields.
    #[json(name = "downwardAPI", omitempty)]
    pub downward_api: Option<Box<DownwardAPIVolumeSource>>,
    /// A Fibre Channel disk.
    #[json(omitempty)]
    pub fc: Option<Box<FCVolumeSource>>,
    /// A share of Azure Files.
    #[json(omitempty)]
    pub azure_file: Option<Box<AzureFileVolumeSource>>,
    /// Files made of a ConfigMap.
    #[json(omitempty)]
    pub config_map: Option<Box<ConfigMapVolumeSource>>,
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
    /// Files made of several sources.
    #[json(omitempty)]
    pub projected: Option<Box<ProjectedVolumeSource>>,
    /// A volume of Portworx.
    #[json(omitempty)]
    pub portworx_volume: Option<Box<PortworxVolumeSource>>,
    /// A volume of ScaleIO.
    #[json(name = "scaleIO", omitempty)]
    pub scale_io: Option<Box<ScaleIOVolumeSource>>,
    /// A volume of StorageOS.
    #[json(omitempty)]
    pub storageos: Option<Box<StorageOSVolumeSource>>,
    /// Storage of a CSI driver.
    #[json(omitempty)]
    pub csi: Option<Box<CSIVolumeSource>>,
    /// A claim that is made for the pod.
    #[json(omitempty)]
    pub ephemeral: Option<Box<EphemeralVolumeSource>>,
    /// The files of an image.
    #[json(omitempty)]
    pub image: Option<Box<ImageVolumeSource>>,
}

/// Files made of a ConfigMap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ConfigMapVolumeSource {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// Which keys become which files; all, under their own names, if empty.
    #[json(omitempty)]
    pub items: Vec<KeyToPath>,
    /// The mode bits of files that state none.
    #[json(omitempty)]
    pub default_mode: Option<i32>,
    /// Whether it may be missing.
    #[json(omitempty)]
    pub optional: Option<bool>,
}

/// Files made of a Secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SecretVolumeSource {
    /// The Secret's name.
    #[json(text)]
    pub secret_name: Option<Str>,
    /// Which keys become which files; all, under their own names, if empty.
    #[json(omitempty)]
    pub items: Vec<KeyToPath>,
    /// The mode bits of files that state none.
    #[json(omitempty)]
    pub default_mode: Option<i32>,
    /// Whether it may be missing.
    #[json(omitempty)]
    pub optional: Option<bool>,
}

/// Which file a key becomes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct KeyToPath {
    /// The key.
    pub key: Str,
    /// The path.
    pub path: Str,
    /// The file's mode bits.
    #[json(omitempty)]
    pub mode: Option<i32>,
}

/// Files made of the pod's own fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DownwardAPIVolumeSource {
    /// The files.
    #[json(omitempty)]
    pub items: Vec<DownwardAPIVolumeFile>,
    /// The mode bits of files that state none.
    #[json(omitempty)]
    pub default_mode: Option<i32>,
}

/// One file made of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DownwardAPIVolumeFile {
    /// The path.
    pub path: Str,
    /// A field of the pod.
    #[json(omitempty)]
    pub field_ref: Option<ObjectFieldSelector>,
    /// An amount of the container.
    #[json(omitempty)]
    pub resource_field_ref: Option<ResourceFieldSelector>,
    /// The file's mode bits.
    #[json(omitempty)]
    pub mode: Option<i32>,
}

/// A directory that lives as long as the pod on its node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EmptyDirVolumeSource {
    /// Where the directory is kept: the node's disk, or `Memory`.
    #[json(text)]
    pub medium: Option<Str>,
    /// How large the directory may grow.
    #[json(omitempty)]
    pub size_limit: Option<Quantity>,
}

/// A file or directory of the node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HostPathVolumeSource {
    /// The path.
    pub path: Str,
    /// What must be there already, or is made.
    #[json(omitempty)]
    pub type_: Option<Str>,
}

/// The volume behind a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PersistentVolumeClaimVolumeSource {
    /// The claim's name.
    pub claim_name: Str,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// A claim that is made for the pod and goes with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EphemeralVolumeSource {
    /// What the claim looks like.
    #[json(omitempty)]
    pub volume_claim_template: Option<PersistentVolumeClaimTemplate>,
}

/// What the claim made for a pod looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PersistentVolumeClaimTemplate {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: PersistentVolumeClaimSpec,
}

/// The files of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ImageVolumeSource {
    /// The image.
    #[json(text)]
    pub reference: Option<Str>,
    /// When to pull the image.
    #[json(text)]
    pub pull_policy: Option<Str>,
}

/// A directory of an NFS server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NFSVolumeSource {
    /// The server's address.
    pub server: Str,
    /// The path.
    pub path: Str,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
}

/// Storage of a CSI driver, made for the pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CSIVolumeSource {
    /// The driver's name.
    pub driver: Str,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: Option<bool>,
    /// The file system.
    #[json(omitempty)]
    pub fs_type: Option<Str>,
    /// What the driver is told.
    #[json(omitempty)]
    pub volume_attributes: StrMap,
    /// The Secret for mounting the volume.
    #[json(omitempty)]
    pub node_publish_secret_ref: Option<LocalObjectReference>,
}

/// Files made of several sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ProjectedVolumeSource {
    /// The sources.
    #[json(omitempty)]
    pub sources: Vec<VolumeProjection>,
    /// The mode bits of files that state none.
    #[json(omitempty)]
    pub default_mode: Option<i32>,
}

/// One of the sources; exactly one is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeProjection {
    /// Files made of a Secret.
    #[json(omitempty)]
    pub secret: Option<SecretProjection>,
    /// Files made of the pod's own fields.
    #[json(name = "downwardAPI", omitempty)]
    pub downward_api: Option<DownwardAPIProjection>,
    /// Files made of a ConfigMap.
    #[json(omitempty)]
    pub config_map: Option<ConfigMapProjection>,
    /// A token of the pod's ServiceAccount.
    #[json(omitempty)]
    pub service_account_token: Option<ServiceAccountTokenProjection>,
    /// Certificates that the cluster trusts.
    #[json(omitempty)]
    pub cluster_trust_bundle: Option<ClusterTrustBundleProjection>,
}

/// Files made of a ConfigMap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ConfigMapProjection {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// Which keys become which files; all, under their own names, if empty.
    #[json(omitempty)]
    pub items: Vec<KeyToPath>,
    /// Whether it may be missing.
    #[json(omitempty)]
    pub optional: Option<bool>,
}

/// Files made of a Secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SecretProjection {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// Which keys become which files; all, under their own names, if empty.
    #[json(omitempty)]
    pub items: Vec<KeyToPath>,
    /// Whether it may be missing.
    #[json(omitempty)]
    pub optional: Option<bool>,
}

/// Files made of the pod's own fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DownwardAPIProjection {
    /// The files.
    #[json(omitempty)]
    pub items: Vec<DownwardAPIVolumeFile>,
}

/// A token of the pod's ServiceAccount.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ServiceAccountTokenProjection {
    /// Who the token is for.
    #[json(text)]
    pub audience: Option<Str>,
    /// How long the token is valid.
    #[json(omitempty)]
    pub expiration_seconds: Option<i64>,
    /// The path.
    pub path: Str,
}

/// Certificates that the cluster trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ClusterTrustBundleProjection {
    /// The name.
    #[json(omitempty)]
    pub name: Option<Str>,
    /// The signer whose bundles are meant.
    #[json(omitempty)]
    pub signer_name: Option<Str>,
    /// Which bundles of the signer are meant.
    #[json(omitempty)]
    pub label_selector: Option<LabelSelector>,
    /// Whether it may be missing.
    #[json(omitempty)]
    pub optional: Option<bool>,
    /// The path.
    pub path: Str,
}
