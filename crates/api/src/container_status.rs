//! What is known of one container of a pod.

use crate::container::ResourceRequirements;
use crate::resources::ResourceList;
use crate::wire::{is_default, text};
use orrery_apimachinery::{Str, Time};
use serde::{Deserialize, Serialize};

/// What is known of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStatus {
    /// What was set aside.
    #[serde(skip_serializing_if = "ResourceList::is_empty")]
    pub allocated_resources: ResourceList,
    /// The health of the devices in use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allocated_resources_status: Vec<ResourceStatus>,
    /// The runtime's id of the container.
    #[serde(rename = "containerID", deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub container_id: Option<Str>,
    /// The image.
    pub image: Str,
    /// The digest of the image that runs.
    #[serde(rename = "imageID")]
    pub image_id: Str,
    /// How the container's last run ended.
    pub last_state: ContainerState,
    /// The name.
    pub name: Str,
    /// Whether the container can serve.
    pub ready: bool,
    /// How much the running container has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Box<ResourceRequirements>>,
    /// How often the container was started again.
    pub restart_count: i32,
    /// Whether its startup probe has passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<bool>,
    /// What the container is doing now.
    pub state: ContainerState,
    /// Whom the first process runs as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Box<ContainerUser>>,
    /// How volumes were in fact mounted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volume_mounts: Vec<VolumeMountStatus>,
}

/// One of waiting, running and terminated; none means waiting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerState {
    /// Set while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<ContainerStateRunning>,
    /// Set once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminated: Option<Box<ContainerStateTerminated>>,
    /// Set while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Box<ContainerStateWaiting>>,
}

/// The container is not running yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStateWaiting {
    /// Details for people.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub message: Option<Str>,
    /// Why, in one word.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Str>,
}

/// The container runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStateRunning {
    /// When it started.
    pub started_at: Option<Time>,
}

/// The container has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStateTerminated {
    /// The runtime's id of the container.
    #[serde(rename = "containerID", deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub container_id: Option<Str>,
    /// What the first process returned.
    pub exit_code: i32,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// Details for people.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub message: Option<Str>,
    /// Why, in one word.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Str>,
    /// The signal that ended it.
    #[serde(skip_serializing_if = "is_default")]
    pub signal: i32,
    /// When it started.
    pub started_at: Option<Time>,
}

/// The health of the devices behind one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceStatus {
    /// The name.
    pub name: Str,
    /// The devices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceHealth>,
}

/// The health of one device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceHealth {
    /// `Healthy`, `Unhealthy` or `Unknown`.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub health: Option<Str>,
    /// The device.
    #[serde(rename = "resourceID")]
    pub resource_id: Str,
}

/// Whom the container's first process runs as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerUser {
    /// The ids on Linux.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linux: Option<LinuxContainerUser>,
}

/// The ids that the first process runs with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LinuxContainerUser {
    /// The group's id.
    pub gid: i64,
    /// Further groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supplemental_groups: Vec<i64>,
    /// The user's id.
    pub uid: i64,
}

/// How a volume was in fact mounted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeMountStatus {
    /// Where the volume is seen.
    pub mount_path: Str,
    /// The name.
    pub name: Str,
    /// Whether nothing can be written.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// Whether mounts below are read-only too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recursive_read_only: Option<Str>,
}
