//! The owners view: each workload with what stands between it and its pods, and a place for every pod that there should be.
//! Places that nobody holds are ghosts.

use orrery_apimachinery::Order;
use std::collections::BTreeMap;
use std::rc::Rc;

use orrery_api::{Kind, Object, Pod};
use orrery_apimachinery::{ObjectMeta, Str};
use orrery_apiserver::ApiServer;
use orrery_cluster::Cluster;

use crate::cron_job::{self, Runs};
use crate::job::{self, JobProgress};
use crate::owner::{self, Hues, workload};
use crate::pod;
use crate::scene::{Hue, ObjectRef, PodMark, Text};
use crate::{daemon_set, hpa, revisions, stateful_set};

/// A workload that wants more pods than it has shows so many of the missing ones.
const GHOSTS: usize = 24;

/// A workload that nobody controls, or the pods of a namespace that nobody controls.
#[derive(Clone, PartialEq, Debug)]
pub struct Family {
    /// The workload; for pods on their own their namespace.
    pub id: ObjectRef,
    /// Its hue.
    pub hue: Hue,
    /// How many are as they should be, and how many should be.
    pub counts: (u32, u32),
    /// What it owns, branch by branch.
    pub branches: Vec<Branch>,
    /// A CronJob: when it runs.
    pub runs: Option<Runs>,
    /// What scales it, in a few words.
    pub autoscaler: Option<Text>,
}

/// Pods that have one owner.
#[derive(Clone, PartialEq, Debug)]
pub struct Branch {
    /// Who controls the pods: the workload itself, or a ReplicaSet or Job between.
    pub id: ObjectRef,
    /// What tells it from its siblings: `revision 2 · web:2`.
    pub note: Text,
    /// How many are as they should be, and how many should be.
    pub counts: (u32, u32),
    /// A place for each pod.
    pub slots: Vec<Slot>,
    /// A Job: how far it is.
    pub job: Option<JobProgress>,
}

/// A place for a pod.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Slot {
    /// What tells it from its siblings: the ordinal, the index, the node, the end of the name.
    pub label: Text,
    /// The pod, if it is there.
    pub pod: Option<PodMark>,
    /// A StatefulSet: the claims of this ordinal.
    pub claims: Vec<SlotClaim>,
    /// Nobody wants a pod here, or not any more; what is left is still to go, or to stay.
    pub beyond: bool,
}

/// A claim of an ordinal.
#[derive(Clone, PartialEq, Debug)]
pub struct SlotClaim {
    /// The claim.
    pub id: ObjectRef,
    /// The name of its template.
    pub template: Text,
    /// Whether it exists.
    pub exists: bool,
    /// The volume that it is bound to.
    pub volume: Option<Text>,
}

/// What reading a branch takes.
pub(crate) struct Reader<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) hues: &'a Hues,
    /// The marks that were made already, by uid.
    pub(crate) marks: &'a BTreeMap<Text, PodMark>,
}

impl Reader<'_> {
    fn api(&self) -> &ApiServer {
        self.cluster.api()
    }

    /// The place that a pod holds.
    pub(crate) fn held(&self, label: Text, pod: &Pod) -> Slot {
        let made = self.marks.get(&pod.metadata.uid).cloned();
        let mark = || pod::mark(self.api(), self.cluster.now(), self.hues, &Default::default(), pod);
        Slot { label, pod: Some(made.unwrap_or_else(mark)), ..Slot::default() }
    }
}

/// The families of a cluster; `marks` are those of the scene. Every pod learns what tells it from its siblings.
pub(crate) fn families(
    cluster: &Cluster,
    hues: &Hues,
    marks: &mut [&mut PodMark],
    wanted: &dyn Fn(&str) -> bool,
) -> Vec<Family> {
    let by_uid: BTreeMap<Text, PodMark> = marks.iter().map(|m| (m.uid.clone(), (**m).clone())).collect();
    let reader = Reader { cluster, hues, marks: &by_uid };
    let tops = owner::tops(cluster.api()).filter(|o| wanted(&o.metadata().namespace));
    let mut all: Vec<Family> = tops.map(|object| family(&reader, object)).collect();
    let mut labels = BTreeMap::new();
    note_labels(&all, &mut labels);
    let rest = alone(&reader, &labels, wanted);
    note_labels(&rest, &mut labels);
    all.extend(rest);
    for mark in marks {
        if let Some(label) = labels.get(&mark.uid) {
            mark.label = label.clone();
        }
    }
    all
}

/// What tells each pod of some families from its siblings.
fn note_labels(families: &[Family], labels: &mut BTreeMap<Text, Text>) {
    let slots = families.iter().flat_map(|f| &f.branches).flat_map(|b| &b.slots);
    labels.extend(slots.filter_map(|s| Some((s.pod.as_ref()?.uid.clone(), s.label.clone()))));
}

/// The family of one workload, or the branch of what stands in the middle of one.
pub(crate) fn family_of(cluster: &Cluster, object: &Object) -> Option<Family> {
    owner::template(object)?;
    let (hues, marks) = (Hues::of(cluster.api()), BTreeMap::new());
    Some(family(&Reader { cluster, hues: &hues, marks: &marks }, object))
}

fn family(reader: &Reader<'_>, object: &Object) -> Family {
    let api = reader.api();
    let branches = match object {
        Object::Deployment(_) => {
            let sets = between(api, object, Kind::ReplicaSet);
            sets.into_iter().map(|set| branch(reader, set)).collect()
        }
        Object::CronJob(_) => {
            let jobs = between(api, object, Kind::Job);
            jobs.into_iter().map(|job| branch(reader, job)).collect()
        }
        _ => vec![branch(reader, object)],
    };
    Family {
        id: owner::id(object),
        hue: reader.hues.get(&workload(api, object.metadata())),
        counts: owner::counts(object),
        branches,
        runs: object.get().map(|cron_job| cron_job::runs(reader.cluster, cron_job)),
        autoscaler: hpa::short(reader.cluster, &owner::id(object)),
    }
}

/// What a workload owns besides pods, the oldest first. Of ReplicaSets only those that hold pods or want some.
fn between<'a>(api: &'a ApiServer, object: &Object, kind: Kind) -> Vec<&'a Object> {
    let keys = api.dependents(&object.metadata().uid).filter(|key| key.kind == kind);
    let mut found: Vec<&Object> = keys.filter_map(|key| api.object(key)).collect();
    found.order_by_key(|o| {
        let meta = o.metadata();
        (revisions::number(meta), meta.creation_timestamp.map(|t| t.0), meta.name.clone())
    });
    let newest = found.last().map(|o| o.metadata().uid.clone());
    found.retain(|o| match o {
        Object::ReplicaSet(set) => {
            Some(&set.metadata.uid) == newest.as_ref()
                || set.spec.replicas != Some(0)
                || api.dependents(&set.metadata.uid).next().is_some()
        }
        _ => true,
    });
    found
}

fn branch(reader: &Reader<'_>, object: &Object) -> Branch {
    let api = reader.api();
    let meta = object.metadata();
    let pods = owner::pods_of(api, meta);
    let counts = owner::counts(object);
    let slots = match object {
        Object::StatefulSet(set) => stateful_set::slots(reader, set, &pods),
        Object::DaemonSet(set) => daemon_set::slots(reader, set, &pods),
        Object::Job(_) => pods.iter().map(|pod| reader.held(job::label(pod), pod)).collect(),
        _ => replicas(reader, &pods, counts.1 as usize),
    };
    Branch {
        id: owner::id(object),
        note: note(object),
        counts,
        slots,
        job: object.get().map(|job| job::progress(reader.cluster, job, &pods)),
    }
}

/// Replicas differ by the end of their names only; those that are missing are ghosts.
fn replicas(reader: &Reader<'_>, pods: &[&Rc<Pod>], desired: usize) -> Vec<Slot> {
    let mut slots: Vec<Slot> = pods.iter().map(|pod| reader.held(suffix(&pod.metadata), pod)).collect();
    let live = pods.iter().filter(|pod| !pod.metadata.terminating()).count();
    let missing = desired.saturating_sub(live).min(GHOSTS);
    slots.extend((0..missing).map(|_| Slot::default()));
    slots
}

/// What was made up at the end of a name.
pub(crate) fn suffix(meta: &ObjectMeta) -> Text {
    meta.name.rsplit('-').next().unwrap_or_default().into()
}

/// What tells a ReplicaSet from the others of its Deployment, and any workload what its pods run.
fn note(object: &Object) -> Text {
    let images = owner::template(object).map(owner::images).unwrap_or_default();
    match revisions::number(object.metadata()) {
        0 => images,
        number => format!("{number} · {images}").as_str().into(),
    }
}

/// The pods that belong to no family, together by namespace.
fn alone(reader: &Reader<'_>, known: &BTreeMap<Text, Text>, wanted: &dyn Fn(&str) -> bool) -> Vec<Family> {
    let mut found: BTreeMap<Str, Vec<Slot>> = BTreeMap::new();
    for pod in reader.api().list::<Pod>() {
        let meta = &pod.metadata;
        if wanted(&meta.namespace) && !known.contains_key(&meta.uid) {
            found.entry(meta.namespace.clone()).or_default().push(reader.held(meta.name.clone(), pod));
        }
    }
    found.into_iter().map(|(namespace, slots)| together(namespace, slots)).collect()
}

fn together(namespace: Str, slots: Vec<Slot>) -> Family {
    let id = ObjectRef::new("Namespace", "", &namespace);
    let ready = slots.iter().filter(|s| s.pod.as_ref().is_some_and(|p| p.state.rank() == 4)).count();
    let counts = (ready as u32, slots.len() as u32);
    let branch = Branch { id: id.clone(), note: "".into(), counts, slots, job: None };
    Family { id, hue: 7, counts, branches: vec![branch], runs: None, autoscaler: None }
}
