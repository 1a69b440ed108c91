//! Watches over the health of nodes, and keeps pods away from those that are not well
//! (upstream: `pkg/controller/nodelifecycle`).
//!
//! Upstream looks at all nodes every five seconds. Here such a look is planned only while something is
//! not as it should be: nodes whose Lease is renewed steadily cost nothing.

mod health;
mod labels;
mod taints;
#[cfg(test)]
mod tests;
mod zones;

use crate::{Action, Controller, Wake};
use health::Health;
use orrery_api::{Kind, Node};
use orrery_apimachinery::{StatusResult, Str};
use orrery_client::{ApiServer, Change, Context, EventType, Key, Op, WATCH_LATENCY};
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;
use std::rc::Rc;
use zones::Zones;

/// How often upstream looks at the nodes (`--node-monitor-period`).
const MONITOR_PERIOD: Duration = Duration::from_secs(5);
/// Where the kubelets' Leases are.
const LEASE_NAMESPACE: &str = "kube-node-lease";

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct NodeLifecycleController {
    /// The nodes at the last look.
    known: BTreeMap<Str, Rc<Node>>,
    zones: Zones,
    /// The number of the last look.
    last_look: Option<u64>,
    /// When the first look was: a controller that starts hears every node out before it judges.
    listens_since: Option<SimTime>,
}

impl Controller for NodeLifecycleController {
    // Upstream records its events under this older name.
    const NAME: &'static str = "node-controller";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        let meta = change.value.metadata();
        match change.value.kind() {
            Kind::Node if change.op != Op::Deleted => wake.key(Key::of(&change.value)),
            Kind::Node => {}
            Kind::Lease if &*meta.namespace == LEASE_NAMESPACE => {}
            _ => return,
        }
        wake.key_after(all_nodes(), next_look(change.time).since(change.time + WATCH_LATENCY));
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        if *key == all_nodes() {
            return self.look(cx);
        }
        taints::taint_by_condition(&key.name, cx)?;
        labels::reconcile(&key.name, cx)?;
        Ok(Action::AwaitChange)
    }
}

impl NodeLifecycleController {
    /// One look at all nodes (upstream: `monitorNodeHealth`, `doNoExecuteTaintingPass`).
    fn look(&mut self, cx: &mut Context<'_>) -> StatusResult<Action> {
        let number = look_number(cx.now());
        if self.last_look.replace(number) == Some(number) {
            return Ok(Action::RequeueAfter(next_look(cx.now()).since(cx.now())));
        }
        let nodes: Vec<Rc<Node>> = cx.api().list::<Node>().cloned().collect();
        self.note_comings_and_goings(&nodes, cx);
        let since = *self.listens_since.get_or_insert(cx.now());
        let (mut deadline, mut ailing) = (None, Vec::new());
        for node in &nodes {
            let health = Health::update(node, since, cx)?;
            deadline = deadline.into_iter().chain(health.deadline).min();
            // As upstream, what to do about pods is decided by what was seen, not by what was just written.
            match health.seen {
                Some("True") => taints::remove_no_execute(node, cx)?,
                Some(_) => ailing.extend((!taints::swap_no_execute(node, cx)?).then(|| node.clone())),
                None => {}
            }
            self.zones.count(node, health.is_ready);
        }
        if self.zones.judge(cx.now()) {
            nodes.iter().try_for_each(|node| taints::remove_no_execute(node, cx))?;
        }
        let retry = self.zones.taint(&ailing, cx)?;
        let next = deadline.into_iter().chain(retry.then(|| next_look(cx.now()))).min();
        Ok(next.map_or(Action::AwaitChange, |at| Action::RequeueAfter(at.since(cx.now()))))
    }

    fn note_comings_and_goings(&mut self, nodes: &[Rc<Node>], cx: &mut Context<'_>) {
        let now: BTreeMap<Str, Rc<Node>> =
            nodes.iter().map(|n| (n.metadata.name.clone(), n.clone())).collect();
        for (name, node) in now.iter().filter(|(name, _)| !self.known.contains_key(*name)) {
            let message = format!("Node {name} event: Registered Node {name} in Controller");
            cx.event(&**node, EventType::Normal, "RegisteredNode", message);
        }
        for (name, node) in self.known.iter().filter(|(name, _)| !now.contains_key(*name)) {
            let message = format!("Node {name} event: Removing Node {name} from Controller");
            cx.event(&**node, EventType::Normal, "RemovingNode", message);
        }
        self.known = now;
    }
}

/// Stands for a look at all nodes.
fn all_nodes() -> Key {
    Key::new(Kind::Node, "", "")
}

fn look_number(at: SimTime) -> u64 {
    at.as_secs() / MONITOR_PERIOD.as_secs()
}

/// The first look after `at`.
fn next_look(at: SimTime) -> SimTime {
    SimTime::from_secs((look_number(at) + 1) * MONITOR_PERIOD.as_secs())
}
