//! What a run is held to before anything is made of it.

use crate::{Action, Damage, File, Limit, Link, SIZE_LIMIT, Saved, Step};

/// Nodes of a cluster at most.
pub const NODES: u32 = 5_000;
/// Steps of a run at most.
pub const STEPS: usize = 10_000;
/// Branches of a run at most.
pub const BRANCHES: usize = 200;
/// What the steps of all branches take at most, each with those on the way to it, in bytes.
const STEPS_SIZE: usize = 8 * SIZE_LIMIT;
/// So much a step takes beside its texts.
const STEP_SIZE: usize = 64;
/// Files of the editor, and of one command, at most.
pub const FILES: usize = 200;
/// Members of etcd at most, and API servers.
pub const CONTROL_PLANE: u8 = 9;
/// Later moments are not reached in any bearable time.
pub const DAYS: u64 = 365;
/// Virtual seconds for each real one at most.
pub const SPEED: u32 = 1_000_000;

const NANOS_OF_A_DAY: u64 = 86_400 * 1_000_000_000;

/// Refuses what no run of the page holds.
pub fn check(link: &Link) -> Result<(), Damage> {
    within((1..=NODES).contains(&link.nodes), Limit::Nodes(NODES))?;
    if let Some(told) = link.topology {
        let (least, most) = (told.etcd.min(told.control_planes), told.etcd.max(told.control_planes));
        within(least >= 1 && most <= CONTROL_PLANE, Limit::ControlPlane(CONTROL_PLANE))?;
    }
    within(link.speed > 0.0 && link.speed <= f64::from(SPEED), Limit::Speed(SPEED))?;
    within(link.at <= DAYS * NANOS_OF_A_DAY, Limit::Days(DAYS))?;
    within(link.files.len() <= FILES, Limit::Files(FILES))?;
    within(link.steps.len() <= STEPS, Limit::Steps(STEPS))?;
    in_order(&link.steps, 0, 0)
}

/// Refuses steps that go back, or beyond the end; the first is no earlier than an instant, and `before` others come first.
fn in_order(steps: &[Step], mut from: u64, before: usize) -> Result<(), Damage> {
    for (i, step) in steps.iter().enumerate() {
        if step.at < from {
            return Err(Damage::Order(before + i + 1));
        }
        from = step.at;
        within(files(&step.action).len() <= FILES, Limit::Files(FILES))?;
    }
    within(from <= DAYS * NANOS_OF_A_DAY, Limit::Days(DAYS))
}

/// Refuses what no run of the page holds, with all its branches.
pub fn check_all(saved: &Saved) -> Result<(), Damage> {
    check(&saved.run)?;
    within((1..=BRANCHES).contains(&saved.branches.len()), Limit::Branches(BRANCHES))?;
    let wrong = |what: String| Err(Damage::Content(what));
    if !saved.run.steps.is_empty() || saved.branch >= saved.branches.len() {
        return wrong(format!("every step is on a branch, and the run on one of {}", saved.branches.len()));
    }
    let mut size = 0;
    for (number, branch) in saved.branches.iter().enumerate() {
        let there = |parent: usize| parent < number && branch.shared <= saved.count(parent);
        if !branch.parent.map_or(number == 0 && branch.shared == 0, there) {
            return wrong(format!("branch {number} leaves none of those before it"));
        }
        within(saved.count(number) <= STEPS, Limit::Steps(STEPS))?;
        within(branch.at.max(branch.end) <= DAYS * NANOS_OF_A_DAY, Limit::Days(DAYS))?;
        // What it shares was checked with its parent, but for when it ends.
        if saved.back(number, branch.shared).next().is_some_and(|last| last.at > branch.at) {
            return Err(Damage::Order(branch.shared));
        }
        in_order(&branch.steps, branch.at, branch.shared)?;
        size += saved
            .back(number, saved.count(number))
            .map(|step| STEP_SIZE + texts(&step.action))
            .sum::<usize>();
        if size > STEPS_SIZE {
            return Err(Damage::TooLarge);
        }
    }
    Ok(())
}

fn within(fits: bool, limit: Limit) -> Result<(), Damage> {
    if fits { Ok(()) } else { Err(Damage::Beyond(limit)) }
}

/// The length of what an action carries.
fn texts(action: &Action) -> usize {
    let line = if let Action::Kubectl { line, .. } = action { &line[..] } else { &[] };
    let text = if let Action::Apply { text } = action { text.len() } else { 0 };
    text + line.iter().map(String::len).sum::<usize>()
        + files(action).iter().map(|f| f.text.len()).sum::<usize>()
}

fn files(action: &Action) -> &[File] {
    if let Action::Kubectl { files, .. } = action { files } else { &[] }
}
