//! How far one step goes, and where it leads.

use orrery_api::Kind;

use crate::Run;

const SECOND: u64 = 1_000_000_000;
/// A step to the next event goes no further than so many changes.
const MOST_CHANGES: usize = 2_000;

/// What a step ends at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Pace {
    /// A program of the cluster did one unit of its work.
    Reconcile,
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
            Pace::Reconcile => drop(self.step_work()),
            Pace::Change => drop(self.step()),
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

    /// Where a step back leads; one over a change is taken at once. Of work that changed nothing there is no trace to go back
    /// by.
    pub fn leap_back(&mut self, pace: Pace) -> u64 {
        let now = self.now();
        let before = match pace {
            Pace::Second => return now.saturating_sub(SECOND),
            // What was done a moment ago is stepped over: commands take time, too.
            Pace::Action => self.steps().iter().rev().map(|step| step.at).find(|at| at + SECOND <= now),
            Pace::Event => {
                let writes = self.cluster().api().writes().iter().rev();
                let events = writes.filter(|write| write.kind == Kind::Event);
                events.map(|write| write.time.as_nanos()).find(|at| *at < now)
            }
            Pace::Reconcile | Pace::Change => {
                self.step_back();
                return self.now();
            }
        };
        before.unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NODES, SEED};
    use orrery_share::Action;

    const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: nginx}]}\n";

    #[test]
    fn steps_back_retrace_the_steps_on() {
        let mut run = Run::new(SEED, NODES, None);
        for at in [10, 20, 30] {
            run.run(at * SECOND, &mut || true);
            run.act(Action::Apply { text: WEB.replace("replicas: 2", &format!("replicas: {}", at / 10)) });
        }
        for (pace, on) in [(Pace::Second, [11, 12, 13]), (Pace::Action, [11, 20, 30])] {
            run.seek(on[0] * SECOND, &mut || true);
            for to in &on[1..] {
                assert_eq!(run.leap(pace), to * SECOND, "{pace:?} on");
                run.seek(to * SECOND, &mut || true);
            }
            assert_eq!(run.leap_back(pace), on[1] * SECOND, "{pace:?} back");
        }
        let now = run.now();
        assert!(run.leap_back(Pace::Event) < now);
        assert!(run.leap_back(Pace::Change) <= now);
    }
}
