//! The branches of a run, as the page lists and draws them.

use orrery_run::{Branch, Moment, label};
use orrery_view::timeline::Mark;

use crate::components::timeline::Track;
use crate::engine::Engine;
use crate::i18n::TimeWords;

/// A branch in a list.
#[derive(Clone, PartialEq, Debug)]
pub struct BranchRow {
    /// Its number.
    pub branch: usize,
    /// Whether the person is on it.
    pub current: bool,
    /// What the person calls it; empty until they do.
    pub called: String,
    /// The last thing that was done on it alone; empty where there is none.
    pub label: String,
    /// When it left another; zero for the first.
    pub from: u64,
    /// How far it is known.
    pub end: u64,
    /// Everything that was done on it and on the way to it.
    pub done: Vec<Mark>,
}

impl BranchRow {
    /// What it is called.
    pub fn name(&self, t: &TimeWords) -> String {
        let what = [&*self.called, &*self.label, t.untouched];
        let what = what.into_iter().find(|what| !what.is_empty()).unwrap_or_default();
        format!("{}: {what}", (t.branch)(self.branch + 1))
    }

    /// Its colour.
    pub fn hue(&self) -> String {
        hue(self.branch)
    }
}

/// The colour of a branch.
pub fn hue(branch: usize) -> String {
    format!("h{}", (branch + 4) % 8)
}

impl Engine {
    /// All branches.
    pub fn branches(&self) -> Vec<BranchRow> {
        let row = |(number, branch): (usize, &Branch)| BranchRow {
            branch: number,
            current: number == self.run.branch(),
            called: branch.name.clone(),
            label: last_done(branch),
            from: branch.at,
            end: branch.end,
            done: branch.steps.iter().map(mark).collect(),
        };
        self.run.branches().iter().enumerate().map(row).collect()
    }

    /// The other branches, as they leave this one.
    pub fn tracks(&self) -> Vec<Track> {
        let here = self.run.branch();
        let others = self.run.branches().iter().enumerate().filter(|(number, _)| *number != here);
        others
            .map(|(number, branch)| Track {
                branch: number,
                from: parting(self.run.branches(), here, number),
                end: branch.end,
                label: if branch.name.is_empty() { last_done(branch) } else { branch.name.clone() },
            })
            .collect()
    }

    /// Two moments that are worth comparing: this one on both branches that are looked at, or else before the last thing that
    /// was done and now.
    pub fn moments(&self, beside: Option<usize>) -> (Moment, Moment) {
        let now = self.run.moment();
        let other = beside.filter(|branch| *branch < self.run.branches().len());
        let before = self.run.steps()[..self.run.taken()].last().map_or(0, |step| step.at.saturating_sub(1));
        match other {
            Some(branch) => (Moment { branch, ..now }, now),
            None => (Moment { at: before, ..now }, now),
        }
    }
}

fn mark(step: &orrery_share::Step) -> Mark {
    Mark { at: step.at, label: label(&step.action).as_str().into() }
}

fn last_done(branch: &Branch) -> String {
    branch.steps[branch.shared..].last().map(|step| label(&step.action)).unwrap_or_default()
}

/// When two branches part.
fn parting(branches: &[Branch], a: usize, b: usize) -> u64 {
    let (mut a, mut b, mut at) = (a, b, u64::MAX);
    // A branch comes after the one that it left, so the later of two is the one to leave.
    while a != b {
        let later = if a > b { &mut a } else { &mut b };
        let Some(parent) = branches[*later].parent else { return 0 };
        at = at.min(branches[*later].at);
        *later = parent;
    }
    at
}
