//! Scenario files: a cluster's peculiarities and steps.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A scenario, as its YAML file states it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scenario {
    /// The scenario's name; its namespace is `sc-NAME`.
    pub name: String,
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
    /// This node gets its power back, and its kubelet is started.
    Start(String),
    /// This node is cut off from the control plane and from all other nodes.
    Cut(String),
    /// This node is joined again.
    Join(String),
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
    /// A node joins.
    AddNode,
    /// This machine goes for good.
    RemoveNode(String),
}

/// One step: a manifest to apply, a kubectl command, one of another program, a fault, or a sleep.
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
