//! The cluster autoscaler: more machines for pods that fit nowhere, fewer when little is asked of them (upstream:
//! `kubernetes/autoscaler/cluster-autoscaler`, with its usual settings). It looks after the node groups that there are
//! ConfigMaps for, see [`orrery_client::node_group`]; without any it does nothing.
//!
//! Deviation: upstream looks every ten seconds; here it looks within ten seconds of a change, and when a time is up.

mod leaving;
mod room;
mod scale_down;
mod scale_up;
mod status;
#[cfg(test)]
mod tests;

use crate::{Action, Controller, Wake};
use leaving::Leaving;
use orrery_api::{ConfigMap, Kind, Node, Object, Pod, Taint};
use orrery_apimachinery::{ObjectMeta, StatusResult, Str};
use orrery_client::node_group::{NAMESPACE, NodeGroup, TARGET_SIZE};
use orrery_client::{ApiServer, Change, Context, EventType, Key};
use orrery_sim::{Duration, SimTime};
use scale_down::Unneeded;
use scale_up::Plan;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The ConfigMap in which it tells how it stands.
const STATUS: &str = "cluster-autoscaler-status";
/// The taint of a machine that could be spared.
const CANDIDATE: &str = "DeletionCandidateOfClusterAutoscaler";
/// Upstream: `--scan-interval`.
const SCAN: Duration = Duration::from_secs(10);
/// Upstream: `--scale-down-delay-after-add`.
const AFTER_ADD: Duration = Duration::from_secs(600);
/// Upstream: `--scale-down-delay-after-failure`.
const AFTER_FAILURE: Duration = Duration::from_secs(180);
/// A pod is told the same once in so long (upstream: the spam filter of events).
const TELL_AGAIN: Duration = Duration::from_secs(300);

/// The autoscaler, and what it remembers.
#[derive(Clone, Debug, Default)]
pub struct ClusterAutoscaler {
    /// Whether there have been node groups.
    is_on: bool,
    /// Since when machines could be spared.
    unneeded: BTreeMap<Str, SimTime>,
    /// The machines that are on their way out.
    leaving: BTreeMap<Str, Leaving>,
    grown_at: Option<SimTime>,
    failed_at: Option<SimTime>,
    /// What pods were told, by uid, and when.
    told: BTreeMap<Str, (String, SimTime)>,
    conditions: status::Conditions,
}

impl Controller for ClusterAutoscaler {
    const NAME: &'static str = "cluster-autoscaler";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        let concerns_us = match &change.value {
            Object::ConfigMap(map) => NodeGroup::read(map).is_some(),
            object => {
                self.is_on
                    && matches!(object, Object::Pod(_) | Object::Node(_) | Object::PodDisruptionBudget(_))
            }
        };
        if concerns_us {
            self.is_on = true;
            wake.key_soon(Key::new(Kind::ConfigMap, NAMESPACE, STATUS), SCAN);
        }
    }

    fn sync(&mut self, _key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let mut groups = NodeGroup::all(cx.api());
        if groups.is_empty() {
            return Ok(Action::AwaitChange);
        }
        self.ensure_status(cx)?;
        self.carry_on_leaving(cx)?;
        let plan = scale_up::plan(&groups, cx.api(), cx.now());
        let waits_for_room = matches!(plan, Plan::Coming | Plan::Grow(..));
        let grows = matches!(plan, Plan::Grow(..));
        self.carry_out(plan, &mut groups, cx)?;
        let next = if grows { None } else { self.scale_down(&groups, cx)? };
        self.write_status(&groups, cx)?;
        Ok(match (self.leaving.is_empty(), waits_for_room, next) {
            (false, ..) => Action::RequeueAfter(leaving::DELAY),
            (_, true, _) => Action::RequeueAfter(SCAN),
            (_, _, Some(left)) => Action::RequeueAfter(left.max(SCAN)),
            _ => Action::AwaitChange,
        })
    }
}

impl ClusterAutoscaler {
    fn carry_out(&mut self, plan: Plan, groups: &mut [NodeGroup], cx: &mut Context<'_>) -> StatusResult<()> {
        match plan {
            Plan::Idle => self.told.clear(),
            Plan::Coming => {}
            Plan::Grow(group, size, pods) => {
                let (name, known, max) = (&group.name, group.target_size, group.max_size);
                let what = |verb: &str| {
                    let (before, after) = if verb == "setting" { ("setting ", "") } else { ("", " set") };
                    format!(
                        "Scale-up: {before}group {name} size{after} to {size} instead of {known} (max: {max})"
                    )
                };
                note(cx, "ScaledUpGroup", what("setting"));
                set_target_size(name, size, cx)?;
                note(cx, "ScaledUpGroup", what("set"));
                let message = format!("pod triggered scale-up: [{{{name} {known}->{size} (max: {max})}}]");
                for pod in &pods {
                    cx.event(&**pod, EventType::Normal, "TriggeredScaleUp", &*message);
                }
                self.grown_at = Some(cx.now());
                for known in groups.iter_mut().filter(|known| known.name == group.name) {
                    known.target_size = size;
                }
            }
            Plan::Impossible(pods) => {
                for (pod, why) in pods {
                    self.tell(&pod, why, cx);
                }
            }
        }
        Ok(())
    }

    fn tell(&mut self, pod: &Pod, why: String, cx: &mut Context<'_>) {
        let now = cx.now();
        let known = self.told.get(&pod.metadata.uid);
        if known.is_some_and(|(said, at)| *said == why && now.since(*at) < TELL_AGAIN) {
            return;
        }
        let message = format!("pod didn't trigger scale-up: {why}");
        cx.event(pod, EventType::Normal, "NotTriggerScaleUp", message);
        self.told.insert(pod.metadata.uid.clone(), (why, now));
    }

    /// Looks which machines could be spared, and takes those that could be for long enough. How long until the next
    /// may go.
    fn scale_down(&mut self, groups: &[NodeGroup], cx: &mut Context<'_>) -> StatusResult<Option<Duration>> {
        let (found, now) = (scale_down::unneeded(groups, cx.api()), cx.now());
        self.unneeded.retain(|name, _| found.iter().any(|unneeded| unneeded.name() == name));
        let mut due: Option<SimTime> = None;
        for unneeded in &found {
            let since = *self.unneeded.entry(unneeded.name().clone()).or_insert(now);
            let goes = since + unneeded.patience();
            due = Some(due.map_or(goes, |due| due.min(goes)));
        }
        self.mark_candidates(groups, cx)?;
        let grown = self.grown_at.map_or(SimTime::ZERO, |at| at + AFTER_ADD);
        let failed = self.failed_at.map_or(SimTime::ZERO, |at| at + AFTER_FAILURE);
        let open = grown.max(failed);
        if open <= now {
            for unneeded in found {
                if self.is_due(&unneeded, now) && self.may_go(&unneeded, groups) {
                    self.begin_to_leave(&unneeded, cx)?;
                }
            }
        }
        Ok(due.map(|due| due.max(open).since(now)))
    }

    fn is_due(&self, unneeded: &Unneeded, now: SimTime) -> bool {
        self.unneeded.get(unneeded.name()).is_some_and(|since| now.since(*since) >= unneeded.patience())
    }

    /// Whether the group stays large enough, and no other machine is being drained (upstream:
    /// `--max-drain-parallelism`).
    fn may_go(&self, unneeded: &Unneeded, groups: &[NodeGroup]) -> bool {
        let name = unneeded.name();
        let Some(group) = groups.iter().find(|group| scale_up::is_of(&unneeded.node, group)) else {
            return false;
        };
        let going = self.leaving.values().filter(|leaving| leaving.group == group.name).count();
        let draining = self.leaving.values().any(|leaving| leaving.drains);
        !self.leaving.contains_key(name)
            && group.target_size > group.min_size + going
            && (unneeded.pods.is_empty() || !draining)
    }

    /// Machines that could be spared are the last to get pods (upstream: `UpdateSoftDeletionTaints`).
    fn mark_candidates(&self, groups: &[NodeGroup], cx: &mut Context<'_>) -> StatusResult<()> {
        let nodes: Vec<Rc<Node>> = cx.api().list::<Node>().cloned().collect();
        for node in nodes.iter().filter(|node| groups.iter().any(|group| scale_up::is_of(node, group))) {
            let name = &node.metadata.name;
            let is_marked = node.spec.taints.iter().any(|taint| &*taint.key == CANDIDATE);
            match (self.unneeded.contains_key(name), is_marked) {
                (true, false) => add_taint(name, CANDIDATE, "PreferNoSchedule", cx)?,
                (false, true) => remove_taint(name, CANDIDATE, cx)?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether all containers of the pod have ended.
fn is_over(pod: &Pod) -> bool {
    matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"))
}

fn is_ready(node: &Node) -> bool {
    node.status.conditions.iter().any(|c| &*c.type_ == "Ready" && &*c.status == "True")
}

/// Adds a taint with the date as its value (upstream: `taints.AddTaints`).
fn add_taint(node: &str, key: &str, effect: &str, cx: &mut Context<'_>) -> StatusResult<()> {
    let value = Some(cx.date().0.to_string().into());
    cx.modify::<Node>("", node, |node| {
        node.spec.taints.push(Taint { key: key.into(), value, effect: effect.into(), time_added: None });
    })
    .map(drop)
}

fn remove_taint(node: &str, key: &str, cx: &mut Context<'_>) -> StatusResult<()> {
    cx.modify::<Node>("", node, |node| node.spec.taints.retain(|taint| &*taint.key != key)).map(drop)
}

fn set_target_size(group: &str, size: usize, cx: &mut Context<'_>) -> StatusResult<()> {
    cx.modify::<ConfigMap>(NAMESPACE, &NodeGroup::config_map_name(group), |map| {
        map.data.insert(TARGET_SIZE, size.to_string());
    })
    .map(drop)
}

/// Records an event about the autoscaler itself (upstream: `LogEventRecorder`).
fn note(cx: &mut Context<'_>, reason: &str, message: String) {
    if let Some(map) = cx.get::<ConfigMap>(NAMESPACE, STATUS) {
        cx.event(&*map, EventType::Normal, reason, message);
    }
}

impl ClusterAutoscaler {
    /// Events are about this ConfigMap, so it is there from the beginning.
    fn ensure_status(&self, cx: &mut Context<'_>) -> StatusResult<()> {
        if cx.get::<ConfigMap>(NAMESPACE, STATUS).is_none() {
            let mut map = ConfigMap { metadata: ObjectMeta::named(NAMESPACE, STATUS), ..Default::default() };
            map.data.insert("status", "Initializing");
            cx.create(map)?;
        }
        Ok(())
    }
}
