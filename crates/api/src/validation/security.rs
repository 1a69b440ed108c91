//! Rules for the rights of pods and containers.

use super::container::descending;
use super::{Bare, Errors, Path};
use crate::{PodSecurityContext, PodSpec, SeccompProfile, SecurityContext};

/// The highest id of a user or group.
const MAX_ID: i64 = i32::MAX as i64;

fn id(id: Option<i64>, path: &Path, errors: &mut Errors) {
    if let Some(id) = id {
        errors.in_range(path, id, 0, MAX_ID);
    }
}

/// The rights that all containers share.
pub(super) fn pod(spec: &PodSpec, path: &Path, errors: &mut Errors) {
    let Some(context) = &spec.security_context else { return };
    ids(context, path, errors);
    if spec.share_process_namespace == Some(true) && spec.host_pid {
        let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
        errors.invalid(&path.field("shareProcessNamespace"), &Bare("true"), detail);
    }
    for (field, value, supported) in [
        ("fsGroupChangePolicy", &context.fs_group_change_policy, ["Always", "OnRootMismatch"]),
        ("supplementalGroupsPolicy", &context.supplemental_groups_policy, ["Merge", "Strict"]),
    ] {
        if let Some(value) = value {
            errors.one_of(&path.field(field), Some(value), &supported);
        }
    }
    seccomp(context.seccomp_profile.as_ref(), &path.field("seccompProfile"), errors);
}

fn ids(context: &PodSecurityContext, path: &Path, errors: &mut Errors) {
    id(context.fs_group, &path.field("fsGroup"), errors);
    id(context.run_as_user, &path.field("runAsUser"), errors);
    id(context.run_as_group, &path.field("runAsGroup"), errors);
    for (i, group) in context.supplemental_groups.iter().enumerate() {
        id(Some(*group), &path.field("supplementalGroups").index(i), errors);
    }
}

/// The rights of one container.
pub(super) fn container(context: Option<&SecurityContext>, path: &Path, errors: &mut Errors) {
    let Some(context) = context else { return };
    id(context.run_as_user, &path.field("runAsUser"), errors);
    id(context.run_as_group, &path.field("runAsGroup"), errors);
    if let Some(mount) = &context.proc_mount {
        errors.one_of(&path.field("procMount"), Some(mount), &["Default", "Unmasked"]);
    }
    seccomp(context.seccomp_profile.as_ref(), &path.field("seccompProfile"), errors);
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
        (false, Some(file)) => {
            errors.invalid(&field, file, "can only be set when seccomp type is Localhost");
        }
        (false, None) => {}
    }
}
