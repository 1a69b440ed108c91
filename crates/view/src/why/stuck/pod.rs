//! Why a pod waits, fails, is not ready, gets no requests, or does not go.

use orrery_api::{ConfigMap, PersistentVolumeClaim, Pod, Secret, Service};
use orrery_apimachinery::{IntOrString, Quantity, StrMap};
use orrery_cluster::{Cluster, Program, Worker};

use super::mend::{Mend, patch, undo, workload};
use super::{Reason, What, flag, last_event, request};
use crate::countdown;
use crate::opened::container::{ContainerBox, Role, containers};
use crate::scene::Text;
use crate::{logs, pod as pods};

/// The words with which a container waits for its image.
const IMAGE: [&str; 4] = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"];
/// Those with which it waits for what it is made of.
const CONFIG: [&str; 3] = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];

pub(super) fn reasons(cluster: &Cluster, pod: &Pod, found: &mut Vec<Reason>) {
    match pod.status.phase.as_deref() {
        Some("Succeeded") if !pod.metadata.terminating() => return,
        Some("Failed") if !pod.metadata.terminating() => {
            let words = pod.status.message.clone().or_else(|| pod.status.reason.clone());
            found.push(Reason::new(What::Failed, []).saying(words));
        }
        _ => {}
    }
    if pod.metadata.terminating() {
        return terminating(cluster, pod, found);
    }
    if pod.node_name.is_none() {
        return unscheduled(cluster, pod, found);
    }
    unreachable(cluster, pod, found);
    missing(cluster, pod, found);
    let waits = pod.status.phase.as_deref() == Some("Pending");
    let failed = last_event(cluster, &pod.metadata, &["FailedAttachVolume", "FailedMount"]);
    if let Some(says) = failed.filter(|_| waits && found.is_empty()) {
        found.push(Reason::new(What::Mount, []).saying(Some(says)));
    }
    let boxes = containers(cluster, pod, false);
    for it in &boxes {
        container(cluster, pod, it, found);
    }
    let waits = |it: &&ContainerBox| it.role == Role::Init && &*it.reason == "Running";
    if let Some(init) = boxes.iter().find(waits) {
        found.push(Reason::new(What::Init, [&init.name]).command(log_of(pod, &init.name, false)));
    }
    for gate in &pod.spec.readiness_gates {
        let passes = |c: &orrery_api::PodCondition| c.type_ == gate.condition_type && &*c.status == "True";
        if !pod.status.conditions.iter().any(passes) {
            let (name, gate) = (&pod.metadata.name, &gate.condition_type);
            let there = flag(&pod.metadata.namespace);
            let patch = format!(r#"{{"status":{{"conditions":[{{"type":"{gate}","status":"True"}}]}}}}"#);
            let line = format!("kubectl patch pod {name}{there} --subresource=status -p '{patch}'");
            found.push(Reason::new(What::ReadinessGate, [gate]).mend(line));
        }
    }
    services(cluster, pod, found);
    request::of_pod(cluster, pod, found);
}

fn unscheduled(cluster: &Cluster, pod: &Pod, found: &mut Vec<Reason>) {
    let ungated = |gate: &orrery_api::PodSchedulingGate| {
        let rest = pod.spec.scheduling_gates.iter().filter(|other| other.name != gate.name);
        let rest: Vec<String> = rest.map(|other| format!(r#"{{"name":"{}"}}"#, other.name)).collect();
        patch(pod, &format!(r#"{{"spec":{{"schedulingGates":[{}]}}}}"#, rest.join(",")))
    };
    let gates = pod.spec.scheduling_gates.iter();
    found.extend(gates.map(|gate| Reason::new(What::Gated, [&gate.name]).mend(ungated(gate))));
    if !cluster.works(Program::Scheduler) && cluster.outage().is_none() {
        let who = Worker::Program(Program::Scheduler);
        found.push(Reason::new(What::NoScheduler, []).while_out(cluster, &who));
    } else if let Some(node) = &pod.status.nominated_node_name {
        found.push(Reason::new(What::Victims, [node]).about("Node", "", node));
    } else if let Some(says) = pods::unschedulable(pod).filter(|_| pod.spec.scheduling_gates.is_empty()) {
        found.push(Reason::new(What::Unschedulable, []).saying(Some(says)));
    }
    claims(cluster, pod, found);
}

/// The claims that are missing or not bound.
fn claims(cluster: &Cluster, pod: &Pod, found: &mut Vec<Reason>) {
    let namespace = &pod.metadata.namespace;
    for claim in pod.spec.volumes.iter().filter_map(|v| v.persistent_volume_claim.as_ref()) {
        let name = &claim.claim_name;
        let reason = match cluster.api().get::<PersistentVolumeClaim>(namespace, name) {
            None => Reason::new(What::Missing, ["PersistentVolumeClaim", name]),
            Some(there) if there.status.phase.as_deref() != Some("Bound") => Reason::new(What::Claim, [name]),
            Some(_) => continue,
        };
        found.push(reason.about("PersistentVolumeClaim", namespace, name));
    }
}

/// The node does not answer, and with it nobody who knows of the pod.
fn unreachable(cluster: &Cluster, pod: &Pod, found: &mut Vec<Reason>) {
    let Some(node) = &pod.node_name else { return };
    let answers = cluster.kubelet_runs(node) == Some(true) && cluster.node_is_cut(node) != Some(true);
    if !answers {
        let who = Worker::Node(node.clone());
        found.push(Reason::new(What::NodeLost, [node]).about("Node", "", node).while_out(cluster, &who));
    }
}

fn terminating(cluster: &Cluster, pod: &Pod, found: &mut Vec<Reason>) {
    let name = &pod.metadata.name;
    unreachable(cluster, pod, found);
    if let Some(lost) = found.last_mut() {
        let there = flag(&pod.metadata.namespace);
        lost.command = Some(format!("kubectl delete pod {name}{there} --grace-period=0 --force").into());
    } else if let Some(left) = countdown::of_pod(cluster.api(), cluster.now(), pod) {
        found.push(Reason::new(What::Grace, [&left.remaining.to_string()]));
    }
}

/// The ConfigMaps and Secrets that the pod names and cannot do without.
fn missing(cluster: &Cluster, pod: &Pod, found: &mut Vec<Reason>) {
    let started = pod.status.container_statuses.iter().all(|status| status.started == Some(true));
    if started && !pod.status.container_statuses.is_empty() {
        return;
    }
    let (api, namespace) = (cluster.api(), &pod.metadata.namespace);
    let mut named: Vec<(&str, &str)> = Vec::new();
    let mut keys: Vec<(&str, &str, &str)> = Vec::new();
    for volume in &pod.spec.volumes {
        let map = volume.config_map.as_ref().filter(|it| it.optional != Some(true));
        named.extend(map.and_then(|it| it.name.as_deref()).map(|name| ("ConfigMap", name)));
        let secret = volume.secret.as_ref().filter(|it| it.optional != Some(true));
        named.extend(secret.and_then(|it| it.secret_name.as_deref()).map(|name| ("Secret", name)));
    }
    for container in pod.spec.init_containers.iter().chain(&pod.spec.containers) {
        for from in &container.env_from {
            let map = from.config_map_ref.as_ref().filter(|it| it.optional != Some(true));
            named.extend(map.and_then(|it| it.name.as_deref()).map(|name| ("ConfigMap", name)));
            let secret = from.secret_ref.as_ref().filter(|it| it.optional != Some(true));
            named.extend(secret.and_then(|it| it.name.as_deref()).map(|name| ("Secret", name)));
        }
        for from in container.env.iter().filter_map(|env| env.value_from.as_ref()) {
            let map = from.config_map_key_ref.as_ref().filter(|it| it.optional != Some(true));
            keys.extend(map.and_then(|it| Some(("ConfigMap", it.name.as_deref()?, &*it.key))));
            let secret = from.secret_key_ref.as_ref().filter(|it| it.optional != Some(true));
            keys.extend(secret.and_then(|it| Some(("Secret", it.name.as_deref()?, &*it.key))));
        }
    }
    named.extend(keys.iter().map(|(kind, name, _)| (*kind, *name)));
    named.sort_unstable();
    named.dedup();
    for (kind, name) in named {
        let there = match kind {
            "Secret" => api.get::<Secret>(namespace, name).is_some(),
            _ => api.get::<ConfigMap>(namespace, name).is_some(),
        };
        if !there {
            let create = if kind == "Secret" { "secret generic" } else { "configmap" };
            let keys: Vec<String> = keys
                .iter()
                .filter(|(k, n, _)| (*k, *n) == (kind, name))
                .map(|(_, _, key)| format!(" --from-literal={key}=value"))
                .collect();
            let line = format!("kubectl create {create} {name}{}{}", flag(namespace), keys.concat());
            found.push(Reason::new(What::Missing, [kind, name]).mend(line));
        }
    }
}

fn container(cluster: &Cluster, pod: &Pod, it: &ContainerBox, found: &mut Vec<Reason>) {
    let name = &*it.name;
    let last = pods::containers(pod).find(|status| *status.name == *name);
    let ended = last.and_then(|s| s.state.terminated.as_ref().or(s.last_state.terminated.as_ref()));
    if IMAGE.contains(&&*it.reason) {
        let told = last_event(cluster, &pod.metadata, &["Failed", "InspectFailed", "ErrImageNeverPull"]);
        let says = it.message.clone().or(told);
        let down = cluster.registries().iter().find(|registry| !registry.up && registry.host == it.registry);
        found.push(match down {
            Some(registry) => Reason::new(What::Registry, [name, &it.image, &registry.host])
                .while_out(cluster, &Worker::Registry(registry.host.clone())),
            None => Reason {
                mend: undo(cluster, pod),
                ..Reason::new(What::Image, [name, &it.image]).saying(says)
            },
        });
    } else if CONFIG.contains(&&*it.reason) {
        let reason = Reason::new(What::Config, [name]).saying(it.message.clone());
        found.push(Reason { mend: undo(cluster, pod), ..reason });
    } else if let Some(ended) = ended.filter(|e| {
        let failed = e.exit_code != 0 || pod.spec.restart_policy.as_deref() != Some("OnFailure");
        failed && &*it.reason != "Running" && !(it.role == Role::Init && e.exit_code == 0)
    }) {
        let limit = it.amounts.iter().find(|a| a.resource == "memory").and_then(|a| a.limit.clone());
        let reason = match (ended.reason.as_deref(), limit) {
            (Some("OOMKilled"), Some(limit)) => Reason::new(What::Memory, [name, &limit]),
            _ => {
                let stays = pod.spec.restart_policy.as_deref() == Some("Never");
                let what = if stays { What::Exit } else { What::Crash };
                Reason::new(what, [name, &ended.exit_code.to_string(), &it.command])
            }
        };
        let again = it.restarts > 0;
        let says = last_line(cluster, pod, name);
        let mend = undo(cluster, pod).or_else(|| more_memory(cluster, pod, &reason));
        found.push(Reason { mend, ..reason.saying(says).command(log_of(pod, name, again)) });
    }
    restarted(cluster, pod, it, found);
    for probe in it.probes.iter().filter(|p| p.passes == Some(false) || !p.last.0 && p.last.1 > 0) {
        let title = ["Readiness probe", "Liveness probe", "Startup probe"];
        let title = title.iter().find(|title| title.to_lowercase().starts_with(probe.question));
        let says = title.and_then(|title| unhealthy(cluster, pod, title));
        let reason = Reason::new(What::Probe, [name, probe.question, &probe.asks]).saying(says);
        found.push(Reason { mend: undo(cluster, pod), ..reason });
    }
}

/// Twice the limit, where memory was too small and a workload says how much there is.
fn more_memory(cluster: &Cluster, pod: &Pod, reason: &Reason) -> Option<Mend> {
    let [container, limit] = &reason.args[..] else { return None };
    let limit = Quantity::parse(limit).filter(|_| reason.what == What::Memory)?;
    let workload = workload(cluster, &pods::id(pod))?;
    let line = format!("kubectl set resources {workload} -c {container} --limits=memory={}", limit + limit);
    Some(Mend::Command(line.into()))
}

/// A container that runs, and did not always.
fn restarted(cluster: &Cluster, pod: &Pod, it: &ContainerBox, found: &mut Vec<Reason>) {
    let Some((reason, code, _)) = it.last.as_ref().filter(|_| &*it.reason == "Running") else { return };
    let args = [&*it.name, &it.restarts.to_string(), &code.to_string(), reason];
    let says = last_event(cluster, &pod.metadata, &["Killing"]);
    found.push(Reason::new(What::Restarted, args).saying(says).command(log_of(pod, &it.name, true)));
}

/// What the kubelet last said of a probe.
fn unhealthy(cluster: &Cluster, pod: &Pod, title: &str) -> Option<Text> {
    last_event(cluster, &pod.metadata, &["Unhealthy"]).filter(|message| message.starts_with(title))
}

/// The last line that a container wrote, in this run or in the one before.
pub(super) fn last_line(cluster: &Cluster, pod: &Pod, container: &str) -> Option<Text> {
    let last = |previous| {
        let log = logs::logs(cluster, &pods::id(pod), Some(container), previous, 1);
        log.rows.first().map(|row| row.text.clone())
    };
    last(false).or_else(|| last(true))
}

fn log_of(pod: &Pod, container: &str, previous: bool) -> String {
    let of = if pod.spec.containers.len() + pod.spec.init_containers.len() > 1 {
        format!(" -c {container}")
    } else {
        String::new()
    };
    let previous = if previous { " --previous" } else { "" };
    format!("kubectl logs {}{}{of}{previous}", pod.metadata.name, flag(&pod.metadata.namespace))
}

/// The Services that were meant to lead to the pod, and do not.
fn services(cluster: &Cluster, pod: &Pod, found: &mut Vec<Reason>) {
    let namespace = &pod.metadata.namespace;
    for service in cluster.api().list_in::<Service>(namespace) {
        let (name, selector) = (&service.metadata.name, &service.spec.selector);
        if selector.is_empty() {
            continue;
        }
        let labels = &pod.metadata.labels;
        if selector.iter().all(|(key, value)| labels.get(key) == Some(value)) {
            if !pods::is_ready(pod) && !service.spec.publish_not_ready_addresses {
                found.push(Reason::new(What::NotInEndpoints, [name]).about("Service", namespace, name));
            }
            if let Some(port) = unknown_port(service, pod) {
                let reason = Reason::new(What::PortName, [port, name, &pod.metadata.name]);
                let reason = reason.about("Service", namespace, name);
                found.push(Reason { mend: super::service::only_port(cluster, service, pod), ..reason });
            }
        } else if labels.iter().any(|(_, value)| *value == *name)
            && cluster.api().pods_equal_to(namespace, selector).is_empty()
        {
            let reason = Reason::new(What::OtherLabels, [name, &pairs(selector)]);
            found
                .push(reason.about("Service", namespace, name).mend(super::service::select(service, labels)));
        }
    }
}

/// A port that a Service names and no container of the pod has.
pub(super) fn unknown_port<'a>(service: &'a Service, pod: &Pod) -> Option<&'a str> {
    service.spec.ports.iter().find_map(|port| match &port.target_port {
        IntOrString::String(name) => {
            let mut ports = pod.spec.containers.iter().flat_map(|c| &c.ports);
            (!ports.any(|p| p.name.as_ref() == Some(name))).then_some(&**name)
        }
        IntOrString::Int(_) => None,
    })
}

/// `app=web,tier=front`.
pub(super) fn pairs(labels: &StrMap) -> String {
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}
