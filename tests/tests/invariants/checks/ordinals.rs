//! A StatefulSet has one pod per ordinal, and brings an ordered one up in order.

use super::{Check, actor, demand};
use orrery_api::{Object, Pod, StatefulSet};
use orrery_apiserver::{ApiServer, Change, Op};

pub(crate) struct OnePodPerOrdinalInOrder;

impl Check for OnePodPerOrdinalInOrder {
    fn see(&mut self, change: &Change, api: &ApiServer) -> Result<(), String> {
        let Object::Pod(pod) = &change.value else { return Ok(()) };
        if change.op != Op::Added || actor(change, api) != "statefulset-controller" {
            return Ok(());
        }
        let Some(owner) = pod.metadata.controller() else { return Err("a pod without a StatefulSet".into()) };
        let Some(set) = api.get::<StatefulSet>(&pod.metadata.namespace, &owner.name) else { return Ok(()) };
        let ordinal = ordinal(pod).ok_or_else(|| format!("{} has no ordinal", pod.metadata.name))?;
        let first = set.spec.ordinals.as_ref().map_or(0, |ordinals| ordinals.start);
        let wanted = first..first + set.spec.replicas.unwrap_or(1);
        demand(wanted.contains(&ordinal), || format!("{} is none of {wanted:?}", pod.metadata.name))?;
        let twins = api.list_in::<Pod>(&pod.metadata.namespace).filter(|other| {
            let mine = other.metadata.controller().is_some_and(|o| o.uid == set.metadata.uid);
            mine && self::ordinal(other) == Some(ordinal)
        });
        demand(twins.count() == 1, || format!("ordinal {ordinal} has more than one pod"))?;
        if set.spec.pod_management_policy.as_deref() == Some("Parallel") {
            return Ok(());
        }
        (wanted.start..ordinal).try_for_each(|before| {
            let name = format!("{}-{before}", set.metadata.name);
            let ready = api.get::<Pod>(&pod.metadata.namespace, &name).is_some_and(|pod| is_ready(pod));
            demand(ready, || format!("{} was created before {name} was ready", pod.metadata.name))
        })
    }
}

fn ordinal(pod: &Pod) -> Option<i32> {
    pod.metadata.name.rsplit_once('-')?.1.parse().ok()
}

fn is_ready(pod: &Pod) -> bool {
    pod.status.conditions.iter().any(|c| &*c.type_ == "Ready" && &*c.status == "True")
}
