//! A run: a cluster, what was done to it, and every instant of both.

use orrery_cluster::{Cluster, Config, EVENTS_PER_LOOK, Topology as Layout};
use orrery_kubectl::{Following, KUBECONFIG, Output};
use orrery_share::{Action, File, Link, Step, Topology};

use crate::branch::{Branch, keep, latest};
use crate::compare::{Changed, compare};
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
/// Nothing happens for longer than this, in nanoseconds, that is worth waiting for.
const HOUR: u64 = 3_600_000_000_000;

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

    fn with(seed: u64, nodes: u32, topology: Option<Topology>, steps: Vec<Step>) -> Self {
        let here = Cursor { branch: 0, taken: 0, cluster: build(seed, nodes, topology) };
        let branches = vec![Branch::new(None, here.clone(), steps)];
        Self { seed, nodes, topology, branches, here, home: Vec::new() }
    }

    /// What a link to this instant of the run holds: the steps that were taken, beside the files of the editor.
    pub fn link(&self, files: Vec<File>, speed: f64) -> Link {
        Link { steps: self.steps()[..self.taken()].to_vec(), ..self.whole(files, speed) }
    }

    /// As [`Self::link`], with the steps that lie ahead: what is saved of a branch.
    pub fn whole(&self, files: Vec<File>, speed: f64) -> Link {
        let (seed, nodes, topology) = (self.seed, self.nodes, self.topology);
        Link { files, steps: self.steps().to_vec(), seed, nodes, topology, at: self.now(), speed, view: None }
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

    /// How many checkpoints are kept.
    pub fn checkpoints(&self) -> usize {
        self.branches.iter().map(|branch| branch.checkpoints.len()).sum()
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

    /// Runs to the next event that changes an object, or takes the next step; false when nothing happens within an hour.
    pub fn step(&mut self) -> bool {
        let hash = self.trace_hash();
        self.move_until(&|here| here.trace_hash() != hash)
    }

    /// Lets one component do one unit of work, what comes before it included; false when nothing happens within an hour.
    pub fn step_work(&mut self) -> bool {
        let mut works = false;
        let limit = self.now() + HOUR;
        while !works {
            self.here.cluster.next_event_at();
            works = self.cluster().planned().next().is_some_and(|(_, who)| who.is_some());
            if !self.here.move_on(&self.branches[self.here.branch].steps, limit) {
                break;
            }
        }
        self.note_end();
        works
    }

    fn move_until(&mut self, reached: &dyn Fn(&Cluster) -> bool) -> bool {
        let limit = self.now() + HOUR;
        let steps = &self.branches[self.here.branch].steps;
        while !reached(&self.here.cluster) {
            if !self.here.move_on(steps, limit) {
                return false;
            }
        }
        self.note_end();
        true
    }

    /// Goes back to just before the last event or step that changed an object; false at the beginning.
    pub fn step_back(&mut self) -> bool {
        let (place, hash, now) = (self.here.place(), self.trace_hash(), self.now());
        let before = |kept: &Cursor| kept.place() < place && kept.cluster.trace_hash() != hash;
        let Some(start) = latest(&self.branches, self.here.branch, &before) else { return false };
        let start = Cursor { branch: self.here.branch, ..start.clone() };
        let steps = &self.branches[start.branch].steps;
        let (mut scout, mut moves, mut last) = (start.clone(), 0, 0);
        while scout.place() < place && scout.move_on(steps, now) {
            moves += 1;
            if scout.cluster.trace_hash() != hash {
                last = moves;
            }
        }
        self.here = start;
        (0..last).for_each(|_| {
            self.here.move_on(steps, now);
        });
        true
    }

    /// Goes to just after the write that made a revision, back or forward; false when the branch is not known so far.
    pub fn seek_event(&mut self, revision: u64) -> bool {
        let end = self.end();
        let until = self.cluster().api().write(revision).map_or(end, |write| write.time.as_nanos());
        let before = |kept: &Cursor| kept.now() <= until && kept.cluster.api().revision() < revision;
        let Some(start) = latest(&self.branches, self.here.branch, &before) else { return false };
        let mut to = Cursor { branch: self.here.branch, ..start.clone() };
        let steps = &self.branches[to.branch].steps;
        while to.cluster.api().revision() < revision {
            if !to.move_on(steps, until) {
                return false;
            }
        }
        self.here = to;
        true
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

    /// Adds a branch that was kept elsewhere, with everything that was done on it and on the way to it: it left a branch that
    /// is there already at an instant, and is reached from the beginning of the run.
    pub fn graft(&mut self, parent: usize, at: u64, steps: Vec<Step>) {
        let Some(left) = self.branches.get(parent) else { return };
        let common = left.steps.iter().zip(&steps).take_while(|(a, b)| a == b && a.at <= at);
        let shared = common.count();
        let beginning = Cursor { branch: self.branches.len(), ..self.branches[0].checkpoints[0].clone() };
        self.branches.push(Branch { at, shared, ..Branch::new(Some(parent), beginning, steps) });
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
        let branch = moment.branch.min(self.branches.len() - 1);
        let mut cursor = Cursor { branch, ..nearest(&self.branches, Moment { branch, ..moment }).clone() };
        self.follow(&mut cursor, moment.at, &mut || true);
        cursor
    }

    /// Moves another place to an instant of its branch, back or forward, as long as `more` says so.
    pub fn follow(&self, cursor: &mut Cursor, to: u64, more: &mut dyn FnMut() -> bool) {
        approach(&self.branches, cursor, to);
        cursor.run(&self.branches[cursor.branch].steps, to, more);
    }

    /// What is different at `b` from what was at `a`.
    pub fn compare(&self, a: Moment, b: Moment) -> Vec<Changed> {
        compare(self.at(a).cluster.api(), self.at(b).cluster.api())
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
        let (mut output, mut following) = self.start(line, files.clone(), library);
        let deadline = self.now() + FOLLOWED;
        while let Some(what) = &mut following {
            let (more, over) = self.look(what, &files);
            output.stdout += &more.stdout;
            output.stderr += &more.stderr;
            output.code = more.code;
            if over || self.now() >= deadline {
                break;
            }
            self.run(self.now() + LOOK, &mut || true);
        }
        output
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
            let always = ["Dockerfile", KUBECONFIG, orrery_kubectl::EDITED].contains(&&*file.name);
            always || line.iter().any(|word| word.contains(&file.name))
        };
        let files = files.into_iter().filter(named).collect();
        self.record(before, Action::Kubectl { line, files });
        answer
    }

    /// Keeps what a command wrote, in place of what was there under that name.
    fn keep_files(&mut self, output: &Output) {
        for (name, text) in &output.files {
            self.home.retain(|file| file.name != *name);
            self.home.push(File { name: name.clone(), text: text.clone() });
        }
    }

    /// What something that goes on prints by now, and whether it is over.
    pub fn look(&mut self, following: &mut Following, files: &[File]) -> (Output, bool) {
        following.look(&Named(files, Library::default()), &mut self.here.cluster)
    }

    /// Lets everything happen that is due, and keeps what there was before something is done.
    fn ready(&mut self) -> Cursor {
        self.here.finish_instant();
        self.here.clone()
    }

    fn record(&mut self, before: Cursor, action: Action) {
        let at = before.now();
        if before.taken < self.steps().len() || at < self.end() {
            self.leave(before);
        } else {
            keep(&mut self.branches, before);
        }
        let steps = &mut self.branches[self.here.branch].steps;
        steps.push(Step { at, action });
        self.here.taken = steps.len();
        self.note_end();
    }
}

/// The checkpoint from which an instant is reached soonest.
fn nearest(branches: &[Branch], moment: Moment) -> &Cursor {
    latest(branches, moment.branch, &|kept| kept.now() <= moment.at)
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
mod tests;
