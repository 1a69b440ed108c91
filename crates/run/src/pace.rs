//! How far one step goes, and where it leads.

use orrery_api::Kind;

use crate::Run;

const SECOND: u64 = 1_000_000_000;
/// A step to the next event goes no further than so many changes.
const MOST_CHANGES: usize = 2_000;

/// What a step ends at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Pace {
    /// An object was written.
    #[default]
    Change,
    /// A second went by.
    Second,
    /// An event was recorded.
    Event,
    /// The person did something.
    Action,
}

impl Run {
    /// When something happens next, as far as is known: by itself, or because it was done.
    pub fn next_at(&self) -> Option<u64> {
        let done = self.steps().get(self.taken()).map(|step| step.at);
        let by_itself = self.cluster().planned().next().map(|(at, _)| at.as_nanos());
        done.into_iter().chain(by_itself).min()
    }

    /// Where a step on leads; a change has to be run to, and so it is: then that is now.
    pub fn leap(&mut self, pace: Pace) -> u64 {
        let now = self.now();
        match pace {
            Pace::Second => return now + SECOND,
            Pace::Action => {
                return self.steps().iter().find(|step| step.at > now).map_or(now, |step| step.at);
            }
            Pace::Change => {
                self.step();
            }
            Pace::Event => self.step_to_event(),
        }
        self.now()
    }

    /// Steps until an event was recorded, or nothing more happens.
    fn step_to_event(&mut self) {
        for _ in 0..MOST_CHANGES {
            let before = self.cluster().api().writes().len();
            self.step();
            let writes = self.cluster().api().writes();
            let mut fresh = writes.focus().narrow(before.min(writes.len())..).into_iter();
            if writes.len() == before || fresh.any(|write| write.kind == Kind::Event) {
                return;
            }
        }
    }

    /// Where a step back leads.
    pub fn leap_back(&self, pace: Pace) -> u64 {
        let now = self.now();
        let before = match pace {
            Pace::Second => return now.saturating_sub(SECOND),
            Pace::Action => self.steps().iter().rev().map(|step| step.at).find(|at| *at < now),
            Pace::Change | Pace::Event => {
                let wanted =
                    |kind: Kind| if pace == Pace::Event { kind == Kind::Event } else { kind != Kind::Lease };
                let writes = self.cluster().api().writes().iter().rev().filter(|write| wanted(write.kind));
                writes.map(|write| write.time.as_nanos()).find(|at| *at < now)
            }
        };
        before.unwrap_or(0)
    }
}
