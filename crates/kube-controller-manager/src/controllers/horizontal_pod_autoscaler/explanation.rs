//! How an autoscaler came to what it decided, with every number: written down while it decides, read by who explains.

use orrery_apimachinery::Str;
use orrery_sim::{Duration, SimTime};

/// One look of an autoscaler at its target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HpaExplanation {
    /// When it looked.
    pub at: SimTime,
    /// The least replicas that it may ask for.
    pub min_replicas: i32,
    /// The most replicas that it may ask for.
    pub max_replicas: i32,
    /// The replicas that the target asked for.
    pub current_replicas: i32,
    /// Each metric with its proposal. Empty where the bounds alone decided.
    pub metrics: Vec<MetricExplanation>,
    /// Which metric proposes most.
    pub decisive: Option<usize>,
    /// What the metrics propose.
    pub proposal: Option<i32>,
    /// How bounds, policies and stabilization changed the proposal, in their order.
    pub steps: Vec<Step>,
    /// What was decided; `None` where nothing could be.
    pub desired_replicas: Option<i32>,
    /// Why, in upstream's words; empty where nothing changes.
    pub reason: Str,
    /// What was proposed lately, the latest too: stabilization chooses among them.
    pub recommendations: Vec<Recommendation>,
    /// How far back a lower proposal holds the target down.
    pub scale_up_window: Duration,
    /// How far back a higher proposal holds the target up.
    pub scale_down_window: Duration,
}

/// What one metric says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricExplanation {
    /// What it is called in events, such as `cpu resource utilization (percentage of request)`.
    pub name: Str,
    /// Why it says nothing.
    pub error: Option<Str>,
    /// The pods that were looked at; none for a metric of something else.
    pub pods: Vec<PodShare>,
    /// The formula, if there was something to put in.
    pub formula: Option<Formula>,
}

/// What a pod contributes to a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodShare {
    /// The pod.
    pub name: Str,
    /// Whether it counts.
    pub group: PodGroup,
    /// What it uses, in thousandths; `None` where nothing was measured.
    pub usage: Option<i64>,
    /// What it requests of the resource, in thousandths; zero for what is not measured against requests.
    pub request: i64,
    /// What it is taken to use in the formula: what was measured, or what caution assumes.
    pub counted: Option<i64>,
}

/// Whether a pod counts (upstream: `groupPods`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodGroup {
    /// It counts with what was measured.
    Ready,
    /// It is starting: what it uses says nothing yet. When scaling up, it is taken to use nothing.
    Unready,
    /// Nothing was measured: it is taken to be as it should when scaling down, and to use nothing when scaling up.
    Missing,
    /// It is being deleted or has failed.
    Ignored,
}

/// `ceil(replicas × current / target) = proposal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formula {
    /// What is multiplied; `None` where all is divided by the target of one pod.
    pub replicas: Option<i64>,
    /// What is measured: percent of what is requested, or thousandths.
    pub current: i64,
    /// What it is to be, in the same unit.
    pub target: i64,
    /// Whether both are percent.
    pub percent: bool,
    /// What stopped the formula from changing anything.
    pub kept: Option<Kept>,
    /// What comes out.
    pub proposal: i32,
}

/// Why the replicas stay although the quotient is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is less than a tenth away from one.
    WithinTolerance,
    /// With what is assumed of unready and missing pods it would go the other way.
    OtherDirection,
}

/// A rule that changed the proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name, upstream's reason: `ScaleDownStabilized`, `TooFewReplicas`, `ScaleUpLimit` …
    pub rule: &'static str,
    /// What was proposed.
    pub from: i32,
    /// What it made of it.
    pub to: i32,
}

/// What was proposed at some time (upstream: `timestampedRecommendation`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// When.
    pub at: SimTime,
    /// How many replicas.
    pub replicas: i32,
}

impl Formula {
    /// The formula with its numbers: `ceil(2 × 150 / 50) = 6`.
    pub fn text(&self) -> String {
        let amount = |n: i64| match (self.percent, n % 1000) {
            (false, 0) => (n / 1000).to_string(),
            (false, _) => format!("{n}m"),
            (true, _) => n.to_string(),
        };
        let quotient = format!("{} / {}", amount(self.current), amount(self.target));
        match (self.replicas, self.kept) {
            (_, Some(Kept::WithinTolerance)) => format!("|1 - {quotient}| <= 0.1: {}", self.proposal),
            (Some(replicas), _) => format!("ceil({replicas} × {quotient}) = {}", self.proposal),
            (None, _) => format!("ceil({quotient}) = {}", self.proposal),
        }
    }
}
