//! Probes and lifecycle hooks, and the handlers they share.

use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{IntOrString, Str};

/// A question that the kubelet asks a container again and again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Probe {
    /// A command to run within the container.
    #[json(omitempty)]
    pub exec: Option<ExecAction>,
    /// A page to ask for.
    #[json(omitempty)]
    pub http_get: Option<HTTPGetAction>,
    /// A port to connect to.
    #[json(omitempty)]
    pub tcp_socket: Option<TCPSocketAction>,
    /// A gRPC health service to ask.
    #[json(omitempty)]
    pub grpc: Option<GRPCAction>,
    /// How long to wait after the start.
    #[json(omitempty)]
    pub initial_delay_seconds: i32,
    /// How long an answer may take.
    #[json(omitempty)]
    pub timeout_seconds: i32,
    /// The time between two probes.
    #[json(omitempty)]
    pub period_seconds: i32,
    /// Successes in a row before the probe counts as passed.
    #[json(omitempty)]
    pub success_threshold: i32,
    /// Failures in a row before the probe counts as failed.
    #[json(omitempty)]
    pub failure_threshold: i32,
    /// The time between asking to stop and killing.
    #[json(omitempty)]
    pub termination_grace_period_seconds: Option<i64>,
}

/// What happens around a container's life.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Lifecycle {
    /// Done right after the container is made.
    #[json(omitempty)]
    pub post_start: Option<LifecycleHandler>,
    /// Done before the container is stopped.
    #[json(omitempty)]
    pub pre_stop: Option<LifecycleHandler>,
}

/// What is done at one moment; exactly one is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LifecycleHandler {
    /// A command to run within the container.
    #[json(omitempty)]
    pub exec: Option<ExecAction>,
    /// A page to ask for.
    #[json(omitempty)]
    pub http_get: Option<HTTPGetAction>,
    /// A port to connect to.
    #[json(omitempty)]
    pub tcp_socket: Option<TCPSocketAction>,
    /// A time to wait.
    #[json(omitempty)]
    pub sleep: Option<SleepAction>,
}

/// A command to run within the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ExecAction {
    /// The command and its arguments, without a shell.
    #[json(omitempty)]
    pub command: Vec<Str>,
}

/// A page to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HTTPGetAction {
    /// The path.
    #[json(text)]
    pub path: Option<Str>,
    /// The port.
    pub port: IntOrString,
    /// The host; the pod's own address if absent.
    #[json(text)]
    pub host: Option<Str>,
    /// `HTTP` or `HTTPS`.
    #[json(text)]
    pub scheme: Option<Str>,
    /// Headers to send.
    #[json(omitempty)]
    pub http_headers: Vec<HTTPHeader>,
}

/// A header to send.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HTTPHeader {
    /// The name.
    pub name: Str,
    /// The value.
    pub value: Str,
}

/// A time to wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SleepAction {
    /// How long, in seconds.
    pub seconds: i64,
}

/// A port to connect to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct TCPSocketAction {
    /// The port.
    pub port: IntOrString,
    /// The host; the pod's own address if absent.
    #[json(text)]
    pub host: Option<Str>,
}

/// A gRPC health service to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct GRPCAction {
    /// The port.
    pub port: i32,
    /// The service to ask for.
    #[json(omitempty)]
    pub service: Option<Str>,
}
