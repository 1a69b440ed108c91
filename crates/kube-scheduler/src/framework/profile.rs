//! Profiles: which plug-ins decide about the pods of one scheduler name, and with which arguments.

use super::registry::PLUGINS;
use super::{Plugin, PluginSet};
use orrery_api::scheduler_configuration::{
    DefaultPreemptionArgs, NodeResourcesBalancedAllocationArgs, NodeResourcesFitArgs, PluginArgs,
};
use orrery_api::{NodeAffinity, TopologySpreadConstraint};
use orrery_apimachinery::Str;
use orrery_sim::Duration;

/// A plug-in of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enabled {
    /// Its place in [`PLUGINS`].
    pub index: usize,
    /// Whether it can refuse nodes.
    pub filters: bool,
    /// What its score weighs; zero when it does not score.
    pub weight: i64,
}

impl Enabled {
    /// The plug-in itself.
    pub fn plugin(self) -> &'static dyn Plugin {
        PLUGINS[self.index].plugin
    }
}

/// The arguments of the plug-ins (upstream: `pkg/scheduler/apis/config/types_pluginargs.go`).
#[derive(Clone, Debug)]
pub struct Args {
    /// What a required pod affinity of an existing pod weighs when it matches the pod.
    pub hard_pod_affinity_weight: i64,
    /// Whether what existing pods prefer does not count for a pod that prefers nothing itself.
    pub ignore_preferred_terms_of_existing_pods: bool,
    /// How pods are spread that have no constraints of their own.
    pub default_constraints: Vec<TopologySpreadConstraint>,
    /// Whether those are upstream's own, which nodes without all the labels take part in.
    pub system_defaulted: bool,
    /// Of NodeResourcesFit.
    pub fit: NodeResourcesFitArgs,
    /// Of NodeResourcesBalancedAllocation.
    pub balanced_allocation: NodeResourcesBalancedAllocationArgs,
    /// The affinity that every pod has beside its own.
    pub added_affinity: Option<NodeAffinity>,
    /// Of DefaultPreemption.
    pub preemption: DefaultPreemptionArgs,
    /// How long a pod waits for its volumes.
    pub bind_timeout: Duration,
}

impl Default for Args {
    fn default() -> Self {
        Args::of(PluginArgs::default())
    }
}

impl Args {
    /// The arguments as they are stated.
    pub(super) fn of(args: PluginArgs) -> Self {
        let system_defaulted = &*args.pod_topology_spread.defaulting_type == "System";
        let spread = |topology_key: &str, max_skew| TopologySpreadConstraint {
            topology_key: topology_key.into(),
            max_skew,
            when_unsatisfiable: "ScheduleAnyway".into(),
            ..Default::default()
        };
        let default_constraints = match system_defaulted {
            true => vec![spread("kubernetes.io/hostname", 3), spread("topology.kubernetes.io/zone", 5)],
            false => args.pod_topology_spread.default_constraints,
        };
        let seconds = args.volume_binding.bind_timeout_seconds;
        Args {
            hard_pod_affinity_weight: i64::from(args.inter_pod_affinity.hard_pod_affinity_weight),
            ignore_preferred_terms_of_existing_pods: args
                .inter_pod_affinity
                .ignore_preferred_terms_of_existing_pods,
            default_constraints,
            system_defaulted,
            fit: args.fit,
            balanced_allocation: args.balanced_allocation,
            added_affinity: args.node_affinity.added_affinity,
            preemption: args.default_preemption,
            bind_timeout: Duration::from_secs(u64::try_from(seconds).unwrap_or(0)),
        }
    }
}

/// A profile (upstream: `KubeSchedulerProfile`).
#[derive(Clone, Debug)]
pub struct Profile {
    /// The name by which pods ask for it.
    pub scheduler_name: Str,
    /// The plug-ins, in the order in which they are asked.
    pub plugins: Vec<Enabled>,
    /// The share of the nodes that is looked for, in percent; worked out of their number if absent.
    pub percentage_of_nodes_to_score: Option<usize>,
    /// Whether other pods may have to go for a pod.
    pub preempts: bool,
    /// The arguments of the plug-ins.
    pub args: Args,
}

impl Default for Profile {
    /// All plug-ins with their usual weights.
    fn default() -> Self {
        let enabled = |(index, known): (usize, &super::Registered)| Enabled {
            index,
            filters: true,
            weight: known.weight,
        };
        Profile {
            scheduler_name: "default-scheduler".into(),
            plugins: PLUGINS.iter().enumerate().map(enabled).collect(),
            percentage_of_nodes_to_score: None,
            preempts: true,
            args: Args::default(),
        }
    }
}

impl Profile {
    /// Those of `set` that are plug-ins of this profile.
    pub fn plugins_in(&self, set: PluginSet) -> impl Iterator<Item = &'static dyn Plugin> {
        self.plugins.iter().filter(move |enabled| set.contains(enabled.index)).map(|enabled| enabled.plugin())
    }
}
