//! Whether pods of lower priority could go so that a pod has a node, and which of them do
//! (upstream: `framework/preemption`).

use crate::condition;

use crate::decision::{Candidate, Decision, Preemption, Victim};
use crate::failure::histogram;
use crate::filtering::Plan;
use crate::framework::{Cycle, Status};
use crate::memory::{Memory, Trial};
use crate::nominator::Nomination;
use crate::plugins::default_preemption::{
    Victims, candidates_wanted, may_preempt, select_victims, starting_time,
};
use orrery_api::{Kind, Pod, PodCondition, PodDisruptionBudget};
use orrery_apimachinery::Str;
use orrery_client::{Context, DeleteOptions, EventType, Key};
use orrery_sim::Random;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What looking for room comes to (upstream: the outcome of `PostFilter`).
#[derive(Clone, Debug)]
pub(crate) struct PostFilter {
    /// What is told behind the reasons why no node would do; empty when room is made.
    pub(crate) message: String,
    /// What becomes of the pod's nomination.
    pub(crate) nomination: Nomination,
    /// The pods that have to go.
    pub(crate) victims: Vec<Rc<Pod>>,
}

impl PostFilter {
    /// No room was looked for.
    pub(crate) fn none(nomination: Nomination) -> Self {
        PostFilter { message: String::new(), nomination, victims: Vec::new() }
    }

    fn in_vain(message: &str, nomination: Nomination) -> Self {
        PostFilter { message: format!("preemption: {message}"), ..PostFilter::none(nomination) }
    }
}

/// What is known of the nodes when none of them would do.
pub(crate) struct Refused<'a> {
    /// The plug-ins' plan; none when the pod was refused before any node was looked at.
    pub(crate) plan: Option<&'a Plan>,
    /// What is remembered of such pods.
    pub(crate) memory: &'a mut Memory,
    /// The nodes that would do if pods went.
    pub(crate) resolvable: Vec<usize>,
}

/// A node on which room could be made.
struct Room {
    slot: usize,
    victims: Rc<Victims>,
}

/// Looks for pods that could go (upstream: `Evaluator.Preempt`).
pub(crate) fn preempt(
    cycle: &Cycle<'_>,
    mut refused: Refused<'_>,
    random: &mut Random,
    decision: &mut Decision,
) -> PostFilter {
    if let Err(why) = may_preempt(cycle, &refused.resolvable) {
        return PostFilter::in_vain(why, Nomination::Keep);
    }
    let nodes = cycle.cache.len();
    let mut search = Search::default();
    if let Some(plan) = refused.plan.filter(|_| !refused.resolvable.is_empty()) {
        search.try_nodes(cycle, plan, &mut refused, random);
    }
    let rooms = search.rooms();
    let Some((chosen, because)) = pick(&rooms) else {
        if let Some(error) = search.errors.first() {
            return PostFilter::in_vain(error, Nomination::Keep);
        }
        let mut reasons = search.reasons;
        let untried = nodes - search.tried;
        if untried > 0 {
            reasons.insert("Preemption is not helpful for scheduling".into(), untried);
        }
        let told = histogram(reasons.iter().map(|(reason, nodes)| (&**reason, *nodes)));
        return PostFilter::in_vain(&format!("0/{nodes} nodes are available: {told}."), Nomination::Clear);
    };
    decision.preemption = Some(tell(cycle, &rooms, chosen, because));
    let room = &rooms[chosen];
    PostFilter {
        message: String::new(),
        nomination: Nomination::To(cycle.cache.info(room.slot).name.clone()),
        victims: room.victims.pods.iter().map(|victim| victim.pod.clone()).collect(),
    }
}

/// What trying node by node has found so far.
#[derive(Default)]
struct Search {
    /// Rooms for which no budget is violated …
    safe: Vec<Room>,
    /// … and others.
    violating: Vec<Room>,
    reasons: BTreeMap<Str, usize>,
    tried: usize,
    errors: Vec<String>,
}

impl Search {
    /// Tries nodes, beginning anywhere, until enough are found (upstream: `DryRunPreemption`).
    fn try_nodes(&mut self, cycle: &Cycle<'_>, plan: &Plan, refused: &mut Refused<'_>, random: &mut Random) {
        let nodes = &refused.resolvable;
        refused.memory.trials.resize_with(cycle.cache.slots(), Trial::default);
        let budgets: Vec<&Rc<PodDisruptionBudget>> = cycle.api.list::<PodDisruptionBudget>().collect();
        let wanted = candidates_wanted(&cycle.profile.args.preemption, nodes.len());
        let offset = usize::try_from(random.below(nodes.len() as u64)).unwrap_or(0);
        for i in 0..nodes.len() {
            let slot = nodes[(offset + i) % nodes.len()];
            match try_node(cycle, plan, slot, refused.memory, &budgets) {
                Ok(victims) if victims.pods.is_empty() => {
                    let node = &cycle.cache.info(slot).name;
                    let error = format!("expected at least one victim pod on node \"{node}\"");
                    self.errors.push(error);
                }
                Ok(victims) => {
                    let list = if victims.violations == 0 { &mut self.safe } else { &mut self.violating };
                    list.push(Room { slot, victims });
                    if !self.safe.is_empty() && self.safe.len() + self.violating.len() >= wanted {
                        return;
                    }
                }
                Err(status) => {
                    self.tried += 1;
                    for reason in status.reasons.iter() {
                        *self.reasons.entry(reason.clone()).or_default() += 1;
                    }
                }
            }
        }
    }

    fn rooms(&mut self) -> Vec<Room> {
        let mut rooms = std::mem::take(&mut self.safe);
        rooms.append(&mut self.violating);
        rooms
    }
}

/// Which pods would have to go from a node; what was tried already is not tried again.
fn try_node(
    cycle: &Cycle<'_>,
    plan: &Plan,
    slot: usize,
    memory: &mut Memory,
    budgets: &[&Rc<PodDisruptionBudget>],
) -> Result<Rc<Victims>, Status> {
    let revision = cycle.cache.revision(slot);
    let lasts = plan.looks_at_node_only() && budgets.is_empty() && !memory.awaited[slot];
    let trial = &mut memory.trials[slot];
    if let Some(known) = trial.outcome.as_ref().filter(|_| lasts && trial.revision == revision) {
        return known.clone();
    }
    let outcome = select_victims(cycle, plan, &memory.state, cycle.cache.info(slot), budgets).map(Rc::new);
    if lasts {
        *trial = Trial { revision, outcome: Some(outcome.clone()) };
    }
    outcome
}

/// A reason to prefer a room: the larger the better.
type Merit = fn(&Room) -> i64;

/// The reasons to prefer a room, and what they are called, the most important first.
const MERITS: [(Merit, &str); 5] = [
    (|room| -(room.victims.violations as i64), "it violates the fewest disruption budgets"),
    (
        |room| -i64::from(room.victims.pods[0].info.priority()),
        "its most important victim is the least important one",
    ),
    (sum_of_priorities, "the priorities of its victims add up to the least"),
    (|room| -(room.victims.pods.len() as i64), "it has the fewest victims"),
    (latest_start, "its most important victims started last"),
];

/// The best of the rooms and why (upstream: `pickOneNodeForPreemption`).
fn pick(rooms: &[Room]) -> Option<(usize, &'static str)> {
    let mut left: Vec<usize> = (0..rooms.len()).collect();
    if let [only] = left.as_slice() {
        return Some((*only, "pods can make room on no other node"));
    }
    for (merit, because) in MERITS {
        let merits: Vec<i64> = left.iter().map(|&at| merit(&rooms[at])).collect();
        let best = merits.iter().max()?;
        let mut merits = merits.iter();
        left.retain(|_| merits.next() == Some(best));
        if let [only] = left.as_slice() {
            return Some((*only, because));
        }
    }
    Some((*left.first()?, "no node is better, and it was tried first"))
}

/// Every priority counts as positive, so that few victims of a negative one are better than many.
fn sum_of_priorities(room: &Room) -> i64 {
    let mut sum = 0;
    for victim in &room.victims.pods {
        sum -= i64::from(victim.info.priority()) + (1 << 31);
    }
    sum
}

/// When the first of the most important victims started.
fn latest_start(room: &Room) -> i64 {
    let victims = &room.victims.pods;
    let most = victims[0].info.priority();
    let important = victims.iter().filter(|victim| victim.info.priority() == most);
    important.map(|victim| starting_time(&victim.pod)).min().unwrap_or(i64::MAX)
}

fn tell(cycle: &Cycle<'_>, rooms: &[Room], chosen: usize, because: &'static str) -> Preemption {
    let mut candidates = Vec::with_capacity(rooms.len());
    for room in rooms {
        let mut victims = Vec::new();
        for victim in &room.victims.pods {
            victims.push(Victim {
                namespace: victim.pod.metadata.namespace.clone(),
                name: victim.pod.metadata.name.clone(),
                priority: victim.info.priority(),
            });
        }
        let node = cycle.cache.info(room.slot).name.clone();
        candidates.push(Candidate { node, victims, violations: room.victims.violations });
    }
    Preemption { candidates, chosen, because }
}

/// Has a pod go for the sake of `preemptor` (upstream: `Evaluator.PreemptPod`).
pub(crate) fn evict(cx: &mut Context<'_>, scheduler: &str, preemptor: &Pod, victim: &Pod, node: &str) {
    let (namespace, name) = (&victim.metadata.namespace, &victim.metadata.name);
    let date = cx.date();
    let condition = PodCondition {
        type_: "DisruptionTarget".into(),
        status: "True".into(),
        reason: Some("PreemptionByScheduler".into()),
        message: Some(format!("{scheduler}: preempting to accommodate a higher priority pod").into()),
        last_transition_time: Some(date),
        ..Default::default()
    };
    // A victim that is gone by now needs no more than that.
    let _ = cx.modify_status::<Pod>(namespace, name, |pod| condition::set(&mut pod.status, condition));
    let key = Key::new(Kind::Pod, &**namespace, &**name);
    if cx.delete(&key, &DeleteOptions::default()).is_ok() {
        let note = format!("Preempted by pod {} on node {node}", preemptor.metadata.uid);
        cx.event_related(victim, preemptor, "Preempting", EventType::Normal, "Preempted", note);
    }
}
