//! `kubectl describe`: objects told at length, for people, a file for each kind (upstream: `kubectl/pkg/describe`).

mod config_map;
mod container;
mod cron_job;
mod csi_node;
mod daemon_set;
mod deployment;
mod endpoint_slice;
mod endpoints;
mod events;
mod generic;
mod horizontal_pod_autoscaler;
mod ingress;
mod ingress_class;
mod job;
mod limit_range;
mod namespace;
mod network_policy;
mod node;
mod persistent_volume;
mod persistent_volume_claim;
mod pod;
mod pod_disruption_budget;
pub(crate) mod pod_template;
mod priority_class;
mod replica_set;
mod resource_quota;
pub(crate) mod role;
mod role_binding;
mod secret;
mod service;
mod service_account;
mod stateful_set;
mod storage_class;
mod story;
mod volume;
mod workload;

use crate::command::{Cx, outcome};
use crate::target::{self, Target};
use crate::{Args, Failure, tabs};
pub(crate) use events::interval;
use orrery_api::Object;
use orrery_api::printers::escaped;
use orrery_apimachinery::{MicroTime, Reason, Value};
use orrery_apiserver::{ApiServer, Key};
use story::Story;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if args.words.is_empty() && args.all("filename").is_empty() {
        return Err(Failure::usage(
            "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of supported resources.\n",
        ));
    }
    let keys = keys(cx, args)?;
    let mut troubles = Vec::new();
    let mut told = Vec::new();
    for key in &keys {
        match cx.get(key) {
            Ok(object) => told.push(text(cx, args, &object)),
            Err(status) if status.reason == Reason::NotFound && args.words.len() == 2 => {
                let similar = similar(cx, args, key);
                if similar.is_empty() {
                    return Err(status.into());
                }
                cx.output.stdout += &similar;
            }
            Err(status) => troubles.push(status.into()),
        }
    }
    if keys.is_empty() {
        let place = if args.on("all-namespaces") { "" } else { args.namespace() };
        cx.output.tell(&nothing_found(place));
    }
    cx.output.stdout += &told.join("\n\n");
    outcome(troubles)
}

fn nothing_found(namespace: &str) -> String {
    match namespace {
        "" => "No resources found\n".into(),
        namespace => format!("No resources found in {namespace} namespace.\n"),
    }
}

/// What is to be told of; a kind alone means all of it.
fn keys(cx: &mut Cx<'_>, args: &Args) -> Result<Vec<Key>, Failure> {
    if args.flag("selector").is_some() || !args.all("filename").is_empty() {
        return target::keys(cx, args, &args.words);
    }
    let mut keys = Vec::new();
    for target in target::parse(cx.api(), args, &args.words)? {
        match target {
            Target::One(key) if args.on("all-namespaces") && key.kind.namespaced() => {
                return Err(Failure::usage("a resource cannot be retrieved by name across all namespaces"));
            }
            Target::One(key) => keys.push(key),
            Target::All(kind) => keys.extend(target::list(cx.api(), kind, args)?.iter().map(Key::of)),
        }
    }
    Ok(keys)
}

/// What is told of those whose names only begin so (upstream: `DescribeMatchingResources`).
fn similar(cx: &Cx<'_>, args: &Args, key: &Key) -> String {
    let mut told = String::new();
    for object in cx.api().objects(key.kind) {
        let meta = object.metadata();
        if meta.namespace == key.namespace && meta.name.starts_with(&*key.name) {
            told += &text(cx, args, object);
            told.push('\n');
        }
    }
    told
}

/// What is seen while an object is told.
pub(crate) struct Look<'a> {
    pub(crate) api: &'a ApiServer,
    pub(crate) now: MicroTime,
}

impl<'a> Look<'a> {
    pub(crate) fn new(cx: &'a Cx<'_>) -> Self {
        Look { api: cx.api(), now: cx.api().micro_date(cx.session.now()) }
    }
}

fn text(cx: &Cx<'_>, args: &Args, object: &Object) -> String {
    let (mut story, look) = (Story::default(), Look::new(cx));
    let eventful = describe(&mut story, &look, object);
    if eventful && args.flag("show-events").is_none_or(|_| args.on("show-events")) {
        events::describe(&mut story, &look, &events::about(&look, object));
    }
    tabs::align(&escaped(&story.0))
}

/// Tells everything but the events; false where upstream tells none.
fn describe(story: &mut Story, look: &Look<'_>, object: &Object) -> bool {
    let tree = &look.api.served(object).to_value();
    match object {
        Object::Pod(pod) => pod::describe(story, look, pod, tree),
        Object::Node(node) => node::describe(story, look, node, tree),
        Object::Deployment(deployment) => deployment::describe(story, look, deployment, tree),
        Object::ReplicaSet(set) => replica_set::describe(story, look, Some(&*set.spec.template), tree),
        Object::ReplicationController(controller) => {
            replica_set::describe(story, look, controller.spec.template.as_deref(), tree);
        }
        Object::StatefulSet(set) => stateful_set::describe(story, look, set, tree),
        Object::DaemonSet(set) => daemon_set::describe(story, look, set, tree),
        Object::Job(job) => job::describe(story, job, tree),
        Object::CronJob(job) => cron_job::describe(story, job, tree),
        Object::Service(_) => service::describe(story, look, tree),
        Object::Endpoints(_) => endpoints::describe(story, tree),
        Object::EndpointSlice(_) => endpoint_slice::describe(story, tree),
        Object::ConfigMap(_) => config_map::describe(story, tree),
        Object::PersistentVolumeClaim(_) => persistent_volume_claim::describe(story, look, tree),
        Object::PersistentVolume(_) => persistent_volume::describe(story, look, tree),
        Object::StorageClass(_) => storage_class::describe(story, tree),
        Object::ServiceAccount(_) => service_account::describe(story, look, tree),
        Object::HorizontalPodAutoscaler(_) => horizontal_pod_autoscaler::describe(story, tree),
        Object::PodDisruptionBudget(_) => pod_disruption_budget::describe(story, tree),
        Object::Ingress(_) => ingress::describe(story, look, tree),
        Object::IngressClass(_) => ingress_class::describe(story, tree),
        Object::PriorityClass(_) => priority_class::describe(story, tree),
        Object::CSINode(_) => csi_node::describe(story, tree),
        _ => return without_events(story, look, object, tree),
    }
    true
}

/// Kinds of whose events upstream tells nothing, and those that it does not know.
fn without_events(story: &mut Story, look: &Look<'_>, object: &Object, tree: &Value) -> bool {
    match object {
        Object::Namespace(namespace) => namespace::describe(story, look, &namespace.metadata.name, tree),
        Object::LimitRange(range) => limit_range::describe(story, range),
        Object::ResourceQuota(quota) => resource_quota::describe(story, quota),
        Object::Secret(secret) => secret::describe(story, secret, tree),
        Object::NetworkPolicy(_) => network_policy::describe(story, tree),
        Object::Role(_) | Object::ClusterRole(_) => role::describe(story, tree),
        Object::RoleBinding(_) | Object::ClusterRoleBinding(_) => role_binding::describe(story, tree),
        _ => {
            generic::describe(story, tree);
            return true;
        }
    }
    false
}
