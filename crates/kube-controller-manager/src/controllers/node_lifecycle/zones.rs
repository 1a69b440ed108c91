//! How quickly the nodes of a zone are given up. When very many nodes fall silent at once, it may be the
//! control plane that is cut off: then the pods stay where they are (upstream: `handleDisruption`).

use super::taints;
use orrery_api::Node;
use orrery_apimachinery::{StatusResult, Str};
use orrery_client::Context;
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Between two nodes that are given up (`--node-eviction-rate`: 0.1 per second).
const INTERVAL: Duration = Duration::from_secs(10);
/// The same while much of a large zone is not well (`--secondary-node-eviction-rate`: 0.01 per second).
const SECONDARY_INTERVAL: Duration = Duration::from_secs(100);
/// A zone of more nodes is large (`--large-cluster-size-threshold`).
const LARGE: usize = 50;
/// Percents of a zone that are much of it (`--unhealthy-zone-threshold`).
const UNHEALTHY_PERCENT: usize = 55;
/// Nodes with this label do not count.
const EXCLUDED: &str = "node.kubernetes.io/exclude-disruption";

/// Region and zone.
type Place = (Str, Str);

/// The zones of the cluster.
#[derive(Clone, Debug, Default)]
pub(super) struct Zones {
    zones: BTreeMap<Place, Zone>,
    /// Whether no node of any zone was ready at the last judgement.
    all_disrupted: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Zone {
    ready: usize,
    not_ready: usize,
    pace: Pace,
}

/// How much of a zone is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Normal,
    PartialDisruption,
    FullDisruption,
}

/// One node may be given up now and then.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// Between two nodes; `None`: none is given up.
    interval: Option<Duration>,
    /// When the next may be.
    next: SimTime,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { interval: Some(INTERVAL), next: SimTime::ZERO }
    }
}

impl Pace {
    /// Changes the interval; who had to wait before still waits.
    fn set(&mut self, interval: Option<Duration>, now: SimTime) {
        let waiting = self.interval.is_none() || now < self.next;
        if let Some(new) = interval.filter(|_| waiting && interval != self.interval) {
            self.next = now + new;
        }
        self.interval = interval;
    }
}

impl Zone {
    fn state(&self) -> State {
        let (ready, not_ready) = (self.ready, self.not_ready);
        if ready == 0 && not_ready > 0 {
            State::FullDisruption
        } else if not_ready > 2 && not_ready * 100 >= (ready + not_ready) * UNHEALTHY_PERCENT {
            State::PartialDisruption
        } else {
            State::Normal
        }
    }

    fn interval(&self) -> Option<Duration> {
        match self.state() {
            State::Normal | State::FullDisruption => Some(INTERVAL),
            State::PartialDisruption => (self.ready + self.not_ready > LARGE).then_some(SECONDARY_INTERVAL),
        }
    }
}

impl Zones {
    /// Counts a node, towards the next judgement.
    pub(super) fn count(&mut self, node: &Node, is_ready: bool) {
        let zone = self.zones.entry(place(node)).or_default();
        if !node.metadata.labels.contains_key(EXCLUDED) {
            *(if is_ready { &mut zone.ready } else { &mut zone.not_ready }) += 1;
        }
    }

    /// Judges the zones by what was counted. True when the last zone has just lost its last node: then
    /// nobody is to leave any node.
    pub(super) fn judge(&mut self, now: SimTime) -> bool {
        let mut counted = self.zones.values().filter(|z| z.ready + z.not_ready > 0).peekable();
        let all_disrupted = counted.peek().is_some() && counted.all(|z| z.state() == State::FullDisruption);
        for zone in self.zones.values_mut() {
            zone.pace.set(if all_disrupted { None } else { zone.interval() }, now);
            (zone.ready, zone.not_ready) = (0, 0);
        }
        let was_disrupted = std::mem::replace(&mut self.all_disrupted, all_disrupted);
        all_disrupted && !was_disrupted
    }

    /// Gives up as many of the `ailing` nodes as the pace of their zones allows. True when some are left
    /// for later.
    pub(super) fn taint(&mut self, ailing: &[Rc<Node>], cx: &mut Context<'_>) -> StatusResult<bool> {
        let mut left = false;
        for node in ailing {
            let Some(zone) = self.zones.get_mut(&place(node)) else { continue };
            let Some(interval) = zone.pace.interval else { continue };
            if cx.now() < zone.pace.next {
                left = true;
                continue;
            }
            taints::add_no_execute(node, cx)?;
            zone.pace.next = cx.now() + interval;
        }
        Ok(left)
    }
}

fn place(node: &Node) -> Place {
    let label = |key: &str| node.metadata.labels.get(key).cloned().unwrap_or_default();
    (label("topology.kubernetes.io/region"), label("topology.kubernetes.io/zone"))
}
