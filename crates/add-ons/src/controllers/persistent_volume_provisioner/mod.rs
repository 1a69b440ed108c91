//! Makes volumes for claims, and deletes them: one simulated program for every provisioner that the table of plug-ins
//! knows (upstream: `kubernetes-csi/external-provisioner` and `sig-storage-lib-external-provisioner`, which are not
//! part of Kubernetes itself). For a provisioner that nobody has ever heard of no program runs, and its claims wait.

mod place;
mod refusal;
#[cfg(test)]
mod tests;
mod volume;

use crate::{Action, Controller, Wake};
use orrery_api::{
    Kind, Node, Object, PersistentVolume, PersistentVolumeClaim, StorageClass, VolumeAttachment,
};
use orrery_apimachinery::{Reason, Status, StatusResult, Str};
use orrery_client::volume::plugins::{Plugin, provisioner};
use orrery_client::volume::{MIGRATED_TO, PROVISIONED_BY, SELECTED_NODE, claim_class, waits_for_consumer};
use orrery_client::{ApiServer, Backoff, Change, Context, EventType, Key, Op};
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;

const PROVISIONER: &str = "volume.kubernetes.io/storage-provisioner";
const FINALIZER: &str = "external-provisioner.volume.kubernetes.io/finalizer";

/// How long making or deleting a volume takes.
const WORK_TIME: Duration = Duration::from_secs(1);

/// The controller; it remembers since when it works on what.
#[derive(Clone, Debug, Default)]
pub struct PersistentVolumeProvisioner {
    since: BTreeMap<Key, SimTime>,
}

impl Controller for PersistentVolumeProvisioner {
    const NAME: &'static str = "external-provisioner";

    const RETRY: Backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(300) };

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        let concerns_us = match &change.value {
            Object::PersistentVolumeClaim(claim) => claim.metadata.annotations.contains_key(PROVISIONER),
            Object::PersistentVolume(volume) => maker(volume).is_some(),
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
        let name: Str = format!("pvc-{}", claim.metadata.uid).into();
        let class = cx.get::<StorageClass>("", &claim_class(&claim));
        let plugin = claim.metadata.annotations.get(PROVISIONER).and_then(|name| provisioner(name));
        let (Some(class), Some(plugin), false) = (class, plugin, is_settled(&claim, &name, cx.api())) else {
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
        if let Some(node) = lost_node(&claim, cx.api()) {
            return reschedule(&claim, &node, cx);
        }
        if let Err(why) = refusal::check(&claim, &class, plugin) {
            return fail(&claim, &class, &why, cx);
        }
        let place = match place::of(&claim, &class, plugin, cx.api()) {
            Ok(place) => place,
            Err(why) => return fail(&claim, &class, why, cx),
        };
        if let Some(left) = self.left(key, cx.now()) {
            return Ok(Action::RequeueAfter(left));
        }
        self.since.remove(key);
        cx.create(volume::make(&claim, &class, plugin, name.clone(), place))?;
        let message = format!("Successfully provisioned volume {name}");
        cx.event(&*claim, EventType::Normal, "ProvisioningSucceeded", message);
        Ok(Action::AwaitChange)
    }

    fn sync_volume(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(volume) = cx.get::<PersistentVolume>("", &key.name) else { return Ok(Action::AwaitChange) };
        let to_delete = volume.status.phase.as_deref() == Some("Released") && is_deleted_after(&volume);
        if !to_delete {
            volume::protect(&volume, cx)?;
            return Ok(Action::AwaitChange);
        }
        if let Some(node) = attached_to(&volume, cx.api()) {
            let message = format!("persistentvolume {} is still attached to node {node}", key.name);
            cx.event(&*volume, EventType::Warning, "VolumeFailedDelete", message.as_str());
            return Err(Status::new(Reason::Conflict, message));
        }
        if let Some(left) = self.left(key, cx.now()) {
            return Ok(Action::RequeueAfter(left));
        }
        self.since.remove(key);
        if !volume.metadata.terminating() {
            cx.delete(key, &Default::default())?;
        }
        if volume.metadata.has_finalizer(FINALIZER) {
            cx.modify::<PersistentVolume>("", &key.name, |volume| {
                volume.metadata.finalizers.retain(|finalizer| &**finalizer != FINALIZER);
            })?;
        }
        Ok(Action::AwaitChange)
    }

    /// Begins to work on `key`, or goes on with it; how much of the work is left, if any is.
    fn left(&mut self, key: &Key, now: SimTime) -> Option<Duration> {
        let done_at = *self.since.entry(key.clone()).or_insert(now) + WORK_TIME;
        (done_at > now).then(|| done_at.since(now))
    }
}

/// Who made a volume, or took over from who made it, if that is one of the programs.
fn maker(volume: &PersistentVolume) -> Option<&'static Plugin> {
    let annotations = &volume.metadata.annotations;
    annotations.get(MIGRATED_TO).or(annotations.get(PROVISIONED_BY)).and_then(|name| provisioner(name))
}

/// Whether a volume goes when its claim has gone.
fn is_deleted_after(volume: &PersistentVolume) -> bool {
    volume.spec.persistent_volume_reclaim_policy.as_deref() == Some("Delete")
}

/// Whether nothing has to be made for the claim, or not yet.
fn is_settled(claim: &PersistentVolumeClaim, volume: &str, api: &ApiServer) -> bool {
    claim.spec.volume_name.is_some()
        || claim.metadata.terminating()
        || (waits_for_consumer(claim, api) && !claim.metadata.annotations.contains_key(SELECTED_NODE))
        || api.get::<PersistentVolume>("", volume).is_some()
}

/// The node that the scheduler chose, if it is gone since.
fn lost_node(claim: &PersistentVolumeClaim, api: &ApiServer) -> Option<Str> {
    let node = claim.metadata.annotations.get(SELECTED_NODE)?;
    api.get::<Node>("", node).is_none().then(|| node.clone())
}

/// Gives the claim back to the scheduler, which chooses another node.
fn reschedule(claim: &PersistentVolumeClaim, node: &str, cx: &mut Context<'_>) -> StatusResult<Action> {
    let message = format!("failed to get target node: node \"{node}\" not found");
    cx.event(claim, EventType::Warning, "ProvisioningFailed", message);
    let meta = &claim.metadata;
    cx.modify::<PersistentVolumeClaim>(&meta.namespace, &meta.name, |claim| {
        claim.metadata.annotations.remove(SELECTED_NODE);
    })?;
    Ok(Action::AwaitChange)
}

/// Tells why no volume was made. It is tried again, after longer and longer.
fn fail(
    claim: &PersistentVolumeClaim,
    class: &StorageClass,
    why: &str,
    cx: &mut Context<'_>,
) -> StatusResult<Action> {
    let message = format!("failed to provision volume with StorageClass \"{}\": {why}", class.metadata.name);
    cx.event(claim, EventType::Warning, "ProvisioningFailed", message.as_str());
    Err(Status::new(Reason::InternalError, message))
}

/// The node that a volume is attached to.
fn attached_to(volume: &PersistentVolume, api: &ApiServer) -> Option<Str> {
    let here = |attachment: &&std::rc::Rc<VolumeAttachment>| {
        attachment.spec.source.persistent_volume_name.as_ref() == Some(&volume.metadata.name)
    };
    api.list::<VolumeAttachment>().find(here).map(|attachment| attachment.spec.node_name.clone())
}
