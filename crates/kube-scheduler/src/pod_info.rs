//! What the scheduler knows of a pod beyond the object: worked out once per pod spec.

use crate::resources::{Resources, pod_requests, pod_requests_for_scoring};
use orrery_api::{PodAffinity, PodAffinityTerm, PodAntiAffinity, PodSpec, WeightedPodAffinityTerm};
use orrery_apimachinery::Str;
use std::rc::Rc;

/// The scheduler's view of a pod spec (upstream: `framework.PodInfo`). Pods of one template share it.
#[derive(Debug)]
pub struct PodInfo {
    /// The spec itself.
    pub spec: Rc<PodSpec>,
    /// What the pod asks for.
    pub requests: Resources,
    /// What scoring takes it to ask for.
    pub scored_requests: Resources,
    /// The ports of the node that it wants.
    pub host_ports: Vec<HostPort>,
    /// The names of claims that its volumes name; not those that are made for the pod.
    pub claims: Vec<Str>,
    /// Whether it uses any claim at all.
    pub uses_claims: bool,
    /// Whether it wants to be near to other pods, or away from them.
    pub has_pod_rules: bool,
    /// The topology keys that it names.
    pub topology_keys: Vec<Str>,
}

/// A port of the node (upstream: `framework.HostPortInfo`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostPort {
    /// The protocol.
    pub protocol: Str,
    /// The port.
    pub port: i32,
    /// The address; `0.0.0.0` for all of them.
    pub ip: Str,
}

const ANY_ADDRESS: &str = "0.0.0.0";

impl HostPort {
    /// Whether both cannot be had at once.
    pub fn conflicts(&self, other: &HostPort) -> bool {
        self.protocol == other.protocol
            && self.port == other.port
            && (self.ip == other.ip || &*self.ip == ANY_ADDRESS || &*other.ip == ANY_ADDRESS)
    }
}

impl PodInfo {
    /// Works the spec out.
    pub fn new(spec: &Rc<PodSpec>) -> Self {
        let claims = spec.volumes.iter().filter_map(|v| v.persistent_volume_claim.as_ref());
        PodInfo {
            requests: pod_requests(spec),
            scored_requests: pod_requests_for_scoring(spec),
            host_ports: host_ports(spec),
            claims: claims.map(|source| source.claim_name.clone()).collect(),
            uses_claims: spec
                .volumes
                .iter()
                .any(|v| v.persistent_volume_claim.is_some() || v.ephemeral.is_some()),
            has_pod_rules: near(spec).is_some() || away(spec).is_some(),
            topology_keys: topology_keys(spec),
            spec: spec.clone(),
        }
    }

    /// The pod's priority.
    pub fn priority(&self) -> i32 {
        self.spec.priority.unwrap_or(0)
    }

    /// Which pods it wants to be near to.
    pub fn near(&self) -> Option<&PodAffinity> {
        near(&self.spec)
    }

    /// Which pods it wants to be away from.
    pub fn away(&self) -> Option<&PodAntiAffinity> {
        away(&self.spec)
    }
}

fn near(spec: &PodSpec) -> Option<&PodAffinity> {
    spec.affinity.as_ref()?.pod_affinity.as_ref()
}

fn away(spec: &PodSpec) -> Option<&PodAntiAffinity> {
    spec.affinity.as_ref()?.pod_anti_affinity.as_ref()
}

/// The keys of the rules about other pods and of the constraints on spreading, each once.
fn topology_keys(spec: &PodSpec) -> Vec<Str> {
    let mut keys: Vec<Str> = Vec::new();
    let mut add = |key: &Str| {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    };
    let mut terms = |required: &[PodAffinityTerm], preferred: &[WeightedPodAffinityTerm]| {
        required.iter().for_each(|term| add(&term.topology_key));
        preferred.iter().for_each(|wish| add(&wish.pod_affinity_term.topology_key));
    };
    if let Some(rules) = near(spec) {
        terms(
            &rules.required_during_scheduling_ignored_during_execution,
            &rules.preferred_during_scheduling_ignored_during_execution,
        );
    }
    if let Some(rules) = away(spec) {
        terms(
            &rules.required_during_scheduling_ignored_during_execution,
            &rules.preferred_during_scheduling_ignored_during_execution,
        );
    }
    spec.topology_spread_constraints.iter().for_each(|constraint| add(&constraint.topology_key));
    keys
}

/// The host ports of the containers; 1.32 overlooks those of sidecars.
fn host_ports(spec: &PodSpec) -> Vec<HostPort> {
    let ports = spec.containers.iter().flat_map(|c| &c.ports).filter(|p| p.host_port > 0);
    let or = |text: &Option<Str>, default: &str| {
        text.clone().filter(|t| !t.is_empty()).unwrap_or_else(|| default.into())
    };
    ports
        .map(|p| HostPort {
            protocol: or(&p.protocol, "TCP"),
            port: p.host_port,
            ip: or(&p.host_ip, ANY_ADDRESS),
        })
        .collect()
}

/// Remembers the last spec, because pods of one template come one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct PodInfos {
    last: Option<Rc<PodInfo>>,
}

impl PodInfos {
    /// What is known of `spec`.
    pub(crate) fn of(&mut self, spec: &Rc<PodSpec>) -> Rc<PodInfo> {
        match &self.last {
            Some(info) if Rc::ptr_eq(&info.spec, spec) => info.clone(),
            _ => {
                let info = Rc::new(PodInfo::new(spec));
                self.last = Some(info.clone());
                info
            }
        }
    }
}
