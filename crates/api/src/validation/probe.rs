//! Rules for probes and lifecycle hooks.

use super::{Errors, Path, intstr};
use crate::{
    ExecAction, GRPCAction, HTTPGetAction, Lifecycle, LifecycleHandler, Probe, SleepAction, TCPSocketAction,
};
use orrery_apimachinery::IntOrString;

const ONE_HANDLER: &str = "may not specify more than 1 handler type";

/// What probes and hooks do; exactly one is to be set (upstream: `commonHandler`).
#[derive(Default)]
struct Handler<'a> {
    exec: Option<&'a ExecAction>,
    http_get: Option<&'a HTTPGetAction>,
    tcp_socket: Option<&'a TCPSocketAction>,
    grpc: Option<&'a GRPCAction>,
    sleep: Option<&'a SleepAction>,
}

/// A probe that may have to succeed once only.
pub(super) fn once(probe: Option<&Probe>, grace: Option<i64>, path: &Path, errors: &mut Errors) {
    let Some(p) = probe else { return };
    self::probe(p, grace, path, errors);
    if p.success_threshold != 1 {
        errors.invalid(&path.field("successThreshold"), &p.success_threshold, "must be 1");
    }
}

/// A readiness probe.
pub(super) fn readiness(probe: Option<&Probe>, grace: Option<i64>, path: &Path, errors: &mut Errors) {
    let Some(p) = probe else { return };
    self::probe(p, grace, path, errors);
    if let Some(seconds) = p.termination_grace_period_seconds {
        let field = path.field("terminationGracePeriodSeconds");
        errors.invalid(&field, &seconds, "must not be set for readinessProbes");
    }
}

fn probe(p: &Probe, grace: Option<i64>, path: &Path, errors: &mut Errors) {
    let handler = Handler {
        exec: p.exec.as_ref(),
        http_get: p.http_get.as_ref(),
        tcp_socket: p.tcp_socket.as_ref(),
        grpc: p.grpc.as_ref(),
        sleep: None,
    };
    self::handler(&handler, grace, path, errors);
    for (name, value) in [
        ("initialDelaySeconds", p.initial_delay_seconds),
        ("timeoutSeconds", p.timeout_seconds),
        ("periodSeconds", p.period_seconds),
        ("successThreshold", p.success_threshold),
        ("failureThreshold", p.failure_threshold),
    ] {
        errors.non_negative(&path.field(name), i64::from(value));
    }
    if let Some(seconds) = p.termination_grace_period_seconds.filter(|s| *s <= 0) {
        errors.invalid(&path.field("terminationGracePeriodSeconds"), &seconds, "must be greater than 0");
    }
}

/// The hooks of a container.
pub(super) fn lifecycle(lifecycle: Option<&Lifecycle>, grace: Option<i64>, path: &Path, errors: &mut Errors) {
    let Some(lifecycle) = lifecycle else { return };
    for (name, hook) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
        if let Some(hook) = hook {
            handler(&of_hook(hook), grace, &path.field(name), errors);
        }
    }
}

fn of_hook(hook: &LifecycleHandler) -> Handler<'_> {
    Handler {
        exec: hook.exec.as_ref(),
        http_get: hook.http_get.as_ref(),
        tcp_socket: hook.tcp_socket.as_ref(),
        grpc: None,
        sleep: hook.sleep.as_ref(),
    }
}

fn handler(handler: &Handler, grace: Option<i64>, path: &Path, errors: &mut Errors) {
    let mut count = 0;
    let mut first = |name: &str, errors: &mut Errors| {
        count += 1;
        if count > 1 {
            errors.forbidden(&path.field(name), ONE_HANDLER);
        }
        count == 1
    };
    if let Some(exec) = handler.exec
        && first("exec", errors)
        && exec.command.is_empty()
    {
        errors.required(&path.field("exec").field("command"), "");
    }
    if let Some(http) = handler.http_get
        && first("httpGet", errors)
    {
        http_get(http, &path.field("httpGet"), errors);
    }
    if let Some(tcp) = handler.tcp_socket
        && first("tcpSocket", errors)
    {
        intstr::port(&tcp.port, &path.field("tcpSocket").field("port"), errors);
    }
    if let Some(grpc) = handler.grpc
        && first("grpc", errors)
    {
        intstr::port(&IntOrString::Int(grpc.port), &path.field("grpc").field("port"), errors);
    }
    if let Some(sleep) = handler.sleep
        && first("sleep", errors)
    {
        self::sleep(sleep, grace, &path.field("sleep"), errors);
    }
    if count == 0 {
        errors.required(path, "must specify a handler type");
    }
}

fn http_get(http: &HTTPGetAction, path: &Path, errors: &mut Errors) {
    if http.path.is_none() {
        errors.required(&path.field("path"), "");
    }
    intstr::port(&http.port, &path.field("port"), errors);
    errors.one_of(&path.field("scheme"), http.scheme.as_deref(), &["HTTP", "HTTPS"]);
    for header in &http.http_headers {
        let valid = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if header.name.is_empty() || !header.name.chars().all(valid) {
            let detail = "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
            errors.invalid(&path.field("httpHeaders"), &header.name, detail);
        }
    }
}

fn sleep(sleep: &SleepAction, grace: Option<i64>, path: &Path, errors: &mut Errors) {
    if let Some(grace) = grace.filter(|g| sleep.seconds <= 0 || sleep.seconds > *g) {
        let detail = format!(
            "must be greater than 0 and less than terminationGracePeriodSeconds ({grace}). Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep."
        );
        errors.invalid(path, &sleep.seconds, detail);
    }
}
