//! Containers as a pod wants them.

use crate::env::{EnvFromSource, EnvVar};
use crate::probe::{Lifecycle, Probe};
use crate::resources::ResourceList;
use crate::security_context::SecurityContext;
use orrery_apimachinery::Str;
use orrery_apimachinery::decode::Fields;

/// A container that the pod runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Container {
    /// The name.
    pub name: Str,
    /// The image.
    #[json(text)]
    pub image: Option<Str>,
    /// The command; the image's `ENTRYPOINT` if empty.
    #[json(omitempty)]
    pub command: Vec<Str>,
    /// Arguments to the command; the image's `CMD` if empty.
    #[json(omitempty)]
    pub args: Vec<Str>,
    /// The directory that the command starts in.
    #[json(text)]
    pub working_dir: Option<Str>,
    /// The ports.
    #[json(omitempty)]
    pub ports: Vec<ContainerPort>,
    /// Objects whose keys all become variables.
    #[json(omitempty)]
    pub env_from: Vec<EnvFromSource>,
    /// Variables of the environment.
    #[json(omitempty)]
    pub env: Vec<EnvVar>,
    /// How much the container needs, and may use.
    pub resources: ResourceRequirements,
    /// What changes of resources do to the container.
    #[json(omitempty)]
    pub resize_policy: Vec<ContainerResizePolicy>,
    /// When containers that ended are started again.
    #[json(omitempty)]
    pub restart_policy: Option<Str>,
    /// Where volumes are seen.
    #[json(omitempty)]
    pub volume_mounts: Vec<VolumeMount>,
    /// Raw devices within the container.
    #[json(omitempty)]
    pub volume_devices: Vec<VolumeDevice>,
    /// Fails when the container must be restarted.
    #[json(omitempty)]
    pub liveness_probe: Option<Box<Probe>>,
    /// Holds while the container can serve.
    #[json(omitempty)]
    pub readiness_probe: Option<Box<Probe>>,
    /// Passes once the container has come up; other probes wait for it.
    #[json(omitempty)]
    pub startup_probe: Option<Box<Probe>>,
    /// What happens around the container's life.
    #[json(omitempty)]
    pub lifecycle: Option<Box<Lifecycle>>,
    /// The file from which a last message is read.
    #[json(text)]
    pub termination_message_path: Option<Str>,
    /// `File`, or `FallbackToLogsOnError` to take the log's end instead.
    #[json(text)]
    pub termination_message_policy: Option<Str>,
    /// When to pull the image.
    #[json(text)]
    pub image_pull_policy: Option<Str>,
    /// The container's rights.
    #[json(omitempty)]
    pub security_context: Option<Box<SecurityContext>>,
    /// Whether the first process has an input.
    #[json(omitempty)]
    pub stdin: bool,
    /// Whether the input closes after the first visitor.
    #[json(omitempty)]
    pub stdin_once: bool,
    /// Whether the first process has a terminal.
    #[json(omitempty)]
    pub tty: bool,
}

/// A container that is put into a running pod to look around.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EphemeralContainer {
    /// The name.
    pub name: Str,
    /// The image.
    #[json(text)]
    pub image: Option<Str>,
    /// The command; the image's `ENTRYPOINT` if empty.
    #[json(omitempty)]
    pub command: Vec<Str>,
    /// Arguments to the command; the image's `CMD` if empty.
    #[json(omitempty)]
    pub args: Vec<Str>,
    /// The directory that the command starts in.
    #[json(text)]
    pub working_dir: Option<Str>,
    /// The ports.
    #[json(omitempty)]
    pub ports: Vec<ContainerPort>,
    /// Objects whose keys all become variables.
    #[json(omitempty)]
    pub env_from: Vec<EnvFromSource>,
    /// Variables of the environment.
    #[json(omitempty)]
    pub env: Vec<EnvVar>,
    /// How much the container needs, and may use.
    pub resources: ResourceRequirements,
    /// What changes of resources do to the container.
    #[json(omitempty)]
    pub resize_policy: Vec<ContainerResizePolicy>,
    /// When containers that ended are started again.
    #[json(omitempty)]
    pub restart_policy: Option<Str>,
    /// Where volumes are seen.
    #[json(omitempty)]
    pub volume_mounts: Vec<VolumeMount>,
    /// Raw devices within the container.
    #[json(omitempty)]
    pub volume_devices: Vec<VolumeDevice>,
    /// Fails when the container must be restarted.
    #[json(omitempty)]
    pub liveness_probe: Option<Box<Probe>>,
    /// Holds while the container can serve.
    #[json(omitempty)]
    pub readiness_probe: Option<Box<Probe>>,
    /// Passes once the container has come up; other probes wait for it.
    #[json(omitempty)]
    pub startup_probe: Option<Box<Probe>>,
    /// What happens around the container's life.
    #[json(omitempty)]
    pub lifecycle: Option<Box<Lifecycle>>,
    /// The file from which a last message is read.
    #[json(text)]
    pub termination_message_path: Option<Str>,
    /// `File`, or `FallbackToLogsOnError` to take the log's end instead.
    #[json(text)]
    pub termination_message_policy: Option<Str>,
    /// When to pull the image.
    #[json(text)]
    pub image_pull_policy: Option<Str>,
    /// The container's rights.
    #[json(omitempty)]
    pub security_context: Option<Box<SecurityContext>>,
    /// Whether the first process has an input.
    #[json(omitempty)]
    pub stdin: bool,
    /// Whether the input closes after the first visitor.
    #[json(omitempty)]
    pub stdin_once: bool,
    /// Whether the first process has a terminal.
    #[json(omitempty)]
    pub tty: bool,
    /// The container whose processes are to be seen.
    #[json(text)]
    pub target_container_name: Option<Str>,
}

/// A port that the container listens on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerPort {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// The node's port that leads to it.
    #[json(omitempty)]
    pub host_port: i32,
    /// The port number.
    pub container_port: i32,
    /// `TCP`, `UDP` or `SCTP`.
    #[json(text)]
    pub protocol: Option<Str>,
    /// The node's address to bind to.
    #[json(name = "hostIP", text)]
    pub host_ip: Option<Str>,
}

/// What a change of one resource does to the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerResizePolicy {
    /// The resource.
    pub resource_name: Str,
    /// Whether the container is restarted.
    pub restart_policy: Str,
}

/// How much the container needs, and may use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceRequirements {
    /// The most that may be used.
    #[json(omitempty)]
    pub limits: ResourceList,
    /// The least that must be there.
    #[json(omitempty)]
    pub requests: ResourceList,
    /// Claims of the pod that the container uses.
    #[json(omitempty)]
    pub claims: Vec<ResourceClaim>,
}

/// A claim of the pod that the container uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceClaim {
    /// The name.
    pub name: Str,
    /// Which request of the claim is meant.
    #[json(text)]
    pub request: Option<Str>,
}

/// A raw device within the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeDevice {
    /// The name.
    pub name: Str,
    /// The path of the device.
    pub device_path: Str,
}

/// A place in the container's files where a volume is seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeMount {
    /// The name.
    pub name: Str,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// Whether mounts below are read-only too.
    #[json(omitempty)]
    pub recursive_read_only: Option<Str>,
    /// Where the volume is seen.
    pub mount_path: Str,
    /// The part of the volume that is seen.
    #[json(text)]
    pub sub_path: Option<Str>,
    /// Whether mounts are seen across the border of the container.
    #[json(omitempty)]
    pub mount_propagation: Option<Str>,
    /// The part of the volume that is seen, with variables.
    #[json(text)]
    pub sub_path_expr: Option<Str>,
}

/// A container that was added to a running pod, as one of any other.
impl From<&EphemeralContainer> for Container {
    fn from(c: &EphemeralContainer) -> Self {
        let c = c.clone();
        Container {
            args: c.args,
            command: c.command,
            env: c.env,
            env_from: c.env_from,
            image: c.image,
            image_pull_policy: c.image_pull_policy,
            lifecycle: c.lifecycle,
            liveness_probe: c.liveness_probe,
            name: c.name,
            ports: c.ports,
            readiness_probe: c.readiness_probe,
            resize_policy: c.resize_policy,
            resources: c.resources,
            restart_policy: c.restart_policy,
            security_context: c.security_context,
            startup_probe: c.startup_probe,
            stdin: c.stdin,
            stdin_once: c.stdin_once,
            termination_message_path: c.termination_message_path,
            termination_message_policy: c.termination_message_policy,
            tty: c.tty,
            volume_devices: c.volume_devices,
            volume_mounts: c.volume_mounts,
            working_dir: c.working_dir,
        }
    }
}
