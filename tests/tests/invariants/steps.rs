//! What a person does and what breaks, drawn from a seed.

use crate::workloads::{self, Workload};
use orrery_sim::Random;
use std::fmt;

/// What can be done to a machine.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// It loses power.
    PowerOff,
    /// Its kubelet stops.
    StopKubelet,
    /// It has power, and its kubelet starts.
    Start,
    /// It is cut off.
    Cut,
    /// It is joined again.
    Join,
    /// Something else uses its memory.
    UseMemory,
    /// Something else fills its disk.
    FillDisk,
    /// It gets back what was used up.
    Relieve,
}

/// One thing that happens from outside.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A manifest is applied.
    Apply(String),
    /// A command is typed.
    Kubectl(String),
    /// Something is done to a machine.
    Machine(Fault, String),
    /// A node joins.
    AddNode,
    /// Nothing, for so many seconds.
    Wait(u64),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Apply(manifest) => write!(f, "kubectl apply -f - <<'.'\n{manifest}\n."),
            Step::Kubectl(line) => write!(f, "kubectl {line}"),
            Step::Machine(fault, node) => write!(f, "{fault:?} {node}"),
            Step::AddNode => f.write_str("add node"),
            Step::Wait(seconds) => write!(f, "wait {seconds}s"),
        }
    }
}

/// Whether the workloads of a seed ask for more than the nodes have, so that not all of their pods find a place.
pub(crate) fn are_tight(seed: u64) -> bool {
    seed.is_multiple_of(4)
}

/// The steps of a seed.
pub(crate) fn of(seed: u64) -> Vec<Step> {
    let mut random = Random::stream(seed, "invariants/steps");
    let cpu = if are_tight(seed) { "900m" } else { "200m" };
    let mut there: Vec<Workload> = Vec::new();
    let mut steps = vec![Step::Apply(workloads::QUOTA.into())];
    for number in 0..3 + random.below(3) {
        there.push(Workload::draw(number, cpu, &mut random));
        steps.push(Step::Apply(there[there.len() - 1].manifest()));
    }
    for _ in 0..6 + random.below(14) {
        let at = usize::try_from(random.below(there.len() as u64)).expect("there are few workloads");
        steps.push(step(&mut there[at], &mut random));
        if random.below(3) > 0 {
            steps.push(Step::Wait(random.below(40)));
        }
    }
    steps
}

fn step(workload: &mut Workload, random: &mut Random) -> Step {
    let node = format!("node-{}", 1 + random.below(3));
    match random.below(20) {
        0..=2 => workload.scale(random),
        3..=5 => workload.change_image(random),
        6 => workload.change_manifest(random),
        7 => Step::Kubectl(format!("rollout restart {}", workload.target())),
        8 => Step::Kubectl(format!("delete pod -l app={} --wait=false", workload.name())),
        9 => Step::Kubectl(format!(
            "delete {} --cascade={} --wait=false",
            workload.target(),
            propagation(random)
        )),
        10 => Step::Machine(Fault::PowerOff, node),
        11 => Step::Machine(Fault::Start, node),
        15 => Step::Machine(Fault::StopKubelet, node),
        16 => Step::Machine(Fault::Cut, node),
        17 => Step::Machine(Fault::Join, node),
        18 => {
            let strains = [Fault::UseMemory, Fault::FillDisk, Fault::Relieve];
            Step::Machine(strains[usize::try_from(random.below(3)).expect("three fit")], node)
        }
        12 => Step::Kubectl(format!("cordon {node}")),
        13 => Step::Kubectl(format!("drain {node} --ignore-daemonsets --force --timeout=40s")),
        14 => Step::Kubectl(format!("taint node {node} broken=yes:NoExecute --overwrite")),
        _ => Step::AddNode,
    }
}

fn propagation(random: &mut Random) -> &'static str {
    ["background", "foreground", "orphan"][usize::try_from(random.below(3)).expect("three fit")]
}
