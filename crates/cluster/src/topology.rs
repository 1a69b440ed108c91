//! How a control plane is laid out: its programs, and the machines that they run on.

use orrery_apimachinery::Str;
use std::fmt;

/// How many of each there are, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topology {
    /// The members of etcd.
    pub etcd: usize,
    /// The API servers, each with a scheduler and a controller manager beside it.
    pub control_planes: usize,
    /// Whether the members of etcd have machines of their own. Where there are as many of them as API servers and
    /// they have none, each API server talks to the member beside it; else to all.
    pub external_etcd: bool,
    /// Whether the first node carries the control plane.
    pub all_in_one: bool,
}

impl Default for Topology {
    /// One of each, on a machine that is no node.
    fn default() -> Self {
        Topology { etcd: 1, control_planes: 1, external_etcd: false, all_in_one: false }
    }
}

/// The most members and control planes that there can be.
const MOST: usize = 9;

impl Topology {
    /// One machine that is control plane and node.
    pub fn all_in_one() -> Self {
        Topology { all_in_one: true, ..Topology::default() }
    }

    /// `etcd` members and `control_planes` API servers; members that find no API server beside them have machines
    /// of their own.
    pub fn new(etcd: usize, control_planes: usize) -> Self {
        let (etcd, control_planes) = (etcd.clamp(1, MOST), control_planes.clamp(1, MOST));
        Topology { etcd, control_planes, external_etcd: etcd > control_planes, all_in_one: false }
    }

    /// Whether schedulers and controller managers elect a leader. One of each has nobody to stand against; it is
    /// started with `--leader-elect=false`, as minikube does.
    pub fn elects(&self) -> bool {
        self.control_planes > 1
    }

    /// How many of a program there are.
    pub fn count(&self, program: Program) -> usize {
        if program == Program::Etcd { self.etcd } else { self.control_planes }
    }

    /// All parts.
    pub fn parts(&self) -> impl Iterator<Item = PartId> + use<> {
        let topology = *self;
        Program::ALL.into_iter().flat_map(move |program| {
            (1..=topology.count(program)).map(move |number| PartId { program, number })
        })
    }

    /// The machine that a part runs on.
    pub fn machine(&self, part: PartId) -> Str {
        match part.program {
            _ if self.all_in_one => "node-1".into(),
            Program::Etcd if self.external_etcd => format!("etcd-node-{}", part.number).into(),
            _ => format!("control-plane-{}", part.number).into(),
        }
    }

    /// The members of etcd that an API server talks to, from zero.
    pub(crate) fn endpoints(&self, server: usize) -> std::ops::Range<usize> {
        if !self.external_etcd && self.etcd == self.control_planes {
            server..server + 1
        } else {
            0..self.etcd
        }
    }
}

/// A program of the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// etcd.
    Etcd,
    /// kube-apiserver.
    ApiServer,
    /// kube-scheduler.
    Scheduler,
    /// kube-controller-manager.
    ControllerManager,
}

impl Program {
    /// All of them.
    pub const ALL: [Program; 4] =
        [Program::Etcd, Program::ApiServer, Program::Scheduler, Program::ControllerManager];

    /// What the program is called.
    pub fn name(self) -> &'static str {
        match self {
            Program::Etcd => "etcd",
            Program::ApiServer => "kube-apiserver",
            Program::Scheduler => "kube-scheduler",
            Program::ControllerManager => "kube-controller-manager",
        }
    }
}

/// One running program of the control plane: `kube-scheduler-1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartId {
    /// What it is.
    pub program: Program,
    /// Which, from one.
    pub number: usize,
}

impl PartId {
    /// The part called `name`, such as `etcd-1`.
    pub fn parse(name: &str) -> Option<PartId> {
        let (program, number) = name.rsplit_once('-')?;
        let program = Program::ALL.into_iter().find(|known| known.name() == program)?;
        Some(PartId { program, number: number.parse().ok().filter(|n| *n > 0)? })
    }
}

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.program.name(), self.number)
    }
}
