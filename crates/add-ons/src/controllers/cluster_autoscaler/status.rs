//! How the autoscaler stands, as people read it in its ConfigMap (upstream: `clusterstate/api`).
//!
//! Deviation: upstream writes at every look; here it is written when something else than the dates has changed.

use super::{ClusterAutoscaler, STATUS, is_ready, scale_up};
use orrery_api::{ConfigMap, Node};
use orrery_apimachinery::{StatusResult, Str, Time};
use orrery_client::Context;
use orrery_client::node_group::{NAMESPACE, NodeGroup};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

const UPDATED: &str = "cluster-autoscaler.kubernetes.io/last-updated";

/// What was told of each group and of all, by the name of the condition, and since when it is so.
pub(super) type Conditions = BTreeMap<String, (String, Time)>;

/// What is told of a group, or of all together.
#[derive(Clone, Copy, Default)]
struct Counts {
    registered: usize,
    ready: usize,
    target: usize,
    candidates: usize,
}

impl Counts {
    fn of(group: &NodeGroup, nodes: &[Rc<Node>], unneeded: &dyn Fn(&Str) -> bool) -> Counts {
        let mut counts = Counts { target: group.target_size, ..Default::default() };
        for node in nodes.iter().filter(|node| scale_up::is_of(node, group)) {
            counts.registered += 1;
            counts.ready += usize::from(is_ready(node));
            counts.candidates += usize::from(unneeded(&node.metadata.name));
        }
        counts
    }

    fn add(&mut self, other: Counts) {
        self.registered += other.registered;
        self.ready += other.ready;
        self.target += other.target;
        self.candidates += other.candidates;
    }
}

impl ClusterAutoscaler {
    /// Writes how it stands, if it stands otherwise than before.
    pub(super) fn write_status(&mut self, groups: &[NodeGroup], cx: &mut Context<'_>) -> StatusResult<()> {
        let nodes: Vec<Rc<Node>> = cx.api().list::<Node>().cloned().collect();
        let unneeded = |name: &Str| self.unneeded.contains_key(name);
        let (mut all, mut each) = (Counts::default(), Vec::new());
        for group in groups {
            let counts = Counts::of(group, &nodes, &unneeded);
            all.add(counts);
            each.push((group, counts));
        }
        // Nodes of no group count in the whole.
        let others = nodes.iter().filter(|node| !groups.iter().any(|group| scale_up::is_of(node, group)));
        for node in others {
            all.add(Counts { registered: 1, target: 1, ready: usize::from(is_ready(node)), candidates: 0 });
        }
        let now = cx.date();
        let mut fresh = Conditions::new();
        let mut text = format!("time: {now}\nautoscalerStatus: Running\nclusterWide:\n");
        self.section(&mut text, "", all, None, now, &mut fresh);
        text.push_str("nodeGroups:\n");
        for (group, counts) in each {
            let _ = writeln!(text, "- name: {}", group.name);
            self.section(&mut text, &group.name, counts, Some(group), now, &mut fresh);
        }
        if fresh == self.conditions {
            return Ok(());
        }
        self.conditions = fresh;
        cx.modify::<ConfigMap>(NAMESPACE, STATUS, |map| {
            map.metadata.annotations.insert(UPDATED, now.to_string());
            map.data.insert("status", text);
        })
        .map(drop)
    }

    /// The three conditions of a group, or of all.
    fn section(
        &self,
        text: &mut String,
        whose: &str,
        counts: Counts,
        group: Option<&NodeGroup>,
        now: Time,
        fresh: &mut Conditions,
    ) {
        let Counts { registered, ready, target, candidates } = counts;
        let mut health = format!(
            "    nodeCounts:\n      registered:\n        total: {registered}\n        ready: {ready}\n        notStarted: {}\n      longUnregistered: 0\n      unregistered: {}\n",
            registered - ready,
            target.saturating_sub(registered)
        );
        if let Some(group) = group {
            let (min, max) = (group.min_size, group.max_size);
            let _ =
                write!(health, "    cloudProviderTarget: {target}\n    minSize: {min}\n    maxSize: {max}\n");
        }
        let growth = if ready < target { "InProgress" } else { "NoActivity" };
        let (spare, listed) = match candidates {
            0 => ("NoCandidates", String::new()),
            count => ("CandidatesPresent", format!("    candidates: {count}\n")),
        };
        for (name, status, more) in
            [("health", "Healthy", health), ("scaleUp", growth, String::new()), ("scaleDown", spare, listed)]
        {
            let (key, told) = (format!("{whose}/{name}"), format!("{status}\n{more}"));
            let known = self.conditions.get(&key);
            let same = |status: &str, told: &str| told.split('\n').next() == Some(status);
            let since = known.filter(|(told, _)| same(status, told)).map_or(now, |(_, since)| *since);
            let _ = write!(
                text,
                "  {name}:\n    status: {told}    lastProbeTime: \"{now}\"\n    lastTransitionTime: \"{since}\"\n"
            );
            fresh.insert(key, (told, since));
        }
    }
}
