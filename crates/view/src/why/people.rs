//! What people did that no write tells of: faults of machines and programs, and loads. What was late, or happened by
//! itself, goes back to them.

use orrery_api::{HorizontalPodAutoscaler, Kind, Pod};
use orrery_apiserver::{Key, Write};
use orrery_cluster::{self as engine, Act, Cluster, Outage, PodShare, Program, Worker};
use orrery_sim::SimTime;

use crate::calls::Caller;
use crate::owner;
use crate::plane;
use crate::scene::{ObjectRef, Text};

/// Something that a person did.
#[derive(Clone, PartialEq, Debug)]
pub struct Done {
    /// Virtual time in nanoseconds.
    pub at: u64,
    /// What.
    pub act: Act,
    /// To what; none for a command, and for what is no object.
    pub about: Option<ObjectRef>,
}

/// Somebody could not work for a while, as a person saw to that.
#[derive(Clone, PartialEq, Debug)]
pub struct Held {
    /// Who: a program, a node, a registry.
    pub who: Text,
    /// Since when, in nanoseconds of virtual time.
    pub since: u64,
    /// When it was over; none while it is not.
    pub until: Option<u64>,
    /// What it began with.
    pub begun: Done,
    /// What it ended with; none when it ended by itself.
    pub ended: Option<Done>,
}

/// What a person did, by its number.
pub(super) fn by_hand(cluster: &Cluster, number: usize) -> Option<Done> {
    cluster.deed(number).map(done)
}

fn done(deed: &engine::Deed) -> Done {
    let about = deed.about.as_ref().map(|key| ObjectRef::new(key.kind.name(), &key.namespace, &key.name));
    Done { at: deed.at.as_nanos(), act: deed.act.clone(), about }
}

/// What kept the author of a write from acting since `since`, if a person saw to that.
pub(super) fn held(cluster: &Cluster, write: &Write, since: SimTime) -> Option<Held> {
    let over = |outage: &&Outage| {
        outage.since < write.time && outage.until.is_some_and(|(at, _)| since < at && at <= write.time)
    };
    let workers = workers(write);
    let mut outages = workers.iter().filter_map(|worker| cluster.outages(worker).find(over));
    outages.find_map(|outage| told(cluster, outage))
}

/// What keeps somebody from working now, if a person saw to that.
pub(super) fn out_now(cluster: &Cluster, who: &Worker) -> Option<Held> {
    let last = cluster.outages(who).next().filter(|outage| outage.until.is_none())?;
    told(cluster, last)
}

fn told(cluster: &Cluster, outage: &Outage) -> Option<Held> {
    let who: Text = match &outage.of {
        Worker::Program(program) => program.name().into(),
        Worker::Node(name) | Worker::Registry(name) => name.clone(),
    };
    Some(Held {
        who,
        since: outage.since.as_nanos(),
        until: outage.until.map(|(at, _)| at.as_nanos()),
        begun: by_hand(cluster, outage.begun?)?,
        ended: outage.until.and_then(|(_, deed)| by_hand(cluster, deed?)),
    })
}

/// Who has to work for the author of a write to act.
fn workers(write: &Write) -> Vec<Worker> {
    let own = match plane::caller(&write.actor) {
        Caller::Outside | Caller::Store => return Vec::new(),
        Caller::Scheduler => Worker::Program(Program::Scheduler),
        Caller::Controller(_) => Worker::Program(Program::ControllerManager),
        Caller::Node(name) => Worker::Node(name),
    };
    vec![own, Worker::Program(Program::ApiServer)]
}

/// What people had done last that a write which nobody asked for can go back to, newest first: to the object, to its
/// node, to those who have to work for it just then, or with a load on its pods.
pub(super) fn before(cluster: &Cluster, write: &Write) -> Vec<Done> {
    let turned = workers(write).iter().find_map(|worker| turn(cluster, worker, write.time));
    if let Some(held) = turned {
        let until = held.ended.filter(|_| held.until == Some(write.time.as_nanos()));
        return until.into_iter().chain([held.begun]).collect();
    }
    let own = Key::new(write.kind, write.namespace.clone(), write.name.clone());
    let pod = cluster.api().object(&own).and_then(|object| object.get::<Pod>());
    let node = write.actor.strip_prefix("kubelet/").or_else(|| pod?.node_name.as_deref());
    let node = node.map(|node| Key::new(Kind::Node, "", node));
    let of = |key: &Key| cluster.last_deed_to(key, write.time);
    let direct = [of(&own), node.as_ref().and_then(of), load(cluster, write)];
    direct.into_iter().flatten().max_by_key(|deed| deed.at).map(done).into_iter().collect()
}

/// Why somebody stopped working, or began again, at an instant.
fn turn(cluster: &Cluster, worker: &Worker, at: SimTime) -> Option<Held> {
    let mut there = cluster
        .outages(worker)
        .filter(|outage| outage.since == at || outage.until.is_some_and(|(until, _)| until == at));
    there.find_map(|outage| told(cluster, outage))
}

/// The last change of the heaviest load on the pod that was written, or on the pods that are counted and scaled.
fn load<'a>(cluster: &'a Cluster, write: &Write) -> Option<&'a engine::Deed> {
    let api = cluster.api();
    let scaled = match write.kind {
        Kind::Pod => None,
        Kind::HorizontalPodAutoscaler => {
            let it = api.get::<HorizontalPodAutoscaler>(&write.namespace, &write.name)?;
            Some(&it.spec.scale_target_ref.name)
        }
        _ => Some(&write.name),
    };
    let counts = |share: &&PodShare| match scaled {
        _ if share.namespace != write.namespace => false,
        None => share.name == write.name,
        Some(name) => api
            .get::<Pod>(&share.namespace, &share.name)
            .is_some_and(|pod| owner::workload(api, &pod.metadata).name == *name),
    };
    let share = |pods: &[PodShare]| pods.iter().filter(counts).map(|it| it.answered + it.failed).sum::<u64>();
    let loads = cluster.loads().into_iter().map(|it| (share(&it.pods), it));
    let (_, heaviest) = loads.filter(|(sent, _)| *sent > 0).max_by_key(|(sent, _)| *sent)?;
    cluster.last_deed_to_load(&heaviest.load.name, write.time)
}
