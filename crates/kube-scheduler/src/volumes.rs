//! Pods that have a node and wait there for their volumes (upstream: `volumebinding/binder.go`).

use crate::plugins::volume_binding::plan;
use crate::queue::QueuedPod;
use orrery_api::{Node, PersistentVolume, PersistentVolumeClaim, Pod};
use orrery_apimachinery::Str;
use orrery_client::volume::{
    BOUND_BY_CONTROLLER, SELECTED_NODE, claim_names, fully_bound, is_bound_to, reachable_from, reference_to,
};
use orrery_client::{ApiServer, Context};
use orrery_sim::{Duration, SimTime};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A pod that waits.
#[derive(Clone, Debug)]
pub(crate) struct VolumeWait {
    pub(crate) queued: QueuedPod,
    pub(crate) pod: Rc<Pod>,
    pub(crate) node: Str,
    /// The claims for which a volume is being made.
    provisioned: Vec<Str>,
    deadline: SimTime,
}

/// How far the volumes of a pod are.
pub(crate) enum Progress {
    Waiting,
    Done,
    Failed(String),
}

/// All pods that wait, by uid.
#[derive(Clone, Debug, Default)]
pub(crate) struct VolumeWaits {
    waits: BTreeMap<Str, VolumeWait>,
    due: BTreeSet<(SimTime, Str)>,
}

impl VolumeWaits {
    pub(crate) fn len(&self) -> usize {
        self.waits.len()
    }

    pub(crate) fn contains(&self, uid: &Str) -> bool {
        self.waits.contains_key(uid)
    }

    pub(crate) fn get(&self, uid: &Str) -> Option<&VolumeWait> {
        self.waits.get(uid)
    }

    pub(crate) fn remove(&mut self, uid: &Str) -> Option<VolumeWait> {
        let wait = self.waits.remove(uid)?;
        self.due.retain(|(_, known)| known != uid);
        Some(wait)
    }

    /// When a pod is next to be looked after.
    pub(crate) fn next(&self) -> Option<SimTime> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The next pod to be looked after at `now`.
    pub(crate) fn pop(&mut self, now: SimTime) -> Option<Str> {
        self.due.first().filter(|(at, _)| *at <= now)?;
        self.due.pop_first().map(|(_, uid)| uid)
    }

    /// Looks after the pods that use a claim, because it has changed.
    pub(crate) fn observe(&mut self, claim: &PersistentVolumeClaim, now: SimTime) {
        for (uid, wait) in &self.waits {
            let meta = &wait.pod.metadata;
            if meta.namespace == claim.metadata.namespace
                && claim_names(&wait.pod).any(|name| name == claim.metadata.name)
            {
                self.due.insert((now, uid.clone()));
            }
        }
    }

    /// Does what the claims of `pod` need on `node`, for which it then waits until the timeout. Gives the pod back when that is nothing, or with an
    /// error when it failed.
    pub(crate) fn begin(
        &mut self,
        cx: &mut Context<'_>,
        queued: QueuedPod,
        pod: &Rc<Pod>,
        node: &Node,
        timeout: Duration,
    ) -> Result<Option<QueuedPod>, (QueuedPod, String)> {
        let plan = plan(pod, node, cx.api()).unwrap_or_default();
        if plan.is_empty() {
            return Ok(Some(queued));
        }
        for (claim, volume) in &plan.bind {
            if let Err(error) = reserve(cx, claim, volume) {
                return Err((queued, format!("running PreBind plugin \"VolumeBinding\": {error}")));
            }
        }
        for claim in &plan.provision {
            let meta = &claim.metadata;
            let outcome = cx.modify::<PersistentVolumeClaim>(&meta.namespace, &meta.name, |claim| {
                claim.metadata.annotations.insert(SELECTED_NODE, node.metadata.name.clone());
            });
            if let Err(error) = outcome {
                return Err((queued, format!("running PreBind plugin \"VolumeBinding\": {error}")));
            }
        }
        let uid = queued.uid().clone();
        let deadline = cx.now() + timeout;
        self.due.insert((deadline, uid.clone()));
        let wait = VolumeWait {
            queued,
            pod: pod.clone(),
            node: node.metadata.name.clone(),
            provisioned: plan.provision.iter().map(|claim| claim.metadata.name.clone()).collect(),
            deadline,
        };
        self.waits.insert(uid, wait);
        Ok(None)
    }
}

/// Has the volume wait for the claim; the volume controller does the rest.
fn reserve(cx: &mut Context<'_>, claim: &PersistentVolumeClaim, volume: &str) -> Result<(), String> {
    let outcome = cx.modify::<PersistentVolume>("", volume, |volume| {
        if !is_bound_to(volume, claim) {
            volume.metadata.annotations.insert(BOUND_BY_CONTROLLER, "yes");
        }
        volume.spec.claim_ref = Some(reference_to(claim));
    });
    outcome.map(drop).map_err(|error| error.message)
}

/// How far the volumes of a waiting pod are.
pub(crate) fn progress(wait: &VolumeWait, api: &ApiServer, now: SimTime) -> Progress {
    let failed = |why: &str| {
        Progress::Failed(format!("running PreBind plugin \"VolumeBinding\": binding volumes: {why}"))
    };
    let mut all_bound = true;
    for name in claim_names(&wait.pod) {
        let Some(claim) = api.get::<PersistentVolumeClaim>(&wait.pod.metadata.namespace, &name) else {
            return failed(&format!("persistentvolumeclaim \"{name}\" not found"));
        };
        if wait.provisioned.contains(&name)
            && claim.metadata.annotations.get(SELECTED_NODE) != Some(&wait.node)
        {
            return failed(&format!("provisioning failed for PVC \"{name}\""));
        }
        if let Some(volume) = out_of_reach(claim, &wait.node, api) {
            let why = "no matching NodeSelectorTerms";
            return failed(&format!(
                "pv \"{volume}\" node affinity doesn't match node \"{}\": {why}",
                wait.node
            ));
        }
        all_bound &= fully_bound(claim);
    }
    match all_bound {
        true => Progress::Done,
        false if now >= wait.deadline => failed("context deadline exceeded"),
        false => Progress::Waiting,
    }
}

/// The volume of a claim, if it was made where the node does not reach it.
fn out_of_reach(claim: &PersistentVolumeClaim, node: &str, api: &ApiServer) -> Option<Str> {
    let volume = api.get::<PersistentVolume>("", claim.spec.volume_name.as_ref()?)?;
    let node = api.get::<Node>("", node)?;
    (!reachable_from(volume, node)).then(|| volume.metadata.name.clone())
}
