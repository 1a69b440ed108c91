//! Who a pod belongs to: its workload, and the hue that the workload has in every view.

use orrery_apimachinery::Order;
use std::collections::BTreeMap;
use std::rc::Rc;

use orrery_api::{Kind, Object, Pod, PodTemplateSpec};
use orrery_apimachinery::{ObjectMeta, Str};
use orrery_apiserver::{ApiServer, Key};

use crate::scene::{Hue, ObjectRef, Text};

const HUES: usize = 8;
/// Owners form no cycle; the bound is for objects that were written by hand.
const HIGHEST: usize = 8;

/// The kinds whose objects make pods, by themselves or through another of these.
const WORKLOADS: [Kind; 7] = [
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::ReplicaSet,
    Kind::ReplicationController,
    Kind::CronJob,
    Kind::Job,
];

/// The workload at the top of a chain of owners.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Workload {
    namespace: Str,
    pub(crate) name: Str,
}

/// The object that controls another, if there is one.
pub(crate) fn above<'a>(api: &'a ApiServer, meta: &ObjectMeta) -> Option<&'a Object> {
    let owner = meta.controller()?;
    let kind = api.kind_by_gvk(&owner.api_version, &owner.kind)?;
    let namespace = if kind.namespaced() { meta.namespace.clone() } else { "".into() };
    api.object(&Key::new(kind, namespace, owner.name.clone())).filter(|o| o.metadata().uid == owner.uid)
}

/// The workload above a pod, or whoever is said to control it, or the pod itself.
pub(crate) fn workload(api: &ApiServer, pod: &ObjectMeta) -> Workload {
    let (mut meta, mut name) = (pod, &pod.name);
    for _ in 0..HIGHEST {
        let Some(owner) = meta.controller() else { break };
        name = &owner.name;
        let Some(object) = above(api, meta) else { break };
        meta = object.metadata();
    }
    Workload { namespace: pod.namespace.clone(), name: name.clone() }
}

/// The workloads that nobody controls, kind after kind.
pub(crate) fn tops(api: &ApiServer) -> impl Iterator<Item = &Object> {
    let all = WORKLOADS.iter().flat_map(|kind| api.objects(*kind));
    all.filter(|object| object.metadata().controller().is_none())
}

/// The pods that an object controls, in the order in which they came.
pub(crate) fn pods_of<'a>(api: &'a ApiServer, owner: &ObjectMeta) -> Vec<&'a Rc<Pod>> {
    let keys = api.dependents(&owner.uid).filter(|key| key.kind == Kind::Pod);
    let pods = keys.filter_map(|key| api.get::<Pod>(&key.namespace, &key.name));
    let mut pods: Vec<_> =
        pods.filter(|pod| pod.metadata.controller().is_some_and(|o| o.uid == owner.uid)).collect();
    pods.order_by(|a, b| age(a).cmp(&age(b)));
    pods
}

fn age(pod: &Pod) -> (Option<i64>, &Str) {
    (pod.metadata.creation_timestamp.map(|t| t.0), &pod.metadata.name)
}

/// How many are as they should be, and how many should be: ready pods, for a Job those that succeeded.
pub(crate) fn counts(object: &Object) -> (u32, u32) {
    let (done, wanted) = match object {
        Object::Deployment(d) => (d.status.ready_replicas, d.spec.replicas.unwrap_or(1)),
        Object::StatefulSet(s) => (s.status.ready_replicas, s.spec.replicas.unwrap_or(1)),
        Object::DaemonSet(d) => (d.status.number_ready, d.status.desired_number_scheduled),
        Object::ReplicaSet(s) => (s.status.ready_replicas, s.spec.replicas.unwrap_or(1)),
        Object::ReplicationController(c) => (c.status.ready_replicas, c.spec.replicas.unwrap_or(1)),
        Object::Job(j) => (j.status.succeeded, j.spec.completions.unwrap_or(1)),
        Object::CronJob(c) => {
            let active = i32::try_from(c.status.active.len()).unwrap_or(i32::MAX);
            (active, active)
        }
        _ => (0, 0),
    };
    (unsigned(done), unsigned(wanted))
}

/// What the pods of a workload are made from.
pub(crate) fn template(object: &Object) -> Option<&PodTemplateSpec> {
    Some(match object {
        Object::Deployment(d) => &d.spec.template,
        Object::StatefulSet(s) => &s.spec.template,
        Object::DaemonSet(d) => &d.spec.template,
        Object::ReplicaSet(s) => &s.spec.template,
        Object::ReplicationController(c) => c.spec.template.as_ref()?,
        Object::Job(j) => &j.spec.template,
        Object::CronJob(c) => &c.spec.job_template.spec.template,
        _ => return None,
    })
}

/// The images of a template, one after the other.
pub(crate) fn images(template: &PodTemplateSpec) -> Text {
    let images: Vec<&str> = template.spec.containers.iter().filter_map(|c| c.image.as_deref()).collect();
    images.join(", ").as_str().into()
}

/// The name of an object.
pub(crate) fn id(object: &Object) -> ObjectRef {
    reference(object.kind(), object.metadata())
}

/// The name of an object of which only the metadata are at hand.
pub(crate) fn reference(kind: Kind, meta: &ObjectMeta) -> ObjectRef {
    ObjectRef { kind: kind.name().into(), namespace: meta.namespace.clone(), name: meta.name.clone() }
}

/// A count that is never negative.
pub(crate) fn unsigned(n: i32) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

/// Hues go to workloads in the order in which they were created, so that one that joins recolours nobody.
pub(crate) struct Hues(BTreeMap<Workload, Hue>);

impl Hues {
    /// The hues of all workloads of a cluster.
    pub(crate) fn of(api: &ApiServer) -> Self {
        let mut all: Vec<(u64, Workload)> = tops(api).map(|object| place(api, object.metadata())).collect();
        all.order();
        let hues = all.into_iter().enumerate().map(|(i, (_, workload))| (workload, (i % HUES) as Hue));
        Self(hues.collect())
    }

    /// The hue of a workload. Pods on their own have one by their name.
    pub(crate) fn get(&self, workload: &Workload) -> Hue {
        self.0.get(workload).copied().unwrap_or_else(|| by_name(&workload.name))
    }
}

fn place(api: &ApiServer, meta: &ObjectMeta) -> (u64, Workload) {
    let created = meta.creation_timestamp.map_or(0, |t| api.instant(t).as_nanos());
    (created, Workload { namespace: meta.namespace.clone(), name: meta.name.clone() })
}

fn by_name(name: &str) -> Hue {
    (name.bytes().fold(5usize, |h, b| h.wrapping_mul(31).wrapping_add(usize::from(b))) % HUES) as Hue
}
