//! Probes and lifecycle hooks, and the handlers they share.

use crate::wire::{is_default, text};
use orrery_apimachinery::{IntOrString, Str};
use serde::{Deserialize, Serialize};

/// A question that the kubelet asks a container again and again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Probe {
    /// A command to run within the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec: Option<ExecAction>,
    /// Failures in a row before the probe counts as failed.
    #[serde(skip_serializing_if = "is_default")]
    pub failure_threshold: i32,
    /// A gRPC health service to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grpc: Option<GRPCAction>,
    /// A page to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_get: Option<HTTPGetAction>,
    /// How long to wait after the start.
    #[serde(skip_serializing_if = "is_default")]
    pub initial_delay_seconds: i32,
    /// The time between two probes.
    #[serde(skip_serializing_if = "is_default")]
    pub period_seconds: i32,
    /// Successes in a row before the probe counts as passed.
    #[serde(skip_serializing_if = "is_default")]
    pub success_threshold: i32,
    /// A port to connect to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp_socket: Option<TCPSocketAction>,
    /// The time between asking to stop and killing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub termination_grace_period_seconds: Option<i64>,
    /// How long an answer may take.
    #[serde(skip_serializing_if = "is_default")]
    pub timeout_seconds: i32,
}

/// What happens around a container's life.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Lifecycle {
    /// Done right after the container is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_start: Option<LifecycleHandler>,
    /// Done before the container is stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_stop: Option<LifecycleHandler>,
}

/// What is done at one moment; exactly one is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LifecycleHandler {
    /// A command to run within the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec: Option<ExecAction>,
    /// A page to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_get: Option<HTTPGetAction>,
    /// A time to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sleep: Option<SleepAction>,
    /// A port to connect to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp_socket: Option<TCPSocketAction>,
}

/// A command to run within the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ExecAction {
    /// The command and its arguments, without a shell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<Str>,
}

/// A page to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HTTPGetAction {
    /// The host; the pod's own address if absent.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub host: Option<Str>,
    /// Headers to send.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub http_headers: Vec<HTTPHeader>,
    /// The path.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub path: Option<Str>,
    /// The port.
    pub port: IntOrString,
    /// `HTTP` or `HTTPS`.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Str>,
}

/// A header to send.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HTTPHeader {
    /// The name.
    pub name: Str,
    /// The value.
    pub value: Str,
}

/// A time to wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SleepAction {
    /// How long, in seconds.
    pub seconds: i64,
}

/// A port to connect to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TCPSocketAction {
    /// The host; the pod's own address if absent.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub host: Option<Str>,
    /// The port.
    pub port: IntOrString,
}

/// A gRPC health service to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GRPCAction {
    /// The port.
    pub port: i32,
    /// The service to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Str>,
}
