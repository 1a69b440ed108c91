//! Plays steps on a cluster, with an eye on every event.

use crate::checks::{self, Check};
use crate::heal;
use crate::steps::{self, Fault, Step};
use orrery_apiserver::{ApiServer, Request, Revision, Session};
use orrery_cluster::{Cluster, Config, RuntimeProfile, Settle, Strain};
use orrery_kubectl::Files;
use orrery_sim::{Duration, SimTime};

/// A cluster whose every event is looked at.
pub(crate) struct Watched {
    pub(crate) cluster: Cluster,
    checks: Vec<Box<dyn Check>>,
    seen: Revision,
    /// What did not hold, the first time it did not.
    pub(crate) broken: Option<String>,
}

impl Watched {
    fn new(seed: u64) -> Self {
        let runtime = if seed.is_multiple_of(2) { RuntimeProfile::Lively } else { RuntimeProfile::Immediate };
        let mut cluster = Cluster::new(Config { seed, runtime, log_limit: usize::MAX, ..Config::lively(3) });
        let checks = checks::all();
        cluster.settle(Settle::default());
        let mut watched = Watched { cluster, checks, seen: 0, broken: None };
        watched.look();
        watched
    }

    /// Shows every check what was written since the last look.
    fn look(&mut self) {
        let api = self.cluster.api();
        if self.broken.is_some() || api.revision() == self.seen {
            return;
        }
        let changes = api.watch(self.seen).expect("nothing is compacted");
        for change in changes {
            let seen = self.checks.iter_mut().try_for_each(|check| check.see(change, api));
            if let Err(why) = seen {
                let who = api.write(change.revision).map_or("nobody", |write| &write.actor);
                self.broken = Some(format!("{} revision {} by {who}: {why}", change.time, change.revision));
                return;
            }
        }
        self.seen = api.revision();
        self.broken = self.checks.iter().find_map(|check| check.rest(api).err());
    }

    pub(crate) fn play(&mut self, step: &Step) {
        match step {
            Step::Apply(manifest) => self.kubectl("apply -f manifest", manifest),
            Step::Kubectl(line) => self.kubectl(line, ""),
            Step::Machine(fault, node) => self.strike(*fault, node),
            Step::AddNode => drop(self.cluster.add_node()),
            Step::Wait(seconds) => self.pass(Duration::from_secs(*seconds)),
        }
        self.look();
    }

    fn strike(&mut self, fault: Fault, node: &str) {
        let cluster = &mut self.cluster;
        match fault {
            Fault::PowerOff => cluster.stop_node(node),
            Fault::StopKubelet => cluster.stop_kubelet(node),
            Fault::Start => cluster.start_node(node),
            Fault::Cut => cluster.cut_node(node),
            Fault::Join => cluster.join_node(node),
            Fault::UseMemory => cluster.strain_node(node, Strain::Memory),
            Fault::FillDisk => cluster.strain_node(node, Strain::Disk),
            Fault::Relieve => cluster.relieve_node(node),
        };
    }

    /// Types a command; what it answers is not asked here.
    fn kubectl(&mut self, line: &str, manifest: &str) {
        let argv: Vec<String> = line.split_whitespace().map(Into::into).collect();
        orrery_kubectl::run(&argv, &Manifest(manifest), self);
    }
}

impl Session for Watched {
    fn api(&self) -> &ApiServer {
        self.cluster.api()
    }

    fn now(&self) -> SimTime {
        self.cluster.now()
    }

    fn send(&mut self) -> (&mut ApiServer, Request) {
        self.cluster.send()
    }

    fn pass(&mut self, duration: Duration) {
        let until = self.cluster.now() + duration;
        self.look();
        while self.cluster.next_event_at().is_some_and(|at| at <= until) && self.broken.is_none() {
            self.cluster.step();
            self.look();
        }
        self.cluster.run(until, &mut || true);
    }
}

/// The one file that there is.
struct Manifest<'a>(&'a str);

impl Files for Manifest<'_> {
    fn read(&self, _name: &str) -> Option<String> {
        Some(self.0.into())
    }
}

/// Plays the steps, mends everything; what did not hold.
fn play(seed: u64, steps: &[Step]) -> Result<(), String> {
    let mut watched = Watched::new(seed);
    for step in steps {
        watched.play(step);
        if let Some(why) = watched.broken {
            return Err(format!("{why}\n  during: {step}"));
        }
    }
    heal::demand_convergence(&mut watched, !steps::are_tight(seed))
}

/// Plays what a seed says. If something does not hold, leaves out every step without which it still does not.
pub(crate) fn check(seed: u64) -> Result<(), String> {
    let mut steps = steps::of(seed);
    let Err(mut why) = play(seed, &steps) else { return Ok(()) };
    let mut at = steps.len();
    while at > 0 {
        at -= 1;
        let mut fewer = steps.clone();
        fewer.remove(at);
        if let Err(still) = play(seed, &fewer) {
            (steps, why) = (fewer, still);
        }
    }
    let listed: Vec<String> = steps.iter().map(ToString::to_string).collect();
    Err(format!("{why}\nwith seed {seed} after\n{}", listed.join("\n")))
}
