//! Mends what was broken and demands that the cluster comes to what is asked of it.

use crate::run::Watched;
use crate::steps::{Fault, Step};
use orrery_api::{
    DaemonSet, Deployment, Endpoints, Job, Kind, Node, Object, Pod, ReplicaSet, ReplicationController,
    Service, StatefulSet,
};
use orrery_apiserver::{ApiServer, Session};
use orrery_sim::Duration;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Some back-offs are five minutes long.
const PATIENCE_MINUTES: usize = 40;

/// Everything that breaks is mended; then, within the patience, nothing may be left to wish for. Where not all pods have
/// room, only the loose ends must be tied up.
pub(crate) fn demand_convergence(watched: &mut Watched, all_fit: bool) -> Result<(), String> {
    for mend in [mend_nodes, mend_templates, delete_what_no_template_mends] {
        for step in mend(watched.cluster.api()) {
            watched.play(&step);
        }
    }
    let mut wishes = Vec::new();
    for _ in 0..PATIENCE_MINUTES {
        watched.pass(Duration::from_secs(60));
        if let Some(why) = watched.broken.take() {
            return Err(format!("{why}\n  while healing"));
        }
        let api = watched.cluster.api();
        wishes = loose_ends(api);
        if all_fit {
            wishes.extend(unfulfilled(api));
        }
        if wishes.is_empty() {
            return Ok(());
        }
    }
    Err(format!("{PATIENCE_MINUTES} minutes after everything was mended:\n  {}", wishes.join("\n  ")))
}

fn mend_nodes(api: &ApiServer) -> Vec<Step> {
    let mut steps = Vec::new();
    for node in api.list::<Node>() {
        let name = &node.metadata.name;
        steps.extend(
            [Fault::Relieve, Fault::Join, Fault::Start].map(|fault| Step::Machine(fault, name.to_string())),
        );
        steps.push(Step::Kubectl(format!("uncordon {name}")));
        steps.push(Step::Kubectl(format!("taint node {name} broken-")));
    }
    steps
}

fn mend_templates(api: &ApiServer) -> Vec<Step> {
    const KINDS: [Kind; 5] =
        [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::ReplicaSet, Kind::ReplicationController];
    let own =
        KINDS.into_iter().flat_map(|kind| api.objects(kind)).filter(|o| o.metadata().controller().is_none());
    let mend = |object: &Object| {
        let (meta, resource) = (object.metadata(), object.kind().resource());
        Step::Kubectl(format!("set image {resource}/{} -n {} main=nginx:1.25", meta.name, meta.namespace))
    };
    own.map(mend).collect()
}

/// A StatefulSet that is stuck on a bad image stays stuck; OnDelete and ReplicaSets change no pod by themselves.
fn delete_what_no_template_mends(api: &ApiServer) -> Vec<Step> {
    let bad = |pod: &&Rc<Pod>| pod.spec.containers.iter().any(|c| c.image.as_deref() == Some("nginx:nosuch"));
    let delete = |pod: &Rc<Pod>| {
        let meta = &pod.metadata;
        Step::Kubectl(format!("delete pod {} -n {} --wait=false", meta.name, meta.namespace))
    };
    api.list::<Pod>().filter(bad).map(delete).collect()
}

/// What is not yet as it is asked for, a sentence each.
fn unfulfilled(api: &ApiServer) -> Vec<String> {
    let mut wishes = Vec::new();
    let mut wish = |holds: bool, sentence: String| {
        if !holds {
            wishes.push(sentence);
        }
    };
    for d in api.list::<Deployment>().filter(|d| &*d.metadata.namespace == "default") {
        let (wanted, s) = (d.spec.replicas.unwrap_or(1), &d.status);
        let counts = (s.replicas, s.updated_replicas, s.available_replicas);
        wish(
            counts == (wanted, wanted, wanted),
            format!("{} wants {wanted}, has {counts:?}", d.metadata.name),
        );
    }
    for s in api.list::<ReplicaSet>().filter(|s| &*s.metadata.namespace == "default") {
        let (wanted, has) = (s.spec.replicas.unwrap_or(1), s.status.available_replicas);
        wish(has == wanted, format!("replicaset {} wants {wanted}, has {has}", s.metadata.name));
    }
    for c in api.list::<ReplicationController>().filter(|c| &*c.metadata.namespace == "default") {
        let (wanted, has) = (c.spec.replicas.unwrap_or(1), c.status.available_replicas);
        wish(has == wanted, format!("replicationcontroller {} wants {wanted}, has {has}", c.metadata.name));
    }
    for s in api.list::<StatefulSet>().filter(|s| &*s.metadata.namespace == "default") {
        let (wanted, has) = (s.spec.replicas.unwrap_or(1), s.status.available_replicas);
        wish(has == wanted, format!("statefulset {} wants {wanted}, has {has}", s.metadata.name));
    }
    let nodes = i32::try_from(api.count(Kind::Node)).expect("there are few nodes");
    for s in api.list::<DaemonSet>().filter(|s| &*s.metadata.namespace == "default") {
        let has = s.status.number_available;
        wish(has == nodes, format!("daemonset {} is on {has} of {nodes} nodes", s.metadata.name));
    }
    for job in api.list::<Job>().filter(|job| &*job.metadata.namespace == "default") {
        let ended = job.status.conditions.iter().any(|c| matches!(&*c.type_, "Complete" | "Failed"));
        wish(ended, format!("job {} has not ended", job.metadata.name));
    }
    wishes
}

/// Traces of what is gone, and endpoints that tell something else than the pods.
fn loose_ends(api: &ApiServer) -> Vec<String> {
    let mut found = Vec::new();
    let uids: BTreeSet<_> =
        api.kinds().flat_map(|k| api.objects(k)).map(|o| o.metadata().uid.clone()).collect();
    for object in api.kinds().filter(|kind| *kind != Kind::Event).flat_map(|kind| api.objects(kind)) {
        let meta = object.metadata();
        let orphaned = !meta.owner_references.is_empty()
            && meta.owner_references.iter().all(|owner| !uids.contains(&owner.uid));
        if orphaned || meta.terminating() {
            let state = if orphaned { "has lost its owners" } else { "is still going" };
            found.push(format!("{} {} {state}", object.kind().name(), meta.name));
        }
    }
    for service in api.list::<Service>().filter(|service| !service.spec.selector.is_empty()) {
        let meta = &service.metadata;
        let pods = api.pods_equal_to(&meta.namespace, &service.spec.selector);
        let ready: BTreeSet<_> =
            pods.iter().filter(|pod| is_ready(pod)).map(|pod| pod.metadata.name.clone()).collect();
        let told: BTreeSet<_> = api
            .get::<Endpoints>(&meta.namespace, &meta.name)
            .into_iter()
            .flat_map(|endpoints| &endpoints.subsets)
            .flat_map(|subset| &subset.addresses)
            .filter_map(|address| address.target_ref.as_ref()?.name.clone())
            .collect();
        if ready != told {
            found.push(format!("service {} tells of {told:?}, ready are {ready:?}", meta.name));
        }
    }
    found
}

fn is_ready(pod: &Rc<Pod>) -> bool {
    pod.status.conditions.iter().any(|c| &*c.type_ == "Ready" && &*c.status == "True")
}
