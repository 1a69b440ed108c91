//! Which pods go first when there are too many (upstream: `ActivePodsWithRanks`, `getPodsToDelete`).

use crate::owners::Owner;
use crate::pods;
use orrery_api::{Kind, Pod, Resource};
use orrery_apimachinery::Order;
use orrery_apimachinery::{Str, Time};
use orrery_client::{ApiServer, Context};
use orrery_sim::SimTime;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// How dear a pod is; the cheapest goes first.
///
/// Deviation: of pods that have been ready for about as long, upstream lets their uids decide, which is
/// no order at all once restarts come in. Here restarts and age come first and the uid last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Worth {
    assigned: bool,
    phase: u8,
    ready: bool,
    cost: i32,
    neighbours: Reverse<u32>,
    ready_for: u32,
    restarts: Reverse<(i32, i32)>,
    age: u32,
    uid: Str,
}

/// The `count` pods that go first, the very first in front.
pub(super) fn first_to_go(
    owner: Owner<'_>,
    pods: &[Rc<Pod>],
    count: usize,
    cx: &Context<'_>,
) -> Vec<Rc<Pod>> {
    if count >= pods.len() {
        return pods.to_vec();
    }
    let neighbours = related_pods_by_node(owner, cx.api());
    let worth = |pod: &Rc<Pod>| (worth(pod, &neighbours, cx.api(), cx.now()), pod.clone());
    let mut ranked: Vec<(Worth, Rc<Pod>)> = pods.iter().map(worth).collect();
    // Only those that go need an order.
    ranked.select_nth_unstable_by(count, |a, b| a.0.cmp(&b.0));
    ranked.truncate(count);
    ranked.order_by(|a, b| a.0.cmp(&b.0));
    ranked.into_iter().map(|(_, pod)| pod).collect()
}

fn worth(pod: &Pod, neighbours: &BTreeMap<Str, u32>, api: &ApiServer, now: SimTime) -> Worth {
    let ready = pods::is_ready(pod);
    let ready_since = pods::ready_condition(pod).filter(|_| ready).and_then(|c| c.last_transition_time);
    Worth {
        assigned: pod.node_name.is_some(),
        phase: pods::phase_order(pod),
        ready,
        cost: pod.metadata.annotations.get(DELETION_COST).and_then(|c| c.parse().ok()).unwrap_or(0),
        neighbours: Reverse(pod.node_name.as_ref().and_then(|n| neighbours.get(n)).copied().unwrap_or(0)),
        ready_for: magnitude(ready_since, api, now),
        restarts: Reverse(pods::restarts(pod)),
        age: magnitude(pod.metadata.creation_timestamp, api, now),
        uid: pod.metadata.uid.clone(),
    }
}

/// How long ago `since` is, to the power of two: old pods differ less from each other than new ones
/// (upstream: `LogarithmicScaleDown`).
fn magnitude(since: Option<Time>, api: &ApiServer, now: SimTime) -> u32 {
    since.and_then(|date| now.since(api.instant(date)).as_nanos().checked_ilog2()).map_or(0, |log| log + 1)
}

/// How many active pods of the same Deployment each node has; nothing for a ReplicaSet that stands alone
/// (upstream: `getIndirectlyRelatedPods`).
fn related_pods_by_node(owner: Owner<'_>, api: &ApiServer) -> BTreeMap<Str, u32> {
    let mut count = BTreeMap::new();
    let Some(owner) = owner.meta.controller() else { return count };
    let dependents =
        |uid, kind| api.dependents(uid).filter(move |k| k.kind == kind).filter_map(|k| api.object(k));
    let pods =
        dependents(&owner.uid, Kind::ReplicaSet).flat_map(|set| dependents(&set.metadata().uid, Kind::Pod));
    for pod in pods.filter_map(Pod::unwrap_ref).filter(|pod| pods::is_active(pod)) {
        if let Some(node) = &pod.node_name {
            *count.entry(node.clone()).or_insert(0) += 1;
        }
    }
    count
}
