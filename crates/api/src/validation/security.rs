//! Rules for the rights of pods and containers.

use super::mounts::descending;
use super::windows;
use super::{Bare, Errors, Path};
use crate::{AppArmorProfile, PodSecurityContext, PodSpec, SeccompProfile, SecurityContext};

/// The highest id of a user or group.
const MAX_ID: i64 = i32::MAX as i64;
/// The longest name of a kernel parameter.
const SYSCTL_LENGTH: usize = 253;
/// The kernel parameters of the namespace for talk between processes, but for those of message queues.
const IPC_SYSCTLS: [&str; 10] = [
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
    "kernel.shm",
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.msg",
];
/// The longest path of a profile on a node.
const PROFILE_LENGTH: usize = 4095;

fn id(id: Option<i64>, path: &Path, errors: &mut Errors) {
    if let Some(id) = id {
        errors.in_range(path, id, 0, MAX_ID);
    }
}

/// The rights that all containers share (upstream: `validatePodSpecSecurityContext`).
pub(super) fn pod(spec: &PodSpec, path: &Path, errors: &mut Errors) {
    let Some(context) = &spec.security_context else { return };
    ids(context, path, errors);
    if spec.share_process_namespace == Some(true) && spec.host_pid {
        let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
        errors.invalid(&path.field("shareProcessNamespace"), &Bare("true"), detail);
    }
    sysctls(context, spec, &path.field("sysctls"), errors);
    if let Some(policy) = &context.fs_group_change_policy {
        errors.one_of(&path.field("fsGroupChangePolicy"), Some(policy), &["Always", "OnRootMismatch"]);
    }
    seccomp(context.seccomp_profile.as_ref(), &path.field("seccompProfile"), errors);
    windows::options(context.windows_options.as_ref(), &path.field("windowsOptions"), errors);
    app_armor(context.app_armor_profile.as_ref(), &path.field("appArmorProfile"), errors);
}

fn ids(context: &PodSecurityContext, path: &Path, errors: &mut Errors) {
    id(context.fs_group, &path.field("fsGroup"), errors);
    id(context.run_as_user, &path.field("runAsUser"), errors);
    id(context.run_as_group, &path.field("runAsGroup"), errors);
    for (i, group) in context.supplemental_groups.iter().enumerate() {
        id(Some(*group), &path.field("supplementalGroups").index(i), errors);
    }
}

fn sysctls(context: &PodSecurityContext, spec: &PodSpec, path: &Path, errors: &mut Errors) {
    for (i, sysctl) in context.sysctls.iter().enumerate() {
        let (at, name) = (path.index(i), &sysctl.name);
        let at = at.field("name");
        if name.is_empty() {
            errors.required(&at, "");
        } else if !is_sysctl(name) {
            let detail = format!(
                "must have at most {SYSCTL_LENGTH} characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
            );
            errors.invalid(&at, name, detail);
        } else if context.sysctls[..i].iter().any(|earlier| earlier.name == *name) {
            errors.duplicate(&at, name);
        }
        // With the node's namespace the parameter would be the node's.
        match namespace(name) {
            Some("net") if spec.host_network => {
                errors.invalid(&at, name, "may not be specified when 'hostNetwork' is true");
            }
            Some("ipc") if spec.host_ipc => {
                errors.invalid(&at, name, "may not be specified when 'hostIPC' is true");
            }
            _ => {}
        }
    }
}

/// Parts that dots or slashes divide.
fn is_sysctl(name: &str) -> bool {
    let letter = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let part = |part: &str| {
        let part = part.as_bytes();
        part.first().is_some_and(letter)
            && part.last().is_some_and(letter)
            && part.iter().all(|b| letter(b) || matches!(b, b'-' | b'_'))
    };
    name.len() <= SYSCTL_LENGTH && name.split(['.', '/']).all(part)
}

/// The kernel namespace of a parameter (upstream: `k8s.io/component-helpers/node/util/sysctl/namespace.go`).
fn namespace(sysctl: &str) -> Option<&'static str> {
    let name = dotted(sysctl);
    if IPC_SYSCTLS.contains(&&*name) || name.starts_with("fs.mqueue.") {
        Some("ipc")
    } else if name.starts_with("net.") {
        Some("net")
    } else {
        None
    }
}

/// The name with dots, whichever of the two signs comes first as what divides its parts.
fn dotted(name: &str) -> String {
    match name.find(['.', '/']) {
        Some(at) if name.as_bytes()[at] == b'/' => name
            .chars()
            .map(|c| {
                if c == '/' {
                    '.'
                } else if c == '.' {
                    '/'
                } else {
                    c
                }
            })
            .collect(),
        _ => name.into(),
    }
}

/// The rights of one container (upstream: `ValidateSecurityContext`).
pub(super) fn container(context: Option<&SecurityContext>, path: &Path, errors: &mut Errors) {
    let Some(context) = context else { return };
    id(context.run_as_user, &path.field("runAsUser"), errors);
    id(context.run_as_group, &path.field("runAsGroup"), errors);
    seccomp(context.seccomp_profile.as_ref(), &path.field("seccompProfile"), errors);
    if context.allow_privilege_escalation == Some(false) {
        if context.privileged == Some(true) {
            let detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
            errors.invalid(path, context, detail);
        }
        let added = context.capabilities.iter().flat_map(|capabilities| &capabilities.add);
        if added.into_iter().any(|capability| &**capability == "CAP_SYS_ADMIN") {
            let detail =
                "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
            errors.invalid(path, context, detail);
        }
    }
    windows::options(context.windows_options.as_ref(), &path.field("windowsOptions"), errors);
    app_armor(context.app_armor_profile.as_ref(), &path.field("appArmorProfile"), errors);
}

fn seccomp(profile: Option<&SeccompProfile>, path: &Path, errors: &mut Errors) {
    let Some(profile) = profile else { return };
    if profile.type_.is_empty() {
        errors.required(&path.field("type"), "type is required when seccompProfile is set");
    } else {
        let supported = ["Localhost", "RuntimeDefault", "Unconfined"];
        errors.one_of(&path.field("type"), Some(&profile.type_), &supported);
    }
    let field = path.field("localhostProfile");
    match (&*profile.type_ == "Localhost", &profile.localhost_profile) {
        (true, None) => errors.required(&field, "must be set when seccomp type is Localhost"),
        (true, Some(file)) => descending(file, &field, errors),
        (false, Some(_)) => {
            // Upstream shows all of the profile.
            errors.invalid(&field, profile, "can only be set when seccomp type is Localhost");
        }
        (false, None) => {}
    }
}

fn app_armor(profile: Option<&AppArmorProfile>, path: &Path, errors: &mut Errors) {
    let Some(profile) = profile else { return };
    let field = path.field("localhostProfile");
    match (&*profile.type_, &profile.localhost_profile) {
        ("Localhost", None) => errors.required(&field, "must be set when AppArmor type is Localhost"),
        ("Localhost", Some(file)) => {
            if file.trim() != &**file {
                errors.invalid(&field, file, "must not be padded with whitespace");
            } else if file.is_empty() {
                errors.required(&field, "must be set when AppArmor type is Localhost");
            }
            if file.len() > PROFILE_LENGTH {
                errors.too_long(&field, PROFILE_LENGTH);
            }
        }
        ("RuntimeDefault" | "Unconfined", Some(file)) => {
            errors.invalid(&field, file, "can only be set when AppArmor type is Localhost");
        }
        ("RuntimeDefault" | "Unconfined", None) => {}
        ("", _) => errors.required(&path.field("type"), "type is required when appArmorProfile is set"),
        (unknown, _) => {
            let supported = ["Localhost", "RuntimeDefault", "Unconfined"];
            errors.not_supported(&path.field("type"), unknown, &supported);
        }
    }
}
