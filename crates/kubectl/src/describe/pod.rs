//! A pod: its containers and what became of them, its conditions and volumes.

use super::container::{self, Containers, text};
use super::{Look, Story, pod_template, volume, workload};
use orrery_api::{Container, ContainerStatus, Pod};
use orrery_apimachinery::Value;
use orrery_apimachinery::decode::{decode, encode};

pub(super) fn describe(story: &mut Story, look: &Look<'_>, pod: &Pod, tree: &Value) {
    let spec = &pod.spec;
    head(story, look, pod, tree);
    if let Some(resources) = &spec.resources {
        story.line(0, "Resources:");
        container::resources(story, 1, resources);
    }
    let status = &pod.status;
    if !spec.init_containers.is_empty() {
        containers(story, pod, "Init Containers", &spec.init_containers, &status.init_container_statuses);
    }
    containers(story, pod, "Containers", &spec.containers, &status.container_statuses);
    if !spec.ephemeral_containers.is_empty() {
        // They have every field of other containers, and one more.
        let mut ephemeral = Vec::new();
        for container in &spec.ephemeral_containers {
            ephemeral.push(decode::<Container>(&encode(container)).0);
        }
        containers(story, pod, "Ephemeral Containers", &ephemeral, &status.ephemeral_container_statuses);
    }
    conditions(story, pod, tree);
    volume::describe(story, 0, &spec.volumes);
    story.field(0, "QoS Class", text(&status.qos_class));
    story.labels(0, "Node-Selectors", &spec.node_selector);
    pod_template::tolerations(story, 0, &spec.tolerations);
    pod_template::spread(story, 0, &spec.topology_spread_constraints);
}

fn head(story: &mut Story, look: &Look<'_>, pod: &Pod, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\n?Priority:\t{spec.priority}
?Priority Class Name:\t{spec.priorityClassName}\n?Runtime Class Name:\t{spec.runtimeClassName}
?Service Account:\t{spec.serviceAccountName}",
    );
    let node =
        if pod.node_name.is_some() { "Node:\t{spec.nodeName}/{status.hostIP}" } else { "Node:\t<none>" };
    story.tell(tree, node);
    story.tell(
        tree,
        "?Start Time:\t{status.startTime}\nLabels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}",
    );
    let ended = matches!(pod.status.phase.as_deref(), Some("Failed" | "Succeeded"));
    if let Some(at) = pod.metadata.deletion_timestamp.filter(|_| !ended) {
        story.field(0, "Status", &["Terminating (lasts ", &look.age(Some(at)), ")"].concat());
        story.tell(tree, "Termination Grace Period:\t{#metadata.deletionGracePeriodSeconds}s");
    } else {
        story.tell(tree, "Status:\t{status.phase}");
    }
    story.tell(tree, "?Reason:\t{status.reason}\n?Message:\t{status.message}");
    let context = pod.spec.security_context.as_ref();
    container::seccomp(story, 0, context.and_then(|context| context.seccomp_profile.as_ref()));
    story.tell(tree, "IP:\t{status.podIP}");
    match pod.status.pod_ips.is_empty() {
        true => story.line(0, "IPs:\t<none>"),
        false => story.table("IPs:", &tree["status"]["podIPs"], "  IP:\t{ip}"),
    }
    workload::controlled_by(story, tree);
    story.tell(tree, "?NominatedNodeName:\t{status.nominatedNodeName}");
}

fn containers(story: &mut Story, pod: &Pod, title: &str, list: &[Container], statuses: &[ContainerStatus]) {
    container::describe(story, &Containers { title, list, statuses, pod: Some(&pod.metadata) });
}

fn conditions(story: &mut Story, pod: &Pod, tree: &Value) {
    if !pod.spec.readiness_gates.is_empty() {
        story.line(0, "Readiness Gates:\n  Type\tStatus");
    }
    for gate in &pod.spec.readiness_gates {
        let condition = pod.status.conditions.iter().find(|condition| condition.type_ == gate.condition_type);
        let status = condition.map_or("<none>", |condition| &condition.status);
        story.line(1, &[&gate.condition_type, " \t", status, " "].concat());
    }
    story.table("Conditions:\n  Type\tStatus", &tree["status"]["conditions"], "  {type} \t{status} ");
}
