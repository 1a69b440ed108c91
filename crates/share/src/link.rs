//! A run, as what was done.

use serde::{Deserialize, Serialize};

use crate::Action;

/// A run that anyone can repeat: what was written, what was done when, and where to look.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Manifests in the editor.
    pub files: Vec<File>,
    /// What was done to the cluster, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Seed of the run.
    pub seed: u64,
    /// Nodes at the start.
    pub nodes: u32,
    /// The control plane at the start; one of each where none is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topology: Option<Topology>,
    /// The virtual time to open at, in nanoseconds.
    #[serde(default)]
    pub at: u64,
    /// Virtual seconds for each real one.
    #[serde(default = "one")]
    pub speed: f64,
    /// The view to open in, by its name; the first one where none is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
}

fn one() -> f64 {
    1.0
}

/// A control plane: how many of each, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topology {
    /// Members of etcd.
    pub etcd: u8,
    /// API servers, each with a scheduler and a controller manager.
    pub control_planes: u8,
    /// Whether the first node carries the control plane.
    #[serde(default)]
    pub all_in_one: bool,
}

/// One manifest file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Name of its tab.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Something a person did, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Virtual time, in nanoseconds.
    pub at: u64,
    /// What was done.
    #[serde(rename = "do")]
    pub action: Action,
}
