//! Defaults of pods and of their templates (upstream: `pkg/apis/core/v1/defaults.go`).

use super::{closed_gates, container, fill, volume, write_shared};
use crate::{Container, Pod, PodSpec, PodTemplateSpec, ResourceRequirements};
use std::rc::Rc;

/// The seconds between asking a container to stop and killing it.
const TERMINATION_GRACE_PERIOD_SECONDS: i64 = 30;

/// Fills a pod. Some fields are filled in pods, and not in templates.
pub(crate) fn pod(pod: &mut Pod) {
    write_shared(&mut pod.spec, |spec| {
        spec_fields(spec);
        pod_only(spec);
    });
}

/// Fills the template of a workload.
pub(crate) fn template(template: &mut Rc<PodTemplateSpec>) {
    write_shared(template, |t| write_shared(&mut t.spec, spec_fields));
}

fn spec_fields(spec: &mut PodSpec) {
    fill(&mut spec.dns_policy, "ClusterFirst");
    fill(&mut spec.restart_policy, "Always");
    fill(&mut spec.scheduler_name, "default-scheduler");
    spec.security_context.get_or_insert_default();
    spec.termination_grace_period_seconds.get_or_insert(TERMINATION_GRACE_PERIOD_SECONDS);
    spec.volumes.iter_mut().for_each(volume::volume);
    spec.init_containers.iter_mut().chain(&mut spec.containers).for_each(container::container);
    spec.ephemeral_containers.iter_mut().for_each(container::ephemeral);
    name_account(spec);
    closed_gates::drop_fields(spec);
}

/// The account is named in two fields, of which the newer one counts (upstream: the conversions of `PodSpec` in
/// `pkg/apis/core/v1/conversion.go`).
fn name_account(spec: &mut PodSpec) {
    if spec.service_account_name.is_none() {
        spec.service_account_name = spec.service_account.take();
    }
    if spec.service_account != spec.service_account_name {
        spec.service_account = spec.service_account_name.clone();
    }
}

/// (upstream: `SetDefaults_Pod`)
fn pod_only(spec: &mut PodSpec) {
    spec.enable_service_links.get_or_insert(true);
    let host_network = spec.host_network;
    for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
        requests_from_limits(&mut container.resources);
        if host_network {
            host_ports(container);
        }
    }
}

/// What is limited and not requested is requested up to its limit.
fn requests_from_limits(resources: &mut ResourceRequirements) {
    for (name, limit) in &resources.limits {
        resources.requests.entry(name.clone()).or_insert(*limit);
    }
}

/// On the node's network, a container's ports are the node's.
fn host_ports(container: &mut Container) {
    for port in container.ports.iter_mut().filter(|p| p.host_port == 0) {
        port.host_port = port.container_port;
    }
}
