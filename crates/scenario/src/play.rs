//! A scenario that is played: which step is under way, whether it has come to its end, and what became of what was
//! expected. Whoever plays it runs the cluster and does what it says; a page does so over many frames.

use orrery_cluster::{Cluster, Settle};
use orrery_kubectl::Output;
use orrery_run::{Library, Run};
use orrery_share::Topology;
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

use crate::check::{About, Verdict, objects};
use crate::deed::{Deed, deed, heard};
use crate::format::{Scenario, Step};
use crate::goal;

/// How long is waited for what may never come.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often the program looks whether a step has come to its end.
pub const LOOK: Duration = Duration::from_millis(100);
/// How many nodes there are if it is not told.
const NODES: u32 = orrery_run::NODES;

/// A scenario that is played.
#[derive(Clone)]
pub struct Play {
    scenario: Rc<Scenario>,
    home: String,
    /// For each step that was begun, when it was and when it ended.
    times: Vec<(SimTime, Option<SimTime>)>,
    /// The step that is under way.
    going: Option<Going>,
    verdicts: Vec<Verdict>,
}

/// The end of a step that is under way.
#[derive(Clone)]
struct Going {
    output: Option<Output>,
    until: Until,
    deadline: SimTime,
}

#[derive(Clone)]
enum Until {
    /// The deadline.
    Deadline,
    /// What is waited for.
    Goal,
    /// Nothing has changed since `changed_at` for so long, as far as revision `seen`.
    Settled { quiet: Duration, changed_at: SimTime, seen: u64 },
}

impl Play {
    /// A scenario before its first step.
    pub fn new(scenario: Scenario) -> Self {
        let home = scenario.home();
        Play { scenario: Rc::new(scenario), home, times: Vec::new(), going: None, verdicts: Vec::new() }
    }

    /// The scenario.
    pub fn scenario(&self) -> &Rc<Scenario> {
        &self.scenario
    }

    /// The namespace in which it is played.
    pub fn home(&self) -> &str {
        &self.home
    }

    /// The run that it is played on; an error tells what of its cluster a link cannot hold.
    pub fn run(&self) -> Result<Run, String> {
        let shape = &self.scenario.cluster;
        let layout = shape.layout();
        let only_recorded = [
            (self.scenario.scheduler.is_some(), "scheduler"),
            (!shape.node_groups.is_empty(), "cluster.nodeGroups"),
            (
                layout.external_etcd && layout.etcd <= layout.control_planes,
                "etcd on other machines, with no more members than API servers,",
            ),
        ];
        if let Some((_, what)) = only_recorded.into_iter().find(|(told, _)| *told) {
            return Err(format!("{what} is for `orrery run` only: a link has no place for it"));
        }
        let told = shape.etcd.is_some() || shape.control_planes.is_some() || layout.all_in_one;
        let topology = told.then_some(Topology {
            etcd: layout.etcd as u8,
            control_planes: layout.control_planes as u8,
            all_in_one: layout.all_in_one,
        });
        let nodes = shape.workers.map_or(NODES, |nodes| nodes.unsigned_abs());
        let seed = self.scenario.seed.map_or(orrery_run::SEED, |seed| u64::from(seed.unsigned_abs()));
        Ok(Run::new(seed, nodes, topology))
    }

    /// The number of the step that comes next.
    pub fn next(&self) -> usize {
        self.times.len()
    }

    /// Whether a step is under way.
    pub fn is_going(&self) -> bool {
        self.going.is_some()
    }

    /// When a step began and, if it did, ended.
    pub fn times(&self, step: usize) -> Option<(SimTime, Option<SimTime>)> {
        self.times.get(step).copied()
    }

    /// What became of what was expected so far.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// Begins the next step: what has to be done for it. [`Self::done`] follows.
    pub fn begin(&mut self, cluster: &Cluster) -> Option<Deed> {
        let step = self.scenario.steps.get(self.times.len())?;
        let found = deed(step, cluster, &self.home);
        self.times.push((cluster.now(), None));
        found
    }

    /// Says what came of what the step does.
    pub fn done(&mut self, cluster: &Cluster, output: Option<Output>) {
        let Some(step) = self.times.len().checked_sub(1).map(|index| &self.scenario.steps[index]) else {
            return;
        };
        let (until, length) = until(step, cluster, output.is_some());
        self.going = Some(Going { output, until, deadline: cluster.now() + length });
    }

    /// Looks whether the step has come to its end; then what is expected of it is looked at.
    pub fn look(&mut self, cluster: &Cluster) -> bool {
        let Some(mut going) = self.going.take() else { return true };
        let index = self.times.len() - 1;
        let step = &self.scenario.clone().steps[index];
        let about = self.about(cluster, going.output.as_ref());
        let late = cluster.now() >= going.deadline;
        let reached = match (&mut going.until, &step.wait) {
            (Until::Goal, Some(wait)) => wait.goal.holds(&about),
            (Until::Settled { quiet, changed_at, seen }, _) => {
                if cluster.changed_since(*seen) || cluster.starts_containers() {
                    (*changed_at, *seen) = (cluster.now(), cluster.api().revision());
                }
                if cluster.now() >= *changed_at + *quiet || late { Ok(()) } else { Err(String::new()) }
            }
            _ if late => Ok(()),
            _ => Err(String::new()),
        };
        if reached.is_err() && !late {
            self.going = Some(going);
            return false;
        }
        let waited = step.wait.is_some().then(|| Verdict { step: index, check: None, wrong: reached.err() });
        let checked = step.expect.iter().enumerate().map(|(check, expected)| Verdict {
            step: index,
            check: Some(check),
            wrong: expected.holds(&about).err(),
        });
        let found: Vec<Verdict> = waited.into_iter().chain(checked).collect();
        self.verdicts.extend(found);
        self.times[index].1 = Some(cluster.now());
        true
    }

    /// Plays everything, as fast as it goes.
    pub fn to_end(&mut self, run: &mut Run) {
        let say = |run: &mut Run, line: Vec<String>, files| run.kubectl(line, files, Library::default());
        for line in self.scenario.opening() {
            say(run, line, Vec::new());
        }
        while self.next() < self.scenario.steps.len() {
            let output = match self.begin(run.cluster()) {
                Some(Deed::Command { line, files }) => Some(say(run, line, files)),
                Some(Deed::Act(action)) => {
                    let outcome = run.act(action.clone());
                    Some(heard(&action, &outcome, run.cluster()))
                }
                None => None,
            };
            self.done(run.cluster(), output);
            while !self.look(run.cluster()) {
                run.run(run.now() + LOOK.as_nanos() as u64, &mut || true);
            }
        }
    }

    /// The kind, the namespace and the name of the first object that `KIND/NAME` means.
    pub fn first(&self, text: &str, cluster: &Cluster) -> Option<[String; 3]> {
        let found = objects(text, cluster, &self.home).ok()?;
        let meta = found.first()?.metadata();
        Some([found.first()?.kind().name().into(), meta.namespace.to_string(), meta.name.to_string()])
    }

    /// `KIND/NAMESPACE/NAME` of what is lit, and whether it is but the beginning of a name.
    pub fn key(&self, text: &str) -> Option<(String, bool)> {
        let (kind, told, name) = goal::lit(text).ok()?;
        let namespace = if kind.namespaced() { told.unwrap_or(&self.home) } else { "" };
        let start = name.strip_suffix('*');
        Some((format!("{}/{namespace}/{}", kind.name(), start.unwrap_or(name)), start.is_some()))
    }

    fn about<'a>(&'a self, cluster: &'a Cluster, output: Option<&'a Output>) -> About<'a> {
        About { cluster, home: &self.home, output }
    }
}

/// What ends a step, and how long that may take. A step that does nothing and waits for nothing is over at once.
fn until(step: &Step, cluster: &Cluster, does: bool) -> (Until, Duration) {
    let usual = Settle::default();
    let told = |given: &Option<crate::Seconds>, usual: Duration| given.map_or(usual, |given| given.0);
    match (&step.sleep, &step.wait) {
        (Some(length), _) => (Until::Deadline, length.0),
        (None, Some(wait)) => (Until::Goal, told(&wait.timeout, PATIENCE)),
        (None, None) if does => {
            let quiet = told(&step.quiet, usual.quiet);
            let (changed_at, seen) = (cluster.now(), cluster.api().revision());
            (Until::Settled { quiet, changed_at, seen }, told(&step.timeout, usual.timeout))
        }
        (None, None) => (Until::Deadline, Duration::ZERO),
    }
}
