//! Going somewhere in time, in the frames of the page: a jump, a step, an event of a list.

use orrery_run::{Goal, Pace, Travel};

use super::{BUDGET_MS, Session, State, now_ms};

/// What takes longer than this is told.
const TOLD_AFTER_MS: f64 = 200.0;

/// A way that was begun at a time of the page's clock.
pub(super) struct UnderWay {
    travel: Travel,
    since: f64,
}

/// How far a way is: so much of a hundred, where that is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress(pub Option<usize>);

impl State {
    fn set_out(&mut self, goal: Goal) {
        self.travel = Some(UnderWay { travel: self.engine.run.travel(goal), since: now_ms() });
        self.over = false;
    }

    /// Goes on for as long as `more` says so.
    pub(super) fn go_on_travelling(&mut self, more: &mut dyn FnMut() -> bool) {
        let Some(way) = &mut self.travel else { return };
        if let Some(found) = way.travel.go_on(&mut self.engine.run, more) {
            self.over = !found && matches!(way.travel.goal(), Goal::On(_));
            self.travel = None;
        }
        self.target = self.engine.run.now() as f64;
    }

    /// How far the way is, once it takes long.
    pub(super) fn progress(&self) -> Option<Progress> {
        let way = self.travel.as_ref().filter(|way| now_ms() - way.since > TOLD_AFTER_MS)?;
        Some(Progress(way.travel.percent(&self.engine.run)))
    }
}

impl Session {
    /// Jumps to a moment, back or forward.
    pub fn seek(&self, to: u64) {
        self.state.borrow_mut().set_out(Goal::At(to));
        self.changed();
    }

    /// Goes to just after the write that made a revision.
    pub fn seek_write(&self, revision: u64) {
        self.state.borrow_mut().set_out(Goal::Write(revision));
        self.changed();
    }

    /// Stops time and goes a step on or back. One that is being looked for is not begun again.
    pub fn leap(&self, pace: Pace, forward: bool) {
        let goal = if forward { Goal::On(pace) } else { Goal::Back(pace) };
        {
            let mut s = self.state.borrow_mut();
            if s.travel.as_ref().is_some_and(|way| way.travel.goal() == goal) {
                return;
            }
            s.playing = false;
            s.set_out(goal);
            // Most steps are short: so many keys in one frame are so many steps.
            let deadline = now_ms() + BUDGET_MS;
            s.go_on_travelling(&mut || now_ms() < deadline);
        }
        self.changed();
    }

    /// Gives up going somewhere; false if nothing was under way.
    pub fn stop_travelling(&self) -> bool {
        let stopped = self.state.borrow_mut().travel.take().is_some();
        if stopped {
            self.changed();
        }
        stopped
    }
}
