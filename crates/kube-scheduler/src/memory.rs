//! What one cycle found out that holds for the next pod of the same kind too: most pods come in rows of
//! equal ones, and only the node that took the last one has to be looked at anew.

use crate::failure::Rejection;
use crate::framework::{Cycle, CycleState, Status};
use crate::plugins::default_preemption::Victims;
use orrery_api::PodSpec;
use orrery_apimachinery::{Str, StrMap};
use std::rc::Rc;

/// Of how many kinds of pods something is remembered.
const KEPT: usize = 4;

/// What the plug-ins say of a node that look at nothing else.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// The node's generation when they said it; zero when nothing is known.
    pub(crate) generation: u64,
    /// The first refusal, and the place in the profile of the plug-in.
    pub(crate) refusal: Option<(usize, Rejection)>,
    /// The node's generation when it was scored.
    pub(crate) scored: u64,
}

/// What came of trying which pods would have to go from a node.
#[derive(Debug, Default)]
pub(crate) struct Trial {
    /// The node's revision when it was tried.
    pub(crate) revision: u64,
    /// The pods that would have to go, or why that would not help.
    pub(crate) outcome: Option<Result<Rc<Victims>, Status>>,
}

/// What is remembered of one kind of pod.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    spec: Option<Rc<PodSpec>>,
    profile: Str,
    namespace: Str,
    labels: StrMap,
    owner: Option<Str>,
    images_generation: u64,
    nodes: usize,
    /// What was said of the node in every slot.
    pub(crate) verdicts: Vec<Verdict>,
    /// The raw scores of the node in every slot, those of one node side by side.
    pub(crate) raws: Vec<i64>,
    /// What was tried on the node in every slot that others could leave.
    pub(crate) trials: Vec<Trial>,
    /// Whether pods wait for the node in every slot.
    pub(crate) awaited: Vec<bool>,
    nominations: u64,
    /// What the plug-ins have counted.
    pub(crate) state: CycleState,
    epoch: u64,
    counted: u64,
}

impl Memory {
    fn is_of(&self, cycle: &Cycle<'_>) -> bool {
        let meta = &cycle.pod.metadata;
        self.spec.as_ref().is_some_and(|spec| Rc::ptr_eq(spec, &cycle.info.spec))
            && self.profile == cycle.profile.scheduler_name
            && self.namespace == meta.namespace
            && (self.labels.same(&meta.labels) || self.labels == meta.labels)
            && self.owner.as_ref() == meta.controller().map(|owner| &owner.uid)
    }

    /// Forgets what no longer holds for the pod of this cycle, and counts what came since.
    fn prepare(&mut self, cycle: &Cycle<'_>) {
        let cache = cycle.cache;
        let known = self.is_of(cycle);
        if !known || (self.images_generation, self.nodes) != (cache.images_generation(), cache.len()) {
            self.verdicts.clear();
            self.raws.clear();
            self.trials.clear();
            (self.images_generation, self.nodes) = (cache.images_generation(), cache.len());
        }
        self.verdicts.resize_with(cache.slots(), Verdict::default);
        if self.awaited.len() != cache.slots() || self.nominations != cycle.nominator.generation() {
            self.nominations = cycle.nominator.generation();
            self.awaited.clear();
            self.awaited.resize(cache.slots(), false);
            for slot in cycle.nominator.nodes().filter_map(|node| cache.slot(node)) {
                self.awaited[slot] = true;
            }
        }
        let new = cache.counted_since(self.counted).filter(|_| known && self.epoch == cache.epoch());
        match new {
            Some(new) => {
                for pod in new {
                    cycle.count(&mut self.state, &pod.kind, pod.slot, pod.by);
                }
            }
            None => {
                self.state = CycleState::default();
                for enabled in &cycle.profile.plugins {
                    enabled.plugin().survey(cycle, &mut self.state);
                }
            }
        }
        (self.epoch, self.counted) = (cache.epoch(), cache.counted());
        if !known {
            let meta = &cycle.pod.metadata;
            self.spec = Some(cycle.info.spec.clone());
            self.profile = cycle.profile.scheduler_name.clone();
            (self.namespace, self.labels) = (meta.namespace.clone(), meta.labels.clone());
            self.owner = meta.controller().map(|owner| owner.uid.clone());
        }
    }
}

/// What a checkpoint does without, as it can be found out again: a clone is empty.
#[derive(Debug, Default)]
pub(crate) struct Passing<T>(pub(crate) T);

impl<T: Default> Clone for Passing<T> {
    fn clone(&self) -> Self {
        Passing::default()
    }
}

/// What is remembered of the kinds of pods that were last tried, the latest at the end.
#[derive(Debug, Default)]
pub(crate) struct Memories(Vec<Memory>);

impl Memories {
    /// What holds for the pod of a cycle; to be put back with [`Memories::keep`].
    pub(crate) fn take(&mut self, cycle: &Cycle<'_>) -> Memory {
        let known = self.0.iter().position(|memory| memory.is_of(cycle));
        let oldest = (self.0.len() == KEPT).then_some(0);
        let mut memory = known.or(oldest).map_or_else(Memory::default, |place| self.0.remove(place));
        memory.prepare(cycle);
        memory
    }

    /// Keeps what was found out.
    pub(crate) fn keep(&mut self, memory: Memory) {
        self.0.push(memory);
    }
}
