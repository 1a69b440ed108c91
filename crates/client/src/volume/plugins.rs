//! The plug-in table: what each kind of storage can do, as plain data. The page shows it, and the engine obeys it where
//! upstream or the driver would.
//!
//! Access modes are those of <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes>; those of
//! CSI drivers are from the drivers' own documentation. What became of an in-tree plug-in by 1.32 is from
//! `cmd/kubelet/app/plugins.go` and `csi-translation-lib`.

use orrery_api::{PersistentVolumeSpec, Volume};

/// A kind of storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plugin {
    /// The name of the in-tree plug-in, or of the CSI driver or provisioner.
    pub name: &'static str,
    /// The field of a volume that is its source; empty for a CSI driver or provisioner, which has none of its own.
    pub source: &'static str,
    /// What 1.32 does with it.
    pub standing: Standing,
    /// Where what is written is kept.
    pub medium: Medium,
    /// The access modes that it supports.
    pub modes: AccessModes,
    /// What else it can do.
    pub can: Abilities,
}

/// What 1.32 does with a kind of storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The kubelet mounts it itself.
    InTree,
    /// The kubelet mounts it itself; it is to be used no more.
    Deprecated,
    /// A CSI driver does what the plug-in of old did.
    Migrated(&'static str),
    /// No plug-in is left that could mount it, since this version.
    Removed(&'static str),
    /// A CSI driver, or a program that provisions volumes of other kinds.
    Driver,
}

/// Where what is written to a volume is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// It is made of objects of the API, and nobody writes to it.
    Objects,
    /// The directory of a pod on the node's disk: it goes with the pod.
    PodDirectory,
    /// The node's disk: it stays there, and is found on no other node.
    Node,
    /// A disk that is attached to a node over the network, and moved to another with its data.
    Disk,
    /// A directory of a server: every node sees the same.
    Share,
}

/// The access modes that a kind of storage supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessModes {
    /// `ReadWriteOnce`.
    pub read_write_once: bool,
    /// `ReadOnlyMany`.
    pub read_only_many: bool,
    /// `ReadWriteMany`.
    pub read_write_many: bool,
    /// `ReadWriteOncePod`: only CSI drivers.
    pub read_write_once_pod: bool,
}

impl AccessModes {
    /// Whether the mode of that name is supported.
    pub fn allow(self, mode: &str) -> bool {
        match mode {
            "ReadWriteOnce" => self.read_write_once,
            "ReadOnlyMany" => self.read_only_many,
            "ReadWriteMany" => self.read_write_many,
            _ => self.read_write_once_pod,
        }
    }
}

/// What a kind of storage can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Its volumes are attached to a node before they are mounted.
    pub attach: bool,
    /// Its volumes can be raw block devices.
    pub block: bool,
    /// Its volumes can grow.
    pub expand: bool,
    /// It takes snapshots.
    pub snapshot: bool,
    /// A person can ask for a volume, and one is made.
    pub provision: bool,
}

/// Access modes as a word of letters: `o`nce, read `r`eadOnlyMany, `m`any, once `p`od.
const fn modes(letters: &str) -> AccessModes {
    AccessModes {
        read_write_once: has(letters, b'o'),
        read_only_many: has(letters, b'r'),
        read_write_many: has(letters, b'm'),
        read_write_once_pod: has(letters, b'p'),
    }
}

/// Abilities as a word of letters: `a`ttach, `b`lock, `e`xpand, `s`napshot, `p`rovision.
const fn abilities(letters: &str) -> Abilities {
    Abilities {
        attach: has(letters, b'a'),
        block: has(letters, b'b'),
        expand: has(letters, b'e'),
        snapshot: has(letters, b's'),
        provision: has(letters, b'p'),
    }
}

const fn has(letters: &str, letter: u8) -> bool {
    let letters = letters.as_bytes();
    let mut at = 0;
    while at < letters.len() {
        if letters[at] == letter {
            return true;
        }
        at += 1;
    }
    false
}

const fn plugin(
    name: &'static str,
    source: &'static str,
    standing: Standing,
    medium: Medium,
    letters: (&str, &str),
) -> Plugin {
    Plugin { name, source, standing, medium, modes: modes(letters.0), can: abilities(letters.1) }
}

const fn driver(name: &'static str, medium: Medium, letters: (&str, &str)) -> Plugin {
    plugin(name, "", Standing::Driver, medium, letters)
}

use Medium::{Disk, Node, Objects, PodDirectory, Share};
use Standing::{Deprecated, InTree, Migrated, Removed};

/// Every kind of storage that is known: the plug-ins by their field, then drivers by their name.
pub static PLUGINS: [Plugin; 54] = [
    plugin("kubernetes.io/empty-dir", "emptyDir", InTree, PodDirectory, ("o", "")),
    plugin("kubernetes.io/host-path", "hostPath", InTree, Node, ("o", "")),
    plugin("kubernetes.io/local-volume", "local", InTree, Node, ("o", "b")),
    plugin("kubernetes.io/configmap", "configMap", InTree, Objects, ("r", "")),
    plugin("kubernetes.io/secret", "secret", InTree, Objects, ("r", "")),
    plugin("kubernetes.io/downward-api", "downwardAPI", InTree, Objects, ("r", "")),
    plugin("kubernetes.io/projected", "projected", InTree, Objects, ("r", "")),
    plugin("kubernetes.io/nfs", "nfs", InTree, Share, ("orm", "")),
    plugin("kubernetes.io/iscsi", "iscsi", InTree, Disk, ("or", "b")),
    plugin("kubernetes.io/fc", "fc", InTree, Disk, ("or", "b")),
    plugin("kubernetes.io/csi", "csi", InTree, Disk, ("ormp", "abesp")),
    plugin("kubernetes.io/flexvolume", "flexVolume", Deprecated, Disk, ("or", "")),
    plugin("kubernetes.io/git-repo", "gitRepo", Deprecated, PodDirectory, ("o", "")),
    plugin("kubernetes.io/image", "image", Removed("alpha: the gate ImageVolume is off"), Objects, ("r", "")),
    plugin(
        "kubernetes.io/aws-ebs",
        "awsElasticBlockStore",
        Migrated("ebs.csi.aws.com"),
        Disk,
        ("o", "abesp"),
    ),
    plugin(
        "kubernetes.io/gce-pd",
        "gcePersistentDisk",
        Migrated("pd.csi.storage.gke.io"),
        Disk,
        ("or", "abesp"),
    ),
    plugin("kubernetes.io/azure-disk", "azureDisk", Migrated("disk.csi.azure.com"), Disk, ("o", "abesp")),
    plugin("kubernetes.io/azure-file", "azureFile", Migrated("file.csi.azure.com"), Share, ("orm", "ep")),
    plugin("kubernetes.io/cinder", "cinder", Migrated("cinder.csi.openstack.org"), Disk, ("o", "abesp")),
    plugin(
        "kubernetes.io/vsphere-volume",
        "vsphereVolume",
        Migrated("csi.vsphere.vmware.com"),
        Disk,
        ("o", "abesp"),
    ),
    plugin(
        "kubernetes.io/portworx-volume",
        "portworxVolume",
        Migrated("pxd.portworx.com"),
        Share,
        ("om", "esp"),
    ),
    plugin("kubernetes.io/cephfs", "cephfs", Removed("1.31"), Share, ("orm", "")),
    plugin("kubernetes.io/rbd", "rbd", Removed("1.31"), Disk, ("or", "")),
    plugin("kubernetes.io/glusterfs", "glusterfs", Removed("1.26"), Share, ("orm", "")),
    plugin("kubernetes.io/quobyte", "quobyte", Removed("1.25"), Share, ("orm", "")),
    plugin("kubernetes.io/storageos", "storageos", Removed("1.25"), Disk, ("o", "")),
    plugin("kubernetes.io/flocker", "flocker", Removed("1.25"), Disk, ("o", "")),
    plugin("kubernetes.io/scaleio", "scaleIO", Removed("1.22"), Disk, ("or", "")),
    plugin("kubernetes.io/photon-pd", "photonPersistentDisk", Removed("1.14"), Disk, ("o", "")),
    driver("ebs.csi.aws.com", Disk, ("op", "abesp")),
    driver("efs.csi.aws.com", Share, ("ormp", "p")),
    driver("fsx.csi.aws.com", Share, ("ormp", "p")),
    driver("pd.csi.storage.gke.io", Disk, ("orp", "abesp")),
    driver("filestore.csi.storage.gke.io", Share, ("ormp", "esp")),
    driver("disk.csi.azure.com", Disk, ("op", "abesp")),
    driver("file.csi.azure.com", Share, ("ormp", "esp")),
    driver("blob.csi.azure.com", Share, ("ormp", "p")),
    driver("cinder.csi.openstack.org", Disk, ("op", "abesp")),
    driver("manila.csi.openstack.org", Share, ("ormp", "esp")),
    driver("csi.vsphere.vmware.com", Disk, ("op", "abesp")),
    driver("rbd.csi.ceph.com", Disk, ("orp", "abesp")),
    driver("cephfs.csi.ceph.com", Share, ("ormp", "esp")),
    driver("nfs.csi.k8s.io", Share, ("ormp", "sp")),
    driver("smb.csi.k8s.io", Share, ("ormp", "p")),
    driver("hostpath.csi.k8s.io", Node, ("op", "abesp")),
    driver("pxd.portworx.com", Share, ("ormp", "esp")),
    driver("driver.longhorn.io", Disk, ("omp", "abesp")),
    driver("dobs.csi.digitalocean.com", Disk, ("op", "abesp")),
    driver("csi.hetzner.cloud", Disk, ("op", "abep")),
    driver("linodebs.csi.linode.com", Disk, ("op", "abep")),
    driver("topolvm.io", Node, ("op", "besp")),
    driver("secrets-store.csi.k8s.io", Objects, ("r", "")),
    driver("rancher.io/local-path", Node, ("op", "p")),
    driver("k8s.io/minikube-hostpath", Node, ("om", "p")),
];

/// The kind of storage of that name. A driver of which nothing is known can do everything that a CSI driver can.
pub fn named(name: &str) -> &'static Plugin {
    let known = PLUGINS.iter().find(|plugin| plugin.name == name);
    known.unwrap_or_else(|| with_source("csi"))
}

/// The driver, or program, of that name, if it is known to make volumes.
pub fn provisioner(name: &str) -> Option<&'static Plugin> {
    PLUGINS
        .iter()
        .find(|plugin| plugin.name == name && plugin.standing == Standing::Driver && plugin.can.provision)
}

/// The kind of storage whose volumes have the source `field`.
pub fn with_source(field: &str) -> &'static Plugin {
    let known = PLUGINS.iter().find(|plugin| plugin.source == field);
    known.expect("every source has its line")
}

/// The field of a volume that is its source; empty if it has none of the table: a claim, or a template of one.
pub fn source_of(volume: &Volume) -> &'static str {
    let v = volume;
    let set = [
        ("emptyDir", v.empty_dir.is_some()),
        ("hostPath", v.host_path.is_some()),
        ("configMap", v.config_map.is_some()),
        ("secret", v.secret.is_some()),
        ("downwardAPI", v.downward_api.is_some()),
        ("projected", v.projected.is_some()),
        ("nfs", v.nfs.is_some()),
        ("iscsi", v.iscsi.is_some()),
        ("fc", v.fc.is_some()),
        ("csi", v.csi.is_some()),
        ("flexVolume", v.flex_volume.is_some()),
        ("gitRepo", v.git_repo.is_some()),
        ("image", v.image.is_some()),
        ("awsElasticBlockStore", v.aws_elastic_block_store.is_some()),
        ("gcePersistentDisk", v.gce_persistent_disk.is_some()),
        ("azureDisk", v.azure_disk.is_some()),
        ("azureFile", v.azure_file.is_some()),
        ("cinder", v.cinder.is_some()),
        ("vsphereVolume", v.vsphere_volume.is_some()),
        ("portworxVolume", v.portworx_volume.is_some()),
        ("cephfs", v.cephfs.is_some()),
        ("rbd", v.rbd.is_some()),
        ("glusterfs", v.glusterfs.is_some()),
        ("quobyte", v.quobyte.is_some()),
        ("storageos", v.storageos.is_some()),
        ("flocker", v.flocker.is_some()),
        ("scaleIO", v.scale_io.is_some()),
        ("photonPersistentDisk", v.photon_persistent_disk.is_some()),
    ];
    set.iter().find(|(_, is_set)| *is_set).map_or("", |(field, _)| field)
}

/// The field of a PersistentVolume that is its source; empty if it has none.
pub fn source_of_persistent(spec: &PersistentVolumeSpec) -> &'static str {
    let set = [
        ("hostPath", spec.host_path.is_some()),
        ("local", spec.local.is_some()),
        ("nfs", spec.nfs.is_some()),
        ("iscsi", spec.iscsi.is_some()),
        ("fc", spec.fc.is_some()),
        ("csi", spec.csi.is_some()),
        ("flexVolume", spec.flex_volume.is_some()),
        ("awsElasticBlockStore", spec.aws_elastic_block_store.is_some()),
        ("gcePersistentDisk", spec.gce_persistent_disk.is_some()),
        ("azureDisk", spec.azure_disk.is_some()),
        ("azureFile", spec.azure_file.is_some()),
        ("cinder", spec.cinder.is_some()),
        ("vsphereVolume", spec.vsphere_volume.is_some()),
        ("portworxVolume", spec.portworx_volume.is_some()),
        ("cephfs", spec.cephfs.is_some()),
        ("rbd", spec.rbd.is_some()),
        ("glusterfs", spec.glusterfs.is_some()),
        ("quobyte", spec.quobyte.is_some()),
        ("storageos", spec.storageos.is_some()),
        ("flocker", spec.flocker.is_some()),
        ("scaleIO", spec.scale_io.is_some()),
        ("photonPersistentDisk", spec.photon_persistent_disk.is_some()),
    ];
    set.iter().find(|(_, is_set)| *is_set).map_or("", |(field, _)| field)
}

/// The kind of storage behind a PersistentVolume: its CSI driver's, if one has it.
pub fn of_persistent(spec: &PersistentVolumeSpec) -> Option<&'static Plugin> {
    match (&spec.csi, source_of_persistent(spec)) {
        (Some(csi), _) => Some(named(&csi.driver)),
        (None, "") => None,
        (None, field) => Some(with_source(field)),
    }
}

/// The kind of storage behind a volume that a pod states itself; `None` for one that has a claim.
pub fn of_volume(volume: &Volume) -> Option<&'static Plugin> {
    match (&volume.csi, source_of(volume)) {
        (Some(csi), _) => Some(named(&csi.driver)),
        (None, "") => None,
        (None, field) => Some(with_source(field)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_can_be_found_and_what_was_migrated_leads_to_a_driver_that_can_do_as_much() {
        for plugin in &PLUGINS {
            assert_eq!(named(plugin.name).name, plugin.name);
            if !plugin.source.is_empty() {
                assert_eq!(with_source(plugin.source).name, plugin.name);
            }
            if let Standing::Migrated(driver) = plugin.standing {
                let driver = named(driver);
                assert_eq!((driver.standing, driver.medium), (Standing::Driver, plugin.medium));
                for mode in ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"] {
                    assert!(driver.modes.allow(mode) || !plugin.modes.allow(mode), "{} {mode}", plugin.name);
                }
            }
        }
        assert!(named("made.up.example.com").can.attach, "of an unknown driver the best is assumed");
    }

    #[test]
    fn only_drivers_know_a_volume_of_one_pod() {
        for plugin in PLUGINS.iter().filter(|plugin| plugin.modes.read_write_once_pod) {
            assert!(plugin.standing == Standing::Driver || plugin.source == "csi", "{}", plugin.name);
        }
    }
}
