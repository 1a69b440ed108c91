//! Makes volumes larger whose claims ask for more: one simulated program for every driver that can
//! (upstream: `kubernetes-csi/external-resizer`). The file system on a disk grows on the node that mounts it.

use crate::{Action, Controller, Wake};
use orrery_api::resources::STORAGE;
use orrery_api::{Object, PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimCondition};
use orrery_apimachinery::{Quantity, StatusResult, Str};
use orrery_client::volume::plugins::{Medium, Standing, of_persistent};
use orrery_client::volume::{capacity, requested};
use orrery_client::{ApiServer, Change, Context, EventType, Key, Op};
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;

/// On a volume that grew: how large the file system on it still is.
const BEFORE: &str = "volume.alpha.kubernetes.io/pre-resize-capacity";
const PENDING: &str = "FileSystemResizePending";

/// How long a disk takes to grow.
const WORK_TIME: Duration = Duration::from_secs(2);

/// The controller; it remembers since when it works on what.
#[derive(Clone, Debug, Default)]
pub struct VolumeResizer {
    since: BTreeMap<Key, SimTime>,
}

impl Controller for VolumeResizer {
    const NAME: &'static str = "external-resizer";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        if let Object::PersistentVolumeClaim(claim) = &change.value {
            let key = Key::of(&change.value);
            if change.op == Op::Deleted {
                self.since.remove(&key);
            } else if claim.status.phase.as_deref() == Some("Bound") {
                wake.key(key);
            }
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(claim) = cx.get::<PersistentVolumeClaim>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let volume = claim.spec.volume_name.as_ref().and_then(|name| cx.get::<PersistentVolume>("", name));
        let Some(volume) = volume.filter(|volume| grows(volume)) else { return Ok(Action::AwaitChange) };
        let (want, held) =
            (requested(&claim), claim.status.capacity.get(STORAGE).copied().unwrap_or_default());
        if want <= held {
            forget_size(&volume, cx)?;
            return Ok(Action::AwaitChange);
        }
        if capacity(&volume) >= want {
            // The node has yet to do its part.
            return Ok(Action::AwaitChange);
        }
        if !self.since.contains_key(key) {
            self.since.insert(key.clone(), cx.now());
            begin(&claim, want, cx)?;
            let message = format!("External resizer is resizing volume {}", volume.metadata.name);
            cx.event(&*claim, EventType::Normal, "Resizing", message);
        }
        let done_at = self.since[key] + WORK_TIME;
        if done_at > cx.now() {
            return Ok(Action::RequeueAfter(done_at.since(cx.now())));
        }
        self.since.remove(key);
        finish(&claim, &volume, want, held, cx)?;
        Ok(Action::AwaitChange)
    }
}

/// Whether a driver can make the volume larger.
fn grows(volume: &PersistentVolume) -> bool {
    of_persistent(&volume.spec).is_some_and(|plugin| {
        plugin.can.expand && matches!(plugin.standing, Standing::Driver | Standing::Migrated(_))
    })
}

/// Whether there is a file system on the volume that has to grow with it.
fn has_file_system(volume: &PersistentVolume) -> bool {
    volume.spec.volume_mode.as_deref() != Some("Block")
        && of_persistent(&volume.spec).is_some_and(|plugin| plugin.medium != Medium::Share)
}

/// Says that the disk grows (upstream: `markControllerResizeInProgress`).
fn begin(claim: &PersistentVolumeClaim, want: Quantity, cx: &mut Context<'_>) -> StatusResult<()> {
    set_status(claim, Some("Resizing"), "", cx, |claim| {
        claim.status.allocated_resources.insert(STORAGE.into(), want);
        claim.status.allocated_resource_statuses.insert(STORAGE, "ControllerResizeInProgress");
    })
}

/// The disk has grown; a node, or nobody, has to do the rest (upstream: `markForPendingNodeExpansion`,
/// `markOverallExpansionAsFinished`).
fn finish(
    claim: &PersistentVolumeClaim,
    volume: &PersistentVolume,
    want: Quantity,
    held: Quantity,
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    let file_system = has_file_system(volume);
    cx.modify::<PersistentVolume>("", &volume.metadata.name, |volume| {
        volume.spec.capacity.insert(STORAGE.into(), want);
        if file_system && !volume.metadata.annotations.contains_key(BEFORE) {
            volume.metadata.annotations.insert(BEFORE, held.to_string());
        }
    })?;
    if !file_system {
        set_status(claim, None, "", cx, |claim| {
            claim.status.capacity.insert(STORAGE.into(), want);
            claim.status.allocated_resource_statuses.remove(STORAGE);
        })?;
        cx.event(claim, EventType::Normal, "VolumeResizeSuccessful", "Resize volume succeeded");
        return Ok(());
    }
    let message = "Waiting for user to (re-)start a pod to finish file system resize of volume on node.";
    set_status(claim, Some(PENDING), message, cx, |claim| {
        claim.status.allocated_resource_statuses.insert(STORAGE, "NodeResizePending");
    })?;
    let message = "Require file system resize of volume on node";
    cx.event(claim, EventType::Normal, "FileSystemResizeRequired", message);
    Ok(())
}

/// Writes how far the growth has come: one condition tells of it, or none.
fn set_status(
    claim: &PersistentVolumeClaim,
    condition: Option<&str>,
    message: &str,
    cx: &mut Context<'_>,
    change: impl FnOnce(&mut PersistentVolumeClaim),
) -> StatusResult<()> {
    let now = cx.date();
    let meta = &claim.metadata;
    let written = cx.modify_status::<PersistentVolumeClaim>(&meta.namespace, &meta.name, |claim| {
        change(claim);
        claim.status.conditions.retain(|c| !matches!(&*c.type_, "Resizing" | PENDING));
        claim.status.conditions.extend(condition.map(|type_| PersistentVolumeClaimCondition {
            last_transition_time: Some(now),
            message: (!message.is_empty()).then(|| Str::from(message)),
            status: "True".into(),
            type_: type_.into(),
            ..Default::default()
        }));
    });
    written.map(drop)
}

/// The file system has grown: how large it was need not be known any more.
fn forget_size(volume: &PersistentVolume, cx: &mut Context<'_>) -> StatusResult<()> {
    if volume.metadata.annotations.contains_key(BEFORE) {
        cx.modify::<PersistentVolume>("", &volume.metadata.name, |volume| {
            volume.metadata.annotations.remove(BEFORE);
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Workbench;
    use orrery_client::volume::{BIND_COMPLETED, reference_to};
    use serde_json::json;

    /// A claim of 5Gi that is bound to a volume of `driver`, of a class whose volumes grow, and asks for 8Gi since.
    fn grown(driver: &str) -> Workbench<VolumeResizer> {
        let mut bench = Workbench::new();
        bench.apply(json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"},
            "provisioner": driver, "allowVolumeExpansion": true,
        }));
        bench.apply(json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data", "namespace": "default", "annotations": {BIND_COMPLETED: "yes"}},
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "volumeName": "pv",
                "resources": {"requests": {"storage": "5Gi"}}},
        }));
        bench.apply(
            json!({
                "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv"},
                "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "capacity": {"storage": "5Gi"},
                    "csi": {"driver": driver, "volumeHandle": "pv"}},
            }),
        );
        let claim = bench.get::<PersistentVolumeClaim>("default", "data").expect("it is there");
        bench.modify::<PersistentVolume>("", "pv", |volume| {
            volume.spec.claim_ref = Some(reference_to(&claim))
        });
        bench.modify_status::<PersistentVolumeClaim>("default", "data", |claim| {
            claim.status.phase = Some("Bound".into());
            claim.status.capacity.insert(STORAGE.into(), Quantity::from_bytes(5 << 30));
        });
        bench.modify::<PersistentVolumeClaim>("default", "data", |claim| {
            claim.spec.resources.requests.insert(STORAGE.into(), Quantity::from_bytes(8 << 30));
        });
        bench
    }

    #[test]
    fn a_disk_grows_before_its_file_system_and_a_share_at_once() {
        for (row, driver, told, has, condition) in [
            (
                "a disk waits for a node",
                "ebs.csi.aws.com",
                "Normal FileSystemResizeRequired PersistentVolumeClaim/data: Require file system resize of volume on node\nNormal Resizing PersistentVolumeClaim/data: External resizer is resizing volume pv\n",
                "5Gi",
                Some(PENDING),
            ),
            (
                "a share needs nobody",
                "file.csi.azure.com",
                "Normal Resizing PersistentVolumeClaim/data: External resizer is resizing volume pv\nNormal VolumeResizeSuccessful PersistentVolumeClaim/data: Resize volume succeeded\n",
                "8Gi",
                None,
            ),
            ("a share of fixed size stays", "efs.csi.aws.com", "", "5Gi", None),
        ] {
            let mut bench = grown(driver);
            bench.pass(Duration::from_secs(10));
            let mut events: Vec<String> = bench.events().lines().map(|line| format!("{line}\n")).collect();
            events.sort_unstable();
            assert_eq!(events.concat(), told, "{row}");
            let claim = bench.get::<PersistentVolumeClaim>("default", "data").expect("it is there");
            assert_eq!(claim.status.capacity[STORAGE].to_string(), has, "{row}");
            let conditions: Vec<&str> = claim.status.conditions.iter().map(|c| &*c.type_).collect();
            assert_eq!(conditions, Vec::from_iter(condition), "{row}");
            let size = capacity(&bench.get::<PersistentVolume>("", "pv").expect("it is there")).to_string();
            assert_eq!(size, if told.is_empty() { "5Gi" } else { "8Gi" }, "{row}");
        }
    }
}
