//! Keeps the usage that quotas tell true: admission only ever adds to it
//! (upstream: `pkg/controller/resourcequota`).

use crate::{Action, Controller, Wake, pods};
use orrery_api::{Kind, Object, Pod, ResourceList, ResourceQuota, ResourceQuotaStatus, Service, quota};
use orrery_apimachinery::{StatusResult, Time};
use orrery_client::{ApiServer, Change, Context, Key, Op};
use orrery_sim::{Duration, SimTime};

/// How often upstream calculates all quotas anew (`--resource-quota-sync-period`).
///
/// Here that is a deadline of the quotas whose usage may have changed unseen.
const RESYNC: Duration = Duration::from_secs(300);

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct ResourceQuotaController;

impl Controller for ResourceQuotaController {
    const NAME: &'static str = "resourcequota-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        if api.count(Kind::ResourceQuota) == 0 {
            return;
        }
        if let Some(quota) = change.value.get::<ResourceQuota>().filter(|_| change.op != Op::Deleted) {
            observe_quota(quota, change, wake);
        }
        if frees(change, api.date(change.time)) {
            let kind = change.value.kind();
            let delay = pods::collecting_time(api.count(kind) as u64);
            for quota in api.list_in::<ResourceQuota>(&change.value.metadata().namespace) {
                if quota.status.hard.keys().any(|resource| quota::concerns(kind, resource)) {
                    wake.key_after(key(quota), delay);
                }
            }
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(quota) = cx.get::<ResourceQuota>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let status = calculate(&quota, cx.api(), cx.date());
        if status != quota.status {
            cx.modify_status::<ResourceQuota>(&key.namespace, &key.name, |quota| quota.status = status)?;
        }
        Ok(match may_expire(&quota, cx.api(), cx.date()) {
            true => Action::RequeueAfter(until_resync(cx.now())),
            false => Action::AwaitChange,
        })
    }
}

fn key(quota: &ResourceQuota) -> Key {
    Key::new(Kind::ResourceQuota, quota.metadata.namespace.clone(), quota.metadata.name.clone())
}

/// New bounds are calculated at once. Usage that admission has added is looked at with the next resync:
/// it stays even when the object was not stored in the end.
fn observe_quota(quota: &ResourceQuota, change: &Change, wake: &mut Wake) {
    let previous = change.previous.as_ref().and_then(|old| old.get::<ResourceQuota>());
    if previous.is_none_or(|old| old.spec.hard != quota.spec.hard) {
        wake.key(key(quota));
    } else if previous.is_some_and(|old| old.status.used != quota.status.used) {
        wake.key_after(key(quota), until_resync(change.time));
    }
}

/// Whether a change may give something back to quotas (upstream: `pkg/quota/v1/install/update_filter.go`).
fn frees(change: &Change, now: Time) -> bool {
    match (&change.value, &change.previous) {
        _ if change.op == Op::Deleted => true,
        (Object::Pod(new), Some(Object::Pod(old))) => {
            quota::pod_counts(old, now) && !quota::pod_counts(new, now)
        }
        (Object::Service(new), Some(Object::Service(old))) => outer_type(new) != outer_type(old),
        (Object::PersistentVolumeClaim(_), Some(_)) => true,
        _ => false,
    }
}

/// The service's type, if one of those that take node ports.
fn outer_type(service: &Service) -> Option<&str> {
    service.spec.type_.as_deref().filter(|r#type| matches!(*r#type, "NodePort" | "LoadBalancer"))
}

/// What the quota is to tell. Usage that nobody can measure stays as it was told.
fn calculate(quota: &ResourceQuota, api: &ApiServer, now: Time) -> ResourceQuotaStatus {
    let namespace = &quota.metadata.namespace;
    let mut used: ResourceList = quota.status.used.clone();
    used.extend(quota::total(quota, api.kinds(), |kind| api.objects_in(kind, namespace), now));
    used.retain(|resource, _| quota.spec.hard.contains_key(resource));
    ResourceQuotaStatus { hard: quota.spec.hard.clone(), used }
}

/// Whether time alone may free something: a pod that is overdue to go does not count.
fn may_expire(quota: &ResourceQuota, api: &ApiServer, now: Time) -> bool {
    let of_pods = quota.spec.hard.keys().any(|resource| quota::concerns(Kind::Pod, resource));
    let going = |pod: &Pod| pod.metadata.terminating() && quota::pod_counts(pod, now);
    of_pods && api.list_in::<Pod>(&quota.metadata.namespace).any(|pod| going(pod))
}

/// The time from `now` to upstream's next resync.
fn until_resync(now: SimTime) -> Duration {
    let period = RESYNC.as_secs();
    SimTime::from_secs((now.as_secs() / period + 1) * period).since(now)
}
