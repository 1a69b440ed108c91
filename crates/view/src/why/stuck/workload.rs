//! Why a rollout does not get on, why a workload has fewer pods than it should, and why an autoscaler does nothing.

use orrery_api::{
    DaemonSet, HorizontalPodAutoscaler, Kind, Node, Object, ReplicaSet, Resource, ResourceQuota, Taint,
};
use orrery_apimachinery::Quantity;
use orrery_apiserver::ApiServer;
use orrery_cluster::Cluster;

use super::mend::{Mend, named, patch};
use super::{Reason, What, condition, flag, last_event, pod};
use crate::scene::ObjectRef;
use crate::{handle, owner, pod as pods};

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
        found.push(Reason::new(What::Paused, []).mend(command));
    }
    let old = matches!(object, Object::ReplicaSet(_)) && meta.controller().is_some();
    if wants == 0 && !old {
        let id = owner::id(object);
        return match object {
            Object::DaemonSet(set) => {
                found.push(Reason::new(What::NoNode, []));
                tainted(cluster, set, found);
            }
            _ => found
                .push(Reason::new(What::Zero, []).mend(format!("kubectl scale {} --replicas=1", named(&id)))),
        };
    }
    if let Object::DaemonSet(set) = object {
        tainted(cluster, set, found);
    }
    if let Some(says) = condition(object, "Progressing", "False") {
        let undo = handle::handle(cluster, &owner::id(object)).filter(|handle| handle.undoes);
        let mend = undo.map(|it| Mend::Command(format!("kubectl {}", it.undo(None).join(" ")).into()));
        found.push(Reason { mend, ..Reason::new(What::Deadline, []).saying(Some(says)) });
    }
    let refused = condition(object, "ReplicaFailure", "True")
        .or_else(|| last_event(cluster, meta, &["FailedCreate"]).filter(|_| has < wants));
    if let Some(says) = refused {
        let mend = allow(cluster.api(), &meta.namespace, &says, wants);
        found.push(Reason { mend, ..Reason::new(What::Refused, []).saying(Some(says)) });
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
    let one_by_one = matches!(object, Object::StatefulSet(set) if set.spec.pod_management_policy.as_deref() != Some("Parallel"));
    let (_, wants) = owner::counts(object);
    let what = if one_by_one && (pods_of.len() as u32) < wants { What::Ordinal } else { What::Unready };
    found.push(Reason::new(what, [name]).about("Pod", namespace, name));
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

/// What lets those in who are refused: a larger quota, or what is missing.
pub(super) fn allow(api: &ApiServer, namespace: &str, says: &str, wants: u32) -> Option<Mend> {
    let there = flag(namespace);
    let between = |before: &str, after: &str| Some(says.split_once(before)?.1.split_once(after)?.0);
    if let Some(account) = between("serviceaccount \"", "\"") {
        return Some(Mend::Command(format!("kubectl create serviceaccount {account}{there}").into()));
    }
    if let Some(class) = between("no PriorityClass with name ", " ") {
        return Some(Mend::Command(format!("kubectl create priorityclass {class} --value=1000").into()));
    }
    let quota = api.get::<ResourceQuota>(namespace, between("exceeded quota: ", ",")?)?;
    // Each pod needs as much as the one that was refused.
    let requested: Vec<String> = between("requested: ", ", used:")?
        .split(',')
        .filter_map(|pair| {
            let (resource, amount) = pair.split_once('=')?;
            let (amount, hard) = (Quantity::parse(amount)?, *quota.status.hard.get(resource)?);
            let enough = (0..wants).fold(hard, |sum, _| sum + amount);
            Some(format!(r#""{resource}":"{enough}""#))
        })
        .collect();
    let patch = patch(&**quota, &format!(r#"{{"spec":{{"hard":{{{}}}}}}}"#, requested.join(",")));
    Some(Mend::Command(patch.into()))
}

/// The nodes to which a DaemonSet does not go because of a taint.
fn tainted(cluster: &Cluster, set: &DaemonSet, found: &mut Vec<Reason>) {
    let tolerates = |taint: &Taint| {
        let all = &set.spec.template.spec.tolerations;
        all.iter().any(|toleration| toleration.tolerates(taint))
    };
    for node in cluster.api().list::<Node>() {
        let keeps_out = |taint: &&Taint| {
            // What a node's state brings, DaemonSets tolerate.
            matches!(&*taint.effect, "NoSchedule" | "NoExecute")
                && !taint.key.starts_with("node.kubernetes.io/")
                && !tolerates(taint)
        };
        let Some(taint) = node.spec.taints.iter().find(keeps_out) else { continue };
        let name = &node.metadata.name;
        let value = taint.value.as_deref().filter(|value| !value.is_empty());
        let shown = value.map_or_else(
            || format!("{}:{}", taint.key, taint.effect),
            |value| format!("{}={value}:{}", taint.key, taint.effect),
        );
        let line = format!("kubectl taint nodes {name} {}:{}-", taint.key, taint.effect);
        found.push(Reason::new(What::Tainted, [name, &shown]).about("Node", "", name).mend(line));
    }
}

pub(super) fn of_autoscaler(
    cluster: &Cluster,
    hpa: &std::rc::Rc<HorizontalPodAutoscaler>,
    found: &mut Vec<Reason>,
) {
    let object = HorizontalPodAutoscaler::wrap(hpa.clone());
    for kind in ["AbleToScale", "ScalingActive"] {
        let Some(says) = condition(&object, kind, "False") else { continue };
        let what = if says.contains("missing request for") { What::NoRequests } else { What::Autoscaler };
        let target = &hpa.spec.scale_target_ref;
        let mend = match what {
            What::NoRequests => {
                let id = ObjectRef::new(
                    &hpa.spec.scale_target_ref.kind,
                    &hpa.metadata.namespace,
                    &hpa.spec.scale_target_ref.name,
                );
                Some(format!("kubectl set resources {} --requests=cpu=100m,memory=64Mi", named(&id)))
            }
            _ if says.contains("metrics") && cluster.api().metrics().is_none() => {
                Some("minikube addons enable metrics-server".into())
            }
            _ => None,
        };
        let mend = mend.map(|line: String| Mend::Command(line.into()));
        let reason = Reason { mend, ..Reason::new(what, []).saying(Some(says)) };
        found.push(reason.about(&target.kind, &hpa.metadata.namespace, &target.name));
    }
}
