//! What runs out: the back-off before a restart, the grace of a pod that ends, the seconds for which a taint is tolerated, and
//! the silence after which a node counts as gone. The same rings stand on the marks and in what is opened.

use orrery_api::{Lease, Node, Pod, Taint, Toleration};
use orrery_apiserver::ApiServer;
use orrery_client::is_steady;
use orrery_cluster::{Cluster, Program};
use orrery_sim::{Duration, SimTime};

/// How long a node may be silent before the node lifecycle controller gives it up.
const SILENCE_S: u64 = 40;
/// Where the nodes' Leases are.
const LEASES: &str = "kube-node-lease";

/// What is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    /// A container is started, or its image pulled, again.
    BackOff,
    /// What does not end by itself is killed.
    Grace,
    /// The pod no longer tolerates the node's taint.
    Eviction,
    /// The node counts as gone.
    Silence,
    /// Another scheduler or controller manager takes over.
    Lease,
}

/// Whole seconds that remain, of how many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Countdown {
    /// What is waited for.
    pub what: Wait,
    /// Seconds that remain.
    pub remaining: u32,
    /// Seconds in all.
    pub of: u32,
}

impl Countdown {
    /// From `now` to `end`; none once it is over.
    pub(crate) fn new(what: Wait, now: SimTime, end: SimTime, of: u64) -> Option<Self> {
        let short = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        (end > now).then(|| {
            let remaining = short(end.since(now).as_millis().div_ceil(1_000) as u64);
            Self { what, remaining: remaining.min(short(of)), of: short(of.max(1)) }
        })
    }
}

/// What runs out for a pod beside its containers' back-off: its grace, or its patience with the node.
pub(crate) fn of_pod(api: &ApiServer, now: SimTime, pod: &Pod) -> Option<Countdown> {
    if let Some(end) = pod.metadata.deletion_timestamp {
        let grace = pod.metadata.deletion_grace_period_seconds.unwrap_or(0);
        return Countdown::new(Wait::Grace, now, api.instant(end), grace.unsigned_abs());
    }
    let patience = |taint: &Taint| {
        let since = api.instant(taint.time_added?);
        let tolerated = pod.spec.tolerations.iter().filter(|t| tolerates(t, taint));
        // Where no toleration has an end, the pod stays.
        let seconds = tolerated.filter_map(|t| t.toleration_seconds).min()?.max(0).unsigned_abs();
        Some((since + Duration::from_secs(seconds), seconds))
    };
    let node = api.get::<Node>("", pod.node_name.as_ref()?)?;
    let taints = node.spec.taints.iter().filter(|t| &*t.effect == "NoExecute");
    let (end, of) = taints.filter_map(patience).min()?;
    Countdown::new(Wait::Eviction, now, end, of)
}

/// Whether a toleration is about a taint (upstream: `Toleration.ToleratesTaint`).
fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    let about = |part: &Option<orrery_apimachinery::Str>, whole: &str| {
        part.as_deref().is_none_or(|p| p.is_empty() || p == whole)
    };
    let exists = toleration.operator.as_deref() == Some("Exists");
    about(&toleration.effect, &taint.effect)
        && about(&toleration.key, &taint.key)
        && (exists
            || toleration.value.as_deref().unwrap_or_default() == taint.value.as_deref().unwrap_or_default())
}

/// The silence of a node that is not yet given up; none while nobody is there to notice it.
pub(crate) fn of_node(cluster: &Cluster, node: &Node) -> Option<Countdown> {
    let (api, now) = (cluster.api(), cluster.now());
    if cluster.outage().is_some() || !cluster.works(Program::ControllerManager) {
        return None;
    }
    let ready = node.status.conditions.iter().find(|c| &*c.type_ == "Ready")?;
    let lease = api.get::<Lease>(LEASES, &node.metadata.name)?;
    if is_steady(lease) || &*ready.status == "Unknown" {
        return None;
    }
    let renewed = lease.spec.renew_time.map(|t| t.seconds()).max(ready.last_heartbeat_time)?;
    let end = api.instant(renewed) + Duration::from_secs(SILENCE_S);
    Countdown::new(Wait::Silence, now, end, SILENCE_S)
}
