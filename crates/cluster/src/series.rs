//! What charts are drawn from: how loads, workloads and autoscalers did over virtual time.
//!
//! A point is added when something has changed, and once in a second while a load is on. A series that has become long
//! is thinned: of two neighbours one is left, and points come half as often from then on.

use crate::Cluster;
use crate::load::{Fresh, Latency};
use orrery_api::{Kind, MetricSpec, MetricStatus, Object};
use orrery_apimachinery::Str;
use orrery_apiserver::{Change, Op};
use orrery_sim::{Duration, SimTime};

/// So many points a series has at most.
const MOST: usize = 512;
/// The shortest time between two points.
const SHORTEST: Duration = Duration::from_secs(1);

/// How a load did up to an instant, since the point before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadPoint {
    /// Thousandths of a request in a second that were answered well.
    pub answered_milli: u64,
    /// Thousandths of a request in a second that came to nothing.
    pub errors_milli: u64,
    /// How long answers took.
    pub latency: Latency,
}

/// How a workload stood from an instant on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkloadPoint {
    /// How many pods it is to have.
    pub desired: i32,
    /// How many are there.
    pub current: i32,
    /// How many are ready.
    pub ready: i32,
}

/// What an autoscaler saw from an instant on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AutoscalerPoint {
    /// The first metric: a percentage, or thousandths of its unit; none while it is not known.
    pub usage: Option<i64>,
    /// What it is to be, in the same unit.
    pub target: i64,
    /// How many pods there are.
    pub current: i32,
    /// How many pods there should be.
    pub desired: i32,
}

/// The points of something over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<P> {
    /// The kind of the object; none for a load.
    pub kind: Option<Kind>,
    /// The namespace of the object; empty for a load.
    pub namespace: Str,
    /// The name.
    pub name: Str,
    /// The points, oldest first.
    pub points: Vec<(SimTime, P)>,
    /// How far apart new points are at least.
    apart: Duration,
}

/// Everything that charts are drawn from.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// A line for each load.
    pub loads: Vec<Line<LoadPoint>>,
    /// A line for each Deployment, StatefulSet and DaemonSet that has changed.
    pub workloads: Vec<Line<WorkloadPoint>>,
    /// A line for each HorizontalPodAutoscaler.
    pub autoscalers: Vec<Line<AutoscalerPoint>>,
}

impl<P: Copy + PartialEq> Line<P> {
    /// Adds a point; one that is too close to the last takes its place.
    fn add(&mut self, at: SimTime, point: P) {
        match self.points.last_mut() {
            Some((_, last)) if *last == point => return,
            Some((last, known)) if at.since(*last) < self.apart => {
                *known = point;
                return;
            }
            _ => self.points.push((at, point)),
        }
        if self.points.len() > MOST {
            self.apart *= 2;
            let mut number = 0;
            self.points.retain(|_| {
                number += 1;
                number % 2 == 1
            });
        }
    }
}

/// The line of an object, which is begun if there is none.
fn line<'a, P>(
    lines: &'a mut Vec<Line<P>>,
    kind: Option<Kind>,
    namespace: &Str,
    name: &Str,
) -> &'a mut Line<P> {
    let known = lines.iter().position(|l| l.kind == kind && l.namespace == *namespace && l.name == *name);
    let at = known.unwrap_or_else(|| {
        let (namespace, name) = (namespace.clone(), name.clone());
        lines.push(Line { kind, namespace, name, points: Vec::new(), apart: SHORTEST });
        lines.len() - 1
    });
    &mut lines[at]
}

impl Cluster {
    /// What charts are drawn from.
    pub fn series(&self) -> &Series {
        &self.series
    }
}

impl Series {
    /// How far apart the points of a load are.
    pub(crate) fn apart(&self, load: &str) -> Duration {
        self.loads.iter().find(|line| *line.name == *load).map_or(SHORTEST, |line| line.apart)
    }

    /// Adds what a load did since its last point.
    pub(crate) fn load(&mut self, name: &Str, fresh: &Fresh, now: SimTime) {
        let millis = (now.since(fresh.since).as_millis() as u64).max(1);
        let point = LoadPoint {
            answered_milli: fresh.answered * 1_000_000 / millis,
            errors_milli: fresh.errors * 1_000_000 / millis,
            latency: fresh.latencies.summary(),
        };
        line(&mut self.loads, None, &Str::default(), name).add(now, point);
    }

    /// Notes what a change tells of a workload or an autoscaler.
    pub(crate) fn note(&mut self, change: &Change) {
        let point = match &change.value {
            Object::Deployment(d) => {
                (d.spec.replicas.unwrap_or(1), d.status.replicas, d.status.ready_replicas)
            }
            Object::StatefulSet(s) => {
                (s.spec.replicas.unwrap_or(1), s.status.replicas, s.status.ready_replicas)
            }
            Object::DaemonSet(d) => {
                let status = &d.status;
                (status.desired_number_scheduled, status.current_number_scheduled, status.number_ready)
            }
            Object::HorizontalPodAutoscaler(_) => return self.note_autoscaler(change),
            _ => return,
        };
        let (kind, meta) = (change.value.kind(), change.value.metadata());
        let (desired, current, ready) = if change.op == Op::Deleted { (0, 0, 0) } else { point };
        let line = line(&mut self.workloads, Some(kind), &meta.namespace, &meta.name);
        line.add(change.time, WorkloadPoint { desired, current, ready });
    }

    fn note_autoscaler(&mut self, change: &Change) {
        let Object::HorizontalPodAutoscaler(autoscaler) = &change.value else { return };
        let (meta, status) = (&autoscaler.metadata, &autoscaler.status);
        let target = autoscaler.spec.metrics.first().and_then(target);
        let usage = status.current_metrics.first().and_then(usage);
        let point = AutoscalerPoint {
            usage,
            target: target.unwrap_or_default(),
            current: status.current_replicas,
            desired: status.desired_replicas,
        };
        line(&mut self.autoscalers, Some(change.value.kind()), &meta.namespace, &meta.name)
            .add(change.time, point);
    }
}

/// What a metric is to be: a percentage, or thousandths of its unit.
fn target(metric: &MetricSpec) -> Option<i64> {
    let object = metric.object.as_ref().map(|m| &m.target).or(metric.pods.as_ref().map(|m| &m.target));
    let resource = metric.resource.as_ref().map(|m| &m.target);
    let own = resource.or(metric.container_resource.as_ref().map(|m| &m.target));
    let target = own.or(object).or(metric.external.as_ref().map(|m| &m.target))?;
    let amount = target.average_value.or(target.value).map(|amount| amount.milli_value());
    target.average_utilization.map(i64::from).or(amount)
}

/// What a metric is, in the same unit.
fn usage(metric: &MetricStatus) -> Option<i64> {
    let object = metric.object.as_ref().map(|m| &m.current).or(metric.pods.as_ref().map(|m| &m.current));
    let resource = metric.resource.as_ref().map(|m| &m.current);
    let own = resource.or(metric.container_resource.as_ref().map(|m| &m.current));
    let current = own.or(object).or(metric.external.as_ref().map(|m| &m.current))?;
    let amount = current.average_value.or(current.value).map(|amount| amount.milli_value());
    current.average_utilization.map(i64::from).or(amount)
}
