//! VolumeBinding: a pod goes where its volumes can be reached, and claims that wait for their first
//! consumer are bound with it.

use crate::framework::{ClusterEvent, Code, Cycle, CycleState, Plugin, PreFilter, Status};
use crate::node_info::NodeInfo;
use crate::pod_info::PodInfo;
use orrery_api::{CSINode, Node, Object, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass};
use orrery_apimachinery::Order;
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_client::volume::{
    NO_PROVISIONER, SELECTED_NODE, claim_class, claim_name, find_match, fully_bound, made_for, not_made_for,
    reachable_from, requested, waits_for_consumer,
};
use std::rc::Rc;

/// On a CSINode: the plug-ins of old whose volumes drivers serve there.
pub(crate) const MIGRATED_PLUGINS: &str = "storage.alpha.kubernetes.io/migrated-plugins";

/// The plug-in.
#[derive(Debug)]
pub struct VolumeBinding;

impl Plugin for VolumeBinding {
    fn name(&self) -> &'static str {
        "VolumeBinding"
    }

    fn pre_filter(&self, cycle: &Cycle<'_>, _state: &CycleState) -> Result<PreFilter, Status> {
        if !cycle.info.uses_claims {
            return Ok(PreFilter::Skip);
        }
        let claims = usable_claims(cycle.pod, cycle.api)?;
        if claims.iter().any(|claim| !fully_bound(claim) && !delayed(claim, cycle.api)) {
            return Err(Status::unresolvable("pod has unbound immediate PersistentVolumeClaims"));
        }
        Ok(PreFilter::AllNodes)
    }

    fn filter(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        let Some(node) = &node.node else { return Ok(()) };
        let claims = usable_claims(cycle.pod, cycle.api)?;
        let mut reasons: Vec<Str> = Vec::new();
        let bound: Vec<_> =
            claims.iter().filter(|c| fully_bound(c)).map(|c| volume_of(c, cycle.api)).collect();
        if bound.iter().flatten().any(|volume| !reachable_from(volume, node)) {
            reasons.push("node(s) had volume node affinity conflict".into());
        }
        if plan_for(&claims, node, cycle.api).is_none() {
            reasons.push("node(s) didn't find available persistent volumes to bind".into());
        }
        if bound.iter().any(Option::is_none) {
            reasons.push("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)".into());
        }
        if reasons.is_empty() {
            Ok(())
        } else {
            Err(Status { code: Code::UnschedulableAndUnresolvable, reasons: reasons.into() })
        }
    }

    fn looks_at_node_only(&self, info: &PodInfo) -> bool {
        !info.uses_claims
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::Node { change, .. } => change.added || change.labels || change.taints,
            event => {
                event.is_claim_of(cycle.pod, true)
                    || event.object().is_some_and(|(is, was)| may_bind(is, was))
            }
        }
    }
}

/// Whether an object that is new or has changed is one that claims may be bound because of.
fn may_bind(is: &Object, was: Option<&Object>) -> bool {
    match (is, was) {
        (Object::PersistentVolume(_), _) | (Object::StorageClass(_) | Object::CSINode(_), None) => true,
        (Object::StorageClass(is), Some(Object::StorageClass(was))) => {
            is.allowed_topologies != was.allowed_topologies
        }
        (Object::CSINode(is), Some(Object::CSINode(was))) => {
            let migrated = |node: &CSINode| node.metadata.annotations.get(MIGRATED_PLUGINS).cloned();
            migrated(is) != migrated(was)
        }
        _ => false,
    }
}

/// What has to be done on a node before the pod's claims are bound.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct VolumePlan {
    /// Claims with the volumes that are there for them.
    pub(crate) bind: Vec<(Rc<PersistentVolumeClaim>, Str)>,
    /// Claims for which a volume is to be made.
    pub(crate) provision: Vec<Rc<PersistentVolumeClaim>>,
}

impl VolumePlan {
    /// Whether nothing has to be done.
    pub(crate) fn is_empty(&self) -> bool {
        self.bind.is_empty() && self.provision.is_empty()
    }
}

/// The plan for the pod's claims on `node`; `None` when they cannot be bound there.
pub(crate) fn plan(pod: &Pod, node: &Node, api: &ApiServer) -> Option<VolumePlan> {
    plan_for(&usable_claims(pod, api).ok()?, node, api)
}

fn plan_for(claims: &[Rc<PersistentVolumeClaim>], node: &Node, api: &ApiServer) -> Option<VolumePlan> {
    let mut waiting: Vec<_> = claims.iter().filter(|claim| !fully_bound(claim)).collect();
    waiting.order_by_key(|claim| requested(claim));
    let mut plan = VolumePlan::default();
    for claim in waiting {
        let selected = claim.metadata.annotations.get(SELECTED_NODE);
        if selected.is_some_and(|name| *name != node.metadata.name) {
            return None;
        }
        let free = api
            .list::<PersistentVolume>()
            .filter(|v| plan.bind.iter().all(|(_, name)| *name != v.metadata.name));
        let found = if selected.is_some() { None } else { find_match(claim, free, Some(node), true) };
        match found {
            Some(volume) => plan.bind.push((claim.clone(), volume.metadata.name.clone())),
            None if can_provision(claim, node, api) => plan.provision.push(claim.clone()),
            None => return None,
        }
    }
    Some(plan)
}

/// Whether the claim's class makes volumes, and makes them on this node.
fn can_provision(claim: &PersistentVolumeClaim, node: &Node, api: &ApiServer) -> bool {
    let Some(class) = api.get::<StorageClass>("", &claim_class(claim)) else { return false };
    let makes_volumes = !class.provisioner.is_empty() && &*class.provisioner != NO_PROVISIONER;
    let labels = &node.metadata.labels;
    let here = class.allowed_topologies.is_empty()
        || class.allowed_topologies.iter().any(|term| {
            let mut requirements = term.match_label_expressions.iter();
            requirements.all(|r| labels.get(&r.key).is_some_and(|value| r.values.contains(value)))
        });
    makes_volumes && here
}

fn delayed(claim: &PersistentVolumeClaim, api: &ApiServer) -> bool {
    claim.spec.volume_name.is_none() && waits_for_consumer(claim, api)
}

fn volume_of(claim: &PersistentVolumeClaim, api: &ApiServer) -> Option<Rc<PersistentVolume>> {
    api.get::<PersistentVolume>("", claim.spec.volume_name.as_ref()?).cloned()
}

/// The pod's claims, or why one of them cannot be used (upstream: `podHasPVCs`).
fn usable_claims(pod: &Pod, api: &ApiServer) -> Result<Vec<Rc<PersistentVolumeClaim>>, Status> {
    let mut claims = Vec::new();
    for volume in &pod.spec.volumes {
        let Some(name) = claim_name(pod, volume) else { continue };
        let Some(claim) = api.get::<PersistentVolumeClaim>(&pod.metadata.namespace, &name) else {
            let ephemeral = volume.persistent_volume_claim.is_none();
            return Err(Status::unresolvable(if ephemeral {
                format!(
                    "waiting for ephemeral volume controller to create the persistentvolumeclaim \"{name}\""
                )
            } else {
                format!("persistentvolumeclaim \"{name}\" not found")
            }));
        };
        if claim.status.phase.as_deref() == Some("Lost") {
            let volume = claim.spec.volume_name.as_deref().unwrap_or_default();
            return Err(Status::unresolvable(format!(
                "persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \"{volume}\""
            )));
        }
        if claim.metadata.terminating() {
            return Err(Status::unresolvable(format!("persistentvolumeclaim \"{name}\" is being deleted")));
        }
        if volume.ephemeral.is_some() && !made_for(pod, claim) {
            return Err(Status::unresolvable(not_made_for(pod, claim)));
        }
        claims.push(claim.clone());
    }
    Ok(claims)
}
