//! What is known of one container of a pod.

use crate::container::ResourceRequirements;
use crate::resources::ResourceList;
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{Str, Time};

/// What is known of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerStatus {
    /// The name.
    pub name: Str,
    /// What the container is doing now.
    pub state: ContainerState,
    /// How the container's last run ended.
    pub last_state: ContainerState,
    /// Whether the container can serve.
    pub ready: bool,
    /// How often the container was started again.
    pub restart_count: i32,
    /// The image.
    pub image: Str,
    /// The digest of the image that runs.
    #[json(name = "imageID")]
    pub image_id: Str,
    /// The runtime's id of the container.
    #[json(name = "containerID", text)]
    pub container_id: Option<Str>,
    /// Whether its startup probe has passed.
    #[json(omitempty)]
    pub started: Option<bool>,
    /// What was set aside.
    #[json(omitempty)]
    pub allocated_resources: ResourceList,
    /// How much the running container has.
    #[json(omitempty)]
    pub resources: Option<Box<ResourceRequirements>>,
    /// How volumes were in fact mounted.
    #[json(omitempty)]
    pub volume_mounts: Vec<VolumeMountStatus>,
    /// Whom the first process runs as.
    #[json(omitempty)]
    pub user: Option<Box<ContainerUser>>,
    /// The health of the devices in use.
    #[json(omitempty)]
    pub allocated_resources_status: Vec<ResourceStatus>,
}

/// One of waiting, running and terminated; none means waiting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerState {
    /// Set while it waits.
    #[json(omitempty)]
    pub waiting: Option<Box<ContainerStateWaiting>>,
    /// Set while it runs.
    #[json(omitempty)]
    pub running: Option<ContainerStateRunning>,
    /// Set once it has ended.
    #[json(omitempty)]
    pub terminated: Option<Box<ContainerStateTerminated>>,
}

/// The container is not running yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerStateWaiting {
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
}

/// The container runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerStateRunning {
    /// When it started.
    pub started_at: Option<Time>,
}

/// The container has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerStateTerminated {
    /// What the first process returned.
    pub exit_code: i32,
    /// The signal that ended it.
    #[json(omitempty)]
    pub signal: i32,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
    /// When it started.
    pub started_at: Option<Time>,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// The runtime's id of the container.
    #[json(name = "containerID", text)]
    pub container_id: Option<Str>,
}

/// The health of the devices behind one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceStatus {
    /// The name.
    pub name: Str,
    /// The devices.
    #[json(omitempty)]
    pub resources: Vec<ResourceHealth>,
}

/// The health of one device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceHealth {
    /// The device.
    #[json(name = "resourceID")]
    pub resource_id: Str,
    /// `Healthy`, `Unhealthy` or `Unknown`.
    #[json(text)]
    pub health: Option<Str>,
}

/// Whom the container's first process runs as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerUser {
    /// The ids on Linux.
    #[json(omitempty)]
    pub linux: Option<LinuxContainerUser>,
}

/// The ids that the first process runs with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LinuxContainerUser {
    /// The user's id.
    pub uid: i64,
    /// The group's id.
    pub gid: i64,
    /// Further groups.
    #[json(omitempty)]
    pub supplemental_groups: Vec<i64>,
}

/// How a volume was in fact mounted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeMountStatus {
    /// The name.
    pub name: Str,
    /// Where the volume is seen.
    pub mount_path: Str,
    /// Whether nothing can be written.
    #[json(omitempty)]
    pub read_only: bool,
    /// Whether mounts below are read-only too.
    #[json(omitempty)]
    pub recursive_read_only: Option<Str>,
}
