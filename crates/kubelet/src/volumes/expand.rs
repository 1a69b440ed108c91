//! The file system of a volume that has grown is made as large as the volume (upstream: `node_expander.go`).

use crate::sync::Turn;
use orrery_api::resources::STORAGE;
use orrery_api::{PersistentVolumeClaim, PersistentVolumeClaimStatus};
use orrery_client::EventType;
use orrery_client::volume::{Backing, Spec, capacity};

/// How far the growth of a claim has come.
const PENDING: &str = "NodeResizePending";
const IN_PROGRESS: &str = "NodeResizeInProgress";
/// The conditions that tell of it (upstream: `knownResizeConditions`).
const CONDITIONS: [&str; 4] =
    ["FileSystemResizePending", "Resizing", "ControllerResizeError", "NodeResizeError"];

impl Turn<'_, '_> {
    /// Looks whether volumes of a running pod have grown.
    pub(crate) fn expand_volumes(&mut self) {
        if self.worker.volumes.is_none() {
            return;
        }
        let pod = self.pod.clone();
        for volume in &pod.spec.volumes {
            let claimed = volume.persistent_volume_claim.is_some() || volume.ephemeral.is_some();
            if claimed && let Ok(spec) = Spec::of(&pod, volume, self.cx.api()) {
                self.expand_on_node(&spec);
            }
        }
    }

    /// Makes the file system as large as its volume, if the controller has asked for that.
    pub(super) fn expand_on_node(&mut self, spec: &Spec) {
        let (Some(persistent), Some(claim)) = (&spec.persistent, &spec.claim) else { return };
        let stage = claim.status.allocated_resource_statuses.get(STORAGE).map(|stage| &**stage);
        let waits = claim.status.conditions.iter().any(|c| &*c.type_ == CONDITIONS[0]);
        let known = claim.status.capacity.get(STORAGE).copied().unwrap_or_default();
        let asked = match stage {
            Some(PENDING | IN_PROGRESS) => true,
            Some(_) => false,
            None => waits,
        };
        if !asked || spec.read_only || spec.driver.is_empty() || known >= capacity(persistent) {
            return;
        }
        let (namespace, name) = (claim.metadata.namespace.clone(), claim.metadata.name.clone());
        let size = claim.status.allocated_resources.get(STORAGE).copied();
        let size = size.filter(|_| stage.is_some()).unwrap_or_else(|| capacity(persistent));
        if stage == Some(PENDING) {
            // The claim was read just now: nothing is refused, here and below.
            let _ = self.cx.modify_status::<PersistentVolumeClaim>(&namespace, &name, |claim| {
                claim.status.allocated_resource_statuses.insert(STORAGE, IN_PROGRESS);
            });
        }
        if let Backing::Storage(disk) = spec.backing(&Default::default()) {
            let disk = self.peers.network.disk(&disk);
            disk.capacity = disk.capacity.and(u64::try_from(size.value()).ok());
        }
        let message = format!(
            "MountVolume.NodeExpandVolume succeeded for volume \"{}\" {}",
            spec.name, self.node.config.name
        );
        let pod = self.pod.clone();
        self.cx.event(&*pod, EventType::Normal, "FileSystemResizeSuccessful", message.as_str());
        self.cx.event(&**claim, EventType::Normal, "FileSystemResizeSuccessful", message);
        let _ = self.cx.modify_status::<PersistentVolumeClaim>(&namespace, &name, |claim| {
            let PersistentVolumeClaimStatus { capacity, conditions, allocated_resource_statuses, .. } =
                &mut claim.status;
            capacity.insert(STORAGE.into(), size);
            allocated_resource_statuses.remove(STORAGE);
            conditions.retain(|c| !CONDITIONS.contains(&&*c.type_));
        });
    }
}
