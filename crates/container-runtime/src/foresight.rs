//! Looking ahead: a clone of a process runs in a sealed world, until it ends, wants to touch the outside, turns out to
//! go in circles, or has taken enough steps.

use crate::process::Foresight;
use crate::programs::Reach;
use crate::shell::Frame;
use crate::state::State;
use crate::task::{Doing, Task};
use crate::world::{Answer, Message, Reply, Target, Unreachable, World};
use orrery_apimachinery::Str;
use orrery_sim::{Duration, SimTime};
use std::net::Ipv4Addr;

/// Steps that a look ahead may take.
const MOST_STEPS: u32 = 5_000;
/// When it is first looked whether a loop is endless: most scripts that have one are in it by then.
const SOON: u32 = 12;
/// How often it is looked then.
const EVERY: u32 = 64;

/// An outside that notes that it was touched. What is written to volumes counts only where others look without asking.
struct Sealed {
    touched: bool,
}

impl World for Sealed {
    fn lookup(&mut self, _: &str) -> Answer<Vec<Ipv4Addr>> {
        self.touched = true;
        Answer { took: Duration::ZERO, result: Vec::new() }
    }

    fn send(&mut self, _: Target, _: &Message, _: Duration) -> Answer<Result<Reply, Unreachable>> {
        self.touched = true;
        Answer { took: Duration::ZERO, result: Err(Unreachable::NoRoute) }
    }

    fn read(&mut self, _: &str) -> Option<Str> {
        self.touched = true;
        None
    }

    fn size(&mut self, _: &str) -> u64 {
        self.touched = true;
        0
    }

    fn remove(&mut self, _: &str) -> bool {
        true
    }

    fn list(&mut self, _: &str) -> Option<Vec<Str>> {
        self.touched = true;
        None
    }
}

impl State {
    /// What the future holds; with `usage`, only until the container takes more or less of its node.
    pub(crate) fn look_ahead(&self, usage: bool) -> Foresight {
        if let Some(exit) = &self.exit {
            return Foresight::Ends { at: exit.at, code: exit.code };
        }
        let mut ahead = self.clone();
        ahead.container.log.close();
        ahead.container.sessions.clear();
        let before = ahead.load();
        let mut sealed = Sealed { touched: false };
        let (mut seen, mut turns): (Option<State>, u32) = (None, 0);
        for step in 0..MOST_STEPS {
            let Some(at) = ahead.next() else { return Foresight::Never };
            if (step == SOON || step % EVERY == 0) && ahead.is_endless() {
                return Foresight::Never;
            }
            if ahead.at_loop() {
                if seen.as_ref().is_some_and(|seen| ahead.repeats(seen)) {
                    return Foresight::Never;
                }
                turns += 1;
                // Ever longer circles are found when what is compared with is renewed ever more seldom.
                if turns.is_power_of_two() {
                    ahead.container.varies = false;
                    seen = Some(ahead.clone());
                }
            }
            ahead.advance_once(at, &mut sealed);
            if sealed.touched || ahead.container.prompted {
                return Foresight::Reaches(at);
            }
            if let Some(exit) = &ahead.exit {
                return Foresight::Ends { at: exit.at, code: exit.code };
            }
            if usage && ahead.load() != before {
                return Foresight::Unknown(at);
            }
        }
        ahead.next().map_or(Foresight::Never, Foresight::Unknown)
    }

    /// Whether all that runs goes on for ever without touching the outside.
    fn is_endless(&self) -> bool {
        let endless = |task: &Task| task.is_in_endless_loop(&self.container) && task.deadline.is_none();
        let alone = |task: &Task| match &task.doing {
            // What is being called may still be anything.
            Doing::Calling(program, ..) => program.reach != Reach::Others,
            _ => true,
        };
        self.tasks.iter().filter(|task| task.due().is_some()).all(|task| endless(task) && alone(task))
    }

    /// Whether its one process is about to test whether a loop goes on.
    fn at_loop(&self) -> bool {
        matches!(&*self.tasks, [Task { doing: Doing::Stepping, frames, .. }] if matches!(frames.last(), Some(Frame::Loop(_, false, _))))
    }

    /// Whether everything is as it was, but for the time: then it will be so again.
    fn repeats(&self, earlier: &State) -> bool {
        let ([now], [then]) = (&*self.tasks, &*earlier.tasks) else { return false };
        let frames = now.frames.len() == then.frames.len()
            && now.frames.iter().zip(&then.frames).all(|(now, then)| now.same(then));
        !self.container.varies
            && now.at > then.at
            && frames
            && now.deadline.is_none()
            && now.shell.equals(&then.shell)
            && now.inputs == then.inputs
            && now.pending.is_empty()
            && self.container.files == earlier.container.files
    }

    /// Lets happen what happens at an instant: one step.
    fn advance_once(&mut self, at: SimTime, world: &mut dyn World) {
        if let Some(index) = self.tasks.iter().position(|task| task.due() == Some(at)) {
            self.step(index, world);
        }
    }
}
