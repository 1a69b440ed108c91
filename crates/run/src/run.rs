//! A run: a cluster, what was done to it, and every instant of both.

use std::rc::Rc;

use orrery_cluster::{Cluster, Config, EVENTS_PER_LOOK, Topology as Layout};
use orrery_kubectl::{EDITED, Errand, Following, KUBECONFIG, Output};
use orrery_share::{Action, File, Link, Saved, SavedBranch, Step, Topology};

use crate::branch::{Branch, keep, latest};
use crate::compare::{Comparing, Comparison};
use crate::perform::{Library, Named, Outcome, perform};
use crate::reading::only_reads;
use crate::{Cursor, branch};

/// Nodes of a new cluster.
pub const NODES: u32 = 3;
/// Seed of a new cluster.
pub const SEED: u64 = 1;
/// No cluster begins with more nodes: links are hostile input.
const MOST_NODES: u32 = 5_000;
/// After so many events a checkpoint is kept: going anywhere means to run this far at most, as long as a run is short
/// enough for all its checkpoints to be kept.
const EVENTS_APART: u64 = 2_000;
/// How long a command is followed that does not end by itself, in nanoseconds.
const FOLLOWED: u64 = 60_000_000_000;
/// How often it is looked at, in nanoseconds.
const LOOK: u64 = 100_000_000;

/// A cluster and what was done to it. The person is at a place of it, and can go to any other; what is done there, with
/// other things known to come, is the beginning of another branch, so that nothing is ever lost.
#[derive(Clone)]
pub struct Run {
    seed: u64,
    nodes: u32,
    topology: Option<Topology>,
    branches: Vec<Branch>,
    here: Cursor,
    /// Files that commands have written: the person's own, whatever instant the cluster is at.
    home: Vec<File>,
}

/// An instant of a branch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// The number of the branch.
    pub branch: usize,
    /// Virtual time in nanoseconds.
    pub at: u64,
}

impl Run {
    /// A cluster at the beginning of virtual time. Without a topology there is one of each part of the control plane.
    pub fn new(seed: u64, nodes: u32, topology: Option<Topology>) -> Self {
        Self::with(seed, nodes, topology, Vec::new())
    }

    /// The run of a link, at its beginning: all its steps lie ahead.
    pub fn of(link: &Link) -> Self {
        Self::with(link.seed, link.nodes.clamp(1, MOST_NODES), link.topology, link.steps.clone())
    }

    /// A run that was saved, at its beginning, with all its branches, on the one on which it stood. Each branch is reached
    /// from the beginning of the run.
    pub fn open(saved: &Saved) -> Self {
        let mut run = Self::of(&saved.link(0));
        for (number, kept) in saved.branches.iter().enumerate() {
            if number > 0 {
                let beginning = Cursor { branch: number, ..run.here.clone() };
                let steps = saved.steps(number);
                let branch = Branch::new(kept.parent, beginning, steps);
                run.branches.push(Branch { at: kept.at, shared: kept.shared, ..branch });
            }
            let branch = &mut run.branches[number];
            branch.name.clone_from(&kept.name);
            branch.end = branch.end.max(kept.end);
        }
        run.switch(saved.branch);
        run
    }

    /// Everything of the run, to be opened again: all branches, and where the person is.
    pub fn saved(&self, files: Vec<File>, speed: f64) -> Saved {
        let run = Link { steps: Vec::new(), ..self.link(files, speed) };
        let branch = |branch: &Branch| SavedBranch {
            name: branch.name.clone(),
            parent: branch.parent,
            at: branch.at,
            shared: branch.shared,
            steps: branch.steps[branch.shared..].to_vec(),
            end: branch.end,
        };
        Saved { run, branches: self.branches.iter().map(branch).collect(), branch: self.here.branch }
    }

    fn with(seed: u64, nodes: u32, topology: Option<Topology>, steps: Vec<Step>) -> Self {
        let here = Cursor::new(build(seed, nodes, topology));
        let branches = vec![Branch::new(None, here.clone(), steps)];
        Self { seed, nodes, topology, branches, here, home: Vec::new() }
    }

    /// What a link to this instant of the run holds: the steps that were taken, beside the files of the editor.
    pub fn link(&self, files: Vec<File>, speed: f64) -> Link {
        let (seed, nodes, topology) = (self.seed, self.nodes, self.topology);
        let steps = self.steps()[..self.taken()].to_vec();
        Link { files, steps, seed, nodes, topology, at: self.now(), speed, view: None }
    }

    /// The cluster, here and now.
    pub fn cluster(&self) -> &Cluster {
        &self.here.cluster
    }

    /// Virtual time in nanoseconds.
    pub fn now(&self) -> u64 {
        self.here.now()
    }

    /// The end of what is known of the branch.
    pub fn end(&self) -> u64 {
        self.branches[self.here.branch].end
    }

    /// Everything that was done on the branch and on the way to it, in order of time.
    pub fn steps(&self) -> &[Step] {
        &self.branches[self.here.branch].steps
    }

    /// How many of the steps have been taken; the others lie ahead.
    pub fn taken(&self) -> usize {
        self.here.taken
    }

    /// All branches. The first is the one that the run began with; a branch comes after the one that it left.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The number of the branch that the person is on.
    pub fn branch(&self) -> usize {
        self.here.branch
    }

    /// Where the person is.
    pub fn moment(&self) -> Moment {
        Moment { branch: self.here.branch, at: self.now() }
    }

    /// Calls a branch by a name.
    pub fn rename(&mut self, branch: usize, name: &str) {
        if let Some(branch) = self.branches.get_mut(branch) {
            name.clone_into(&mut branch.name);
        }
    }

    /// The fingerprint of everything that was written up to now.
    pub fn trace_hash(&self) -> u64 {
        self.here.cluster.trace_hash()
    }

    /// How many checkpoints are kept, and about how many bytes they take that the run does not share.
    pub fn checkpoints(&self) -> (usize, u64) {
        (self.branches.iter().map(|branch| branch.checkpoints.len()).sum(), branch::weight(&self.branches))
    }

    /// The checkpoints, to be weighed: branch by branch, the first first.
    pub fn into_checkpoints(self) -> Vec<Rc<Cursor>> {
        self.branches.into_iter().flat_map(|branch| branch.checkpoints).collect()
    }

    /// Runs to a moment, taking the steps that lie before it, as long as `more` says so.
    pub fn run(&mut self, to: u64, more: &mut dyn FnMut() -> bool) {
        let mut goes_on = true;
        while goes_on {
            goes_on = false;
            let mut looks = EVENTS_APART.saturating_sub(self.since_checkpoint()) / u64::from(EVENTS_PER_LOOK);
            let mut within = || {
                goes_on = looks == 0;
                looks = looks.saturating_sub(1);
                !goes_on && more()
            };
            self.here.run(&self.branches[self.here.branch].steps, to, &mut within);
            if goes_on {
                keep(&mut self.branches, self.here.clone());
            }
        }
        self.note_end();
    }

    /// How many events and steps lie between the last checkpoint and here.
    fn since_checkpoint(&self) -> u64 {
        let here = self.here.place();
        let kept = latest(&self.branches, self.here.branch, &|kept| kept.place() <= here);
        here - kept.map_or(0, Cursor::place)
    }

    fn note_end(&mut self) {
        let (now, branch) = (self.now(), &mut self.branches[self.here.branch]);
        branch.end = branch.end.max(now);
    }

    /// Goes to a moment of the branch, back or forward: to the nearest checkpoint before it, and on from there as long as
    /// `more` says so. Called again, it goes on. A command that takes time is taken as a whole: an instant within it cannot be
    /// reached, and its end is.
    pub fn seek(&mut self, to: u64, more: &mut dyn FnMut() -> bool) {
        approach(&self.branches, &mut self.here, to);
        self.run(to, more);
    }

    /// Stands at another place of the branch from now on.
    pub(crate) fn arrive(&mut self, place: Cursor) {
        self.here = place;
        if self.since_checkpoint() >= EVENTS_APART {
            keep(&mut self.branches, self.here.clone());
        }
        self.note_end();
    }

    /// Where the person is, as a place that can move on.
    pub(crate) fn here(&self) -> &Cursor {
        &self.here
    }

    /// The latest checkpoint of the branch for which something holds.
    pub(crate) fn checkpoint(&self, holds: &dyn Fn(&Cursor) -> bool) -> Option<Cursor> {
        let branch = self.here.branch;
        latest(&self.branches, branch, holds).map(|kept| Cursor { branch, ..kept.clone() })
    }

    /// Goes to a branch: to its last checkpoint before the present instant, from where [`Self::seek`] goes on.
    pub fn switch(&mut self, branch: usize) {
        if branch < self.branches.len() {
            let to = self.now();
            self.here = nearest(&self.branches, Moment { branch, at: to }).clone();
            self.here.branch = branch;
        }
    }

    /// Leaves the branch at an instant, and is on the new branch, on which nothing has been done; its number.
    pub fn fork(&mut self, at: u64) -> usize {
        self.seek(at, &mut || true);
        self.here.finish_instant();
        self.leave(self.here.clone());
        self.here.branch
    }

    /// Makes a branch that begins at a place.
    fn leave(&mut self, from: Cursor) {
        let parent = branch::owner(&self.branches, &from);
        let steps = self.steps()[..from.taken].to_vec();
        let branch = self.branches.len();
        self.branches.push(Branch::new(Some(parent), Cursor { branch, ..from }, steps));
        self.here.branch = branch;
    }

    /// Another place to look at, beside the one where the person is.
    pub fn at(&self, moment: Moment) -> Cursor {
        let mut cursor = self.near(moment);
        self.follow(&mut cursor, moment.at, &mut || true);
        cursor
    }

    /// The checkpoint from which [`Self::follow`] leads to a moment.
    pub(crate) fn near(&self, moment: Moment) -> Cursor {
        let branch = moment.branch.min(self.branches.len() - 1);
        Cursor { branch, ..nearest(&self.branches, Moment { branch, ..moment }).clone() }
    }

    /// Moves another place to an instant of its branch, back or forward, as long as `more` says so.
    pub fn follow(&self, cursor: &mut Cursor, to: u64, more: &mut dyn FnMut() -> bool) {
        approach(&self.branches, cursor, to);
        cursor.run(&self.branches[cursor.branch].steps, to, more);
    }

    /// What is different at `b` from what was at `a`.
    pub fn compare(&self, a: Moment, b: Moment) -> Comparison {
        let found = Comparing::new(self, a, b).go_on(self, &mut || true);
        found.expect("nothing interrupts it")
    }

    /// Does something now. If something else is known to come, this is the beginning of another branch.
    pub fn act(&mut self, action: Action) -> Outcome {
        let before = self.ready();
        let outcome = perform(&mut self.here.cluster, &action);
        self.record(before, action);
        outcome
    }

    /// Runs a command line of the console, with the files that `-f` can name and what `kubectl explain` reads. What goes on is
    /// followed for a minute at most.
    pub fn kubectl(&mut self, line: Vec<String>, files: Vec<File>, library: Library<'_>) -> Output {
        let (mut output, following) = self.start(line, files.clone(), library);
        let mut add = |more: Output| {
            output.add(&more);
            output.code |= more.code;
        };
        let deadline = self.now() + FOLLOWED;
        let mut following = following.filter(|what| !what.stays());
        while let Some(what) = &mut following {
            let (more, over) = self.look(what, &files);
            add(more);
            if over {
                break;
            }
            let late = self.now() >= deadline;
            // Nobody types anything at a terminal.
            if late || what.seat().is_some() {
                what.leave();
            }
            while let Some(Errand { line, input }) = what.errand() {
                let input = input.map(|text| File { name: "-".into(), text });
                let (said, _) = self.start(line, input.into_iter().collect(), library);
                add(self.heard(what, said, &files));
            }
            if late {
                break;
            }
            self.run(self.now() + LOOK, &mut || true);
        }
        output
    }

    /// The text of a file that commands keep where the person is at home.
    pub fn at_home(&self, name: &str) -> Option<&str> {
        self.home.iter().find(|file| file.name == name).map(|file| &*file.text)
    }

    /// As [`Self::kubectl`], but a command that goes on is handed over, to be looked at while time passes. What only reads is
    /// answered by a copy of the cluster, and the run goes on for as long as it takes: it is no step, and no branch.
    pub fn start(
        &mut self,
        line: Vec<String>,
        files: Vec<File>,
        library: Library<'_>,
    ) -> (Output, Option<Following>) {
        let mut before = self.ready();
        let mut files = files;
        files.extend(self.home.iter().cloned());
        if only_reads(&line) {
            let answer = orrery_workstation::start(&line, &Named(&files, library), &mut before.cluster);
            self.run(before.now(), &mut || true);
            self.keep_files(&answer.0);
            return answer;
        }
        let answer = orrery_workstation::start(&line, &Named(&files, library), &mut self.here.cluster);
        self.keep_files(&answer.0);
        let named = |file: &File| {
            let always = ["Dockerfile", KUBECONFIG, EDITED].contains(&&*file.name);
            always || line.iter().any(|word| word.contains(&file.name))
        };
        let files = files.into_iter().filter(named).collect();
        self.record(before, Action::Kubectl { line, files });
        answer
    }

    /// Keeps what a command wrote, in place of what was there under that name.
    fn keep_files(&mut self, output: &Output) {
        // What was edited is on its way back to the editor.
        for (name, text) in output.files.iter().filter(|(name, _)| name != EDITED) {
            self.home.retain(|file| file.name != *name);
            self.home.push(File { name: name.clone(), text: text.clone() });
        }
    }

    /// What something that goes on prints by now, and whether it is over.
    pub fn look(&mut self, following: &mut Following, files: &[File]) -> (Output, bool) {
        following.look(&Named(files, Library::default()), &mut self.here.cluster)
    }

    /// What something that goes on prints of an errand, which printed this.
    pub fn heard(&mut self, following: &mut Following, output: Output, files: &[File]) -> Output {
        following.heard(output, &Named(files, Library::default()), &mut self.here.cluster)
    }

    /// Lets everything happen that is due, and keeps what there was before something is done.
    fn ready(&mut self) -> Cursor {
        self.here.finish_instant();
        self.here.clone()
    }

    fn record(&mut self, before: Cursor, action: Action) {
        let (at, place) = (before.now(), before.place());
        if before.taken < self.steps().len() || at < self.end() {
            self.leave(before);
        } else {
            keep(&mut self.branches, before);
        }
        self.branches[self.here.branch].steps.push(Step { at, action });
        self.here.note_step();
        // What happened while a command ran need not happen again for whoever comes to its end.
        if self.here.place() - place >= EVENTS_APART / 2 {
            keep(&mut self.branches, self.here.clone());
        }
        self.note_end();
    }
}

/// The checkpoint from which an instant is reached soonest.
fn nearest(branches: &[Branch], moment: Moment) -> &Cursor {
    let steps = &branches[moment.branch].steps;
    latest(branches, moment.branch, &|kept| kept.reached_from(steps) <= moment.at)
        .expect("the first checkpoint is at the beginning of time")
}

/// Goes to the nearest checkpoint if it is nearer than the place itself.
fn approach(branches: &[Branch], cursor: &mut Cursor, to: u64) {
    let branch = cursor.branch;
    let kept = nearest(branches, Moment { branch, at: to });
    if to < cursor.now() || kept.place() > cursor.place() {
        *cursor = Cursor { branch, ..kept.clone() };
    }
}

fn build(seed: u64, nodes: u32, topology: Option<Topology>) -> Cluster {
    let config = Config { seed, ..Config::lively(nodes as usize) };
    Cluster::new(match topology {
        Some(Topology { all_in_one: true, .. }) => config.with_topology(Layout::all_in_one()),
        Some(told) => config.with_topology(Layout::new(told.etcd.into(), told.control_planes.into())),
        None => config,
    })
}

#[cfg(test)]
pub(crate) mod tests;
