//! The places of a DaemonSet: every node with the pods that are for it, and whether they should be there
//! (upstream: `NodeShouldRunDaemonPod`, `getNodesToDaemonPods`).

use super::template;
use crate::pods;
use orrery_api::{DaemonSet, Node, Pod, Taint, Toleration};
use orrery_apimachinery::Order;
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use std::rc::Rc;

/// What a node means for a DaemonSet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It should have a pod.
    Run,
    /// It should get none, but one that is there stays.
    Stay,
    /// It should have none.
    Leave,
}

/// A node with the pods that are for it.
#[derive(Debug)]
pub(super) struct Site {
    /// The node's name.
    pub name: Str,
    /// What the node means for the DaemonSet; `None` when there is no such node.
    pub verdict: Option<Verdict>,
    /// The pods on the node and those that wait for it.
    pub pods: Vec<Rc<Pod>>,
}

impl Site {
    /// Whether the node should have a pod.
    pub(super) fn wants(&self) -> bool {
        self.verdict == Some(Verdict::Run)
    }
}

/// What `node` means for the DaemonSet, whose pods have these `tolerations`.
pub(super) fn verdict(set: &DaemonSet, tolerations: &[Toleration], node: &Node) -> Verdict {
    let spec = &set.spec.template.spec;
    let labels = &node.metadata.labels;
    let affinity = spec.affinity.as_ref().and_then(|a| a.node_affinity.as_ref());
    let required = affinity.and_then(|a| a.required_during_scheduling_ignored_during_execution.as_ref());
    let fits = spec.node_name.as_ref().is_none_or(|name| *name == node.metadata.name)
        && spec.node_selector.iter().all(|(key, value)| labels.get(key) == Some(value))
        && required.is_none_or(|selector| selector.matches(node));
    let repelled = |effect: &str| {
        node.spec.taints.iter().any(|t: &Taint| *t.effect == *effect && !t.tolerated_by(tolerations))
    };
    if !fits || repelled("NoExecute") {
        Verdict::Leave
    } else if repelled("NoSchedule") {
        Verdict::Stay
    } else {
        Verdict::Run
    }
}

/// Every node and every name of one for which there is a pod, by name. Pods that are over and being deleted are left
/// to those who do that.
pub(super) fn survey(
    set: &DaemonSet,
    tolerations: &[Toleration],
    pods: &[Rc<Pod>],
    api: &ApiServer,
) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    for node in api.list::<Node>() {
        let verdict = Some(verdict(set, tolerations, node));
        sites.push(Site { name: node.metadata.name.clone(), verdict, pods: Vec::new() });
    }
    for pod in pods {
        if pods::is_over(pod) && pod.metadata.terminating() {
            continue;
        }
        let Some(target) = template::target(pod) else { continue };
        let place = sites.binary_search_by(|site| site.name.cmp(target)).unwrap_or_else(|place| {
            sites.insert(place, Site { name: target.clone(), verdict: None, pods: Vec::new() });
            place
        });
        sites[place].pods.push(pod.clone());
    }
    for site in &mut sites {
        site.pods.order_by(|a, b| seniority(a).cmp(&seniority(b)));
    }
    sites
}

/// The pod that has a node goes before one that has none, then the oldest
/// (upstream: `podByCreationTimestampAndPhase`).
fn seniority(pod: &Pod) -> (bool, impl Ord, &Str) {
    (pod.node_name.is_none(), pod.metadata.creation_timestamp, &pod.metadata.name)
}
