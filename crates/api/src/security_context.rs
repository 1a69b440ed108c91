//! With which rights pods and containers run.

use crate::wire::text;
use orrery_apimachinery::Str;
use serde::{Deserialize, Serialize};

/// The rights that all containers of the pod share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSecurityContext {
    /// Which AppArmor profile applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_armor_profile: Option<AppArmorProfile>,
    /// The group that owns the pod's volumes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fs_group: Option<i64>,
    /// When the ownership of volumes is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fs_group_change_policy: Option<Str>,
    /// The group's id that processes run with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_group: Option<i64>,
    /// Whether the kubelet refuses to run it as root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_non_root: Option<bool>,
    /// The user's id that processes run with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_user: Option<i64>,
    /// How volumes get their SELinux label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se_linux_change_policy: Option<Str>,
    /// The SELinux label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se_linux_options: Option<SELinuxOptions>,
    /// Which seccomp profile applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seccomp_profile: Option<SeccompProfile>,
    /// Further groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supplemental_groups: Vec<i64>,
    /// Whether the image's groups are added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplemental_groups_policy: Option<Str>,
    /// Kernel parameters to set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sysctls: Vec<Sysctl>,
    /// Rights on Windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub windows_options: Option<WindowsSecurityContextOptions>,
}

/// The rights of one container; they win over the pod's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SecurityContext {
    /// Whether a process can gain more rights than its parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_privilege_escalation: Option<bool>,
    /// Which AppArmor profile applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_armor_profile: Option<AppArmorProfile>,
    /// Linux capabilities to add and to drop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
    /// Whether the container has all rights of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privileged: Option<bool>,
    /// How much of `/proc` is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proc_mount: Option<Str>,
    /// Whether the container's own files cannot be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only_root_filesystem: Option<bool>,
    /// The group's id that processes run with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_group: Option<i64>,
    /// Whether the kubelet refuses to run it as root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_non_root: Option<bool>,
    /// The user's id that processes run with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_user: Option<i64>,
    /// The SELinux label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se_linux_options: Option<SELinuxOptions>,
    /// Which seccomp profile applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seccomp_profile: Option<SeccompProfile>,
    /// Rights on Windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub windows_options: Option<WindowsSecurityContextOptions>,
}

/// Which AppArmor profile applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AppArmorProfile {
    /// A profile of the node's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub localhost_profile: Option<Str>,
    /// The type.
    pub type_: Str,
}

/// Linux capabilities to add and to drop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Capabilities {
    /// Capabilities to add.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<Str>,
    /// Capabilities to drop.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<Str>,
}

/// The SELinux label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SELinuxOptions {
    /// The level.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub level: Option<Str>,
    /// The role.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub role: Option<Str>,
    /// The type.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub type_: Option<Str>,
    /// The user.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub user: Option<Str>,
}

/// Which seccomp profile applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SeccompProfile {
    /// A profile of the node's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub localhost_profile: Option<Str>,
    /// The type.
    pub type_: Str,
}

/// Rights on Windows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WindowsSecurityContextOptions {
    /// The credential specification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gmsa_credential_spec: Option<Str>,
    /// The name of the credential specification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gmsa_credential_spec_name: Option<Str>,
    /// Whether to run on the host itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_process: Option<bool>,
    /// The user that processes run as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_user_name: Option<Str>,
}

/// A kernel parameter to set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Sysctl {
    /// The name.
    pub name: Str,
    /// The value.
    pub value: Str,
}
