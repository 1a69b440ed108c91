//! Containers as a pod wants them.

use crate::env::{EnvFromSource, EnvVar};
use crate::probe::{Lifecycle, Probe};
use crate::resources::ResourceList;
use crate::security_context::SecurityContext;
use crate::wire::{is_default, text};
use orrery_apimachinery::Str;
use serde::{Deserialize, Serialize};

/// A container that the pod runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Container {
    /// Arguments to the command; the image's `CMD` if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Str>,
    /// The command; the image's `ENTRYPOINT` if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<Str>,
    /// Variables of the environment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<EnvVar>,
    /// Objects whose keys all become variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env_from: Vec<EnvFromSource>,
    /// The image.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub image: Option<Str>,
    /// When to pull the image.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<Str>,
    /// What happens around the container's life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Box<Lifecycle>>,
    /// Fails when the container must be restarted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liveness_probe: Option<Box<Probe>>,
    /// The name.
    pub name: Str,
    /// The ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<ContainerPort>,
    /// Holds while the container can serve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readiness_probe: Option<Box<Probe>>,
    /// What changes of resources do to the container.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resize_policy: Vec<ContainerResizePolicy>,
    /// How much the container needs, and may use.
    pub resources: ResourceRequirements,
    /// When containers that ended are started again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_policy: Option<Str>,
    /// The container's rights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_context: Option<Box<SecurityContext>>,
    /// Passes once the container has come up; other probes wait for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startup_probe: Option<Box<Probe>>,
    /// Whether the first process has an input.
    #[serde(skip_serializing_if = "is_default")]
    pub stdin: bool,
    /// Whether the input closes after the first visitor.
    #[serde(skip_serializing_if = "is_default")]
    pub stdin_once: bool,
    /// The file from which a last message is read.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub termination_message_path: Option<Str>,
    /// `File`, or `FallbackToLogsOnError` to take the log's end instead.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub termination_message_policy: Option<Str>,
    /// Whether the first process has a terminal.
    #[serde(skip_serializing_if = "is_default")]
    pub tty: bool,
    /// Raw devices within the container.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volume_devices: Vec<VolumeDevice>,
    /// Where volumes are seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volume_mounts: Vec<VolumeMount>,
    /// The directory that the command starts in.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<Str>,
}

/// A container that is put into a running pod to look around.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EphemeralContainer {
    /// Arguments to the command; the image's `CMD` if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Str>,
    /// The command; the image's `ENTRYPOINT` if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<Str>,
    /// Variables of the environment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<EnvVar>,
    /// Objects whose keys all become variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env_from: Vec<EnvFromSource>,
    /// The image.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub image: Option<Str>,
    /// When to pull the image.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<Str>,
    /// What happens around the container's life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Box<Lifecycle>>,
    /// Fails when the container must be restarted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liveness_probe: Option<Box<Probe>>,
    /// The name.
    pub name: Str,
    /// The ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<ContainerPort>,
    /// Holds while the container can serve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readiness_probe: Option<Box<Probe>>,
    /// What changes of resources do to the container.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resize_policy: Vec<ContainerResizePolicy>,
    /// How much the container needs, and may use.
    pub resources: ResourceRequirements,
    /// When containers that ended are started again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_policy: Option<Str>,
    /// The container's rights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_context: Option<Box<SecurityContext>>,
    /// Passes once the container has come up; other probes wait for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startup_probe: Option<Box<Probe>>,
    /// Whether the first process has an input.
    #[serde(skip_serializing_if = "is_default")]
    pub stdin: bool,
    /// Whether the input closes after the first visitor.
    #[serde(skip_serializing_if = "is_default")]
    pub stdin_once: bool,
    /// The container whose processes are to be seen.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub target_container_name: Option<Str>,
    /// The file from which a last message is read.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub termination_message_path: Option<Str>,
    /// `File`, or `FallbackToLogsOnError` to take the log's end instead.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub termination_message_policy: Option<Str>,
    /// Whether the first process has a terminal.
    #[serde(skip_serializing_if = "is_default")]
    pub tty: bool,
    /// Raw devices within the container.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volume_devices: Vec<VolumeDevice>,
    /// Where volumes are seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volume_mounts: Vec<VolumeMount>,
    /// The directory that the command starts in.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<Str>,
}

/// A port that the container listens on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerPort {
    /// The port number.
    pub container_port: i32,
    /// The node's address to bind to.
    #[serde(rename = "hostIP", deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub host_ip: Option<Str>,
    /// The node's port that leads to it.
    #[serde(skip_serializing_if = "is_default")]
    pub host_port: i32,
    /// The name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub name: Option<Str>,
    /// `TCP`, `UDP` or `SCTP`.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Str>,
}

/// What a change of one resource does to the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerResizePolicy {
    /// The resource.
    pub resource_name: Str,
    /// Whether the container is restarted.
    pub restart_policy: Str,
}

/// How much the container needs, and may use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceRequirements {
    /// Claims of the pod that the container uses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ResourceClaim>,
    /// The most that may be used.
    #[serde(skip_serializing_if = "ResourceList::is_empty")]
    pub limits: ResourceList,
    /// The least that must be there.
    #[serde(skip_serializing_if = "ResourceList::is_empty")]
    pub requests: ResourceList,
}

/// A claim of the pod that the container uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceClaim {
    /// The name.
    pub name: Str,
    /// Which request of the claim is meant.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub request: Option<Str>,
}

/// A raw device within the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeDevice {
    /// The path of the device.
    pub device_path: Str,
    /// The name.
    pub name: Str,
}

/// A place in the container's files where a volume is seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeMount {
    /// Where the volume is seen.
    pub mount_path: Str,
    /// Whether mounts are seen across the border of the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mount_propagation: Option<Str>,
    /// The name.
    pub name: Str,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// Whether mounts below are read-only too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recursive_read_only: Option<Str>,
    /// The part of the volume that is seen.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub sub_path: Option<Str>,
    /// The part of the volume that is seen, with variables.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub sub_path_expr: Option<Str>,
}
