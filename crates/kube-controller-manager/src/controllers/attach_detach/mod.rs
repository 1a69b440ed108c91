//! Attaches volumes to the nodes of the pods that use them, and detaches them when no pod there does any more
//! (upstream: `pkg/controller/volume/attachdetach`).
//!
//! What should be where follows from the pods; what is where, from VolumeAttachments and from the nodes' statuses. A
//! look is at one node. Upstream looks at everything ten times a second; here what changes makes it look.

mod attach;
mod detach;
mod wanted;

#[cfg(test)]
mod tests;

use crate::{Action, Controller, Wake};
use orrery_api::{Kind, Node, Object, PersistentVolumeClaim, Pod, VolumeAttachment};
use orrery_apimachinery::{Order, StatusResult, Str};
use orrery_client::volume::claim_names;
use orrery_client::{ApiServer, Change, Context, Key, Op};
use orrery_sim::{Duration, SimTime};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wanted::{is_over, may_need_attachment, wanted_at};

/// A node, and the unique name of a volume.
type Site = (Str, Str);

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct AttachDetachController {
    /// Since when volumes are to be detached (upstream: `SetDetachRequestTime`).
    detach_since: BTreeMap<Site, SimTime>,
    /// When attachments that are waited for were asked for, and how often that has failed.
    attach_since: BTreeMap<Site, (SimTime, u32)>,
    /// Of which volumes it was told that they are at another node (upstream: `MultiAttachErrorReported`).
    reported: BTreeSet<Site>,
}

impl Controller for AttachDetachController {
    const NAME: &'static str = "attachdetach-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::Pod(pod) => self.observe_pod(pod, change, wake),
            Object::Node(node) => self.observe_node(node, change, wake),
            Object::VolumeAttachment(attachment) => {
                wake.key(at(&attachment.spec.node_name));
                if change.op == Op::Deleted {
                    self.wake_waiting(wake);
                }
            }
            Object::PersistentVolumeClaim(claim) => observe_claim(claim, api, wake),
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let name = &key.name;
        let node = cx.get::<Node>("", name);
        let wanted = if node.is_some() { wanted_at(name, cx.api()) } else { Vec::new() };
        let mut next: Option<Duration> = None;
        let mut soon = |delay: Option<Duration>| next = next.into_iter().chain(delay).min();
        let attached = attached_at(name, node.as_ref(), cx.api());
        self.detach_since.retain(|(node, volume), _| node != name || attached.contains(volume));
        // What is to go to another node is detached first.
        for volume in attached {
            if wanted.iter().all(|wanted| wanted.name != volume) {
                soon(self.detach(name, volume, cx)?);
            }
        }
        for wanted in &wanted {
            soon(self.attach(name, wanted, cx)?);
        }
        let is_wanted = |volume: &Str| wanted.iter().any(|wanted| wanted.name == *volume);
        self.reported.retain(|(node, volume)| node != name || is_wanted(volume));
        self.attach_since.retain(|(node, volume), _| node != name || is_wanted(volume));
        Ok(next.map_or(Action::AwaitChange, Action::RequeueAfter))
    }
}

impl AttachDetachController {
    fn observe_pod(&self, pod: &Rc<Pod>, change: &Change, wake: &mut Wake) {
        let Some(node) = pod.node_name.as_ref().filter(|_| may_need_attachment(pod)) else { return };
        let old = change.previous.as_ref().and_then(|old| old.get::<Pod>());
        let same = old.is_some_and(|old| old.node_name == pod.node_name && is_over(old) == is_over(pod));
        if change.op == Op::Deleted || !same {
            wake.key(at(node));
        }
    }

    fn observe_node(&self, node: &Rc<Node>, change: &Change, wake: &mut Wake) {
        let old = change.previous.as_ref().and_then(|old| old.get::<Node>());
        let same = old.is_some_and(|old| {
            old.status.volumes_in_use == node.status.volumes_in_use
                && old.status.volumes_attached == node.status.volumes_attached
                && old.spec.taints == node.spec.taints
                && is_ready(old) == is_ready(node)
        });
        if change.op != Op::Modified || !same {
            wake.key(at(&node.metadata.name));
        }
        if old.is_some_and(|old| old.status.volumes_attached != node.status.volumes_attached) {
            self.wake_waiting(wake);
        }
    }

    /// Looks at the nodes that wait for volumes of others.
    fn wake_waiting(&self, wake: &mut Wake) {
        for (node, _) in &self.reported {
            wake.key(at(node));
        }
    }
}

/// A claim that is bound lets the pods that wait for it have their volumes attached.
fn observe_claim(claim: &PersistentVolumeClaim, api: &ApiServer, wake: &mut Wake) {
    if claim.status.phase.as_deref() != Some("Bound") {
        return;
    }
    for pod in api.list_in::<Pod>(&claim.metadata.namespace) {
        if let Some(node) = &pod.node_name
            && claim_names(pod).any(|name| name == claim.metadata.name)
        {
            wake.key(at(node));
        }
    }
}

/// Whether a node says that it is well.
fn is_ready(node: &Node) -> bool {
    node.status.conditions.iter().any(|c| &*c.type_ == "Ready" && &*c.status == "True")
}

fn at(node: &Str) -> Key {
    Key::new(Kind::Node, "", node.clone())
}

/// The volumes that are at a node, or on their way there or from there.
fn attached_at(name: &Str, node: Option<&Rc<Node>>, api: &ApiServer) -> Vec<Str> {
    let mut volumes: Vec<Str> = Vec::new();
    for volume in node.iter().flat_map(|node| &node.status.volumes_attached) {
        volumes.push(volume.name.clone());
    }
    for attachment in api.list::<VolumeAttachment>() {
        if attachment.spec.node_name == *name
            && let Some(volume) = wanted::volume_of(attachment, api)
            && !volumes.contains(&volume)
        {
            volumes.push(volume);
        }
    }
    volumes.order();
    volumes
}
