//! What becomes of the metrics' proposal: stabilization, bounds, and how fast it may go (upstream:
//! `normalizeDesiredReplicas`, `normalizeDesiredReplicasWithBehaviors` and what they call, in `horizontal.go`).

use super::double::{grown, shrunk};
use super::explanation::{Recommendation, Step};
use orrery_api::horizontal_pod_autoscaler::{DISABLED, MIN, PERCENT_POLICY};
use orrery_api::{HPAScalingPolicy, HPAScalingRules, HorizontalPodAutoscalerBehavior};
use orrery_sim::{Duration, SimTime};

/// How far back a higher proposal counts where nothing else is said
/// (upstream: `--horizontal-pod-autoscaler-downscale-stabilization`).
const DOWNSCALE_STABILIZATION: Duration = Duration::from_secs(300);

/// A change that was made (upstream: `timestampedScaleEvent`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScaleEvent {
    at: SimTime,
    /// By how many replicas.
    change: i32,
}

/// What is remembered of an autoscaler's past.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Past {
    pub(super) recommendations: Vec<Recommendation>,
    ups: Vec<ScaleEvent>,
    downs: Vec<ScaleEvent>,
}

/// What is to be normalized (upstream: `NormalizationArg`).
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    pub(super) now: SimTime,
    pub(super) behavior: Option<&'a HorizontalPodAutoscalerBehavior>,
    pub(super) min_replicas: i32,
    pub(super) max_replicas: i32,
    pub(super) current_replicas: i32,
    pub(super) desired_replicas: i32,
}

/// A reason and its message.
pub(super) type Told = (&'static str, &'static str);

/// What came of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Normalized {
    pub(super) replicas: i32,
    /// What the condition `AbleToScale` says.
    pub(super) able_to_scale: Told,
    /// Whether bounds or policies changed something, and what the condition `ScalingLimited` says.
    pub(super) limited: bool,
    pub(super) scaling_limited: Told,
    pub(super) steps: Vec<Step>,
}

const READY: Told = ("ReadyForNewScale", "recommended size matches current size");
const DOWN_STABILIZED: Told = (
    "ScaleDownStabilized",
    "recent recommendations were higher than current one, applying the highest recent recommendation",
);
const UP_STABILIZED: Told = (
    "ScaleUpStabilized",
    "recent recommendations were lower than current one, applying the lowest recent recommendation",
);
const WITHIN: Told = ("DesiredWithinRange", "the desired count is within the acceptable range");
const TOO_FEW: Told = ("TooFewReplicas", "the desired replica count is less than the minimum replica count");
const TOO_MANY: Told =
    ("TooManyReplicas", "the desired replica count is more than the maximum replica count");
const UP_LIMIT: Told =
    ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate");
const DOWN_LIMIT: Told =
    ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate");

/// How far back proposals count: for more pods, and for fewer.
pub(super) fn windows(behavior: Option<&HorizontalPodAutoscalerBehavior>) -> (Duration, Duration) {
    let window = |rules: &Option<HPAScalingRules>| {
        let seconds = rules.as_ref().and_then(|rules| rules.stabilization_window_seconds);
        seconds.map(|seconds| Duration::from_secs(u64::from(seconds.unsigned_abs())))
    };
    let up = behavior.and_then(|behavior| window(&behavior.scale_up));
    let down = behavior.and_then(|behavior| window(&behavior.scale_down));
    (up.unwrap_or(Duration::ZERO), down.unwrap_or(DOWNSCALE_STABILIZATION))
}

impl Past {
    /// The first look counts as a proposal of what there is (upstream: `recordInitialRecommendation`).
    pub(super) fn begin(&mut self, replicas: i32, now: SimTime) {
        if self.recommendations.is_empty() {
            self.recommendations.push(Recommendation { at: now, replicas });
        }
    }

    /// What becomes of a wish.
    pub(super) fn normalize(&mut self, wish: Wish<'_>) -> Normalized {
        let (stabilized, held) = match wish.behavior {
            Some(behavior) => self.stabilize_with_behavior(wish, behavior),
            None => (self.stabilize(wish), DOWN_STABILIZED),
        };
        let able_to_scale = if stabilized == wish.desired_replicas { READY } else { held };
        let stable = Wish { desired_replicas: stabilized, ..wish };
        let (replicas, scaling_limited) = match wish.behavior {
            Some(behavior) => self.limit_by_behavior(stable, behavior),
            None => limit(stable),
        };
        let mut steps = Vec::new();
        let changes =
            [(able_to_scale.0, wish.desired_replicas, stabilized), (scaling_limited.0, stabilized, replicas)];
        for (rule, from, to) in changes {
            if from != to {
                steps.push(Step { rule, from, to });
            }
        }
        Normalized { replicas, able_to_scale, limited: replicas != stabilized, scaling_limited, steps }
    }

    /// The highest proposal of the window (upstream: `stabilizeRecommendation`).
    fn stabilize(&mut self, wish: Wish<'_>) -> i32 {
        let (mut highest, mut outdated) = (wish.desired_replicas, None);
        for (nth, past) in self.recommendations.iter().enumerate() {
            if past.at + DOWNSCALE_STABILIZATION < wish.now {
                outdated = Some(nth);
            } else {
                highest = highest.max(past.replicas);
            }
        }
        self.recommend(wish, outdated);
        highest
    }

    /// What there is, no lower than the lowest proposal of the one window and no higher than the highest of the other
    /// (upstream: `stabilizeRecommendationWithBehaviors`).
    fn stabilize_with_behavior(
        &mut self,
        wish: Wish<'_>,
        behavior: &HorizontalPodAutoscalerBehavior,
    ) -> (i32, Told) {
        let (up_window, down_window) = windows(Some(behavior));
        let (mut lowest, mut highest, mut outdated) = (wish.desired_replicas, wish.desired_replicas, None);
        for (nth, past) in self.recommendations.iter().enumerate() {
            let (up, down) = (past.at + up_window, past.at + down_window);
            if up > wish.now {
                lowest = lowest.min(past.replicas);
            }
            if down > wish.now {
                highest = highest.max(past.replicas);
            }
            if up < wish.now && down < wish.now {
                outdated = Some(nth);
            }
        }
        self.recommend(wish, outdated);
        let held =
            if wish.desired_replicas >= wish.current_replicas { UP_STABILIZED } else { DOWN_STABILIZED };
        (wish.current_replicas.max(lowest).min(highest), held)
    }

    /// Remembers the proposal, in the place of an outdated one if there is one.
    fn recommend(&mut self, wish: Wish<'_>, outdated: Option<usize>) {
        let latest = Recommendation { at: wish.now, replicas: wish.desired_replicas };
        match outdated {
            Some(nth) => self.recommendations[nth] = latest,
            None => self.recommendations.push(latest),
        }
    }

    /// Upstream: `convertDesiredReplicasWithBehaviorRate`.
    fn limit_by_behavior(&self, wish: Wish<'_>, behavior: &HorizontalPodAutoscalerBehavior) -> (i32, Told) {
        let (current, desired) = (wish.current_replicas, wish.desired_replicas);
        if desired > current {
            let limit = self.rate(wish, behavior.scale_up.as_ref(), true).max(current);
            let (most, why) =
                if wish.max_replicas > limit { (limit, UP_LIMIT) } else { (wish.max_replicas, TOO_MANY) };
            if desired > most {
                return (most, why);
            }
        } else if desired < current {
            let limit = self.rate(wish, behavior.scale_down.as_ref(), false).min(current);
            let (least, why) =
                if wish.min_replicas < limit { (limit, DOWN_LIMIT) } else { (wish.min_replicas, TOO_FEW) };
            if desired < least {
                return (least, why);
            }
        }
        (desired, WITHIN)
    }

    /// How far the policies let it go (upstream: `calculateScaleUpLimitWithScalingRules`,
    /// `calculateScaleDownLimitWithBehaviors`).
    fn rate(&self, wish: Wish<'_>, rules: Option<&HPAScalingRules>, up: bool) -> i32 {
        let select = rules.and_then(|rules| rules.select_policy.as_deref());
        if select == Some(DISABLED) {
            return wish.current_replicas;
        }
        // The least change is the lowest number when going up, the highest when going down.
        let lowest = (select == Some(MIN)) == up;
        let mut limit = if lowest { i32::MAX } else { i32::MIN };
        for policy in rules.and_then(|rules| rules.policies.as_deref()).unwrap_or_default() {
            let proposed = self.allowed(wish, policy, up);
            limit = if lowest { limit.min(proposed) } else { limit.max(proposed) };
        }
        limit
    }

    /// How far one policy lets it go, from where its period began.
    fn allowed(&self, wish: Wish<'_>, policy: &HPAScalingPolicy, up: bool) -> i32 {
        let period = Duration::from_secs(u64::from(policy.period_seconds.unsigned_abs()));
        let start = wish.current_replicas - changes(&self.ups, period, wish.now)
            + changes(&self.downs, period, wish.now);
        match (&*policy.type_ == PERCENT_POLICY, up) {
            (true, true) => grown(start, policy.value),
            (true, false) => shrunk(start, policy.value),
            (false, true) => start.saturating_add(policy.value),
            (false, false) => start.saturating_sub(policy.value),
        }
    }

    /// Remembers a change, for policies to count, in the place of one that is too old for those of its direction (upstream: `storeScaleEvent`).
    pub(super) fn scaled(
        &mut self,
        behavior: &HorizontalPodAutoscalerBehavior,
        from: i32,
        to: i32,
        now: SimTime,
    ) {
        let (events, rules) = if to > from {
            (&mut self.ups, &behavior.scale_up)
        } else {
            (&mut self.downs, &behavior.scale_down)
        };
        let policies = rules.as_ref().and_then(|rules| rules.policies.as_deref()).unwrap_or_default();
        let longest = policies.iter().map(|policy| policy.period_seconds.unsigned_abs()).max().unwrap_or(0);
        let period = Duration::from_secs(u64::from(longest));
        let latest = ScaleEvent { at: now, change: (to - from).abs() };
        match events.iter().rposition(|event| event.at + period < now) {
            Some(outdated) => events[outdated] = latest,
            None => events.push(latest),
        }
    }
}

/// By how many replicas it changed within a period (upstream: `getReplicasChangePerPeriod`).
fn changes(events: &[ScaleEvent], period: Duration, now: SimTime) -> i32 {
    events.iter().filter(|event| event.at + period > now).map(|event| event.change).sum()
}

/// Upstream: `convertDesiredReplicasWithRules`; what protects from a wrong measurement is that replicas at most double.
fn limit(wish: Wish<'_>) -> (i32, Told) {
    let double = wish.current_replicas.saturating_mul(2).max(4);
    let (most, why) =
        if wish.max_replicas > double { (double, UP_LIMIT) } else { (wish.max_replicas, TOO_MANY) };
    if wish.desired_replicas < wish.min_replicas {
        (wish.min_replicas, TOO_FEW)
    } else if wish.desired_replicas > most {
        (most, why)
    } else {
        (wish.desired_replicas, WITHIN)
    }
}
