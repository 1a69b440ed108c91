//! What the plug-ins of the scheduler are told.

use super::{API_VERSION, PluginConfig, strictly};
use crate::resources::{CPU, MEMORY};
use crate::{NodeAffinity, TopologySpreadConstraint};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{Str, Value};

/// What each plug-in is told.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginArgs {
    /// DefaultPreemption.
    pub default_preemption: DefaultPreemptionArgs,
    /// InterPodAffinity.
    pub inter_pod_affinity: InterPodAffinityArgs,
    /// NodeAffinity.
    pub node_affinity: NodeAffinityArgs,
    /// NodeResourcesBalancedAllocation.
    pub balanced_allocation: NodeResourcesBalancedAllocationArgs,
    /// NodeResourcesFit.
    pub fit: NodeResourcesFitArgs,
    /// PodTopologySpread.
    pub pod_topology_spread: PodTopologySpreadArgs,
    /// VolumeBinding.
    pub volume_binding: VolumeBindingArgs,
}

/// What DefaultPreemption is told.
#[derive(Clone, Debug, PartialEq, Eq, Fields)]
pub struct DefaultPreemptionArgs {
    /// `DefaultPreemptionArgs`.
    pub kind: Str,
    /// The version of these fields.
    pub api_version: Str,
    /// On how many of the nodes at least, in percent.
    pub min_candidate_nodes_percentage: i32,
    /// On how many nodes at least victims are looked for.
    pub min_candidate_nodes_absolute: i32,
}

/// What InterPodAffinity is told.
#[derive(Clone, Debug, PartialEq, Eq, Fields)]
pub struct InterPodAffinityArgs {
    /// `InterPodAffinityArgs`.
    pub kind: Str,
    /// The version of these fields.
    pub api_version: Str,
    /// What the required affinity of a pod that is there weighs in scores.
    pub hard_pod_affinity_weight: i32,
    /// Whether wishes of pods that are there are overlooked.
    pub ignore_preferred_terms_of_existing_pods: bool,
}

/// What NodeAffinity is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeAffinityArgs {
    /// `NodeAffinityArgs`.
    pub kind: Str,
    /// The version of these fields.
    pub api_version: Str,
    /// The affinity that every pod has beside its own.
    pub added_affinity: Option<NodeAffinity>,
}

/// What NodeResourcesBalancedAllocation is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeResourcesBalancedAllocationArgs {
    /// `NodeResourcesBalancedAllocationArgs`.
    pub kind: Str,
    /// The version of these fields.
    pub api_version: Str,
    /// The resources that should run out together.
    pub resources: Vec<ResourceSpec>,
}

/// What NodeResourcesFit is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeResourcesFitArgs {
    /// `NodeResourcesFitArgs`.
    pub kind: Str,
    /// The version of these fields.
    pub api_version: Str,
    /// Extended resources that are not counted.
    pub ignored_resources: Vec<Str>,
    /// Groups of extended resources that are not counted.
    pub ignored_resource_groups: Vec<Str>,
    /// Which nodes are better.
    pub scoring_strategy: ScoringStrategy,
}

/// Which nodes are better.
#[derive(Clone, Debug, PartialEq, Eq, Fields)]
pub struct ScoringStrategy {
    /// `LeastAllocated`, `MostAllocated` or `RequestedToCapacityRatio`.
    #[json(name = "type")]
    pub type_: Str,
    /// The resources that are looked at.
    pub resources: Vec<ResourceSpec>,
    /// How the score follows the share that is taken; only for `RequestedToCapacityRatio`.
    pub requested_to_capacity_ratio: Option<RequestedToCapacityRatioParam>,
}

/// How a score follows the share that is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct RequestedToCapacityRatioParam {
    /// Points; scores between them lie on straight lines.
    pub shape: Vec<UtilizationShapePoint>,
}

/// The score at one share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Fields)]
pub struct UtilizationShapePoint {
    /// The share, in percent.
    pub utilization: i32,
    /// The score, from 0 to 10.
    pub score: i32,
}

/// A resource and its weight.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceSpec {
    /// The resource.
    pub name: Str,
    /// Its weight.
    pub weight: i64,
}

/// What PodTopologySpread is told.
#[derive(Clone, Debug, PartialEq, Eq, Fields)]
pub struct PodTopologySpreadArgs {
    /// `PodTopologySpreadArgs`.
    pub kind: Str,
    /// The version of these fields.
    pub api_version: Str,
    /// The constraints of pods that state none.
    pub default_constraints: Vec<TopologySpreadConstraint>,
    /// `System` for those that are built in, `List` for the ones above.
    pub defaulting_type: Str,
}

/// What VolumeBinding is told.
#[derive(Clone, Debug, PartialEq, Fields)]
pub struct VolumeBindingArgs {
    /// `VolumeBindingArgs`.
    pub kind: Str,
    /// The version of these fields.
    pub api_version: Str,
    /// How long a pod waits for its volumes.
    pub bind_timeout_seconds: i64,
    /// How scores follow what of a volume is used; not in 1.32 without its feature gate.
    pub shape: Option<Value>,
}

impl Default for DefaultPreemptionArgs {
    fn default() -> Self {
        DefaultPreemptionArgs {
            api_version: "".into(),
            kind: "".into(),
            min_candidate_nodes_absolute: 100,
            min_candidate_nodes_percentage: 10,
        }
    }
}

impl Default for InterPodAffinityArgs {
    fn default() -> Self {
        InterPodAffinityArgs {
            api_version: "".into(),
            hard_pod_affinity_weight: 1,
            ignore_preferred_terms_of_existing_pods: false,
            kind: "".into(),
        }
    }
}

impl Default for ScoringStrategy {
    fn default() -> Self {
        ScoringStrategy {
            requested_to_capacity_ratio: None,
            resources: Vec::new(),
            type_: "LeastAllocated".into(),
        }
    }
}

impl Default for PodTopologySpreadArgs {
    fn default() -> Self {
        PodTopologySpreadArgs {
            api_version: "".into(),
            default_constraints: Vec::new(),
            defaulting_type: "System".into(),
            kind: "".into(),
        }
    }
}

impl Default for VolumeBindingArgs {
    fn default() -> Self {
        VolumeBindingArgs { api_version: "".into(), bind_timeout_seconds: 600, kind: "".into(), shape: None }
    }
}

impl Default for PluginArgs {
    fn default() -> Self {
        let mut args = PluginArgs {
            default_preemption: Default::default(),
            inter_pod_affinity: Default::default(),
            node_affinity: Default::default(),
            balanced_allocation: Default::default(),
            fit: Default::default(),
            pod_topology_spread: Default::default(),
            volume_binding: Default::default(),
        };
        fill(&mut args.balanced_allocation.resources);
        fill(&mut args.fit.scoring_strategy.resources);
        args
    }
}

impl PluginArgs {
    /// Takes over what a plug-in is told. What unknown plug-ins are told is not looked at.
    pub(super) fn take(&mut self, config: &PluginConfig) -> Result<(), String> {
        let args = match &config.args {
            Value::Null => &Value::Object(Default::default()),
            args => args,
        };
        let outcome = match &*config.name {
            "DefaultPreemption" => strictly(args).map(|read| self.default_preemption = read),
            "InterPodAffinity" => strictly(args).map(|read| self.inter_pod_affinity = read),
            "NodeAffinity" => strictly(args).map(|read| self.node_affinity = read),
            "NodeResourcesBalancedAllocation" => strictly(args).map(|read| self.balanced_allocation = read),
            "NodeResourcesFit" => strictly(args).map(|read| self.fit = read),
            "PodTopologySpread" => strictly(args).map(|read| self.pod_topology_spread = read),
            "VolumeBinding" => strictly(args).map(|read| self.volume_binding = read),
            _ => return Ok(()),
        };
        fill(&mut self.balanced_allocation.resources);
        fill(&mut self.fit.scoring_strategy.resources);
        let error =
            |error| format!("strict decoding error: decoding args for plugin {}: {error}", config.name);
        outcome.map_err(error)?;
        self::of_its_type(config)
    }
}

/// Whether the arguments say that they are those of the plug-in, if they say anything.
fn of_its_type(config: &PluginConfig) -> Result<(), String> {
    let stated = |field: &str| config.args.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (name, group) = (&config.name, "kubescheduler.config.k8s.io");
    if let Some(kind) = stated("kind").filter(|kind| kind.strip_suffix("Args") != Some(&**name)) {
        return Err(format!(
            "args for plugin {name} were not of type {name}Args.{group}, got {kind}.{group}"
        ));
    }
    match stated("apiVersion").filter(|version| *version != API_VERSION) {
        Some(version) => Err(format!(
            "decoding args for plugin {name}: no kind \"{name}Args\" is registered for version \"{version}\""
        )),
        None => Ok(()),
    }
}

/// CPU and memory where no resource is named; a weight of one where none is.
fn fill(resources: &mut Vec<ResourceSpec>) {
    if resources.is_empty() {
        for name in [CPU, MEMORY] {
            resources.push(ResourceSpec { name: name.into(), weight: 1 });
        }
    }
    for resource in resources {
        if resource.weight == 0 {
            resource.weight = 1;
        }
    }
}
