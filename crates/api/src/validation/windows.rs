//! Rules for what only pods of Windows nodes have, and for what only they lack.

use super::{Bare, Errors, Path, names};
use crate::{Container, PodSpec, WindowsSecurityContextOptions};
use std::borrow::Cow;

/// The size of a credential specification, in KiB.
const CREDENTIAL_KIB: usize = 64;
/// One more than the longest domain.
const DOMAIN_LENGTH: usize = 256;
/// The longest user.
const USER_LENGTH: usize = 104;

/// What a container is told of its user (upstream: `validateWindowsSecurityContextOptions`).
pub(super) fn options(options: Option<&WindowsSecurityContextOptions>, path: &Path, errors: &mut Errors) {
    let Some(options) = options else { return };
    if let Some(name) = &options.gmsa_credential_spec_name {
        let at = path.field("gmsaCredentialSpecName");
        errors.each_invalid(&at, name, names::dns_subdomain(name, false));
    }
    if let Some(spec) = &options.gmsa_credential_spec {
        let at = path.field("gmsaCredentialSpec");
        if spec.is_empty() {
            errors.invalid(&at, spec, "gmsaCredentialSpec cannot be an empty string");
        } else if spec.len() > CREDENTIAL_KIB * 1024 {
            errors.invalid(&at, spec, format!("gmsaCredentialSpec size must be under {CREDENTIAL_KIB} KiB"));
        }
    }
    if let Some(name) = &options.run_as_user_name {
        for detail in user_name(name) {
            errors.invalid(&path.field("runAsUserName"), name, format!("runAsUserName{detail}"));
        }
    }
}

/// What is wrong with `DOMAIN\user`, or with a user alone.
fn user_name(name: &str) -> Vec<Cow<'static, str>> {
    if name.is_empty() {
        return vec![" cannot be an empty string".into()];
    }
    if name.contains(|c: char| c.is_ascii_control()) {
        return vec![" cannot contain control characters".into()];
    }
    let (domain, user) = match *name.split('\\').collect::<Vec<_>>() {
        [user] => (None, user),
        [domain, user] => (Some(domain), user),
        _ => return vec![" cannot contain more than one backslash".into()],
    };
    let mut wrong = Vec::new();
    if domain.is_some_and(|domain| domain.len() >= DOMAIN_LENGTH) {
        wrong.push(format!("'s Domain length must be under {DOMAIN_LENGTH} characters").into());
    }
    if domain.is_some_and(|domain| !is_net_bios(domain) && !is_dns(domain)) {
        wrong.push("'s Domain doesn't match the NetBios nor the DNS format".into());
    }
    if user.is_empty() {
        wrong.push("'s User cannot be empty".into());
    } else if user.len() > USER_LENGTH {
        wrong.push(format!("'s User length must not be longer than {USER_LENGTH} characters").into());
    }
    if !user.is_empty() && user.chars().all(|c| matches!(c, '.' | ' ')) {
        wrong.push("'s User cannot contain only periods or spaces".into());
    }
    if user.contains(|c| "\"/\\:;|=,+*?<>@[]".contains(c)) {
        wrong.push("'s User cannot contain the following characters: \"/\\:;|=,+*?<>@[]".into());
    }
    wrong
}

fn is_net_bios(domain: &str) -> bool {
    (1..=15).contains(&domain.chars().count())
        && !domain.starts_with('.')
        && !domain.contains(|c| "\\/:*?\"<>|".contains(c))
}

fn is_dns(domain: &str) -> bool {
    let part = |part: &str| {
        let letter = |c: char| c.is_ascii_alphanumeric();
        (1..=63).contains(&part.len())
            && part.starts_with(letter)
            && part.ends_with(letter)
            && part.chars().all(|c| letter(c) || c == '-')
    };
    domain.split('.').all(part)
}

/// Calls `look` with every container and its place, in upstream's order.
fn each_container(spec: &PodSpec, path: &Path, mut look: impl FnMut(&Container, &Path)) {
    for (field, list) in [("initContainers", &spec.init_containers), ("containers", &spec.containers)] {
        list.iter().enumerate().for_each(|(i, c)| look(c, &path.field(field).index(i)));
    }
    for (i, c) in spec.ephemeral_containers.iter().enumerate() {
        look(&Container::from(c), &path.field("ephemeralContainers").index(i));
    }
}

fn host_process(options: Option<&WindowsSecurityContextOptions>) -> Option<bool> {
    options.and_then(|options| options.host_process)
}

/// Containers that run as processes of the node: all or none (upstream: `validateWindowsHostProcessPod`).
pub(super) fn host_processes(spec: &PodSpec, path: &Path, errors: &mut Errors) {
    let of_pod = host_process(spec.security_context.as_ref().and_then(|c| c.windows_options.as_ref()));
    let (mut count, mut on_host) = (0, 0);
    each_container(spec, path, |c, at| {
        count += 1;
        let own = host_process(c.security_context.as_ref().and_then(|c| c.windows_options.as_ref()));
        if let (Some(of_pod), Some(own)) = (of_pod, own)
            && of_pod != own
        {
            let at = at.field("securityContext");
            let at = at.field("windowsOptions");
            let detail =
                format!("pod hostProcess value must be identical if both are specified, was {of_pod}");
            errors.invalid(&at.field("hostProcess"), &own, detail);
        }
        on_host += usize::from(own.or(of_pod) == Some(true));
    });
    if on_host > 0 && on_host != count {
        let detail =
            "If pod contains any hostProcess containers then all containers must be HostProcess containers";
        errors.invalid(path, "", detail);
    }
    if on_host > 0 && !spec.host_network {
        let detail = "hostNetwork must be true if pod contains any hostProcess containers";
        errors.invalid(&path.field("hostNetwork"), &Bare("false"), detail);
    }
}

/// What a pod cannot have because of the system that it is for.
pub(super) fn os(spec: &PodSpec, path: &Path, errors: &mut Errors) {
    let Some(os) = &spec.os else { return };
    match &*os.name {
        "" => errors.required(&path.field("os").field("name"), "cannot be empty"),
        "linux" => linux(spec, path, errors),
        "windows" => windows(spec, path, errors),
        unknown => errors.not_supported(&path.field("os"), unknown, &["linux", "windows"]),
    }
}

fn linux(spec: &PodSpec, path: &Path, errors: &mut Errors) {
    let mut refuse = |there: bool, path: &Path| {
        if there {
            let at = path.field("securityContext");
            errors.forbidden(&at.field("windowsOptions"), "windows options cannot be set for a linux pod");
        }
    };
    refuse(spec.security_context.as_ref().is_some_and(|c| c.windows_options.is_some()), path);
    each_container(spec, path, |c, at| {
        refuse(c.security_context.as_ref().is_some_and(|c| c.windows_options.is_some()), at);
    });
}

fn windows(spec: &PodSpec, path: &Path, errors: &mut Errors) {
    let mut refuse = |fields: &[(&str, bool)], path: &Path| {
        for (field, _) in fields.iter().filter(|(_, set)| *set) {
            errors.forbidden(&path.field(field), "cannot be set for a windows pod");
        }
    };
    if let Some(c) = &spec.security_context {
        let at = &path.field("securityContext");
        let profile = ("appArmorProfile", c.app_armor_profile.is_some());
        refuse(&[profile, ("seLinuxOptions", c.se_linux_options.is_some())], at);
        refuse(&[("hostPID", spec.host_pid), ("hostIPC", spec.host_ipc)], path);
        let fields = [
            ("seccompProfile", c.seccomp_profile.is_some()),
            ("fsGroup", c.fs_group.is_some()),
            ("fsGroupChangePolicy", c.fs_group_change_policy.is_some()),
            ("sysctls", !c.sysctls.is_empty()),
        ];
        refuse(&fields, at);
        refuse(&[("shareProcessNamespace", spec.share_process_namespace.is_some())], path);
        let fields = [
            ("runAsUser", c.run_as_user.is_some()),
            ("runAsGroup", c.run_as_group.is_some()),
            ("supplementalGroups", !c.supplemental_groups.is_empty()),
        ];
        refuse(&fields, at);
    }
    each_container(spec, path, |container, at| {
        let Some(c) = &container.security_context else { return };
        let fields = [
            ("appArmorProfile", c.app_armor_profile.is_some()),
            ("seLinuxOptions", c.se_linux_options.is_some()),
            ("seccompProfile", c.seccomp_profile.is_some()),
            ("capabilities", c.capabilities.is_some()),
            ("readOnlyRootFilesystem", c.read_only_root_filesystem.is_some()),
            ("privileged", c.privileged.is_some()),
            ("allowPrivilegeEscalation", c.allow_privilege_escalation.is_some()),
            ("runAsUser", c.run_as_user.is_some()),
            ("runAsGroup", c.run_as_group.is_some()),
        ];
        refuse(&fields, &at.field("securityContext"));
    });
}
