//! Why a node is not ready, a namespace does not go, a budget lets nobody go, and a quota lets nobody in.

use orrery_api::{Kind, Namespace, Node, Pod, PodDisruptionBudget, ResourceQuota};
use orrery_apiserver::{ApiServer, Key};
use orrery_cluster::{Act, Cluster, Worker};

use super::mend::{Mend, patch};
use super::{Reason, What};

pub(super) fn of_node(cluster: &Cluster, node: &Node, found: &mut Vec<Reason>) {
    let name = &node.metadata.name;
    let who = Worker::Node(name.clone());
    let mut out = |what| found.push(Reason::new(what, []).while_out(cluster, &who));
    if cluster.node_is_on(name) == Some(false) {
        out(What::PoweredOff);
    } else if cluster.kubelet_runs(name) == Some(false) {
        out(What::KubeletStopped);
    } else if cluster.node_is_cut(name) == Some(true) {
        out(What::CutOff);
    }
    for condition in &node.status.conditions {
        let ready = &*condition.type_ == "Ready";
        if ready != (&*condition.status == "True") {
            if ready {
                found.push(Reason::new(What::NotReady, []).saying(condition.message.clone()));
            } else if &*condition.status == "True" {
                let says = condition.message.clone();
                let own = Key::new(Kind::Node, "", name.clone());
                let last = cluster.last_deed_to(&own, cluster.now());
                let strained = last.is_some_and(|deed| matches!(deed.act, Act::Strain(_)));
                let mend = strained.then(|| Mend::Relieve(name.clone()));
                found.push(Reason { mend, ..Reason::new(What::Pressure, [&condition.type_]).saying(says) });
            }
        }
    }
    if node.spec.unschedulable {
        found.push(Reason::new(What::Cordoned, []).mend(format!("kubectl uncordon {name}")));
        undrained(cluster, name, found);
    }
}

/// The pods of a cordoned node that their budgets keep there.
fn undrained(cluster: &Cluster, node: &str, found: &mut Vec<Reason>) {
    let api = cluster.api();
    for pod in api.pods_on(node) {
        let meta = &pod.metadata;
        let holds = |budget: &&std::rc::Rc<PodDisruptionBudget>| {
            budget.status.disruptions_allowed == 0
                && budget.spec.selector.as_ref().is_some_and(|selector| selector.matches(&meta.labels))
        };
        let Some(budget) = api.list_in::<PodDisruptionBudget>(&meta.namespace).find(holds) else { continue };
        let name = &budget.metadata.name;
        let reason = Reason::new(What::Undrained, [&meta.name, name]);
        let reason = reason.about("PodDisruptionBudget", &meta.namespace, name);
        found.push(Reason { mend: one_more(cluster, pod), ..reason });
    }
}

/// The command that runs one more of a pod.
fn one_more(cluster: &Cluster, pod: &Pod) -> Option<Mend> {
    let handle = crate::handle::handle(cluster, &crate::pod::id(pod))?;
    let line = handle.scale(handle.replicas?.saturating_add(1)).join(" ");
    Some(Mend::Command(format!("kubectl {line}").into()))
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
            let twice = format!(r#"{{"spec":{{"hard":{{"{resource}":"{}"}}}}}}"#, *hard + *hard);
            let reason = Reason::new(What::Quota, [resource, &used.to_string(), &hard.to_string()]);
            found.push(reason.mend(patch(quota, &twice)));
        }
    }
}

pub(super) fn of_budget(cluster: &Cluster, budget: &PodDisruptionBudget, found: &mut Vec<Reason>) {
    let status = &budget.status;
    if status.disruptions_allowed == 0 && status.expected_pods > 0 {
        let numbers = [status.current_healthy.to_string(), status.desired_healthy.to_string()];
        let chosen = budget.spec.selector.as_ref().and_then(|selector| {
            let mut pods = cluster.api().list_in::<Pod>(&budget.metadata.namespace);
            pods.find(|pod| selector.matches(&pod.metadata.labels))
        });
        let mend = chosen.and_then(|pod| one_more(cluster, pod));
        found.push(Reason { mend, ..Reason::new(What::Budget, [&numbers[0], &numbers[1]]) });
    }
}
