//! What the pods of a DaemonSet are made from: its template with what keeps them on nodes in trouble, and for each the
//! one node that it is for (upstream: `pkg/controller/daemon/util/daemonset_util.go`).

use crate::owners::Owner;
use crate::pod_control;
use orrery_api::{DaemonSet, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod, Toleration};
use orrery_apimachinery::Str;
use std::rc::Rc;

/// The label and key of the revision that a pod was made from.
pub(super) const REVISION_HASH: &str = "controller-revision-hash";
/// The annotation of a DaemonSet by which its templates are counted …
const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";
/// … and the label of its pods that says which of them it was.
const POD_GENERATION: &str = "pod-template-generation";
/// The field by which a pod is for one node.
const NODE_NAME_FIELD: &str = "metadata.name";

/// The taints that every daemon pod lives with (upstream: `AddOrUpdateDaemonPodTolerations`).
const TROUBLES: [(&str, &str); 7] = [
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
    // Only those that use the node's network live without one.
    ("node.kubernetes.io/network-unavailable", "NoSchedule"),
];

/// The tolerations that the pods of the DaemonSet have.
pub(super) fn tolerations(set: &DaemonSet) -> Vec<Toleration> {
    let spec = &set.spec.template.spec;
    let mut tolerations = spec.tolerations.clone();
    let count = if spec.host_network { TROUBLES.len() } else { TROUBLES.len() - 1 };
    for (key, effect) in &TROUBLES[..count] {
        let wanted = Toleration {
            key: Some((*key).into()),
            operator: Some("Exists".into()),
            effect: Some((*effect).into()),
            ..Default::default()
        };
        let mut known = false;
        for given in &mut tolerations {
            if given.key == wanted.key && given.effect == wanted.effect && given.operator == wanted.operator {
                // One that ends some time would let the pod be evicted.
                given.toleration_seconds = None;
                known = true;
            }
        }
        if !known {
            tolerations.push(wanted);
        }
    }
    tolerations
}

/// The pod that every pod of the DaemonSet starts as; it is for no node yet (upstream: `CreatePodTemplate`).
pub(super) fn model(set: &DaemonSet, tolerations: &[Toleration], hash: &Str) -> Pod {
    let mut pod = pod_control::model(Owner::of(set), &set.spec.template);
    if let Some(generation) = generation(set) {
        pod.metadata.labels.insert(POD_GENERATION, generation.clone());
    }
    pod.metadata.labels.insert(REVISION_HASH, hash.clone());
    Rc::make_mut(&mut pod.spec).tolerations = tolerations.to_vec();
    pod
}

/// The pod for the node called `node`; what it asks of nodes otherwise, that node fulfils
/// (upstream: `ReplaceDaemonSetPodNodeNameNodeAffinity`).
pub(super) fn pinned(model: &Pod, node: &Str) -> Pod {
    let named = NodeSelectorRequirement {
        key: NODE_NAME_FIELD.into(),
        operator: "In".into(),
        values: vec![node.clone()],
    };
    let term = NodeSelectorTerm { match_fields: vec![named], ..Default::default() };
    let mut pod = model.clone();
    let affinity = Rc::make_mut(&mut pod.spec).affinity.get_or_insert_default();
    affinity.node_affinity.get_or_insert_default().required_during_scheduling_ignored_during_execution =
        Some(NodeSelector { node_selector_terms: vec![term] });
    pod
}

/// The node that a pod is on or waits for (upstream: `GetTargetNodeName`).
pub(super) fn target(pod: &Pod) -> Option<&Str> {
    if pod.node_name.is_some() {
        return pod.node_name.as_ref();
    }
    let affinity = pod.spec.affinity.as_ref()?.node_affinity.as_ref()?;
    let required = affinity.required_during_scheduling_ignored_during_execution.as_ref()?;
    let mut fields = required.node_selector_terms.iter().flat_map(|term| &term.match_fields);
    match &*fields.find(|r| &*r.key == NODE_NAME_FIELD && &*r.operator == "In")?.values {
        [node] => Some(node),
        _ => None,
    }
}

/// Whether a pod is of the present template, which has `hash`: by that or, as in old times, by its number
/// (upstream: `IsPodUpdated`).
pub(super) fn is_updated(set: &DaemonSet, hash: &Str, pod: &Pod) -> bool {
    let labels = &pod.metadata.labels;
    labels.get(REVISION_HASH) == Some(hash)
        || generation(set).is_some_and(|generation| labels.get(POD_GENERATION) == Some(generation))
}

/// The number of the present template; one that is no number does not count.
fn generation(set: &DaemonSet) -> Option<&Str> {
    set.metadata.annotations.get(TEMPLATE_GENERATION).filter(|text| text.parse::<i64>().is_ok())
}
