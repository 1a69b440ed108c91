//! The taints by which a node's condition keeps pods away.

use orrery_api::{Node, Taint};
use orrery_apimachinery::StatusResult;
use orrery_client::Context;

const NOT_READY: &str = "node.kubernetes.io/not-ready";
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";
const NO_SCHEDULE: &str = "NoSchedule";
const NO_EXECUTE: &str = "NoExecute";

/// Condition, status, and the taint that goes with it (upstream: `nodeConditionToTaintKeyStatusMap`).
const BY_CONDITION: [(&str, &str, &str); 6] = [
    ("Ready", "False", NOT_READY),
    ("Ready", "Unknown", UNREACHABLE),
    ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
    ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
    ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
    ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
];

/// Brings the `NoSchedule` taints in line with the node's conditions (upstream: `doNoScheduleTaintingPass`).
pub(super) fn taint_by_condition(name: &str, cx: &mut Context<'_>) -> StatusResult<()> {
    let Some(node) = cx.get::<Node>("", name) else { return Ok(()) };
    let holds = |type_: &str, status: &str| {
        node.status.conditions.iter().any(|c| &*c.type_ == type_ && &*c.status == status)
    };
    let by_condition = BY_CONDITION.iter().map(|(type_, status, key)| (*key, holds(type_, status)));
    let changes: Vec<(&str, bool)> = by_condition
        .chain([(UNSCHEDULABLE, node.spec.unschedulable)])
        .filter(|(key, wanted)| has(&node, key, NO_SCHEDULE) != *wanted)
        .collect();
    let (add, remove): (Vec<_>, Vec<_>) = changes.into_iter().partition(|(_, wanted)| *wanted);
    let keys =
        |changes: Vec<(&'static str, bool)>| changes.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    swap(&node, NO_SCHEDULE, &keys(add), &keys(remove), cx)
}

/// Lets pods stay: the node is ready again (upstream: `markNodeAsReachable`).
pub(super) fn remove_no_execute(node: &Node, cx: &mut Context<'_>) -> StatusResult<()> {
    swap(node, NO_EXECUTE, &[], &[UNREACHABLE, NOT_READY], cx)
}

/// Makes the taint of a node that is tainted already say what is the matter now. False when the node
/// still has to be tainted.
pub(super) fn swap_no_execute(node: &Node, cx: &mut Context<'_>) -> StatusResult<bool> {
    let (wanted, opposite) = no_execute_keys(node);
    if has(node, opposite, NO_EXECUTE) {
        swap(node, NO_EXECUTE, &[wanted], &[opposite], cx)?;
        return Ok(true);
    }
    Ok(has(node, wanted, NO_EXECUTE))
}

/// Makes pods leave a node that is not ready.
pub(super) fn add_no_execute(node: &Node, cx: &mut Context<'_>) -> StatusResult<()> {
    swap(node, NO_EXECUTE, &[no_execute_keys(node).0], &[], cx)
}

/// The key that fits the condition of a node that is not ready, and the one that does not.
fn no_execute_keys(node: &Node) -> (&'static str, &'static str) {
    let told = node.status.conditions.iter().any(|c| &*c.type_ == "Ready" && &*c.status == "False");
    if told { (NOT_READY, UNREACHABLE) } else { (UNREACHABLE, NOT_READY) }
}

fn has(node: &Node, key: &str, effect: &str) -> bool {
    node.spec.taints.iter().any(|t| &*t.key == key && &*t.effect == effect)
}

fn swap(node: &Node, effect: &str, add: &[&str], remove: &[&str], cx: &mut Context<'_>) -> StatusResult<()> {
    let missing = add.iter().any(|key| !has(node, key, effect));
    let superfluous = remove.iter().any(|key| has(node, key, effect));
    if !missing && !superfluous {
        return Ok(());
    }
    let date = cx.date();
    let change = |node: &mut Node| {
        node.spec.taints.retain(|t| &*t.effect != effect || !remove.contains(&&*t.key));
        for key in add {
            let (key, effect, time_added) = ((*key).into(), effect.into(), Some(date));
            node.spec.taints.push(Taint { key, effect, time_added, value: None });
        }
    };
    cx.modify::<Node>("", &node.metadata.name, change).map(drop)
}
