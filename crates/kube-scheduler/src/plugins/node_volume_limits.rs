//! NodeVolumeLimits: a driver serves only so many volumes on a node.

use super::volume_binding::MIGRATED_PLUGINS;
use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status};
use crate::node_info::NodeInfo;
use crate::pod_info::PodInfo;
use orrery_api::{
    CSINode, Object, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass, Volume, VolumeAttachment,
};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_client::volume::{claim_class, claim_name};
use std::collections::BTreeSet;

/// The plug-ins of old whose volumes a driver serves now, and those drivers.
const MIGRATED: [(&str, &str); 5] = [
    ("kubernetes.io/aws-ebs", "ebs.csi.aws.com"),
    ("kubernetes.io/gce-pd", "pd.csi.storage.gke.io"),
    ("kubernetes.io/azure-disk", "disk.csi.azure.com"),
    ("kubernetes.io/cinder", "cinder.csi.openstack.org"),
    (PORTWORX, "pxd.portworx.com"),
];
/// This one only on nodes that say so.
const PORTWORX: &str = "kubernetes.io/portworx-volume";
/// Plug-ins of old that have drivers too, which are not counted.
const NOT_COUNTED: [&str; 2] = ["kubernetes.io/azure-file", "kubernetes.io/vsphere-volume"];

/// The plug-in of old, and its name of the disk, of a volume that a pod states itself or that is an object.
macro_rules! of_old {
    ($volume:expr) => {{
        let ([ebs, gce, azure, cinder, portworx], volume) = (MIGRATED.map(|(plugin, _)| plugin), $volume);
        None.or(volume.aws_elastic_block_store.as_ref().map(|disk| (ebs, &disk.volume_id)))
            .or(volume.gce_persistent_disk.as_ref().map(|disk| (gce, &disk.pd_name)))
            .or(volume.azure_disk.as_ref().map(|disk| (azure, &disk.disk_uri)))
            .or(volume.cinder.as_ref().map(|disk| (cinder, &disk.volume_id)))
            .or(volume.portworx_volume.as_ref().map(|disk| (portworx, &disk.volume_id)))
    }};
}

/// The plug-in.
#[derive(Debug)]
pub struct NodeVolumeLimits;

/// A volume as its driver knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Handle {
    driver: Str,
    volume: Str,
}

impl Plugin for NodeVolumeLimits {
    fn name(&self) -> &'static str {
        "NodeVolumeLimits"
    }

    fn pre_filter(&self, cycle: &Cycle<'_>, _state: &CycleState) -> Result<PreFilter, Status> {
        let counted = cycle.info.spec.volumes.iter().any(may_count);
        Ok(if counted { PreFilter::AllNodes } else { PreFilter::Skip })
    }

    fn filter(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        let csi_node = cycle.api.get::<CSINode>("", &node.name).map(|node| &**node);
        let counter = Counter { api: cycle.api, node: csi_node };
        let mut new = BTreeSet::new();
        counter.add_volumes(cycle.pod, true, &mut new)?;
        let limits = csi_node.map_or(&[][..], |node| &node.spec.drivers);
        if new.is_empty() || limits.iter().all(|driver| limit(driver).is_none()) {
            return Ok(());
        }
        let mut attached = BTreeSet::new();
        for assigned in node.pods.values() {
            counter.add_volumes(&assigned.pod, false, &mut attached)?;
        }
        let before = attached.clone();
        counter.add_attachments(&node.name, &mut attached);
        for driver in limits {
            let Some(most) = limit(driver) else { continue };
            let of_driver = |handle: &&Handle| handle.driver == driver.name;
            let coming = new.iter().filter(of_driver).filter(|handle| !before.contains(handle)).count();
            if coming > 0 && attached.iter().filter(of_driver).count() + coming > most {
                return Err(Status::unschedulable("node(s) exceed max volume count"));
            }
        }
        Ok(())
    }

    fn looks_at_node_only(&self, info: &PodInfo) -> bool {
        !info.spec.volumes.iter().any(may_count)
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::AssignedPodDelete(gone) => gone.info.spec.volumes.iter().any(may_count),
            event => {
                matches!(event.object(), Some((Object::CSINode(_), None)))
                    || matches!(event.deleted(), Some(Object::VolumeAttachment(_)))
                    || event.is_claim_of(cycle.pod, false)
            }
        }
    }
}

/// How many volumes of the driver the node can have, if that is limited.
fn limit(driver: &orrery_api::CSINodeDriver) -> Option<usize> {
    let count = driver.allocatable.as_ref()?.count?;
    Some(usize::try_from(count).unwrap_or(0))
}

/// Whether a driver may have to do with a volume of a pod.
fn may_count(volume: &Volume) -> bool {
    volume.persistent_volume_claim.is_some() || volume.ephemeral.is_some() || of_old!(volume).is_some()
}

/// Finds the volumes that drivers serve on a node.
struct Counter<'a> {
    api: &'a ApiServer,
    node: Option<&'a CSINode>,
}

impl Counter<'_> {
    /// Adds the volumes of a pod; a claim of a `new` one must be there (upstream: `filterAttachableVolumes`).
    fn add_volumes(&self, pod: &Pod, new: bool, handles: &mut BTreeSet<Handle>) -> Result<(), Status> {
        let namespace = &pod.metadata.namespace;
        for volume in &pod.spec.volumes {
            let handle = match claim_name(pod, volume) {
                None => of_old!(volume).and_then(|(plugin, disk)| self.migrated(plugin, disk)),
                Some(name) => match self.api.get::<PersistentVolumeClaim>(namespace, &name) {
                    Some(claim) => self.of_claim(claim),
                    None if new => {
                        return Err(Status::unresolvable(format!(
                            "looking up PVC {namespace}/{name}: persistentvolumeclaim \"{name}\" not found"
                        )));
                    }
                    None => None,
                },
            };
            handles.extend(handle);
        }
        Ok(())
    }

    /// Adds the volumes that are at the node (upstream: `getNodeVolumeAttachmentInfo`).
    fn add_attachments(&self, node: &str, handles: &mut BTreeSet<Handle>) {
        for attachment in self.api.list::<VolumeAttachment>() {
            let spec = &attachment.spec;
            if *spec.node_name == *node
                && let Some(name) = &spec.source.persistent_volume_name
                && let Some(volume) = self.api.get::<PersistentVolume>("", name)
                && let Some(csi) = &volume.spec.csi
            {
                handles.insert(Handle { driver: spec.attacher.clone(), volume: csi.volume_handle.clone() });
            }
        }
    }

    /// The volume of a claim; one that is still to be made goes by the claim's name
    /// (upstream: `getCSIDriverInfo`).
    fn of_claim(&self, claim: &PersistentVolumeClaim) -> Option<Handle> {
        let name = claim.spec.volume_name.as_ref();
        if let Some(volume) = name.and_then(|name| self.api.get::<PersistentVolume>("", name)) {
            return match &volume.spec.csi {
                Some(csi) => Some(Handle { driver: csi.driver.clone(), volume: csi.volume_handle.clone() }),
                None => of_old!(&volume.spec).and_then(|(plugin, disk)| self.migrated(plugin, disk)),
            };
        }
        let class = self.api.get::<StorageClass>("", &claim_class(claim))?;
        let meta = &claim.metadata;
        let volume: Str = format!("-{}/{}", meta.namespace, meta.name).into();
        let provisioner = &*class.provisioner;
        if MIGRATED.iter().any(|(plugin, _)| *plugin == provisioner) {
            return self.migrated(provisioner, &volume);
        }
        (!NOT_COUNTED.contains(&provisioner)).then(|| Handle { driver: class.provisioner.clone(), volume })
    }

    /// The volume of a plug-in of old, if a driver serves it on the node (upstream: `isCSIMigrationOn`).
    fn migrated(&self, plugin: &str, disk: &Str) -> Option<Handle> {
        let stated = self.node?.metadata.annotations.get(MIGRATED_PLUGINS);
        let (_, driver) = MIGRATED.iter().find(|(name, _)| *name == plugin)?;
        let on =
            plugin != PORTWORX || stated.is_some_and(|plugins| plugins.split(',').any(|name| name == plugin));
        on.then(|| Handle { driver: (*driver).into(), volume: disk.clone() })
    }
}
