//! Why a node is not ready, a namespace does not go, a budget lets nobody go, and a quota lets nobody in.

use orrery_api::{Kind, Namespace, Node, PodDisruptionBudget, ResourceQuota};
use orrery_apiserver::ApiServer;
use orrery_cluster::Cluster;

use super::{Reason, What};

pub(super) fn of_node(cluster: &Cluster, node: &Node, found: &mut Vec<Reason>) {
    let name = &node.metadata.name;
    if cluster.node_is_on(name) == Some(false) {
        found.push(Reason::new(What::PoweredOff, []));
    } else if cluster.kubelet_runs(name) == Some(false) {
        found.push(Reason::new(What::KubeletStopped, []));
    }
    if cluster.node_is_cut(name) == Some(true) {
        found.push(Reason::new(What::CutOff, []));
    }
    for condition in &node.status.conditions {
        let ready = &*condition.type_ == "Ready";
        if ready != (&*condition.status == "True") {
            if ready {
                found.push(Reason::new(What::NotReady, []).saying(condition.message.clone()));
            } else if &*condition.status == "True" {
                let says = condition.message.clone();
                found.push(Reason::new(What::Pressure, [&condition.type_]).saying(says));
            }
        }
    }
    if node.spec.unschedulable {
        found.push(Reason::new(What::Cordoned, []).command(format!("kubectl uncordon {name}")));
    }
}

pub(super) fn of_namespace(api: &ApiServer, namespace: &Namespace, found: &mut Vec<Reason>) {
    if !namespace.metadata.terminating() {
        return;
    }
    let name = &namespace.metadata.name;
    let mut left = Vec::new();
    let mut reason = Reason::new(What::NamespaceLeft, []);
    for kind in api.kinds().filter(|kind| kind.namespaced() && *kind != Kind::Event) {
        let mut here = api.objects_in(kind, name);
        if let Some(first) = here.next() {
            reason.about.push(crate::owner::id(first));
            left.push(format!("{} {}", 1 + here.count(), kind.plural()));
        }
    }
    let failing = namespace.status.conditions.iter().filter(|c| &*c.status == "True");
    let says: Vec<&str> = failing.filter_map(|c| c.message.as_deref()).collect();
    reason.args = vec![if left.is_empty() { "–".into() } else { left.join(", ").into() }];
    found.push(reason.saying(Some(says.join(" ").into())));
}

pub(super) fn of_quota(quota: &ResourceQuota, found: &mut Vec<Reason>) {
    for (resource, hard) in &quota.status.hard {
        let used = quota.status.used.get(resource).copied().unwrap_or_default();
        if used >= *hard {
            found.push(Reason::new(What::Quota, [resource, &used.to_string(), &hard.to_string()]));
        }
    }
}

pub(super) fn of_budget(budget: &PodDisruptionBudget, found: &mut Vec<Reason>) {
    let status = &budget.status;
    if status.disruptions_allowed == 0 && status.expected_pods > 0 {
        let numbers = [status.current_healthy.to_string(), status.desired_healthy.to_string()];
        found.push(Reason::new(What::Budget, [&numbers[0], &numbers[1]]));
    }
}
