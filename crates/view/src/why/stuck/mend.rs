//! What makes a change that a reason asks for: a command line, or something that is done to a machine.

use orrery_api::{Pod, Resource};
use orrery_cluster::{Cluster, PartId, Program, Worker};

use super::{Reason, flag};
use crate::handle;
use crate::scene::{ObjectRef, Text};
use crate::why::people::out_now;

/// What can be done with one click.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mend {
    /// A command line is run, in the words of a shell.
    Command(Text),
    /// A node's machine, or its kubelet, is started.
    StartNode(Text),
    /// A node is joined again to the others.
    JoinNode(Text),
    /// A part of the control plane is started.
    StartPart(Text),
    /// It is joined again to the others.
    JoinPart(Text),
    /// A registry is started.
    StartRegistry(Text),
    /// A node is given back what was used up.
    Relieve(Text),
}

impl Reason {
    pub(super) fn mend(self, line: String) -> Self {
        Reason { mend: Some(Mend::Command(line.into())), ..self }
    }

    /// With what began it that somebody does not work, and what ends that.
    pub(super) fn while_out(self, cluster: &Cluster, who: &Worker) -> Self {
        let mend = match who {
            Worker::Node(name) => of_node(cluster, name),
            Worker::Program(program) => of_program(cluster, *program),
            Worker::Registry(host) => Some(Mend::StartRegistry(host.clone())),
        };
        Reason { by: out_now(cluster, who), mend: mend.or(self.mend.clone()), ..self }
    }
}

/// What lets a node's kubelet work again.
fn of_node(cluster: &Cluster, name: &str) -> Option<Mend> {
    if cluster.kubelet_runs(name) == Some(false) {
        return Some(Mend::StartNode(name.into()));
    }
    (cluster.node_is_cut(name) == Some(true)).then(|| Mend::JoinNode(name.into()))
}

/// What lets a program of the control plane work again: its own instances come first, then what they need.
fn of_program(cluster: &Cluster, program: Program) -> Option<Mend> {
    let needs = [program, Program::ApiServer, Program::Etcd];
    let parts = needs.iter().flat_map(|needed| cluster.topology().parts().filter(|id| id.program == *needed));
    let mend = |id: PartId| {
        let name: Text = id.to_string().into();
        let off = cluster.part_is_on(id) == Some(false) && cluster.part_starts_at(id).is_none();
        match (off, cluster.part_is_cut(id)) {
            (true, _) => Some(Mend::StartPart(name)),
            (false, true) => Some(Mend::JoinPart(name)),
            _ => None,
        }
    };
    parts.filter_map(mend).next()
}

/// The command that takes a pod's workload back to the revision before, if it has one.
pub(super) fn undo(cluster: &Cluster, pod: &Pod) -> Option<Mend> {
    let handle = handle::handle(cluster, &crate::pod::id(pod)).filter(|handle| handle.undoes)?;
    Some(Mend::Command(format!("kubectl {}", handle.undo(None).join(" ")).into()))
}

/// The workload whose template makes a pod, as commands name it with its namespace: `deployment/web -n shop`.
pub(super) fn workload(cluster: &Cluster, id: &ObjectRef) -> Option<String> {
    let top = handle::handle(cluster, id).filter(|handle| handle.restarts)?.id;
    Some(named(&top))
}

/// `deployment/web -n shop`.
pub(super) fn named(id: &ObjectRef) -> String {
    format!("{}/{}{}", id.kind.to_lowercase(), id.name, flag(&id.namespace))
}

/// The command that merges a patch into an object.
pub(super) fn patch<T: Resource>(object: &T, patch: &str) -> String {
    let meta = object.metadata();
    format!(
        "kubectl patch {} {}{} --type=merge -p '{patch}'",
        T::KIND.plural(),
        meta.name,
        flag(&meta.namespace)
    )
}
