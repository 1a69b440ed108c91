//! Why a rollout does not get on, why a workload has fewer pods than it should, and why an autoscaler does nothing.

use orrery_api::{HorizontalPodAutoscaler, Kind, Object, ReplicaSet, Resource};
use orrery_apiserver::ApiServer;
use orrery_cluster::Cluster;

use super::{Reason, What, condition, flag, last_event, pod};
use crate::{owner, pod as pods};

pub(super) fn reasons(cluster: &Cluster, object: &Object, found: &mut Vec<Reason>) {
    if owner::template(object).is_none() {
        return;
    }
    let meta = object.metadata();
    let (has, wants) = owner::counts(object);
    if let Object::Deployment(deployment) = object
        && deployment.spec.paused
    {
        let command = format!("kubectl rollout resume deployment/{}{}", meta.name, flag(&meta.namespace));
        found.push(Reason::new(What::Paused, []).command(command));
    }
    let old = matches!(object, Object::ReplicaSet(_)) && meta.controller().is_some();
    if wants == 0 && !old {
        let what = if object.kind() == Kind::DaemonSet { What::NoNode } else { What::Zero };
        return found.push(Reason::new(what, []));
    }
    if let Some(says) = condition(object, "Progressing", "False") {
        found.push(Reason::new(What::Deadline, []).saying(Some(says)));
    }
    let refused = condition(object, "ReplicaFailure", "True")
        .or_else(|| last_event(cluster, meta, &["FailedCreate"]).filter(|_| has < wants));
    if let Some(says) = refused {
        found.push(Reason::new(What::Refused, []).saying(Some(says)));
    }
    unready(cluster, object, found);
}

/// The first pod that is not ready, of those that are to stay, with its own reasons behind it.
fn unready(cluster: &Cluster, object: &Object, found: &mut Vec<Reason>) {
    let meta = newest(cluster.api(), object);
    let waits = |pod: &&&std::rc::Rc<orrery_api::Pod>| !pods::is_ready(pod) && !pod.metadata.terminating();
    let pods_of = owner::pods_of(cluster.api(), &meta);
    let Some(first) = pods_of.iter().find(waits) else { return };
    let (namespace, name) = (&first.metadata.namespace, &first.metadata.name);
    found.push(Reason::new(What::Unready, [name]).about("Pod", namespace, name));
    let before = found.len();
    pod::reasons(cluster, first, found);
    // What stands between the pod and its Services follows from its not being ready.
    let mut kept = 0;
    found.retain(|reason| {
        kept += 1;
        kept <= before || reason.what != What::NotInEndpoints
    });
}

/// Of a Deployment its newest ReplicaSet, whose pods are to stay; of the others they themselves.
fn newest(api: &ApiServer, object: &Object) -> orrery_apimachinery::ObjectMeta {
    let own = object.metadata();
    let sets = api.dependents(&own.uid).filter_map(|key| api.get::<ReplicaSet>(&key.namespace, &key.name));
    let newest = sets.max_by_key(|set| crate::revisions::number(&set.metadata));
    newest
        .filter(|_| object.kind() == Kind::Deployment)
        .map_or_else(|| own.clone(), |set| set.metadata.clone())
}

pub(super) fn of_autoscaler(hpa: &std::rc::Rc<HorizontalPodAutoscaler>, found: &mut Vec<Reason>) {
    let object = HorizontalPodAutoscaler::wrap(hpa.clone());
    for kind in ["AbleToScale", "ScalingActive"] {
        let Some(says) = condition(&object, kind, "False") else { continue };
        let what = if says.contains("missing request for") { What::NoRequests } else { What::Autoscaler };
        let target = &hpa.spec.scale_target_ref;
        let reason = Reason::new(what, []).saying(Some(says));
        found.push(reason.about(&target.kind, &hpa.metadata.namespace, &target.name));
    }
}
