//! The branches of a run, and the checkpoints on them.
//!
//! Checkpoints are kept so that they lie evenly over the run, measured in events, and so that together they take no more
//! than so much memory, as far as it is not shared: when there is one too many, that one goes that is missed least.

use std::rc::Rc;

use orrery_share::Step;

use crate::Cursor;

/// So many checkpoints a run keeps, beside one at the beginning of each branch: of more, the way to them is hardly shorter.
const MOST: usize = 64;
/// What they take together at most, in bytes, as [`Cursor::weight`] has it.
pub(crate) const ROOM: u64 = 160 << 20;

/// A line of history: another one that it left at an instant, and what was done since.
#[derive(Clone)]
pub struct Branch {
    /// What the person calls it; empty until they do.
    pub name: String,
    /// The branch that it left; none for the first.
    pub parent: Option<usize>,
    /// When it left, in nanoseconds of virtual time.
    pub at: u64,
    /// Everything that was done on the way to it and on it, in order of time.
    pub steps: Vec<Step>,
    /// How many of the steps are not its own: they were done before it left its parent.
    pub shared: usize,
    /// How far it is known, in nanoseconds of virtual time.
    pub end: u64,
    /// The first is where it left its parent.
    pub(crate) checkpoints: Vec<Rc<Cursor>>,
}

impl Branch {
    /// A branch that begins at a place.
    pub(crate) fn new(parent: Option<usize>, from: Cursor, steps: Vec<Step>) -> Self {
        let (at, shared) = (from.now(), from.taken);
        let end = steps.last().map_or(at, |step| step.at.max(at));
        Self { name: String::new(), parent, at, steps, shared, end, checkpoints: vec![Rc::new(from)] }
    }

    /// Where it left its parent.
    pub(crate) fn start(&self) -> u64 {
        self.checkpoints[0].place()
    }

    /// What its checkpoints take, but for the first, which is there in any case.
    fn weight(&self) -> u64 {
        self.checkpoints.windows(2).map(|pair| pair[1].weight(pair[1].place() - pair[0].place())).sum()
    }
}

/// The latest checkpoint on the way to the end of a branch for which something holds.
pub(crate) fn latest<'a>(
    branches: &'a [Branch],
    branch: usize,
    holds: &dyn Fn(&Cursor) -> bool,
) -> Option<&'a Cursor> {
    let (mut branch, mut until) = (&branches[branch], u64::MAX);
    loop {
        let good = |kept: &&Cursor| kept.place() <= until && holds(kept);
        if let Some(found) = branch.checkpoints.iter().map(Rc::as_ref).rev().find(good) {
            return Some(found);
        }
        until = until.min(branch.start());
        branch = &branches[branch.parent?];
    }
}

/// The branch on which a place lies that is on the way to the end of another.
pub(crate) fn owner(branches: &[Branch], at: &Cursor) -> usize {
    let mut branch = at.branch;
    while let Some(parent) = branches[branch].parent
        && at.place() < branches[branch].start()
    {
        branch = parent;
    }
    branch
}

/// Keeps a checkpoint.
pub(crate) fn keep(branches: &mut [Branch], mut new: Cursor) {
    new.branch = owner(branches, &new);
    let (branch, place) = (new.branch, new.place());
    let checkpoints = &mut branches[branch].checkpoints;
    let after = checkpoints.partition_point(|kept| kept.place() < place);
    if checkpoints.get(after).is_none_or(|kept| kept.place() > place) {
        checkpoints.insert(after, Rc::new(new));
    }
    let mut new = (branch, after);
    while count(branches) > MOST || weight(branches) > ROOM {
        let Some((branch, index)) = missed_least(branches, new) else { return };
        branches[branch].checkpoints.remove(index);
        if branch == new.0 && index < new.1 {
            new.1 -= 1;
        }
    }
}

/// How many checkpoints there are, beside one at the beginning of each branch.
fn count(branches: &[Branch]) -> usize {
    branches.iter().map(|branch| branch.checkpoints.len() - 1).sum()
}

/// What they take, about, in bytes.
pub(crate) fn weight(branches: &[Branch]) -> u64 {
    branches.iter().map(Branch::weight).sum()
}

/// The checkpoint that leaves the smallest gap, the oldest if there are several; the new one stays.
fn missed_least(branches: &[Branch], new: (usize, usize)) -> Option<(usize, usize)> {
    let mut least: Option<(u64, (usize, usize))> = None;
    for (number, branch) in branches.iter().enumerate() {
        let places: Vec<u64> = branch.checkpoints.iter().map(|kept| kept.place()).collect();
        for index in 1..places.len() {
            let next = places.get(index + 1).unwrap_or(&places[index]);
            let gap = next - places[index - 1];
            if (number, index) != new && least.is_none_or(|(smallest, _)| gap < smallest) {
                least = Some((gap, (number, index)));
            }
        }
    }
    least.map(|(_, which)| which)
}
