//! What would have to change for a pod that waits: for each node that refused it everything that stands in the way, not
//! only what the scheduler met first.

use orrery_apimachinery::Order;
use std::rc::Rc;

use orrery_api::pod_resources::requests;
use orrery_api::{Container, Node, NodeSelectorTerm, Pod, PodSpec, resources};
use orrery_apimachinery::{Quantity, Str};
use orrery_cluster::Cluster;

use crate::scene::Text;
use crate::scheduling::Verdict;

/// The most remedies that are told.
const TOLD: usize = 6;
/// The cordon's own taint goes with the cordon.
const CORDON: &str = "node.kubernetes.io/unschedulable";
/// Taints of this kind come from the node's state and go with it.
const FROM_STATE: &str = "node.kubernetes.io/";

/// What one node would need.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// Take the cordon off.
    Uncordon,
    /// The machine is off.
    Start,
    /// The node's state keeps pods away, by this taint.
    State(Text),
    /// Take the taint away, or tolerate it: `key=value:Effect`.
    Taint(Text),
    /// Give the node a label: `key=value`.
    Label(Text),
    /// Other rules of node affinity do not let it in.
    Affinity,
    /// Free so much of a resource.
    Free(Text, Text),
    /// It holds as many pods as it takes.
    FewerPods(u64),
    /// The pod asks for more of a resource than the node has: so much, of so much.
    TooSmall(Text, Text, Text),
    /// A port of the node is taken by a pod.
    Port(i32, Text),
    /// As the plug-in said it.
    Said(&'static str, Text),
    /// A gate holds the pod back before the scheduler sees it.
    Gate(Text),
    /// One node more, like those that there are.
    AddNode,
}

/// A way to place the pod.
#[derive(Clone, PartialEq, Debug)]
pub struct Remedy {
    /// The node; empty when it is about no single one.
    pub node: Text,
    /// Everything that has to change.
    pub changes: Vec<Change>,
    /// So many other nodes need the same.
    pub others: usize,
}

/// The ways to place a pod, the smallest change first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Remedies {
    /// The first of them.
    pub first: Vec<Remedy>,
    /// How many more there are.
    pub more: usize,
}

impl Change {
    /// The command that makes the change on a node, if one does.
    pub fn command(&self, node: &str) -> Option<Vec<String>> {
        let words: &[&str] = match self {
            Change::Uncordon => &["uncordon", node],
            Change::Taint(taint) => {
                let (key, effect) = taint.rsplit_once(':')?;
                let key = key.split('=').next().unwrap_or_default();
                return Some(
                    ["taint", "nodes", node, &format!("{key}:{effect}-")].map(str::to_owned).to_vec(),
                );
            }
            Change::Label(label) => &["label", "nodes", node, label, "--overwrite"],
            _ => return None,
        };
        Some(words.iter().map(|word| (*word).to_owned()).collect())
    }

    /// How much it takes: what one command undoes is less than what others would have to make room for.
    fn size(&self) -> u32 {
        match self {
            Change::Gate(_) => 0,
            Change::Uncordon => 1,
            Change::Start => 2,
            Change::Taint(_) => 3,
            Change::Label(_) => 4,
            Change::Free(..) => 6,
            Change::FewerPods(_) | Change::Port(..) => 7,
            Change::AddNode => 9,
            Change::State(_) => 10,
            Change::Affinity | Change::TooSmall(..) => 12,
            Change::Said(..) => 13,
        }
    }

    /// What room on another node would do as well.
    fn is_about_room(&self) -> bool {
        matches!(self, Change::Free(..) | Change::FewerPods(_) | Change::Port(..))
    }
}

/// What would have to change for a pod without a node.
pub(crate) fn remedies(cluster: &Cluster, pod: &Pod, verdicts: &[Verdict]) -> Remedies {
    if pod.node_name.is_some() {
        return Remedies::default();
    }
    let mut found: Vec<(u64, Remedy)> = Vec::new();
    for verdict in verdicts.iter().filter(|v| v.score.is_none()) {
        let Some(node) = cluster.api().get::<Node>("", &verdict.node) else { continue };
        let (share, mut changes) = needed(cluster, pod, node);
        if changes.is_empty() {
            changes.push(Change::Said(verdict.plugin, verdict.reason.clone()));
        }
        let same = found.iter_mut().find(|(_, r)| r.changes == changes);
        match same.filter(|(_, r)| r.changes.iter().all(|c| c.command("").is_none())) {
            Some((_, known)) => known.others += 1,
            None => {
                let sum: u32 = changes.iter().map(Change::size).sum();
                let order = u64::from(sum) * 1_000_000 + share;
                found.push((order, Remedy { node: verdict.node.clone(), changes, others: 0 }));
            }
        }
    }
    if found.iter().any(|(_, r)| r.changes.iter().all(Change::is_about_room)) {
        let changes = vec![Change::AddNode];
        found.push((
            u64::from(Change::AddNode.size()) * 1_000_000,
            Remedy { node: "".into(), changes, others: 0 },
        ));
    }
    found.extend(pod.spec.scheduling_gates.iter().map(|gate| {
        let changes = vec![Change::Gate(gate.name.clone())];
        (0, Remedy { node: "".into(), changes, others: 0 })
    }));
    found.order_by(|a, b| (a.0, &a.1.node).cmp(&(b.0, &b.1.node)));
    let more = found.len().saturating_sub(TOLD);
    Remedies { first: found.into_iter().take(TOLD).map(|(_, remedy)| remedy).collect(), more }
}

/// All that stands between a pod and a node, and how much room lacks, in millionths of the node.
fn needed(cluster: &Cluster, pod: &Pod, node: &Node) -> (u64, Vec<Change>) {
    let mut changes = Vec::new();
    let name = &node.metadata.name;
    let off = cluster.node_is_on(name) == Some(false);
    if off {
        changes.push(Change::Start);
    }
    if node.spec.unschedulable {
        changes.push(Change::Uncordon);
    }
    for taint in node.spec.taints.iter().filter(|t| &*t.effect != "PreferNoSchedule") {
        let text: Text = match taint.value.as_deref() {
            None | Some("") => format!("{}:{}", taint.key, taint.effect).into(),
            Some(value) => format!("{}={value}:{}", taint.key, taint.effect).into(),
        };
        let from_state = taint.key.starts_with(FROM_STATE);
        match () {
            () if &*taint.key == CORDON || taint.tolerated_by(&pod.spec.tolerations) || from_state && off => {
            }
            () if from_state => changes.push(Change::State(text)),
            () => changes.push(Change::Taint(text)),
        }
    }
    labels(&pod.spec, node, &mut changes);
    let share = room(cluster, pod, node, &mut changes);
    (share, changes)
}

/// The labels that the pod asks of its node, and that this one lacks.
fn labels(spec: &PodSpec, node: &Node, changes: &mut Vec<Change>) {
    let lacks = |(key, value): &(&Str, &Str)| node.metadata.labels.get(key) != Some(*value);
    let label = |key: &str, value: &str| Change::Label(format!("{key}={value}").into());
    changes.extend(spec.node_selector.iter().filter(lacks).map(|(key, value)| label(key, value)));
    let affinity = spec.affinity.as_ref().and_then(|a| a.node_affinity.as_ref());
    let required = affinity.and_then(|a| a.required_during_scheduling_ignored_during_execution.as_ref());
    let Some(required) = required.filter(|selector| !selector.matches(node)) else { return };
    let by_labels = |term: &NodeSelectorTerm| -> Option<Vec<Change>> {
        let unmet = |r: &&orrery_api::NodeSelectorRequirement| !r.matches(node.metadata.labels.get(&r.key));
        let fields = !term.match_fields.is_empty() || term.match_expressions.is_empty();
        let unmet = term.match_expressions.iter().filter(unmet);
        let made = unmet.map(|r| match &*r.operator {
            "In" => Some(label(&r.key, r.values.first()?)),
            "Exists" => Some(label(&r.key, "true")),
            _ => None,
        });
        if fields { None } else { made.collect() }
    };
    let ways = required.node_selector_terms.iter().filter_map(by_labels);
    changes.extend(ways.min_by_key(Vec::len).unwrap_or_else(|| vec![Change::Affinity]));
}

/// The room that the pod asks for, and that this node does not have left.
fn room(cluster: &Cluster, pod: &Pod, node: &Node, changes: &mut Vec<Change>) -> u64 {
    let ended = |p: &&Rc<Pod>| matches!(p.status.phase.as_deref(), Some("Succeeded" | "Failed"));
    let here: Vec<_> = cluster.api().pods_on(&node.metadata.name).filter(|p| !ended(p)).collect();
    let mut share = 0;
    for (resource, asked) in &requests(&pod.spec) {
        let offered = node.status.allocatable.get(resource).copied().unwrap_or_default();
        let taken: Quantity = here.iter().filter_map(|p| requests(&p.spec).get(resource).copied()).sum();
        let lacking = taken + *asked - offered;
        if asked.is_zero() || lacking <= Quantity::default() {
            continue;
        }
        let text = |amount: &Quantity| Text::from(amount.to_string());
        if *asked > offered {
            changes.push(Change::TooSmall(resource.clone(), text(asked), text(&offered)));
        } else {
            changes.push(Change::Free(resource.clone(), text(&lacking)));
        }
        let part = i128::from(lacking.milli_value()) * 1_000_000 / i128::from(offered.milli_value().max(1));
        share = share.max(u64::try_from(part).unwrap_or(u64::MAX).min(999_999));
    }
    let most = node.status.allocatable.get(resources::PODS).map_or(u64::MAX, |q| q.value().unsigned_abs());
    if here.len() as u64 >= most {
        changes.push(Change::FewerPods(most));
    }
    let ports = |spec: &PodSpec| -> Vec<i32> {
        let of = |c: &Container| c.ports.iter().map(|p| p.host_port).filter(|p| *p > 0).collect::<Vec<_>>();
        spec.containers.iter().flat_map(of).collect()
    };
    for port in ports(&pod.spec) {
        let holder = here.iter().find(|p| ports(&p.spec).contains(&port));
        changes.extend(holder.map(|p| Change::Port(port, p.metadata.name.clone())));
    }
    share
}
