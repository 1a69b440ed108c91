//! Why something does not get on: for each kind the common states in which it stays, each with its reason and with what
//! would have to change. What is said is worked out from objects and from what the programs recorded; words stand in
//! [`super::words`].

mod batch;
mod cluster;
mod mend;
mod pod;
mod request;
mod service;
mod storage;
mod workload;

use orrery_api::{Event, Object};
use orrery_apimachinery::Value;
use orrery_cluster::{Cluster, Program, Worker};

pub use mend::Mend;

use super::chain::key;
use super::people::Held;
use crate::scene::{ObjectRef, Text};

/// What is in the way. What the arguments are stands beside each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// No node takes the pod.
    Unschedulable,
    /// No API server answers.
    NoApiServer,
    /// No scheduler works.
    NoScheduler,
    /// No controller manager works.
    NoControllerManager,
    /// A gate holds the pod back: the gate.
    Gated,
    /// An image does not come: the container, the image.
    Image,
    /// The registry of an image does not answer: the container, the image, the registry.
    Registry,
    /// A container ends again and again: it, its exit code, its command.
    Crash,
    /// A container has ended badly and stays so: it, its exit code, its command.
    Exit,
    /// A container runs, and ended before: it, how often it was started again, the last exit code, the reason.
    Restarted,
    /// A container needed more memory than it may have: it, the limit.
    Memory,
    /// A container cannot be made: it.
    Config,
    /// What the pod names is not there: the kind, the name.
    Missing,
    /// A volume is not attached or mounted.
    Mount,
    /// Pods of less priority have to go first: the node on which the pod is to have their place.
    Victims,
    /// A name that means nothing was asked for: the name, the Service that may be meant.
    NoName,
    /// A NetworkPolicy did not let a request through: what was asked, who asked.
    Denied,
    /// Nobody listens where a request was led: what was asked.
    NotListening,
    /// A probe fails: the container, which, what it asks.
    Probe,
    /// A readiness gate is not True: the gate.
    ReadinessGate,
    /// An init container has not ended: it.
    Init,
    /// A claim is not bound: the claim.
    Claim,
    /// The pod has failed.
    Failed,
    /// The containers still have time to end: the seconds.
    Grace,
    /// Finalizers hold an object: which.
    Finalizer,
    /// The node does not answer: the node.
    NodeLost,
    /// A Service's port is of no container: the port, the Service, the pod.
    PortName,
    /// A Service does not lead to the pod, as it is not ready: the Service.
    NotInEndpoints,
    /// A Service does not lead to the pod, which lacks labels: the Service, its selector.
    OtherLabels,
    /// A Service has no selector, and nobody made endpoints for it.
    NoSelector,
    /// No container listens on the port that a Service leads to: the port, the pod, the ports on which it listens.
    OtherPort,
    /// No pod has a Service's labels: the selector.
    NoPods,
    /// A workload's pods have almost the labels: the workload, its labels.
    AlmostLabels,
    /// None of the pods with the labels is ready: how many there are.
    NoneReady,
    /// A load balancer has no address.
    LoadBalancer,
    /// An Ingress leads to a Service that is not there: the Service.
    NoBackend,
    /// It leads to a Service without endpoints: the Service.
    EmptyBackend,
    /// It leads to a port that the Service does not have: the Service, the port.
    NoBackendPort,
    /// Nothing serves the Ingress: its class.
    NoIngressController,
    /// It is paused.
    Paused,
    /// It is asked for no pods.
    Zero,
    /// The rollout takes longer than it may.
    Deadline,
    /// Pods cannot be made.
    Refused,
    /// A pod of it is not ready: the pod.
    Unready,
    /// The pods of a StatefulSet come one after the other: the one that is not ready.
    Ordinal,
    /// No node has what a DaemonSet asks of it.
    NoNode,
    /// A DaemonSet does not go to a node, for its taint: the node, the taint.
    Tainted,
    /// An autoscaler cannot scale.
    Autoscaler,
    /// The containers ask for no amount of what is measured.
    NoRequests,
    /// A Job has failed.
    JobFailed,
    /// A Job or a CronJob is suspended.
    Suspended,
    /// A CronJob could not make a Job when it was time.
    Missed,
    /// A CronJob's last Job still runs, and it allows one at a time: the Job.
    StillRuns,
    /// Pods of a Job have failed, of so many that may: how many, the limit.
    Retries,
    /// A node is not ready.
    NotReady,
    /// Its machine has no power.
    PoweredOff,
    /// Its kubelet does not run.
    KubeletStopped,
    /// It is cut off.
    CutOff,
    /// It takes no new pods.
    Cordoned,
    /// It is short of something: the condition.
    Pressure,
    /// A pod cannot be drained from a node, as its budget does not allow it: the pod, the budget.
    Undrained,
    /// A budget allows no pod to be evicted: the pods that are healthy, those that have to be.
    Budget,
    /// A namespace is not gone: what is left in it.
    NamespaceLeft,
    /// A quota is used up: the resource, what is used, what there is.
    Quota,
    /// There is no class of a name: the class.
    NoClass,
    /// The claim names no class, and there is no default one.
    NoDefaultClass,
    /// The volume is made with the first pod.
    WaitsForPod,
    /// A volume does not fit: it, why.
    NoFit,
    /// No volume has been made yet: the provisioner.
    Provisioner,
    /// The pods that use a claim have to go first: which.
    InUse,
    /// A volume still has the data of a claim that is gone: the claim.
    Released,
}

/// One reason.
#[derive(Clone, PartialEq, Debug)]
pub struct Reason {
    /// What is in the way.
    pub what: What,
    /// What fills its sentence.
    pub args: Vec<Text>,
    /// What those who know said about it, verbatim.
    pub says: Option<Text>,
    /// The objects that it is about, others than the one asked for.
    pub about: Vec<ObjectRef>,
    /// The command that shows more.
    pub command: Option<Text>,
    /// What makes the change, where one thing does.
    pub mend: Option<Mend>,
    /// Why somebody does not work, if a person saw to that.
    pub by: Option<Held>,
}

impl Reason {
    fn new<const N: usize>(what: What, args: [&str; N]) -> Self {
        let args = args.map(Text::from).to_vec();
        Reason { what, args, says: None, about: Vec::new(), command: None, mend: None, by: None }
    }

    fn saying(self, says: Option<Text>) -> Self {
        Reason { says: says.filter(|text| !text.is_empty()), ..self }
    }

    fn about(mut self, kind: &str, namespace: &str, name: &str) -> Self {
        self.about.push(ObjectRef::new(kind, namespace, name));
        self
    }

    fn command(self, words: String) -> Self {
        Reason { command: Some(words.into()), ..self }
    }
}

/// Why an object does not get on; nothing when it does, or when nothing is known to be in the way.
pub fn stuck(cluster: &Cluster, id: &ObjectRef) -> Vec<Reason> {
    let api = cluster.api();
    let Some(object) = key(api, id).and_then(|key| api.object(&key)) else { return Vec::new() };
    let mut found = Vec::new();
    match object {
        Object::Pod(it) => pod::reasons(cluster, it, &mut found),
        Object::Service(it) => service::reasons(cluster, it, &mut found),
        Object::Ingress(it) => service::of_ingress(cluster, it, &mut found),
        Object::PersistentVolumeClaim(it) => storage::of_claim(cluster, it, &mut found),
        Object::PersistentVolume(it) => storage::of_volume(it, &mut found),
        Object::Job(it) => batch::of_job(cluster, it, &mut found),
        Object::CronJob(it) => batch::of_cron_job(cluster, it, &mut found),
        Object::HorizontalPodAutoscaler(it) => workload::of_autoscaler(cluster, it, &mut found),
        Object::Node(it) => cluster::of_node(cluster, it, &mut found),
        Object::Namespace(it) => cluster::of_namespace(api, it, &mut found),
        Object::ResourceQuota(it) => cluster::of_quota(it, &mut found),
        Object::PodDisruptionBudget(it) => cluster::of_budget(cluster, it, &mut found),
        _ => workload::reasons(cluster, object, &mut found),
    }
    held(object, &mut found);
    without_programs(cluster, object, &mut found);
    found
}

/// Without a controller manager little gets on but pods on their nodes, without an API server nothing does.
fn without_programs(cluster: &Cluster, object: &Object, found: &mut Vec<Reason>) {
    let (has, wants) = crate::owner::counts(object);
    let unready = matches!(object, Object::Pod(pod) if !crate::pod::is_ready(pod));
    let waits = has != wants || unready || object.metadata().terminating() || !found.is_empty();
    let manages = !matches!(object, Object::Pod(_) | Object::Node(_));
    let rows = [
        (manages, Program::ControllerManager, What::NoControllerManager),
        (true, Program::ApiServer, What::NoApiServer),
    ];
    for (needed, program, what) in rows {
        let works = match program {
            Program::ApiServer => cluster.outage().is_none(),
            _ => cluster.works(program) || cluster.outage().is_some(),
        };
        if waits && needed && !works {
            let who = Worker::Program(program);
            found.insert(0, Reason::new(what, []).while_out(cluster, &who));
        }
    }
}

/// What is deleted and stays is held by finalizers.
fn held(object: &Object, found: &mut Vec<Reason>) {
    let meta = object.metadata();
    let kept_anyway = matches!(object, Object::PersistentVolumeClaim(_)) && !found.is_empty();
    if meta.terminating() && !meta.finalizers.is_empty() && !kept_anyway {
        let names = meta.finalizers.join(", ");
        let kind = object.kind().plural();
        let there = flag(&meta.namespace);
        let patch = r#"--type=merge -p '{"metadata":{"finalizers":null}}'"#;
        let line = format!("kubectl patch {kind} {}{there} {patch}", meta.name);
        found.push(Reason::new(What::Finalizer, [&names]).mend(line));
    }
}

/// The message of a condition that has this status, with its reason in front.
fn condition(object: &Object, kind: &str, status: &str) -> Option<Text> {
    let tree = object.to_value();
    let all = tree.pointer("/status/conditions")?.as_array()?.clone();
    let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let it = all.iter().find(|c| text(c, "type") == kind && text(c, "status") == status)?;
    Some(format!("{}: {}", text(it, "reason"), text(it, "message")).into())
}

/// The message of the latest event about an object with one of these reasons.
fn last_event(cluster: &Cluster, object: &orrery_apimachinery::ObjectMeta, reasons: &[&str]) -> Option<Text> {
    latest(cluster, object, reasons)?.message.clone()
}

/// The latest event about an object with one of these reasons.
fn latest<'a>(
    cluster: &'a Cluster,
    object: &orrery_apimachinery::ObjectMeta,
    reasons: &[&str],
) -> Option<&'a Event> {
    let about = |e: &&std::rc::Rc<Event>| {
        e.involved_object.uid.as_ref() == Some(&object.uid)
            && e.reason.as_deref().is_some_and(|reason| reasons.contains(&reason))
    };
    let events = cluster.api().list::<Event>().filter(about);
    events.max_by_key(|e| e.metadata.resource_version).map(|event| &**event)
}

/// ` -n NAMESPACE`, where that is not the one that is meant anyway.
fn flag(namespace: &str) -> String {
    if matches!(namespace, "" | "default") { String::new() } else { format!(" -n {namespace}") }
}
