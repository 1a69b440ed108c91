//! A place in a run.

use orrery_api::Kind;
use orrery_cluster::Cluster;
use orrery_share::Step;
use orrery_sim::SimTime;

use crate::perform::perform;

/// What a place takes that it shares with none before it, in bytes: for itself, for each node and each pod, and for each
/// event since. The figures are those that the allocator gives (`orrery bench jump` compares).
const ITSELF: u64 = 64 << 10;
const NODE: u64 = 4 << 10;
const POD: u64 = 768;
const EVENT: u64 = 640;
/// What happened longer ago than so many events is forgotten, or shared with nobody already.
const REMEMBERED: u64 = 25_000;

/// A place in a run: a branch of it, and the cluster as it is there. Cloning it is cheap; what a run can go back to are
/// such clones.
#[derive(Clone)]
pub struct Cursor {
    pub(crate) branch: usize,
    /// How many steps of the branch have been taken; the others lie ahead.
    pub(crate) taken: usize,
    /// How far along the branch the last of them ended.
    pub(crate) stepped: u64,
    pub(crate) cluster: Cluster,
}

impl Cursor {
    /// The beginning of a run.
    pub(crate) fn new(cluster: Cluster) -> Self {
        Self { branch: 0, taken: 0, stepped: 0, cluster }
    }

    /// The cluster at this place.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The number of the branch.
    pub fn branch(&self) -> usize {
        self.branch
    }

    /// How many steps of the branch have been taken; the others lie ahead.
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// Virtual time in nanoseconds.
    pub fn now(&self) -> u64 {
        self.cluster.now().as_nanos()
    }

    /// How far along the branch it is: one more for each event and for each step.
    pub(crate) fn place(&self) -> u64 {
        self.cluster.events() + self.taken as u64
    }

    /// The first instant that leads here, in nanoseconds of virtual time, of those that ask for one on the way to the end of
    /// the branch with these steps. A step is taken as a whole: who asks for an instant within it comes to its end.
    pub(crate) fn reached_from(&self, steps: &[Step]) -> u64 {
        let last = self.taken.checked_sub(1).filter(|_| self.place() == self.stepped);
        last.and_then(|last| steps.get(last)).map_or(self.now(), |step| step.at)
    }

    /// Notes that a step has been taken.
    pub(crate) fn note_step(&mut self) {
        self.taken += 1;
        self.stepped = self.place();
    }

    /// About how many bytes it takes that it does not share with a place so many events before it.
    pub(crate) fn weight(&self, events: u64) -> u64 {
        let count = |kind| self.cluster.api().count(kind) as u64;
        ITSELF + NODE * count(Kind::Node) + POD * count(Kind::Pod) + EVENT * events.min(REMEMBERED)
    }

    /// Runs to a moment, taking the steps that lie before it, as long as `more` says so.
    pub(crate) fn run(&mut self, steps: &[Step], to: u64, more: &mut dyn FnMut() -> bool) {
        while let Some(step) = steps.get(self.taken).filter(|step| step.at <= to) {
            self.cluster.run(SimTime::from_nanos(step.at), more);
            if self.now() < step.at {
                return;
            }
            self.take(step);
        }
        self.cluster.run(SimTime::from_nanos(to), more);
    }

    /// Lets the next event happen, or takes the next step, whichever comes first; false when neither comes before `limit`.
    pub(crate) fn move_on(&mut self, steps: &[Step], limit: u64) -> bool {
        let event = self.cluster.next_event_at().map(SimTime::as_nanos);
        match steps.get(self.taken) {
            Some(step) if event.is_none_or(|at| step.at < at) => {
                let comes = step.at <= limit;
                if comes {
                    self.take(step);
                }
                comes
            }
            _ => event.is_some_and(|at| at <= limit) && self.cluster.step(),
        }
    }

    fn take(&mut self, step: &Step) {
        self.cluster.run(SimTime::from_nanos(step.at), &mut || true);
        self.finish_instant();
        perform(&mut self.cluster, &step.action);
        self.note_step();
    }

    /// Lets everything happen that is due now. What a person does comes after everything else of its instant, wherever the
    /// run was stopped: so it does in a replay.
    pub(crate) fn finish_instant(&mut self) {
        self.cluster.run(self.cluster.now(), &mut || true);
    }
}
