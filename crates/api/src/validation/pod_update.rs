//! Rules for a changed pod (upstream: `ValidatePodUpdate`).

use super::go_diff::diff;
use super::shown::quoted;
use super::{Errors, Path, pod, pod_annotations, scheduling};
use crate::{NodeAffinity, NodeSelectorTerm, Pod, PodSpec, Toleration};
use orrery_apimachinery::Value;
use orrery_apimachinery::decode::encode;
use std::rc::Rc;

const ONLY_THESE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

/// The rules for a changed pod.
pub(crate) fn update(new: &Pod, old: &Pod, errors: &mut Errors) {
    let same_annotations = new.metadata.annotations == old.metadata.annotations;
    let same_spec = Rc::ptr_eq(&new.spec, &old.spec) && new.node_name == old.node_name;
    if same_spec && same_annotations {
        return;
    }
    let path = &Path::Root("spec");
    pod::any(new, path, errors);
    pod_annotations::update(new, old, errors);
    for (name, new, old) in [
        ("containers", &new.spec.containers, &old.spec.containers),
        ("initContainers", &new.spec.init_containers, &old.spec.init_containers),
    ] {
        if new.len() != old.len() {
            return errors.forbidden(&path.field(name), "pod updates may not add or remove containers");
        }
    }
    if !deadline(&new.spec, &old.spec, &path.field("activeDeadlineSeconds"), errors) {
        return;
    }
    tolerations(&new.spec, &old.spec, &path.field("tolerations"), errors);
    gates(&new.spec, &old.spec, &path.field("schedulingGates"), errors);
    let mut spec = with_what_may_change(&new.spec, &old.spec);
    if !old.spec.scheduling_gates.is_empty() {
        narrowed(&mut spec, &old.spec, path, errors);
    }
    if spec != *old.spec || new.node_name != old.node_name {
        let [old, new] =
            [(old, &*old.spec), (new, &spec)].map(|(pod, spec)| as_stored(spec, pod.node_name.as_deref()));
        errors.forbidden(path, &format!("{ONLY_THESE}\n{}", diff("PodSpec", &old, &new)));
    }
}

/// The rules for a pod whose ephemeral containers were changed, and nothing else
/// (upstream: `ValidatePodEphemeralContainersUpdate`): they only get more.
pub(crate) fn ephemeral_containers(new: &Pod, old: &Pod, errors: &mut Errors) {
    let path = &Path::Root("spec");
    pod::any(new, path, errors);
    let path = path.field("ephemeralContainers");
    for old in &old.spec.ephemeral_containers {
        let name = quoted(&old.name);
        match new.spec.ephemeral_containers.iter().find(|c| c.name == old.name) {
            None => {
                errors
                    .forbidden(&path, &format!("existing ephemeral containers {name} may not be removed\n"));
            }
            Some(new) if new != old => {
                let diff = diff("EphemeralContainer", &encode(old), &encode(new));
                let detail = format!("existing ephemeral containers {name} may not be changed\n{diff}");
                errors.forbidden(&path, &detail);
            }
            Some(_) => {}
        }
    }
}

/// The spec as the API server has it: with the node, and with what concerns the host in the security context.
fn as_stored(spec: &PodSpec, node: Option<&str>) -> Value {
    let mut tree = encode(spec);
    if let Some(node) = node {
        tree["nodeName"] = node.into();
    }
    for field in ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"] {
        if let Some(value) = tree.get(field).cloned() {
            tree["securityContext"][field] = value;
        }
    }
    tree
}

/// A deadline may come, and come nearer; false when upstream looks no further.
fn deadline(new: &PodSpec, old: &PodSpec, path: &Path, errors: &mut Errors) -> bool {
    match (new.active_deadline_seconds, old.active_deadline_seconds) {
        (Some(seconds), _) if !(0..=i64::from(i32::MAX)).contains(&seconds) => {
            errors.in_range(path, seconds, 0, i64::from(i32::MAX));
            return false;
        }
        (Some(new), Some(old)) if new > old => {
            errors.invalid(path, &new, "must be less than or equal to previous value");
            return false;
        }
        (None, Some(_)) => {
            errors.invalid(path, &None::<i64>, "must not update from a positive integer to nil value");
        }
        _ => {}
    }
    true
}

fn tolerations(new: &PodSpec, old: &PodSpec, path: &Path, errors: &mut Errors) {
    for toleration in &old.tolerations {
        let kept = new.tolerations.iter().any(|n| {
            let seconds = n.toleration_seconds;
            *n == Toleration { toleration_seconds: seconds, ..toleration.clone() }
        });
        if !kept {
            let detail = "existing toleration can not be modified except its tolerationSeconds";
            return errors.forbidden(path, detail);
        }
    }
    scheduling::tolerations(&new.tolerations, path, errors);
}

/// Gates only open.
fn gates(new: &PodSpec, old: &PodSpec, path: &Path, errors: &mut Errors) {
    let gates = new.scheduling_gates.iter().enumerate();
    for (i, gate) in gates.filter(|(_, gate)| !old.scheduling_gates.contains(gate)) {
        let detail = format!("only deletion is allowed, but found new scheduling gate '{}'", gate.name);
        errors.forbidden(&path.index(i).field("name"), &detail);
    }
}

/// The new spec with what may change taken from the old one.
fn with_what_may_change(new: &PodSpec, old: &PodSpec) -> PodSpec {
    let mut spec = PodSpec {
        active_deadline_seconds: old.active_deadline_seconds,
        scheduling_gates: old.scheduling_gates.clone(),
        tolerations: old.tolerations.clone(),
        ..new.clone()
    };
    let containers = spec.init_containers.iter_mut().chain(&mut spec.containers);
    for (new, old) in containers.zip(old.init_containers.iter().chain(&old.containers)) {
        new.image = old.image.clone();
    }
    let was_negative = old.termination_grace_period_seconds.is_some_and(|s| s < 0);
    if was_negative && spec.termination_grace_period_seconds == Some(1) {
        spec.termination_grace_period_seconds = old.termination_grace_period_seconds;
    }
    spec
}

/// The nodes of a pod that waits behind a gate may become fewer: takes them from the old spec.
fn narrowed(spec: &mut PodSpec, old: &PodSpec, path: &Path, errors: &mut Errors) {
    if old.node_selector.iter().any(|(key, value)| spec.node_selector.get(key) != Some(value)) {
        let detail = "only additions to spec.nodeSelector are allowed (no mutations or deletions)";
        errors.invalid(&path.field("nodeSelector"), &spec.node_selector, detail);
    }
    spec.node_selector = old.node_selector.clone();
    let of_nodes = |spec: &PodSpec| spec.affinity.as_ref().and_then(|a| a.node_affinity.clone());
    let (new_nodes, old_nodes) = (of_nodes(spec), of_nodes(old));
    if new_nodes == old_nodes {
        return;
    }
    let at = path.field("affinity");
    fewer_nodes(new_nodes.as_ref(), old_nodes.as_ref(), &at.field("nodeAffinity"), errors);
    match &mut spec.affinity {
        Some(affinity)
            if old.affinity.is_none()
                && affinity.pod_affinity.is_none()
                && affinity.pod_anti_affinity.is_none() =>
        {
            spec.affinity = None;
        }
        Some(affinity) => affinity.node_affinity = old_nodes,
        none => *none = Some(crate::Affinity { node_affinity: old_nodes, ..Default::default() }),
    }
}

fn terms(affinity: Option<&NodeAffinity>) -> &[NodeSelectorTerm] {
    let required = affinity.and_then(|a| a.required_during_scheduling_ignored_during_execution.as_ref());
    required.map_or(&[], |selector| &selector.node_selector_terms)
}

/// Terms only gain requirements (upstream: `validateNodeAffinityMutation`).
fn fewer_nodes(new: Option<&NodeAffinity>, old: Option<&NodeAffinity>, path: &Path, errors: &mut Errors) {
    let (new, old) = (terms(new), terms(old));
    let at = path.field(REQUIRED);
    let at = at.field("nodeSelectorTerms");
    if !old.is_empty() && new.len() != old.len() {
        let detail = "no additions/deletions to non-empty NodeSelectorTerms list are allowed";
        return errors.invalid(&at, new, detail);
    }
    for (i, (new, old)) in new.iter().zip(old).enumerate() {
        let was_empty = old.match_expressions.is_empty() && old.match_fields.is_empty();
        let is_empty = new.match_expressions.is_empty() && new.match_fields.is_empty();
        let kept = new.match_expressions.starts_with(&old.match_expressions)
            && new.match_fields.starts_with(&old.match_fields);
        if !kept || (was_empty && !is_empty) {
            let detail = "only additions are allowed (no mutations or deletions)";
            errors.invalid(&at.index(i), new, detail);
        }
    }
}
