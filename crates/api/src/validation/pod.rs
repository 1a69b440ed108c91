//! Rules for pods and for the templates of workloads.

use super::pod_spec::{Of, spec};
use super::{Errors, Path, metadata, names, scheduling};
use crate::{Container, Pod, PodSpec, PodTemplateSpec};

const ONLY_THESE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// The rules for a new pod.
pub(crate) fn pod(pod: &Pod, errors: &mut Errors) {
    let path = &Path::Root("spec");
    pod_spec(pod, path, errors);
    if !pod.spec.ephemeral_containers.is_empty() {
        errors.forbidden(&path.field("ephemeralContainers"), "cannot be set on create");
    }
    if pod.node_name.is_some() && !pod.spec.scheduling_gates.is_empty() {
        errors
            .forbidden(&path.field("nodeName"), "cannot be set until all schedulingGates have been cleared");
    }
}

fn pod_spec(pod: &Pod, path: &Path, errors: &mut Errors) {
    spec(&pod.spec, Of::Pod(&pod.metadata.name), path, errors);
    if let Some(node) = &pod.node_name {
        errors.each_invalid(&path.field("nodeName"), node, names::dns_subdomain(node, false));
    }
    trimmed(&pod.spec.containers, &path.field("containers"), errors);
    trimmed(&pod.spec.init_containers, &path.field("initContainers"), errors);
}

fn trimmed(containers: &[Container], path: &Path, errors: &mut Errors) {
    for (i, c) in containers.iter().enumerate() {
        let image = c.image.as_deref().unwrap_or_default();
        if image.trim() != image {
            let detail = "must not have leading or trailing whitespace";
            errors.invalid(&path.index(i).field("image"), image, detail);
        }
    }
}

/// The rules for a changed pod (upstream: `ValidatePodUpdate`).
pub(crate) fn pod_update(new: &Pod, old: &Pod, errors: &mut Errors) {
    let path = &Path::Root("spec");
    if std::rc::Rc::ptr_eq(&new.spec, &old.spec) && new.node_name == old.node_name {
        return;
    }
    pod_spec(new, path, errors);
    for (name, new, old) in [
        ("containers", &new.spec.containers, &old.spec.containers),
        ("initContainers", &new.spec.init_containers, &old.spec.init_containers),
    ] {
        if new.len() != old.len() {
            return errors.forbidden(&path.field(name), "pod updates may not add or remove containers");
        }
    }
    deadline(&new.spec, &old.spec, path, errors);
    tolerations(&new.spec, &old.spec, path, errors);
    let old_gates = &old.spec.scheduling_gates;
    for (i, gate) in new.spec.scheduling_gates.iter().enumerate().filter(|(_, g)| !old_gates.contains(g)) {
        let detail = format!("only deletion is allowed, but found new scheduling gate '{}'", gate.name);
        errors.forbidden(&path.field("schedulingGates").index(i).field("name"), &detail);
    }
    if with_what_may_change(&new.spec, &old.spec) != *old.spec || new.node_name != old.node_name {
        errors.forbidden(path, ONLY_THESE);
    }
}

fn deadline(new: &PodSpec, old: &PodSpec, path: &Path, errors: &mut Errors) {
    let path = path.field("activeDeadlineSeconds");
    match (new.active_deadline_seconds, old.active_deadline_seconds) {
        (Some(new), Some(old)) if new > old => {
            errors.invalid(&path, &new, "must be less than or equal to previous value");
        }
        (None, Some(_)) => {
            errors.invalid(&path, &None::<i64>, "must not update from a positive integer to nil value");
        }
        _ => {}
    }
}

fn tolerations(new: &PodSpec, old: &PodSpec, path: &Path, errors: &mut Errors) {
    let path = path.field("tolerations");
    for toleration in &old.tolerations {
        let kept = new.tolerations.iter().any(|n| {
            let seconds = n.toleration_seconds;
            *n == crate::Toleration { toleration_seconds: seconds, ..toleration.clone() }
        });
        if !kept {
            let detail = "existing toleration can not be modified except its tolerationSeconds";
            return errors.forbidden(&path, detail);
        }
    }
    scheduling::tolerations(&new.tolerations, &path, errors);
}

/// The new spec with what may change taken from the old one.
fn with_what_may_change(new: &PodSpec, old: &PodSpec) -> PodSpec {
    let mut spec = PodSpec {
        active_deadline_seconds: old.active_deadline_seconds,
        scheduling_gates: old.scheduling_gates.clone(),
        tolerations: old.tolerations.clone(),
        ..new.clone()
    };
    let containers = spec.init_containers.iter_mut().chain(&mut spec.containers);
    for (new, old) in containers.zip(old.init_containers.iter().chain(&old.containers)) {
        new.image = old.image.clone();
    }
    let was_negative = old.termination_grace_period_seconds.is_some_and(|s| s < 0);
    if was_negative && spec.termination_grace_period_seconds == Some(1) {
        spec.termination_grace_period_seconds = old.termination_grace_period_seconds;
    }
    spec
}

/// The rules for the template of any workload (upstream: `ValidatePodTemplateSpec`).
pub(crate) fn template(template: &PodTemplateSpec, path: &Path, errors: &mut Errors) {
    metadata::labels(&template.metadata.labels, &path.field("labels"), errors);
    metadata::annotations(&template.metadata.annotations, &path.field("annotations"), errors);
    let at = path.field("spec");
    spec(&template.spec, Of::Template, &at, errors);
    if !template.spec.ephemeral_containers.is_empty() {
        let detail = "ephemeral containers not allowed in pod template";
        errors.forbidden(&at.field("ephemeralContainers"), detail);
    }
}
