//! Where a pod wants to be, and next to whom.

use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{LabelSelector, Str};

/// Where the pod wants to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Affinity {
    /// Which nodes the pod wants.
    #[json(omitempty)]
    pub node_affinity: Option<NodeAffinity>,
    /// Which pods the pod wants to be near to.
    #[json(omitempty)]
    pub pod_affinity: Option<PodAffinity>,
    /// Which pods the pod wants to be away from.
    #[json(omitempty)]
    pub pod_anti_affinity: Option<PodAntiAffinity>,
}

/// Which nodes the pod wants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeAffinity {
    /// What must hold for the pod to be scheduled.
    #[json(omitempty)]
    pub required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
    /// Wishes that the scheduler weighs.
    #[json(omitempty)]
    pub preferred_during_scheduling_ignored_during_execution: Vec<PreferredSchedulingTerm>,
}

/// A wish about nodes, and what it weighs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PreferredSchedulingTerm {
    /// What the wish weighs, from 1 to 100.
    pub weight: i32,
    /// The nodes.
    pub preference: NodeSelectorTerm,
}

/// Terms of which a node must satisfy at least one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeSelector {
    /// The terms, of which one must hold.
    #[json(null_if_empty)]
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

/// Requirements that a node must satisfy together; an empty term matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeSelectorTerm {
    /// Requirements on labels.
    #[json(omitempty)]
    pub match_expressions: Vec<NodeSelectorRequirement>,
    /// Requirements on fields.
    #[json(omitempty)]
    pub match_fields: Vec<NodeSelectorRequirement>,
}

/// One requirement on a node's label or field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeSelectorRequirement {
    /// The key.
    pub key: Str,
    /// How the values are compared.
    pub operator: Str,
    /// The values.
    #[json(omitempty)]
    pub values: Vec<Str>,
}

/// Which pods the pod wants to be near to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodAffinity {
    /// What must hold for the pod to be scheduled.
    #[json(omitempty)]
    pub required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
    /// Wishes that the scheduler weighs.
    #[json(omitempty)]
    pub preferred_during_scheduling_ignored_during_execution: Vec<WeightedPodAffinityTerm>,
}

/// Which pods the pod wants to be away from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodAntiAffinity {
    /// What must hold for the pod to be scheduled.
    #[json(omitempty)]
    pub required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
    /// Wishes that the scheduler weighs.
    #[json(omitempty)]
    pub preferred_during_scheduling_ignored_during_execution: Vec<WeightedPodAffinityTerm>,
}

/// A wish about other pods, and what it weighs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct WeightedPodAffinityTerm {
    /// What the wish weighs, from 1 to 100.
    pub weight: i32,
    /// The pods.
    pub pod_affinity_term: PodAffinityTerm,
}

/// Some pods, and what "near" means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodAffinityTerm {
    /// Which pods are meant.
    #[json(omitempty)]
    pub label_selector: Option<LabelSelector>,
    /// Namespaces in which pods are looked for; the pod's own if none is given.
    #[json(omitempty)]
    pub namespaces: Vec<Str>,
    /// The label that tells one part of the cluster from another.
    pub topology_key: Str,
    /// Namespaces in which pods are looked for, by their labels.
    #[json(omitempty)]
    pub namespace_selector: Option<LabelSelector>,
    /// Labels in which counted pods must agree with this one.
    #[json(omitempty)]
    pub match_label_keys: Vec<Str>,
    /// Labels in which counted pods must differ from this one.
    #[json(omitempty)]
    pub mismatch_label_keys: Vec<Str>,
}
