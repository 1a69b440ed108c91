//! Defaults of containers, their probes and hooks.

use super::{fill, fill_zero};
use crate::{Container, EphemeralContainer, HTTPGetAction, Lifecycle, Probe, image};
use crate::{ContainerPort, EnvVar};
use orrery_apimachinery::Str;

pub(super) fn container(c: &mut Container) {
    common(
        c.image.as_deref(),
        &mut c.image_pull_policy,
        &mut c.termination_message_path,
        &mut c.termination_message_policy,
    );
    c.ports.iter_mut().for_each(port);
    c.env.iter_mut().for_each(env);
    [&mut c.liveness_probe, &mut c.readiness_probe, &mut c.startup_probe]
        .into_iter()
        .flatten()
        .for_each(|p| probe(p));
    c.lifecycle.iter_mut().for_each(|l| lifecycle(l));
}

pub(super) fn ephemeral(c: &mut EphemeralContainer) {
    common(
        c.image.as_deref(),
        &mut c.image_pull_policy,
        &mut c.termination_message_path,
        &mut c.termination_message_policy,
    );
    c.ports.iter_mut().for_each(port);
    c.env.iter_mut().for_each(env);
}

fn common(image: Option<&str>, pull: &mut Option<Str>, path: &mut Option<Str>, policy: &mut Option<Str>) {
    fill(pull, image::default_pull_policy(image.unwrap_or_default()));
    fill(path, "/dev/termination-log");
    fill(policy, "File");
}

fn port(port: &mut ContainerPort) {
    fill(&mut port.protocol, "TCP");
}

fn env(var: &mut EnvVar) {
    if let Some(field) = var.value_from.as_mut().and_then(|from| from.field_ref.as_mut()) {
        fill(&mut field.api_version, "v1");
    }
}

fn probe(probe: &mut Probe) {
    fill_zero(&mut probe.timeout_seconds, 1);
    fill_zero(&mut probe.period_seconds, 10);
    fill_zero(&mut probe.success_threshold, 1);
    fill_zero(&mut probe.failure_threshold, 3);
    probe.http_get.iter_mut().for_each(http_get);
    if let Some(grpc) = &mut probe.grpc {
        fill(&mut grpc.service, "");
    }
}

fn lifecycle(lifecycle: &mut Lifecycle) {
    for handler in [&mut lifecycle.post_start, &mut lifecycle.pre_stop].into_iter().flatten() {
        handler.http_get.iter_mut().for_each(http_get);
    }
}

fn http_get(get: &mut HTTPGetAction) {
    fill(&mut get.path, "/");
    fill(&mut get.scheme, "HTTP");
}
