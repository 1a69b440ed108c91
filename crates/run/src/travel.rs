//! Going somewhere in a run, in as many pieces as the caller likes. On the way to an instant the run is seen where it is by
//! then; for every other goal it stays where it was until the goal is found, so that whoever gives up has gone nowhere.

use orrery_api::Kind;
use orrery_cluster::EVENTS_PER_LOOK;
use orrery_share::Step;

use crate::{Cursor, Pace, Run};

const SECOND: u64 = 1_000_000_000;
/// Nothing happens for longer than this, in nanoseconds, that is worth waiting for.
const HOUR: u64 = 3_600 * SECOND;

/// Where to go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// To an instant of the branch.
    At(u64),
    /// A step on.
    On(Pace),
    /// A step back. Of work that changed nothing there is no trace to go back by: a change is stepped over then.
    Back(Pace),
    /// To just after the write that made a revision.
    Write(u64),
}

/// A way that somebody has set out on.
pub struct Travel {
    goal: Goal,
    way: Way,
}

/// What is done to get there.
enum Way {
    /// Running to an instant, from another.
    Run { from: Option<u64>, to: u64 },
    /// Looking for the last place before where the run is that differs from it.
    Search { start: Box<Cursor>, scout: Box<Cursor>, last: u64 },
    /// Moving on until something holds, to an instant at most.
    Move { from: u64, place: Box<Cursor>, until: Until, limit: u64 },
    /// There is no such place.
    Nowhere,
}

/// What holds where a way ends.
enum Until {
    /// So much has happened.
    Place(u64),
    /// So much was written.
    Revision(u64),
    /// The trace is no longer this one.
    Changed(u64),
    /// A component did some work; whether it is about to.
    Worked(bool),
    /// An Event was recorded after so many writes.
    Recorded(usize),
}

impl Until {
    /// Whether it holds at a place.
    fn holds(&mut self, at: &mut Cursor) -> bool {
        let api = at.cluster.api();
        match self {
            Self::Place(place) => at.place() >= *place,
            Self::Revision(revision) => api.revision() >= *revision,
            Self::Changed(hash) => at.cluster.trace_hash() != *hash,
            Self::Worked(works) => {
                let worked = *works;
                at.cluster.next_event_at();
                *works = at.cluster.planned().next().is_some_and(|(_, who)| who.is_some());
                worked
            }
            Self::Recorded(before) => {
                let writes = api.writes();
                let mut fresh = writes.focus().narrow((*before).min(writes.len())..).into_iter();
                *before = writes.len();
                fresh.any(|write| write.kind == Kind::Event)
            }
        }
    }
}

impl Run {
    /// When something happens next, as far as is known: by itself, or because it was done.
    pub fn next_at(&self) -> Option<u64> {
        let done = self.steps().get(self.taken()).map(|step| step.at);
        let by_itself = self.cluster().planned().next().map(|(at, _)| at.as_nanos());
        done.into_iter().chain(by_itself).min()
    }

    /// Sets out for somewhere.
    pub fn travel(&self, goal: Goal) -> Travel {
        let to = |to: Option<u64>| to.map_or(Way::Nowhere, |to| Way::Run { from: None, to });
        let way = match goal {
            Goal::At(at) => to(Some(at)),
            Goal::On(Pace::Second) => to(Some(self.now() + SECOND)),
            Goal::On(Pace::Action) => to(self.steps().iter().map(|step| step.at).find(|at| *at > self.now())),
            Goal::On(Pace::Reconcile) => self.on(Until::Worked(false)),
            Goal::On(Pace::Change) => self.on(Until::Changed(self.trace_hash())),
            Goal::On(Pace::Event) => self.on(Until::Recorded(self.cluster().api().writes().len())),
            Goal::Back(pace) => self.back(pace),
            Goal::Write(revision) => self.to_write(revision),
        };
        Travel { goal, way }
    }

    fn on(&self, until: Until) -> Way {
        Way::Move { from: 0, place: Box::new(self.here().clone()), until, limit: self.now() + HOUR }
    }

    fn back(&self, pace: Pace) -> Way {
        let now = self.now();
        let before = match pace {
            Pace::Second => now.checked_sub(SECOND),
            // What was done a moment ago is stepped over: commands take time, too.
            Pace::Action => self.steps().iter().rev().map(|step| step.at).find(|at| at + SECOND <= now),
            Pace::Event => {
                let writes = self.cluster().api().writes().iter().rev();
                let events = writes.filter(|write| write.kind == Kind::Event);
                events.map(|write| write.time.as_nanos()).find(|at| *at < now)
            }
            Pace::Reconcile | Pace::Change => {
                let (place, hash) = (self.here().place(), self.trace_hash());
                let before = |kept: &Cursor| kept.place() < place && kept.cluster.trace_hash() != hash;
                return self.checkpoint(&before).map_or(Way::Nowhere, |start| Way::Search {
                    last: start.place(),
                    scout: Box::new(start.clone()),
                    start: Box::new(start),
                });
            }
        };
        Way::Run { from: None, to: before.unwrap_or(0) }
    }

    fn to_write(&self, revision: u64) -> Way {
        let made = self.cluster().api().write(revision).map(|write| write.time.as_nanos());
        let limit = made.unwrap_or(self.end());
        let before = |kept: &Cursor| kept.now() <= limit && kept.cluster.api().revision() < revision;
        self.checkpoint(&before).map_or(Way::Nowhere, |place| Way::Move {
            from: place.cluster.api().revision(),
            place: Box::new(place),
            until: Until::Revision(revision),
            limit,
        })
    }
}

impl Travel {
    /// Where it leads.
    pub fn goal(&self) -> Goal {
        self.goal
    }

    /// Goes on as long as `more` says so: nothing while it is under way, and in the end whether it has arrived. If there is no
    /// such place the run stays where it was.
    pub fn go_on(&mut self, run: &mut Run, more: &mut dyn FnMut() -> bool) -> Option<bool> {
        if let Way::Search { start, scout, last } = &mut self.way {
            let (place, hash) = (run.here().place(), run.trace_hash());
            let reached = &mut |at: &mut Cursor| {
                if at.cluster.trace_hash() != hash {
                    *last = at.place();
                }
                at.place() >= place
            };
            move_on(scout, run.steps(), run.now(), reached, more)?;
            let (from, until) = (start.place(), Until::Place(*last));
            self.way = Way::Move { from, place: start.clone(), until, limit: run.now() };
        }
        match &mut self.way {
            Way::Run { from, to } => {
                run.seek(*to, more);
                from.get_or_insert(run.now());
                (run.now() >= *to).then_some(true)
            }
            Way::Move { place, until, limit, .. } => {
                let found = move_on(place, run.steps(), *limit, &mut |at| until.holds(at), more)?;
                if found {
                    run.arrive((**place).clone());
                }
                Some(found)
            }
            Way::Search { .. } | Way::Nowhere => Some(false),
        }
    }

    /// How much of the way is behind it, of a hundred; nothing where the goal has not been found yet.
    pub fn percent(&self, run: &Run) -> Option<usize> {
        let of = |from: u64, at: u64, to: u64, parts: u64| {
            let (gone, whole) = (at.saturating_sub(from), to.saturating_sub(from).max(1));
            (u128::from(gone.min(whole)) * u128::from(parts) / u128::from(whole)) as usize
        };
        Some(match &self.way {
            Way::Run { from, to } => of((*from)?, run.now(), *to, 100),
            Way::Search { start, scout, .. } => of(start.place(), scout.place(), run.here().place(), 50),
            Way::Move { from, place, until: Until::Place(to), .. } => 50 + of(*from, place.place(), *to, 50),
            Way::Move { from, place, until: Until::Revision(to), .. } => {
                of(*from, place.cluster.api().revision(), *to, 100)
            }
            _ => return None,
        })
    }
}

/// Lets a place move on, an event or a step at a time, until something holds there; false when nothing more comes before
/// `limit`, and nothing when `more` has had enough.
fn move_on(
    place: &mut Cursor,
    steps: &[Step],
    limit: u64,
    reached: &mut dyn FnMut(&mut Cursor) -> bool,
    more: &mut dyn FnMut() -> bool,
) -> Option<bool> {
    let mut since_look = 0;
    while !reached(place) {
        if !place.move_on(steps, limit) {
            return Some(false);
        }
        since_look += 1;
        if since_look == EVENTS_PER_LOOK {
            since_look = 0;
            if !more() {
                return None;
            }
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests;
