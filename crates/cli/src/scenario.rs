//! Scenario files: a cluster's peculiarities and steps.

use orrery_apimachinery::Quantity;
use orrery_cluster::{NodeGroup, Topology};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A scenario, as its YAML file states it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scenario {
    /// The scenario's name; its namespace is `sc-NAME`.
    pub name: String,
    /// The cluster to run on, where it is another than that of the recordings.
    #[serde(default)]
    pub cluster: Shape,
    /// What is special about the nodes.
    #[serde(default)]
    pub nodes: Nodes,
    /// A KubeSchedulerConfiguration.
    pub scheduler: Option<serde_json::Value>,
    /// Namespaces that the steps make themselves and that are compared too.
    #[serde(default)]
    pub extra_namespaces: Vec<String>,
    /// The second of the minute at which the first step begins.
    pub start_second: Option<u64>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// A cluster: its machines, and what runs on them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Shape {
    /// Where the control plane is.
    pub topology: Place,
    /// How many members etcd has; one if it is not told.
    pub etcd: Option<usize>,
    /// How many API servers there are, each with a scheduler and a controller manager; one if it is not told.
    pub control_planes: Option<usize>,
    /// How many nodes there are.
    pub workers: Option<usize>,
    /// How long images and containers take.
    pub runtime: Pace,
    /// The node groups of the cloud beneath.
    pub node_groups: Vec<Group>,
}

/// A node group: the bounds of its size, and the shape of its machines.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Group {
    /// The name.
    pub name: String,
    /// The autoscaler goes no lower than this …
    #[serde(default)]
    pub min: usize,
    /// … and no higher.
    pub max: usize,
    /// How many machines there are at the beginning; the fewest if it is not told.
    pub size: Option<usize>,
    /// Processor time of a machine, in cores; 4 if it is not told.
    pub cpu: Option<String>,
    /// Memory of a machine; 16Gi if it is not told.
    pub memory: Option<String>,
    /// Labels that its nodes have.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Taints that its nodes have, as `kubectl taint` takes them.
    #[serde(default)]
    pub taints: Vec<String>,
}

impl Group {
    /// The group as the cluster knows it; an error tells what cannot be read.
    pub fn read(&self) -> Result<NodeGroup, String> {
        let amount = |given: &Option<String>, usual: &str| {
            let text = given.as_deref().unwrap_or(usual);
            Quantity::parse(text).ok_or_else(|| format!("'{text}' is not a quantity"))
        };
        let taint = |text: &String| NodeGroup::taint(text).ok_or_else(|| format!("'{text}' is not a taint"));
        Ok(NodeGroup {
            name: self.name.as_str().into(),
            min_size: self.min,
            max_size: self.max,
            target_size: self.size.unwrap_or(self.min),
            cpu: amount(&self.cpu, "4")?,
            memory: amount(&self.memory, "16Gi")?,
            labels: self.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
            taints: self.taints.iter().map(taint).collect::<Result<_, _>>()?,
        })
    }
}

/// Where the control plane is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// On machines of its own; members of etcd beside the API servers as far as there are as many.
    #[default]
    Stacked,
    /// On machines of its own, etcd on others.
    ExternalEtcd,
    /// On the first node.
    AllInOne,
}

/// How long images and containers take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// No time, as in the recordings.
    #[default]
    Immediate,
    /// As long as for real; claims are served by a default class.
    Lively,
}

impl Shape {
    /// The control plane.
    pub fn topology(&self) -> Topology {
        match self.topology {
            Place::AllInOne => Topology::all_in_one(),
            place => {
                let parts = Topology::new(self.etcd.unwrap_or(1), self.control_planes.unwrap_or(1));
                Topology { external_etcd: parts.external_etcd || place == Place::ExternalEtcd, ..parts }
            }
        }
    }
}

/// Labels and taints that nodes have before the first step.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Nodes {
    /// Labels by node.
    pub label: BTreeMap<String, BTreeMap<String, String>>,
    /// Taints by node, as `kubectl taint` takes them.
    pub taint: BTreeMap<String, Vec<String>>,
}

/// Something that breaks, or is mended.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fault {
    /// The kubelet of this node is stopped.
    StopKubelet(String),
    /// This node loses its power.
    PowerOff(String),
    /// This part of the control plane, such as `kube-scheduler-1`, is stopped and stays off.
    Stop(String),
    /// This part is killed, and started again by its machine.
    Kill(String),
    /// This part is started, or this machine gets its power back and its kubelet is started.
    Start(String),
    /// This part or machine is cut off from all others.
    Cut(String),
    /// This part or machine is joined again.
    Join(String),
    /// This member of etcd loses its data, and stays off.
    Lose(String),
    /// A snapshot of etcd is taken, under this name.
    Snapshot(String),
    /// The cluster goes back to this snapshot.
    Restore(String),
    /// The main process of `POD/CONTAINER` is killed.
    KillContainer(String),
    /// Something outside the pods uses up the memory of this node.
    UseMemory(String),
    /// Something outside the pods fills the disk of this node.
    FillDisk(String),
    /// Something outside the pods uses up the process numbers of this node.
    UsePids(String),
    /// This node gets back all that was used up.
    Relieve(String),
    /// This registry answers no more.
    StopRegistry(String),
    /// This registry answers again.
    StartRegistry(String),
    /// A node joins.
    AddNode,
    /// This machine goes for good.
    RemoveNode(String),
}

/// A steady load that is turned on, or off.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LoadStep {
    /// Its name.
    pub name: String,
    /// What is asked for; not needed to stop it.
    #[serde(default)]
    pub to: String,
    /// Who asks: `outside`, `node/NAME` or `pod/NAMESPACE/NAME`.
    #[serde(default = "outside")]
    pub from: String,
    /// Requests in a second.
    #[serde(default)]
    pub rate: f64,
    /// After so many seconds it ends, and so does the step.
    #[serde(rename = "for")]
    pub seconds: Option<f64>,
    /// Whether clients keep their connections.
    #[serde(default)]
    pub keep_alive: bool,
    /// Turns it off.
    #[serde(default)]
    pub stop: bool,
}

/// A request that is sent and followed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestStep {
    /// What is asked for.
    pub to: String,
    /// Who asks.
    #[serde(default = "outside")]
    pub from: String,
}

fn outside() -> String {
    "outside".into()
}

/// One step: a manifest to apply, a kubectl command, one of another program, a fault, requests, or a sleep.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Step {
    /// The step's name; steps that only sleep may have none.
    #[serde(default)]
    pub name: String,
    /// A manifest for `kubectl apply -f -`.
    pub apply: Option<String>,
    /// Arguments of kubectl.
    pub kubectl: Option<Vec<String>>,
    /// A command line of another program: docker, minikube or kind.
    pub run: Option<String>,
    /// Standard input of that command.
    #[serde(default)]
    pub stdin: String,
    /// What breaks, or is mended.
    #[serde(default, with = "serde_yaml::with::singleton_map")]
    pub fault: Option<Fault>,
    /// A steady load.
    pub load: Option<LoadStep>,
    /// A request, whose way is printed.
    pub request: Option<RequestStep>,
    /// Seconds to let pass.
    pub sleep: Option<f64>,
    /// Leave the scenario's namespace out of the command.
    #[serde(default)]
    pub no_namespace: bool,
    /// Seconds without a change after which the step is settled.
    pub quiet: Option<f64>,
    /// Seconds after which the step ends all the same.
    pub timeout: Option<f64>,
    /// Whether the state after the step was compared.
    #[serde(default = "yes")]
    pub snapshot: bool,
}

fn yes() -> bool {
    true
}

/// Reads a scenario; the error says where the file is wrong.
pub fn read(text: &str) -> Result<Scenario, String> {
    serde_yaml::from_str(text).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_states_its_control_plane_and_what_breaks_of_it() {
        let text = "name: plane
cluster: {topology: external-etcd, etcd: 3, controlPlanes: 3, workers: 2, runtime: lively}
steps:
- fault: {stop: kube-scheduler-1}
- fault: {lose: etcd-2}
- fault: {restore: backup.db}
";
        let scenario = read(text).expect("a scenario");
        let want = Topology { external_etcd: true, ..Topology::new(3, 3) };
        assert_eq!((scenario.cluster.topology(), scenario.cluster.workers), (want, Some(2)));
        let faults: Vec<&Fault> = scenario.steps.iter().filter_map(|step| step.fault.as_ref()).collect();
        assert!(matches!(faults[..], [Fault::Stop(_), Fault::Lose(_), Fault::Restore(_)]), "{faults:?}");
        let plain = read("name: plain\nsteps: []\n").expect("a scenario");
        assert_eq!(plain.cluster.topology(), Topology::default(), "the cluster of the recordings");
        assert!(read("name: odd\ncluster: {topology: mesh}\nsteps: []\n").is_err());
    }
}
