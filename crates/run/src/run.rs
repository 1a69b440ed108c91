//! A cluster and what was done to it.

use orrery_cluster::{Cluster, Config, Topology as Layout};
use orrery_kubectl::Output;
use orrery_schema::Schema;
use orrery_share::{Action, File, Link, Step, Topology};
use orrery_sim::SimTime;

use crate::perform::{Named, Outcome, perform};

/// Nodes of a new cluster.
pub const NODES: u32 = 3;
/// Seed of a new cluster.
pub const SEED: u64 = 1;
/// No cluster begins with more nodes: links are hostile input.
const MOST_NODES: u32 = 5_000;

/// A cluster and what was done to it.
pub struct Run {
    seed: u64,
    nodes: u32,
    topology: Option<Topology>,
    cluster: Cluster,
    steps: Vec<Step>,
    /// How many steps have been taken; the others lie ahead.
    taken: usize,
}

impl Run {
    /// A cluster at the beginning of virtual time. Without a topology there is one of each part of the control plane.
    pub fn new(seed: u64, nodes: u32, topology: Option<Topology>) -> Self {
        let cluster = build(seed, nodes, topology);
        Self { seed, nodes, topology, cluster, steps: Vec::new(), taken: 0 }
    }

    /// The run of a link, at its beginning: all its steps lie ahead.
    pub fn of(link: &Link) -> Self {
        Self {
            steps: link.steps.clone(),
            ..Self::new(link.seed, link.nodes.clamp(1, MOST_NODES), link.topology)
        }
    }

    /// What a link to this instant of the run holds: the steps that were taken, beside the files of the editor.
    pub fn link(&self, files: Vec<File>, speed: f64) -> Link {
        let steps = self.steps[..self.taken].to_vec();
        let (seed, nodes, topology) = (self.seed, self.nodes, self.topology);
        Link { files, steps, seed, nodes, topology, at: self.now(), speed }
    }

    /// The cluster, now.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Virtual time in nanoseconds.
    pub fn now(&self) -> u64 {
        self.cluster.now().as_nanos()
    }

    /// The end of what is known of the run.
    pub fn end(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.at).max(self.now())
    }

    /// Everything that was done, in order of time.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many of the steps have been taken; the others lie ahead.
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// The fingerprint of everything that was written up to now.
    pub fn trace_hash(&self) -> u64 {
        self.cluster.trace_hash()
    }

    /// Runs to a moment, taking the steps that lie before it, as long as `more` says so.
    pub fn run(&mut self, to: u64, more: &mut dyn FnMut() -> bool) {
        while let Some(step) = self.steps.get(self.taken).filter(|step| step.at <= to).cloned() {
            self.cluster.run(SimTime::from_nanos(step.at), more);
            if self.now() < step.at {
                return;
            }
            self.finish_instant();
            self.taken += 1;
            perform(&mut self.cluster, &step.action);
        }
        self.cluster.run(SimTime::from_nanos(to), more);
    }

    /// Runs to the next event that changes an object.
    pub fn step(&mut self) {
        self.cluster.step_change();
    }

    /// Goes to a moment: back from the beginning, or forward; as long as `more` says so.
    pub fn seek(&mut self, to: u64, more: &mut dyn FnMut() -> bool) {
        if to < self.now() {
            self.cluster = build(self.seed, self.nodes, self.topology);
            self.taken = 0;
        }
        self.run(to, more);
    }

    /// Does something now. Steps that lay ahead are dropped: from here on it is another run.
    pub fn act(&mut self, action: Action) -> Outcome {
        self.finish_instant();
        let at = self.now();
        let outcome = perform(&mut self.cluster, &action);
        self.record(at, action);
        outcome
    }

    /// Runs a command line of the console, with the files that `-f` can name and what `kubectl explain` reads. Only what
    /// changes the cluster, or takes time, belongs to the run.
    pub fn kubectl(&mut self, line: Vec<String>, files: Vec<File>, schema: Option<&Schema>) -> Output {
        self.finish_instant();
        let (at, revision) = (self.now(), self.cluster.api().revision());
        let output = orrery_workstation::run(&line, &Named(&files, schema), &mut self.cluster);
        if self.now() != at || self.cluster.api().revision() != revision {
            let named = |file: &File| line.contains(&file.name) || file.name == "Dockerfile";
            let files = files.into_iter().filter(named).collect();
            self.record(at, Action::Kubectl { line, files });
        }
        output
    }

    /// What is done comes after everything else of its instant, wherever the run was stopped: a replay runs to the end of
    /// the instant as well.
    fn finish_instant(&mut self) {
        self.cluster.run(self.cluster.now(), &mut || true);
    }

    fn record(&mut self, at: u64, action: Action) {
        self.steps.truncate(self.taken);
        self.steps.push(Step { at, action });
        self.taken = self.steps.len();
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
