//! With which rights pods and containers run.

use orrery_apimachinery::Str;
use orrery_apimachinery::decode::Fields;

/// The rights that all containers of the pod share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodSecurityContext {
    /// The SELinux label.
    #[json(omitempty)]
    pub se_linux_options: Option<SELinuxOptions>,
    /// Rights on Windows.
    #[json(omitempty)]
    pub windows_options: Option<WindowsSecurityContextOptions>,
    /// The user's id that processes run with.
    #[json(omitempty)]
    pub run_as_user: Option<i64>,
    /// The group's id that processes run with.
    #[json(omitempty)]
    pub run_as_group: Option<i64>,
    /// Whether the kubelet refuses to run it as root.
    #[json(omitempty)]
    pub run_as_non_root: Option<bool>,
    /// Further groups.
    #[json(omitempty)]
    pub supplemental_groups: Vec<i64>,
    /// Whether the image's groups are added.
    #[json(omitempty)]
    pub supplemental_groups_policy: Option<Str>,
    /// The group that owns the pod's volumes.
    #[json(omitempty)]
    pub fs_group: Option<i64>,
    /// Kernel parameters to set.
    #[json(omitempty)]
    pub sysctls: Vec<Sysctl>,
    /// When the ownership of volumes is changed.
    #[json(omitempty)]
    pub fs_group_change_policy: Option<Str>,
    /// Which seccomp profile applies.
    #[json(omitempty)]
    pub seccomp_profile: Option<SeccompProfile>,
    /// Which AppArmor profile applies.
    #[json(omitempty)]
    pub app_armor_profile: Option<AppArmorProfile>,
    /// How volumes get their SELinux label.
    #[json(omitempty)]
    pub se_linux_change_policy: Option<Str>,
}

/// The rights of one container; they win over the pod's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SecurityContext {
    /// Linux capabilities to add and to drop.
    #[json(omitempty)]
    pub capabilities: Option<Capabilities>,
    /// Whether the container has all rights of the node.
    #[json(omitempty)]
    pub privileged: Option<bool>,
    /// The SELinux label.
    #[json(omitempty)]
    pub se_linux_options: Option<SELinuxOptions>,
    /// Rights on Windows.
    #[json(omitempty)]
    pub windows_options: Option<WindowsSecurityContextOptions>,
    /// The user's id that processes run with.
    #[json(omitempty)]
    pub run_as_user: Option<i64>,
    /// The group's id that processes run with.
    #[json(omitempty)]
    pub run_as_group: Option<i64>,
    /// Whether the kubelet refuses to run it as root.
    #[json(omitempty)]
    pub run_as_non_root: Option<bool>,
    /// Whether the container's own files cannot be written.
    #[json(omitempty)]
    pub read_only_root_filesystem: Option<bool>,
    /// Whether a process can gain more rights than its parent.
    #[json(omitempty)]
    pub allow_privilege_escalation: Option<bool>,
    /// How much of `/proc` is seen.
    #[json(omitempty)]
    pub proc_mount: Option<Str>,
    /// Which seccomp profile applies.
    #[json(omitempty)]
    pub seccomp_profile: Option<SeccompProfile>,
    /// Which AppArmor profile applies.
    #[json(omitempty)]
    pub app_armor_profile: Option<AppArmorProfile>,
}

/// Which AppArmor profile applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct AppArmorProfile {
    /// The type.
    pub type_: Str,
    /// A profile of the node's own.
    #[json(omitempty)]
    pub localhost_profile: Option<Str>,
}

/// Linux capabilities to add and to drop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Capabilities {
    /// Capabilities to add.
    #[json(omitempty)]
    pub add: Vec<Str>,
    /// Capabilities to drop.
    #[json(omitempty)]
    pub drop: Vec<Str>,
}

/// The SELinux label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SELinuxOptions {
    /// The user.
    #[json(text)]
    pub user: Option<Str>,
    /// The role.
    #[json(text)]
    pub role: Option<Str>,
    /// The type.
    #[json(text)]
    pub type_: Option<Str>,
    /// The level.
    #[json(text)]
    pub level: Option<Str>,
}

/// Which seccomp profile applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SeccompProfile {
    /// The type.
    pub type_: Str,
    /// A profile of the node's own.
    #[json(omitempty)]
    pub localhost_profile: Option<Str>,
}

/// Rights on Windows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct WindowsSecurityContextOptions {
    /// The name of the credential specification.
    #[json(omitempty)]
    pub gmsa_credential_spec_name: Option<Str>,
    /// The credential specification.
    #[json(omitempty)]
    pub gmsa_credential_spec: Option<Str>,
    /// The user that processes run as.
    #[json(omitempty)]
    pub run_as_user_name: Option<Str>,
    /// Whether to run on the host itself.
    #[json(omitempty)]
    pub host_process: Option<bool>,
}

/// A kernel parameter to set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Sysctl {
    /// The name.
    pub name: Str,
    /// The value.
    pub value: Str,
}

/// The annotation of old for the AppArmor profile of a container, whose name follows.
pub const APP_ARMOR_ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

impl AppArmorProfile {
    /// The profile that an annotation means.
    pub fn from_annotation(annotation: &str) -> Option<Self> {
        let of = |type_: &str| AppArmorProfile { type_: type_.into(), localhost_profile: None };
        match annotation {
            "unconfined" => Some(of("Unconfined")),
            "runtime/default" => Some(of("RuntimeDefault")),
            _ => {
                let file = annotation.strip_prefix("localhost/").filter(|file| !file.is_empty())?;
                Some(AppArmorProfile { localhost_profile: Some(file.into()), ..of("Localhost") })
            }
        }
    }

    /// The annotation that says what the profile says.
    pub fn to_annotation(&self) -> Option<Str> {
        match (&*self.type_, &self.localhost_profile) {
            ("Unconfined", _) => Some("unconfined".into()),
            ("RuntimeDefault", _) => Some("runtime/default".into()),
            ("Localhost", Some(file)) => Some(format!("localhost/{file}").into()),
            _ => None,
        }
    }
}
