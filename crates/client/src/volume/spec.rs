//! What is behind a volume of a pod, as its plug-in sees it (upstream: `volume.Spec`, `createVolumeSpec` of the kubelet's
//! populator and of the attach/detach controller, `csi-translation-lib`).

use super::plugins::{self, Medium, Plugin, Standing, named, with_source};
use super::{claim_name, made_for, not_made_for};
use orrery_api::{CSIDriver, PersistentVolume, PersistentVolumeClaim, PersistentVolumeSpec, Pod, Volume};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;
use std::rc::Rc;

/// On a claim: it is not to go while pods use it.
const PROTECTION: &str = "kubernetes.io/pvc-protection";

/// A volume, with what is behind it.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The name by which messages speak of it: of its PersistentVolume, if it has one, or of the volume in its pod.
    pub name: Str,
    /// The plug-in that mounts it; for what was migrated, and for CSI, that of the driver.
    pub plugin: &'static Plugin,
    /// The CSI driver; empty for another plug-in.
    pub driver: Str,
    /// By what the storage is known to its plug-in, such as the driver's id of a disk or `server/path`; empty for
    /// storage that exists for one pod only, or on one node.
    pub handle: Str,
    /// The PersistentVolume.
    pub persistent: Option<Rc<PersistentVolume>>,
    /// Its claim.
    pub claim: Option<Rc<PersistentVolumeClaim>>,
    /// Whether the pod, or the plug-in's source, wants it read-only.
    pub read_only: bool,
}

impl Spec {
    /// What is behind `volume` of `pod`. The error says why that is not known, as the kubelet tells it.
    pub fn of(pod: &Pod, volume: &Volume, api: &ApiServer) -> Result<Spec, String> {
        let Some(name) = claim_name(pod, volume) else {
            return Ok(Spec::new(volume.name.clone(), source(volume)));
        };
        let whose = &pod.metadata.namespace;
        let problem = |why: String| format!("error processing PVC {whose}/{name}: {why}");
        let claim = bound_claim(whose, &name, api).map_err(problem)?;
        if volume.ephemeral.is_some() && !made_for(pod, &claim) {
            return Err(not_made_for(pod, &claim));
        }
        let persistent = its_volume(&claim, api).map_err(problem)?;
        let mut spec = Spec::new(persistent.metadata.name.clone(), persistent_source(&persistent.spec));
        spec.read_only |= volume.persistent_volume_claim.as_ref().is_some_and(|source| source.read_only);
        (spec.persistent, spec.claim) = (Some(persistent), Some(claim));
        Ok(spec)
    }

    /// A PersistentVolume by itself.
    pub fn of_persistent(persistent: &Rc<PersistentVolume>) -> Spec {
        let spec = Spec::new(persistent.metadata.name.clone(), persistent_source(&persistent.spec));
        Spec { persistent: Some(persistent.clone()), ..spec }
    }

    fn new(name: Str, source: Source) -> Spec {
        let Source { field, driver, handle, read_only } = source;
        let plugin = if driver.is_empty() { with_source(field) } else { named(&driver) };
        Spec { name, plugin, driver, handle, read_only, persistent: None, claim: None }
    }

    /// Why no plug-in can mount it, if none can (upstream: `FindPluginBySpec`).
    pub fn check_plugin(&self) -> Result<(), String> {
        match self.plugin.standing {
            Standing::Removed(_) => Err(self.no_plugin()),
            // What can be discovered of it is not there.
            Standing::Deprecated if self.plugin.source == "flexVolume" => Err(self.no_plugin()),
            _ => Ok(()),
        }
    }

    fn no_plugin(&self) -> String {
        format!(
            "failed to get Plugin from volumeSpec for volume {:?} err=no volume plugin matched",
            &*self.name
        )
    }

    /// Whether it is a raw block device.
    pub fn is_block(&self) -> bool {
        self.persistent.as_ref().is_some_and(|v| v.spec.volume_mode.as_deref() == Some("Block"))
    }

    /// The name by which nodes and controllers know it (upstream: `GetUniqueVolumeName`).
    pub fn unique_name(&self) -> Str {
        match &*self.driver {
            "" => [self.plugin.name, "/", &self.handle].concat().into(),
            driver => ["kubernetes.io/csi/", driver, "^", &self.handle].concat().into(),
        }
    }

    /// Whether it has to be attached to a node before it can be mounted there (upstream: `CanAttach`).
    pub fn is_attachable(&self, api: &ApiServer) -> bool {
        if self.driver.is_empty() {
            return matches!(self.plugin.source, "iscsi" | "fc");
        }
        // One that is made for a pod by its driver is never attached.
        !self.handle.is_empty()
            && match api.get::<CSIDriver>("", &self.driver) {
                Some(driver) => driver.spec.attach_required != Some(false),
                None => self.plugin.can.attach,
            }
    }

    /// Whether it can be at several nodes at once, as far as that is known beforehand (upstream:
    /// `IsMultiAttachAllowed`).
    pub fn is_multi_attach_allowed(&self) -> bool {
        let Some(persistent) = &self.persistent else {
            return !matches!(&*self.driver, "disk.csi.azure.com" | "cinder.csi.openstack.org");
        };
        let modes = &persistent.spec.access_modes;
        modes.is_empty() || modes.iter().any(|mode| matches!(&**mode, "ReadWriteMany" | "ReadOnlyMany"))
    }

    /// Where what is written to it is kept.
    pub fn backing(&self, volume: &Volume) -> Backing {
        let path = |path: &Str| Backing::Node(path.trim_end_matches('/').into());
        if let Some(source) = &volume.host_path {
            return path(&source.path);
        }
        let spec = self.persistent.as_ref().map(|persistent| &persistent.spec);
        if let Some(source) = spec.and_then(|spec| spec.host_path.as_ref()) {
            return path(&source.path);
        }
        if let Some(source) = spec.and_then(|spec| spec.local.as_ref()) {
            return path(&source.path);
        }
        match self.plugin.medium {
            Medium::Objects if self.driver.is_empty() => Backing::Objects,
            _ if self.handle.is_empty() => {
                let in_memory =
                    volume.empty_dir.as_ref().is_some_and(|dir| dir.medium.as_deref() == Some("Memory"));
                Backing::Directory { in_memory }
            }
            _ => Backing::Storage(self.unique_name()),
        }
    }
}

/// Where what is written to a volume is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backing {
    /// Nowhere: it is made of objects of the API.
    Objects,
    /// In a directory that goes with the pod.
    Directory {
        /// Whether that is in the node's memory.
        in_memory: bool,
    },
    /// On the node, at this path; empty for the root.
    Node(Str),
    /// Beyond the nodes, in storage of this name.
    Storage(Str),
}

/// The part of a volume that its plug-in reads.
struct Source {
    field: &'static str,
    driver: Str,
    handle: Str,
    read_only: bool,
}

impl Source {
    /// Storage of an in-tree plug-in: what was migrated is its CSI driver's.
    fn in_tree(field: &'static str, handle: String, read_only: bool) -> Source {
        let driver = match with_source(field).standing {
            Standing::Migrated(driver) => driver.into(),
            _ => Str::default(),
        };
        Source { field, driver, handle: handle.into(), read_only }
    }
}

fn source(volume: &Volume) -> Source {
    let v = volume;
    if let Some(s) = &v.csi {
        let read_only = s.read_only == Some(true);
        return Source { field: "csi", driver: s.driver.clone(), handle: Str::default(), read_only };
    }
    let (handle, read_only) = if let Some(s) = &v.nfs {
        ([&*s.server, "/", &s.path].concat(), s.read_only)
    } else if let Some(s) = &v.iscsi {
        (iscsi(&s.target_portal, &s.iqn, s.lun), s.read_only)
    } else if let Some(s) = &v.azure_file {
        (["##", &*s.share_name, "#", &v.name].concat(), s.read_only)
    } else {
        shared_sources(&PersistentVolumeSpec {
            aws_elastic_block_store: v.aws_elastic_block_store.clone(),
            gce_persistent_disk: v.gce_persistent_disk.clone(),
            azure_disk: v.azure_disk.clone(),
            vsphere_volume: v.vsphere_volume.clone(),
            portworx_volume: v.portworx_volume.clone(),
            fc: v.fc.clone(),
            ..Default::default()
        })
        .or_else(|| v.cinder.as_ref().map(|s| (s.volume_id.to_string(), s.read_only)))
        .unwrap_or_default()
    };
    Source::in_tree(plugins::source_of(volume), handle, read_only)
}

fn persistent_source(spec: &PersistentVolumeSpec) -> Source {
    if let Some(s) = &spec.csi {
        let (driver, handle) = (s.driver.clone(), s.volume_handle.clone());
        return Source { field: "csi", driver, handle, read_only: s.read_only };
    }
    let (handle, read_only) = if let Some(s) = &spec.nfs {
        ([&*s.server, "/", &s.path].concat(), s.read_only)
    } else if let Some(s) = &spec.iscsi {
        (iscsi(&s.target_portal, &s.iqn, s.lun), s.read_only)
    } else if let Some(s) = &spec.azure_file {
        (["##", &*s.share_name, "#"].concat(), s.read_only)
    } else if let Some(s) = &spec.cinder {
        (s.volume_id.to_string(), s.read_only)
    } else {
        shared_sources(spec).unwrap_or_default()
    };
    Source::in_tree(plugins::source_of_persistent(spec), handle, read_only)
}

/// The sources that are alike in pods and in PersistentVolumes.
fn shared_sources(spec: &PersistentVolumeSpec) -> Option<(String, bool)> {
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    if let Some(s) = &spec.aws_elastic_block_store {
        Some((last(&s.volume_id), s.read_only))
    } else if let Some(s) = &spec.gce_persistent_disk {
        Some((["projects/UNSPECIFIED/zones/UNSPECIFIED/disks/", &*s.pd_name].concat(), s.read_only))
    } else if let Some(s) = &spec.azure_disk {
        Some((s.disk_uri.to_string(), s.read_only == Some(true)))
    } else if let Some(s) = &spec.vsphere_volume {
        Some((s.volume_path.to_string(), false))
    } else if let Some(s) = &spec.portworx_volume {
        Some((s.volume_id.to_string(), s.read_only))
    } else {
        let fc = spec.fc.as_ref()?;
        Some((
            [&fc.target_wwns.join(","), ":", &fc.lun.unwrap_or_default().to_string()].concat(),
            fc.read_only,
        ))
    }
}

fn iscsi(portal: &str, iqn: &str, lun: i32) -> String {
    [portal, ":", iqn, ":", &lun.to_string()].concat()
}

/// A claim that is bound, and may be used (upstream: `getPVCExtractPV`).
fn bound_claim(namespace: &str, name: &str, api: &ApiServer) -> Result<Rc<PersistentVolumeClaim>, String> {
    let Some(claim) = api.get::<PersistentVolumeClaim>(namespace, name) else {
        return Err(format!(
            "failed to fetch PVC from API server: persistentvolumeclaims {name:?} not found"
        ));
    };
    if claim.metadata.terminating() && !claim.metadata.has_finalizer(PROTECTION) {
        return Err("PVC is being deleted".into());
    }
    match (claim.status.phase.as_deref(), &claim.spec.volume_name) {
        (Some("Bound"), Some(_)) => Ok(claim.clone()),
        (Some("Bound"), None) => Err("PVC has empty pvc.Spec.VolumeName".into()),
        _ => Err("PVC is not bound".into()),
    }
}

/// The volume of a claim, if it knows that it is (upstream: `getPVSpec`).
fn its_volume(claim: &PersistentVolumeClaim, api: &ApiServer) -> Result<Rc<PersistentVolume>, String> {
    let name = claim.spec.volume_name.as_deref().unwrap_or_default();
    let Some(volume) = api.get::<PersistentVolume>("", name) else {
        return Err(format!(
            "failed to fetch PV {name} from API server: persistentvolumes {name:?} not found"
        ));
    };
    let Some(reference) = &volume.spec.claim_ref else {
        return Err(format!(
            "found PV object {name} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim"
        ));
    };
    let (theirs, ours) = (reference.uid.as_deref().unwrap_or_default(), &claim.metadata.uid);
    if theirs != &**ours {
        return Err(format!(
            "found PV object {name} but its pv.Spec.ClaimRef.UID {theirs} does not point to claim.UID {ours}"
        ));
    }
    Ok(volume.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::volume_plugins::AWSElasticBlockStoreVolumeSource;
    use orrery_api::{CSIPersistentVolumeSource, NFSVolumeSource};

    fn persistent(change: impl FnOnce(&mut PersistentVolumeSpec)) -> Spec {
        let mut volume = PersistentVolume::default();
        volume.metadata.name = "pv".into();
        change(&mut volume.spec);
        Spec::of_persistent(&Rc::new(volume))
    }

    #[test]
    fn a_volume_of_a_plugin_that_was_migrated_is_its_drivers() {
        let ebs = persistent(|spec| {
            let volume_id = "aws://eu-west-1a/vol-1".into();
            spec.aws_elastic_block_store =
                Some(Box::new(AWSElasticBlockStoreVolumeSource { volume_id, ..Default::default() }));
        });
        let csi = persistent(|spec| {
            spec.csi = Some(Box::new(CSIPersistentVolumeSource {
                driver: "ebs.csi.aws.com".into(),
                volume_handle: "vol-1".into(),
                ..Default::default()
            }));
        });
        assert_eq!(&*ebs.unique_name(), "kubernetes.io/csi/ebs.csi.aws.com^vol-1");
        assert_eq!((ebs.unique_name(), ebs.plugin), (csi.unique_name(), csi.plugin));
    }

    #[test]
    fn two_pods_on_different_nodes_find_the_same_share() {
        let source = NFSVolumeSource { server: "nas".into(), path: "/data".into(), read_only: false };
        let inline = Volume { nfs: Some(Box::new(source.clone())), ..Default::default() };
        let spec = Spec::of(&Pod::default(), &inline, &ApiServer::new(Default::default())).expect("no claim");
        let share = persistent(|spec| spec.nfs = Some(Box::new(source)));
        assert_eq!(spec.backing(&inline), share.backing(&Volume::default()));
        assert_eq!(spec.backing(&inline), Backing::Storage("kubernetes.io/nfs/nas//data".into()));
    }
}
