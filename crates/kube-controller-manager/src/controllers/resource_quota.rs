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
        let kind = change.value.kind();
        let frees = frees(change, api.date(change.time));
        if !frees && !is_marked(change) {
            return;
        }
        for quota in api.list_in::<ResourceQuota>(&change.value.metadata().namespace) {
            if quota.status.hard.keys().any(|resource| quota::concerns(kind, resource)) {
                if frees {
                    wake.key_soon(key(quota), pods::collecting_time(api.count(kind) as u64));
                } else {
                    wake.key_after(key(quota), until_resync(change.time));
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
    } else if previous.is_some_and(|old| has_grown(&quota.status.used, &old.status.used)) {
        wake.key_after(key(quota), until_resync(change.time));
    }
}

fn has_grown(used: &ResourceList, old: &ResourceList) -> bool {
    used.iter().any(|(name, amount)| old.get(name).is_some_and(|before| amount > before))
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

/// Whether a pod has begun to go, so that it may come to be overdue.
fn is_marked(change: &Change) -> bool {
    let going = |object: &Object| object.get::<Pod>().is_some_and(|pod| pod.metadata.terminating());
    going(&change.value) && !change.previous.as_ref().is_some_and(going)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Workbench;
    use orrery_api::{ConfigMap, Container, PodSpec, ResourceQuotaSpec};
    use orrery_apimachinery::{ObjectMeta, Quantity};
    use orrery_client::Propagation;
    use std::rc::Rc;

    type Bench = Workbench<ResourceQuotaController>;

    fn amounts(hard: &[(&str, &str)]) -> ResourceList {
        let amount = |text| Quantity::parse(text).expect("the test writes amounts");
        hard.iter().map(|(name, text)| ((*name).into(), amount(text))).collect()
    }

    fn quota(bench: &mut Bench, hard: &[(&str, &str)]) {
        let spec = ResourceQuotaSpec { hard: amounts(hard), ..Default::default() };
        bench.create(ResourceQuota {
            metadata: ObjectMeta::named("default", "q"),
            spec,
            ..Default::default()
        });
        bench.pass(Duration::from_secs(1));
    }

    fn used(bench: &Bench) -> String {
        let quota = bench.get::<ResourceQuota>("default", "q").expect("the quota is there");
        let line = |(name, amount): (&_, &Quantity)| format!("{name}={amount}");
        quota.status.used.iter().map(line).collect::<Vec<_>>().join(" ")
    }

    fn config_map(name: &str) -> ConfigMap {
        ConfigMap { metadata: ObjectMeta::named("default", name), ..Default::default() }
    }

    fn pod(bench: &mut Bench, name: &str) -> Object {
        let mut container = Container { name: "c".into(), image: Some("nginx".into()), ..Default::default() };
        container.resources.requests = amounts(&[("cpu", "100m")]);
        let spec = PodSpec { containers: vec![container], ..Default::default() };
        let pod = bench.create(Pod {
            metadata: ObjectMeta::named("default", name),
            spec: Rc::new(spec),
            node_name: Some("node-1".into()),
            ..Default::default()
        });
        Object::Pod(pod)
    }

    #[test]
    fn a_quota_tells_what_is_there_and_learns_what_goes() {
        let mut bench = Bench::new();
        let (done, gone) = (pod(&mut bench, "done"), pod(&mut bench, "gone"));
        let map = Object::ConfigMap(bench.create(config_map("a")));
        quota(
            &mut bench,
            &[("pods", "5"), ("requests.cpu", "1"), ("configmaps", "5"), ("count/robots.x", "1")],
        );
        assert_eq!(used(&bench), "configmaps=1 pods=2 requests.cpu=200m", "nobody counts robots");
        bench.create(config_map("b"));
        assert_eq!(used(&bench), "configmaps=2 pods=2 requests.cpu=200m", "admission adds at once");
        bench.modify_status::<Pod>("default", &done.metadata().name, |pod| {
            pod.status.phase = Some("Succeeded".into());
        });
        bench.pass(Duration::from_secs(1));
        assert_eq!(
            used(&bench),
            "configmaps=2 pods=1 requests.cpu=100m",
            "a pod that has ended uses nothing"
        );
        bench.delete(&map, Propagation::Background);
        bench.pass(Duration::from_secs(1));
        assert_eq!(used(&bench), "configmaps=1 pods=1 requests.cpu=100m");
        bench.modify::<ResourceQuota>("default", "q", |quota| {
            quota.spec.hard = amounts(&[("pods", "1"), ("count/pods", "9")]);
        });
        bench.pass(Duration::from_secs(1));
        assert_eq!(used(&bench), "count/pods=2 pods=1", "new bounds are in force at once");
        bench.delete(&gone, Propagation::Background);
        bench.pass(Duration::from_secs(200));
        assert_eq!(used(&bench), "count/pods=2 pods=1", "it is still going, or its node is lost");
        bench.pass(Duration::from_secs(200));
        assert_eq!(used(&bench), "count/pods=2 pods=0", "the next resync gives up what is overdue");
    }

    #[test]
    fn what_was_charged_for_nothing_is_given_back_with_the_next_resync() {
        let mut bench = Bench::new();
        bench.create(config_map("a"));
        quota(&mut bench, &[("configmaps", "5")]);
        let again = bench.api.create(&bench.request(), config_map("a").into());
        assert!(again.is_err(), "there is one of that name");
        assert_eq!(used(&bench), "configmaps=2", "admission does not know that it will not be stored");
        bench.pass(Duration::from_secs(298));
        assert_eq!(used(&bench), "configmaps=2");
        bench.pass(Duration::from_secs(2));
        assert_eq!(used(&bench), "configmaps=1");
        assert_eq!(bench.next(), None, "nothing more is to be done");
    }
}
