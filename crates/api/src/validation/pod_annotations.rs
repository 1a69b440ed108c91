//! Rules for annotations of pods: those that were there before there were fields, and those of the kubelet
//! (upstream: `ValidatePodSpecificAnnotations`).

use super::mounts::descending;
use super::{Errors, Path, quoted};
use crate::{APP_ARMOR_ANNOTATION, Container, Pod, PodSpec};
use orrery_apimachinery::{Str, StrMap};

const MIRROR: &str = "kubernetes.io/config.mirror";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
/// The seccomp profile of a pod.
pub(crate) const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
/// The seccomp profile of a container, whose name follows.
pub(crate) const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";

/// The rules for the annotations of any pod, and of any template; `node` is where the pod is to be.
pub(super) fn annotations(
    annotations: &StrMap,
    spec: &PodSpec,
    node: Option<&Str>,
    path: &Path,
    errors: &mut Errors,
) {
    if let Some(value) = annotations.get(MIRROR)
        && node.is_none()
    {
        errors.invalid(&path.key(MIRROR), value, "must set spec.nodeName if mirror pod annotation is set");
    }
    if let Some(cost) = annotations.get(DELETION_COST)
        && !is_cost(cost)
    {
        errors.invalid(&path.key(DELETION_COST), cost, "must be a 32bit integer");
    }
    if let Some(profile) = annotations.get(SECCOMP_POD) {
        seccomp(profile, &path.field(SECCOMP_POD), errors);
    }
    for (key, profile) in annotations.iter().filter(|(key, _)| key.starts_with(SECCOMP_CONTAINER)) {
        seccomp(profile, &path.field(key), errors);
    }
    for (key, profile) in annotations.iter() {
        if let Some(name) = key.strip_prefix(APP_ARMOR_ANNOTATION) {
            app_armor(spec, name, profile, &path.key(key), errors);
        }
    }
}

/// A number as the API has it: without a plus or zeros before it.
fn is_cost(text: &str) -> bool {
    text.parse::<i32>().is_ok_and(|cost| cost.to_string() == text || text == "-0")
}

fn seccomp(profile: &Str, path: &Path, errors: &mut Errors) {
    if matches!(&**profile, "runtime/default" | "docker/default" | "unconfined") {
        return;
    }
    match profile.strip_prefix("localhost/") {
        Some(file) => descending(file, path, errors),
        None => errors.invalid(path, profile, "must be a valid seccomp profile"),
    }
}

fn has_container(spec: &PodSpec, name: &str) -> bool {
    let named = spec.init_containers.iter().chain(&spec.containers).map(|c| &c.name);
    named.chain(spec.ephemeral_containers.iter().map(|c| &c.name)).any(|known| **known == *name)
}

fn app_armor(spec: &PodSpec, container: &str, profile: &Str, path: &Path, errors: &mut Errors) {
    if !has_container(spec, container) {
        errors.invalid(path, container, "container not found");
    }
    let known = matches!(&**profile, "" | "runtime/default" | "unconfined");
    if !known && !profile.starts_with("localhost/") {
        errors.invalid(path, profile, format!("invalid AppArmor profile name: {}", quoted(profile)));
    }
}

/// What annotations say, the fields say.
pub(super) fn match_fields(annotations: &StrMap, spec: &PodSpec, path: &Path, errors: &mut Errors) {
    match_seccomp(annotations, spec, path, errors);
    match_app_armor(annotations, spec, path, errors);
}

fn match_seccomp(annotations: &StrMap, spec: &PodSpec, path: &Path, errors: &mut Errors) {
    let context = spec.security_context.as_ref();
    if let (Some(profile), Some(annotation)) =
        (context.and_then(|c| c.seccomp_profile.as_ref()), annotations.get(SECCOMP_POD))
    {
        let field = (&*profile.type_, profile.localhost_profile.as_deref());
        let at = path.field("securityContext");
        agree("seccomp", annotation, field, &at.field("seccompProfile"), errors);
    }
    each(spec, path, |c, at| {
        let own = c.security_context.as_ref().and_then(|c| c.seccomp_profile.as_ref());
        let annotation = annotations.get(&format!("{SECCOMP_CONTAINER}{}", c.name));
        if let (Some(profile), Some(annotation)) = (own, annotation) {
            let field = (&*profile.type_, profile.localhost_profile.as_deref());
            agree("seccomp", annotation, field, &at.field("seccompProfile"), errors);
        }
    });
}

fn match_app_armor(annotations: &StrMap, spec: &PodSpec, path: &Path, errors: &mut Errors) {
    if spec.os.as_ref().is_some_and(|os| &*os.name == "windows") {
        return;
    }
    let of_pod = spec.security_context.as_ref().and_then(|c| c.app_armor_profile.as_ref());
    each(spec, path, |c, at| {
        let own = c.security_context.as_ref().and_then(|c| c.app_armor_profile.as_ref());
        let annotation = annotations.get(&format!("{APP_ARMOR_ANNOTATION}{}", c.name));
        if let (Some(profile), Some(annotation)) = (own.or(of_pod), annotation) {
            let field = (&*profile.type_, profile.localhost_profile.as_deref());
            agree("apparmor", annotation, field, &at.field("appArmorProfile"), errors);
        }
    });
}

fn each(spec: &PodSpec, path: &Path, mut look: impl FnMut(&Container, &Path)) {
    for (field, list) in [("initContainers", &spec.init_containers), ("containers", &spec.containers)] {
        for (i, c) in list.iter().enumerate() {
            look(c, &path.field(field).index(i).field("securityContext"));
        }
    }
}

/// Whether an annotation says what the field says: its type, and a file of the node for some.
fn agree(what: &str, annotation: &str, field: (&str, Option<&str>), path: &Path, errors: &mut Errors) {
    let (kind, file) = field;
    let matches = match kind {
        "Unconfined" => annotation == "unconfined",
        "RuntimeDefault" => {
            annotation == "runtime/default" || (what == "seccomp" && annotation == "docker/default")
        }
        "Localhost" => annotation.starts_with("localhost/"),
        _ => true,
    };
    if !matches {
        let detail = format!("{what} type in annotation and field must match");
        errors.forbidden(&path.field("type"), &detail);
    } else if kind == "Localhost" && annotation.strip_prefix("localhost/") != file {
        let detail = format!("{what} profile in annotation and field must match");
        errors.forbidden(&path.field("localhostProfile"), &detail);
    }
}

/// Annotations that a pod has from its beginning.
pub(super) fn update(new: &Pod, old: &Pod, errors: &mut Errors) {
    let path = Path::Root("metadata");
    let path = path.field("annotations");
    let (new, old) = (&new.metadata.annotations, &old.metadata.annotations);
    let mut refuse = |key: &Str, verb: &str| {
        if key.starts_with(APP_ARMOR_ANNOTATION) {
            errors.forbidden(&path.key(key), &format!("may not {verb} AppArmor annotations"));
        }
        if &**key == MIRROR {
            errors.forbidden(&path.key(key), &format!("may not {verb} mirror pod annotation"));
        }
    };
    for (key, _) in old.iter().filter(|(key, value)| new.get(key) != Some(value)) {
        refuse(key, "remove or update");
    }
    for (key, _) in new.iter().filter(|(key, _)| old.get(key).is_none()) {
        refuse(key, "add");
    }
}
