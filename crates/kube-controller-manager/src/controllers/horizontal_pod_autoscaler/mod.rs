//! Scales workloads so that their pods have as much to do as they should (upstream: `pkg/controller/podautoscaler`).
//!
//! Every autoscaler is looked at each 15 seconds. A look asks each metric for a number of replicas, takes the largest,
//! lets stabilization, bounds and policies change it, and asks the target for the outcome.

mod double;
mod explanation;
mod metrics;
mod metrics_client;
mod normalize;
mod reconcile;
mod replica_calculator;
mod selectors;
#[cfg(test)]
mod tests;

pub use explanation::{
    Formula, HpaExplanation, Kept, MetricExplanation, PodGroup, PodShare, Recommendation, Step,
};

use crate::{Action, Controller, Wake};
use normalize::Past;
use orrery_api::{HorizontalPodAutoscaler, Object};
use orrery_apimachinery::{LabelSelector, StatusResult};
use orrery_client::{ApiServer, Change, Context, Key, Op};
use orrery_sim::Duration;
use reconcile::Look;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How often every autoscaler is looked at (upstream: `--horizontal-pod-autoscaler-sync-period`).
const SYNC_PERIOD: Duration = Duration::from_secs(15);

/// The controller; it remembers what it proposed and did lately.
#[derive(Clone, Debug, Default)]
pub struct HorizontalPodAutoscalerController {
    known: BTreeMap<Key, Known>,
}

/// What is remembered of an autoscaler.
#[derive(Clone, Debug, Default)]
struct Known {
    /// Which pods are its target's, as of the last look.
    selector: Option<LabelSelector>,
    past: Past,
    explanation: Option<Rc<HpaExplanation>>,
}

impl HorizontalPodAutoscalerController {
    /// How the autoscaler under `key` came to its last decision; `None` before its first look.
    pub fn explanation(&self, key: &Key) -> Option<&HpaExplanation> {
        self.known.get(key)?.explanation.as_deref()
    }
}

impl Controller for HorizontalPodAutoscalerController {
    const NAME: &'static str = "horizontal-pod-autoscaler";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        if !matches!(change.value, Object::HorizontalPodAutoscaler(_)) {
            return;
        }
        let key = Key::of(&change.value);
        match change.op {
            Op::Added => {
                self.known.entry(key.clone()).or_default();
                wake.key_after(key, SYNC_PERIOD);
            }
            Op::Deleted => {
                // What it did is forgotten when it is next looked for; its pods are free at once.
                self.known.entry(key).or_default().selector = None;
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(autoscaler) = cx.get::<HorizontalPodAutoscaler>(&key.namespace, &key.name) else {
            self.known.remove(key);
            return Ok(Action::AwaitChange);
        };
        let status = Look::new(self, key, &autoscaler, cx).reconcile();
        if status != autoscaler.status {
            cx.modify_status::<HorizontalPodAutoscaler>(&key.namespace, &key.name, |h| h.status = status)?;
        }
        Ok(Action::RequeueAfter(SYNC_PERIOD))
    }
}
