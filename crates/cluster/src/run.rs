//! Running: until an instant, within a budget, to the next event, or until nothing moves.

use crate::cluster::Event;
use crate::{Cluster, RuntimeProfile, room};
use orrery_api::Kind;
use orrery_apiserver::Revision;
use orrery_sim::{Duration, SimTime};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Virtual time has reached the instant asked for.
    Reached,
    /// The caller had no more time; virtual time stands at the last event.
    OutOfBudget,
}

/// When a cluster counts as settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settle {
    /// So long no object may have changed. Events tell of changes and are none.
    pub quiet: Duration,
    /// After so long it is given up.
    pub timeout: Duration,
}

impl Default for Settle {
    /// As the conformance recordings were made.
    fn default() -> Self {
        Settle { quiet: Duration::from_secs(4), timeout: Duration::from_secs(120) }
    }
}

/// How many events happen between two looks at the budget.
pub const EVENTS_PER_LOOK: u32 = 16;

impl Cluster {
    /// Runs until `until`; `more` is asked now and then whether there is time left to compute.
    pub fn run(&mut self, until: SimTime, more: &mut dyn FnMut() -> bool) -> Outcome {
        let mut since_look = 0;
        room::make();
        while self.next_event_at().is_some_and(|at| at <= until) {
            self.step();
            since_look += 1;
            if since_look == EVENTS_PER_LOOK {
                since_look = 0;
                room::make();
                if !more() {
                    return Outcome::OutOfBudget;
                }
            }
        }
        self.now = self.now.max(until);
        Outcome::Reached
    }

    /// Lets the next event happen; false when nothing is planned at all.
    pub fn step(&mut self) -> bool {
        self.announce();
        let Some((at, event)) = self.agenda.pop() else { return false };
        self.now = self.now.max(at);
        self.events += 1;
        match event {
            Event::Watch => self.deliver(),
            Event::Run(id) => self.run_component(id),
            Event::Plane => self.run_plane(),
            Event::Cloud => self.start_booted(),
            Event::Loads => self.run_loads(),
            Event::Scrape => self.run_scrape(),
        }
        true
    }

    /// Whether an object other than an Event was written after `revision`.
    pub fn changed_since(&self, revision: Revision) -> bool {
        self.api.watch(revision).into_iter().flatten().any(|c| c.value.kind() != Kind::Event)
    }

    /// Whether images are pulled or containers made, of which no object tells. The recordings did not ask.
    pub fn starts_containers(&self) -> bool {
        self.config.runtime == RuntimeProfile::Lively
            && self
                .kubelets
                .iter()
                .filter_map(|seat| seat.component.as_deref())
                .any(|kubelet| kubelet.starts_containers(self.now))
    }

    /// Runs until no container is being started and no object has changed for `settle.quiet`; false when that took longer than `settle.timeout`.
    pub fn settle(&mut self, settle: Settle) -> bool {
        let deadline = self.now + settle.timeout;
        let (mut revision, mut changed_at) = (self.api.revision(), self.now);
        loop {
            let quiet_at = changed_at + settle.quiet;
            let goal = quiet_at.min(deadline);
            match self.next_event_at() {
                Some(at) if at <= goal => {
                    self.step();
                }
                _ => {
                    self.now = goal;
                    if goal == deadline || !self.starts_containers() {
                        return goal == quiet_at;
                    }
                    changed_at = goal;
                }
            }
            if self.changed_since(revision) {
                changed_at = self.now;
            }
            revision = self.api.revision();
        }
    }
}
