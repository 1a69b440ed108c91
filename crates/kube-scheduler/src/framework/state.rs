//! What plug-ins count about one kind of pod, kept from cycle to cycle.

use crate::plugins::{inter_pod_affinity, pod_topology_spread};

/// What the plug-ins have counted for the pod of a cycle (upstream: `framework.CycleState`).
///
/// It is filled by [`survey`](super::Plugin::survey) and follows the comings and goings of pods by
/// [`count`](super::Plugin::count), so the next pod of the same kind finds it ready. A clone of it is
/// what a preemption is tried on.
#[derive(Clone, Debug, Default)]
pub struct CycleState {
    pub(crate) inter_pod_affinity: inter_pod_affinity::Counts,
    pub(crate) pod_topology_spread: pod_topology_spread::Counts,
}
