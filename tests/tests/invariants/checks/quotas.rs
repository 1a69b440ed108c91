//! A quota is never exceeded, counted here anew from the pods.

use super::{Check, demand};
use orrery_api::{Object, Pod, ResourceQuota};
use orrery_apiserver::{ApiServer, Change, Op};
use orrery_sim::Duration;

pub(crate) struct QuotaIsNeverExceeded;

impl Check for QuotaIsNeverExceeded {
    fn see(&mut self, change: &Change, api: &ApiServer) -> Result<(), String> {
        let Object::Pod(pod) = &change.value else { return Ok(()) };
        if change.op != Op::Added {
            return Ok(());
        }
        let namespace = &pod.metadata.namespace;
        for quota in api.list_in::<ResourceQuota>(namespace) {
            let pods: Vec<_> = api.list_in::<Pod>(namespace).filter(|pod| counts(pod, change, api)).collect();
            let cpu = pods.iter().flat_map(|pod| &pod.spec.containers);
            let cpu: i64 = cpu.filter_map(|c| c.resources.requests.get("cpu")).map(|q| q.milli_value()).sum();
            let bound = |name| quota.spec.hard.get(name).map_or(i64::MAX, |q| q.milli_value());
            demand(pods.len() as i64 * 1_000 <= bound("pods"), || {
                format!("{} pods are too many", pods.len())
            })?;
            demand(cpu <= bound("requests.cpu"), || format!("{cpu}m of cpu is too much"))?;
        }
        Ok(())
    }
}

/// Pods that are over do not count, nor those that should be gone by now (upstream: `QuotaV1Pod`).
fn counts(pod: &Pod, change: &Change, api: &ApiServer) -> bool {
    let meta = &pod.metadata;
    let grace = Duration::from_secs(meta.deletion_grace_period_seconds.unwrap_or(0).unsigned_abs());
    let overdue = meta.deletion_timestamp.is_some_and(|date| api.instant(date) + grace < change.time);
    !overdue && !matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"))
}
