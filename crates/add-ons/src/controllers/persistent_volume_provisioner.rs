//! Makes volumes for claims, and deletes them: one simulated program for every provisioner that a
//! storage class can name (upstream: `kubernetes-csi/external-provisioner`, which is not part of
//! Kubernetes itself).

use crate::{Action, Controller, Wake};
use orrery_api::resources::STORAGE;
use orrery_api::{
    CSIPersistentVolumeSource, HostPathVolumeSource, Kind, NodeSelector, NodeSelectorRequirement,
    NodeSelectorTerm, Object, PersistentVolume, PersistentVolumeClaim, PersistentVolumeSpec, StorageClass,
    VolumeNodeAffinity,
};
use orrery_apimachinery::{ObjectMeta, StatusResult, Str};
use orrery_client::volume::{SELECTED_NODE, claim_class, reference_to, requested, waits_for_consumer};
use orrery_client::{ApiServer, Change, Context, EventType, Key, Op};
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;

const PROVISIONER: &str = "volume.kubernetes.io/storage-provisioner";
const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";
const FINALIZER: &str = "external-provisioner.volume.kubernetes.io/finalizer";
const HOSTNAME: &str = "kubernetes.io/hostname";

/// How long making or deleting a volume takes.
const WORK_TIME: Duration = Duration::from_secs(1);

/// The controller; it remembers since when it works on what.
#[derive(Clone, Debug, Default)]
pub struct PersistentVolumeProvisioner {
    since: BTreeMap<Key, SimTime>,
}

impl Controller for PersistentVolumeProvisioner {
    const NAME: &'static str = "external-provisioner";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        let concerns_us = match &change.value {
            Object::PersistentVolumeClaim(claim) => claim.metadata.annotations.contains_key(PROVISIONER),
            Object::PersistentVolume(volume) => volume.metadata.annotations.contains_key(PROVISIONED_BY),
            _ => false,
        };
        let key = Key::of(&change.value);
        if change.op == Op::Deleted {
            self.since.remove(&key);
        } else if concerns_us {
            wake.key(key);
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        match key.kind {
            Kind::PersistentVolume => self.sync_volume(key, cx),
            _ => self.sync_claim(key, cx),
        }
    }
}

impl PersistentVolumeProvisioner {
    fn sync_claim(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(claim) = cx.get::<PersistentVolumeClaim>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let class = cx.get::<StorageClass>("", &claim_class(&claim));
        let name: Str = format!("pvc-{}", claim.metadata.uid).into();
        let (Some(class), false) = (class, is_settled(&claim, &name, cx.api())) else {
            self.since.remove(key);
            return Ok(Action::AwaitChange);
        };
        if !self.since.contains_key(key) {
            let message = format!(
                "External provisioner is provisioning volume for claim \"{}/{}\"",
                key.namespace, key.name
            );
            cx.event(&*claim, EventType::Normal, "Provisioning", message);
        }
        if let Some(left) = self.left(key, cx.now()) {
            return Ok(Action::RequeueAfter(left));
        }
        cx.create(volume_for(&claim, &class, name.clone()))?;
        self.since.remove(key);
        cx.event(
            &*claim,
            EventType::Normal,
            "ProvisioningSucceeded",
            format!("Successfully provisioned volume {name}"),
        );
        Ok(Action::AwaitChange)
    }

    fn sync_volume(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let volume = cx.get::<PersistentVolume>("", &key.name);
        let to_delete = |v: &PersistentVolume| {
            v.status.phase.as_deref() == Some("Released")
                && v.spec.persistent_volume_reclaim_policy.as_deref() == Some("Delete")
        };
        let Some(volume) = volume.filter(|v| to_delete(v)) else { return Ok(Action::AwaitChange) };
        if let Some(left) = self.left(key, cx.now()) {
            return Ok(Action::RequeueAfter(left));
        }
        self.since.remove(key);
        if volume.metadata.has_finalizer(FINALIZER) {
            cx.modify::<PersistentVolume>("", &key.name, |volume| {
                volume.metadata.finalizers.retain(|finalizer| &**finalizer != FINALIZER);
            })?;
        }
        if !volume.metadata.terminating() {
            cx.delete(key, &Default::default())?;
        }
        Ok(Action::AwaitChange)
    }

    /// Begins to work on `key`, or goes on with it; how much of the work is left, if any is.
    fn left(&mut self, key: &Key, now: SimTime) -> Option<Duration> {
        let done_at = *self.since.entry(key.clone()).or_insert(now) + WORK_TIME;
        (done_at > now).then(|| done_at.since(now))
    }
}

/// Whether nothing has to be made for the claim, or not yet.
fn is_settled(claim: &PersistentVolumeClaim, volume: &str, api: &ApiServer) -> bool {
    let annotations = &claim.metadata.annotations;
    claim.spec.volume_name.is_some()
        || claim.metadata.terminating()
        || !annotations.contains_key(PROVISIONER)
        || (waits_for_consumer(claim, api) && !annotations.contains_key(SELECTED_NODE))
        || api.get::<PersistentVolume>("", volume).is_some()
}

/// The volume as the class wants it: of a CSI driver if the provisioner is one, else a directory of the
/// node that the claim's pod is on.
fn volume_for(claim: &PersistentVolumeClaim, class: &StorageClass, name: Str) -> PersistentVolume {
    let provisioner = claim.metadata.annotations.get(PROVISIONER).unwrap_or(&class.provisioner).clone();
    let mut metadata = ObjectMeta::named("", name.clone());
    metadata.annotations.insert(PROVISIONED_BY, provisioner.clone());
    let mut spec = PersistentVolumeSpec {
        access_modes: claim.spec.access_modes.clone(),
        capacity: [(STORAGE.into(), requested(claim))].into(),
        claim_ref: Some(reference_to(claim)),
        mount_options: class.mount_options.clone(),
        persistent_volume_reclaim_policy: Some(
            class.reclaim_policy.clone().unwrap_or_else(|| "Delete".into()),
        ),
        storage_class_name: Some(class.metadata.name.clone()),
        volume_mode: claim.spec.volume_mode.clone(),
        ..Default::default()
    };
    if provisioner.contains("csi") {
        metadata.annotations.insert("volume.kubernetes.io/provisioner-deletion-secret-name", "");
        metadata.annotations.insert("volume.kubernetes.io/provisioner-deletion-secret-namespace", "");
        if spec.persistent_volume_reclaim_policy.as_deref() == Some("Delete") {
            metadata.finalizers.push(FINALIZER.into());
        }
        let source =
            CSIPersistentVolumeSource { driver: provisioner, volume_handle: name, ..Default::default() };
        spec.csi = Some(Box::new(source));
    } else {
        let folder =
            format!("/var/lib/{}/{name}_{}_{}", provisioner, claim.metadata.namespace, claim.metadata.name);
        let source = HostPathVolumeSource { path: folder.into(), type_: Some("DirectoryOrCreate".into()) };
        spec.host_path = Some(Box::new(source));
        spec.node_affinity = claim.metadata.annotations.get(SELECTED_NODE).map(on_node);
    }
    PersistentVolume { metadata, spec, ..Default::default() }
}

fn on_node(node: &Str) -> VolumeNodeAffinity {
    let requirement =
        NodeSelectorRequirement { key: HOSTNAME.into(), operator: "In".into(), values: vec![node.clone()] };
    let term = NodeSelectorTerm { match_expressions: vec![requirement], ..Default::default() };
    VolumeNodeAffinity { required: Some(NodeSelector { node_selector_terms: vec![term] }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Workbench;
    use orrery_api::PersistentVolumeClaimSpec;
    use orrery_apimachinery::Quantity;

    fn claim(name: &str, gi: i64) -> PersistentVolumeClaim {
        let mut spec = PersistentVolumeClaimSpec {
            access_modes: vec!["ReadWriteOnce".into()],
            storage_class_name: Some("manual".into()),
            ..Default::default()
        };
        spec.resources.requests.insert(STORAGE.into(), Quantity::from_bytes(gi << 30));
        PersistentVolumeClaim { metadata: ObjectMeta::named("default", name), spec, ..Default::default() }
    }

    #[test]
    fn a_volume_is_made_on_the_node_that_the_scheduler_chose_and_goes_with_its_claim() {
        for (row, provisioner, local) in [
            ("a CSI driver's can be reached from everywhere", "ebs.csi.aws.com", false),
            ("a directory only on its node", "rancher.io/local-path", true),
        ] {
            let mut bench = Workbench::<PersistentVolumeProvisioner>::new();
            bench.create(StorageClass {
                metadata: ObjectMeta::named("", "manual"),
                provisioner: provisioner.into(),
                volume_binding_mode: Some("WaitForFirstConsumer".into()),
                ..Default::default()
            });
            let mut data = claim("data", 5);
            data.metadata.annotations.insert(PROVISIONER, provisioner);
            let data = bench.create(data);
            let name = format!("pvc-{}", data.metadata.uid);
            bench.pass(Duration::from_secs(5));
            assert!(bench.get::<PersistentVolume>("", &name).is_none(), "{row}: it waits for the scheduler");
            bench.modify::<PersistentVolumeClaim>("default", "data", |claim| {
                claim.metadata.annotations.insert(SELECTED_NODE, "node-2");
            });
            bench.pass(Duration::from_secs(5));
            let volume = bench.get::<PersistentVolume>("", &name).expect(row);
            assert_eq!(volume.spec.node_affinity, local.then(|| on_node(&"node-2".into())), "{row}");
            assert_eq!(volume.spec.csi.is_some(), !local, "{row}");
            bench.modify_status::<PersistentVolume>("", &name, |v| v.status.phase = Some("Released".into()));
            bench.pass(Duration::from_secs(5));
            let volume =
                bench.get::<PersistentVolume>("", &name).expect("its protection is another's to lift");
            assert_eq!(volume.metadata.finalizers, ["kubernetes.io/pv-protection".into()], "{row}");
            assert!(volume.metadata.terminating(), "{row}");
        }
    }
}
