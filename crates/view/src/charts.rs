//! How workloads, autoscalers and loads did over virtual time, as charts with plain numbers.

use orrery_api::Kind;
use orrery_apimachinery::Str;
use orrery_cluster::Cluster;
use orrery_cluster::Line;

use crate::scene::{ObjectRef, Text};

/// Who is charted when nobody in particular is asked for.
const MOST: usize = 12;

/// What a chart is about, and so its unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    /// Pods of a workload.
    Replicas,
    /// What an autoscaler measures, against its target: thousandths of the metric's unit, or per cent.
    Usage,
    /// Requests of a load in a second.
    Requests,
    /// Milliseconds until an answer.
    Latency,
}

/// What a line of a chart tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// What is wanted.
    Desired,
    /// What is there.
    Current,
    /// What is ready.
    Ready,
    /// What is measured.
    Usage,
    /// What it should be.
    Target,
    /// Answered well.
    Answered,
    /// Came to nothing.
    Errors,
    /// Half of the answers came sooner.
    Median,
    /// All but one in a hundred came sooner.
    Slowest,
}

/// A chart.
#[derive(Clone, PartialEq, Debug)]
pub struct Chart {
    /// What it is about.
    pub topic: Topic,
    /// Of what.
    pub name: Text,
    /// The object, if it is one.
    pub id: Option<ObjectRef>,
    /// Its lines.
    pub lines: Vec<ChartLine>,
}

/// A line of a chart.
#[derive(Clone, PartialEq, Debug)]
pub struct ChartLine {
    /// What it tells.
    pub role: Role,
    /// When, in nanoseconds of virtual time, and how much, in thousandths.
    pub points: Vec<(u64, i64)>,
    /// A value holds until the next one; else it was measured between the two.
    pub holds: bool,
}

impl ChartLine {
    /// The last value, in thousandths.
    pub fn last(&self) -> Option<i64> {
        self.points.last().map(|(_, value)| *value)
    }
}

/// Loads first, then autoscalers, then workloads: of all namespaces or of one, or of the chosen object alone.
pub fn charts(cluster: &Cluster, namespace: Option<&str>, chosen: Option<&ObjectRef>) -> Vec<Chart> {
    let series = cluster.series();
    let mut charts = Vec::new();
    for load in &series.loads {
        let answered = line(load, Role::Answered, false, |p| Some(milli(p.answered_milli)));
        let errors = line(load, Role::Errors, false, |p| Some(milli(p.errors_milli)));
        charts.push(chart(Topic::Requests, load, [answered, errors]));
        let median = line(load, Role::Median, false, |p| Some(milli(p.latency.p50_micros)));
        let slowest = line(load, Role::Slowest, false, |p| Some(milli(p.latency.p99_micros)));
        charts.push(chart(Topic::Latency, load, [median, slowest]));
    }
    for scaler in &series.autoscalers {
        let usage = line(scaler, Role::Usage, true, |p| p.usage.map(|u| u * 1000));
        let target = line(scaler, Role::Target, true, |p| Some(p.target * 1000));
        charts.push(chart(Topic::Usage, scaler, [usage, target]));
    }
    for workload in &series.workloads {
        let desired = line(workload, Role::Desired, true, |p| Some(i64::from(p.desired) * 1000));
        let current = line(workload, Role::Current, true, |p| Some(i64::from(p.current) * 1000));
        let ready = line(workload, Role::Ready, true, |p| Some(i64::from(p.ready) * 1000));
        charts.push(chart(Topic::Replicas, workload, [desired, current, ready]));
    }
    charts.retain(|chart| {
        chart.id.as_ref().is_none_or(|id| namespace.is_none_or(|only| *id.namespace == *only))
    });
    if charts.iter().any(|chart| chart.id.is_some() && chart.id.as_ref() == chosen) {
        charts.retain(|chart| chart.id.is_none() || chart.id.as_ref() == chosen);
    }
    charts.truncate(MOST);
    charts
}

fn milli(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn line<P: Copy>(of: &Line<P>, role: Role, holds: bool, value: fn(P) -> Option<i64>) -> ChartLine {
    let points = of.points.iter().filter_map(|(at, point)| Some((at.as_nanos(), value(*point)?)));
    ChartLine { role, points: points.collect(), holds }
}

fn chart<P, const N: usize>(topic: Topic, of: &Line<P>, lines: [ChartLine; N]) -> Chart {
    let id = of.kind.map(|kind: Kind| ObjectRef::new(kind.name(), &of.namespace, &of.name));
    let lines = lines.into_iter().filter(|line| !line.points.is_empty()).collect();
    Chart { topic, name: Str::clone(&of.name), id, lines }
}
