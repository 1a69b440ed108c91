//! What is odd about pods and templates, in upstream's order (upstream: `pkg/api/pod/warnings.go`).

use super::{claim, fractions, labels, paths};
use crate::validation::{Path, pod_annotations};
use crate::{
    APP_ARMOR_ANNOTATION, AppArmorProfile, Container, ContainerPort, EnvVar, Pod, PodAffinityTerm, PodSpec,
    Volume, WeightedPodAffinityTerm,
};
use orrery_apimachinery::StrMap;
use std::collections::BTreeSet;

/// Resources that are counted in bytes.
const BYTES: [&str; 2] = ["memory", "ephemeral-storage"];
/// Annotations that do nothing any more.
const ANNOTATIONS: [(&str, &str); 3] = [
    (
        "scheduler.alpha.kubernetes.io/critical-pod",
        "non-functional in v1.16+; use the \"priorityClassName\" field instead",
    ),
    ("security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
    (
        "security.alpha.kubernetes.io/unsafe-sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
];
const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Where the parts of a pod or of a template are.
pub(super) struct At<'a> {
    pub(super) metadata: Path<'a>,
    pub(super) spec: Path<'a>,
    pub(super) is_template: bool,
}

/// What is odd about a pod or a template.
pub(super) fn warnings(annotations: &StrMap, spec: &PodSpec, at: &At, warnings: &mut Vec<String>) {
    let path = &at.spec;
    nodes(spec, path, warnings);
    let notes = at.metadata.field("annotations");
    for (key, message) in ANNOTATIONS.iter().filter(|(key, _)| annotations.get(key).is_some()) {
        warnings.push(format!("{}: {message}", notes.key(key)));
    }
    for (i, v) in spec.volumes.iter().enumerate() {
        volume(v, &path.field("volumes").index(i), warnings);
    }
    spec.volumes.iter().for_each(|volume| paths::overlaps(volume, warnings));
    duplicates(spec, path, warnings);
    fractions(&spec.overhead, &BYTES, &path.field("overhead"), warnings);
    let profiled = spec.security_context.as_ref().is_some_and(|c| c.seccomp_profile.is_some());
    if !profiled && annotations.get(pod_annotations::SECCOMP_POD).is_some() {
        no_field(&notes.key(pod_annotations::SECCOMP_POD), warnings);
    }
    let armored = spec.security_context.as_ref().is_some_and(|c| c.app_armor_profile.is_some());
    each(spec, path, |c, place| {
        profiles(c, annotations, &notes, at.is_template && !armored, warnings);
        container(c, place, warnings);
    });
    ports(spec, path, warnings);
    if spec.termination_grace_period_seconds.is_some_and(|s| s < 0) {
        let field = path.field("terminationGracePeriodSeconds");
        warnings.push(format!("{field}: must be >= 0; negative values are invalid and will be treated as 1"));
    }
    affinity(spec, &path.field("affinity"), warnings);
}

/// AppArmor annotations whose place a field has taken (upstream: `applyAppArmorVersionSkew`).
pub(super) fn app_armor(pod: &Pod, warnings: &mut Vec<String>) {
    let of_pod = pod.spec.security_context.as_ref().and_then(|c| c.app_armor_profile.as_ref());
    each(&pod.spec, &Path::Root("spec"), |c, _| {
        let key = format!("{}{}", APP_ARMOR_ANNOTATION, c.name);
        let own = c.security_context.as_ref().and_then(|c| c.app_armor_profile.as_ref());
        if let (Some(annotation), None) = (pod.metadata.annotations.get(&key), own) {
            let profile = AppArmorProfile::from_annotation(annotation);
            if profile.is_none() || profile.as_ref() != of_pod {
                let notes = Path::Root("metadata.annotations");
                warnings.push(old_armor(&notes.key(&key)));
            }
        }
    });
}

fn each(spec: &PodSpec, path: &Path, mut look: impl FnMut(&Container, &Path)) {
    for (field, list) in [("initContainers", &spec.init_containers), ("containers", &spec.containers)] {
        list.iter().enumerate().for_each(|(i, c)| look(c, &path.field(field).index(i)));
    }
    for (i, c) in spec.ephemeral_containers.iter().enumerate() {
        look(&Container::from(c), &path.field("ephemeralContainers").index(i));
    }
}

/// What is said of an annotation whose place a field has taken.
fn no_field(annotation: &Path, warnings: &mut Vec<String>) {
    warnings
        .push(format!("{annotation}: non-functional in v1.27+; use the \"seccompProfile\" field instead"));
}

/// Old labels of nodes, and selectors that select nothing.
fn nodes(spec: &PodSpec, path: &Path, warnings: &mut Vec<String>) {
    for (key, _) in spec.node_selector.iter() {
        if let Some(message) = labels::deprecated(key) {
            warnings.push(format!("{}: {message}", path.field("nodeSelector").key(key)));
        }
    }
    if let Some(nodes) = spec.affinity.as_ref().and_then(|a| a.node_affinity.as_ref()) {
        let at = path.field("affinity");
        let at = at.field("nodeAffinity");
        if let Some(selector) = &nodes.required_during_scheduling_ignored_during_execution {
            labels::selector(selector, &at.field(REQUIRED), warnings);
        }
        for (i, term) in nodes.preferred_during_scheduling_ignored_during_execution.iter().enumerate() {
            labels::term(&term.preference, &at.field(PREFERRED).index(i).field("preference"), warnings);
        }
    }
    for (i, constraint) in spec.topology_spread_constraints.iter().enumerate() {
        let at = path.field("topologySpreadConstraints");
        let at = at.index(i);
        let key = &constraint.topology_key;
        if let Some(message) = labels::deprecated(key) {
            warnings.push(format!("{}: {key} is {message}", at.field("topologyKey")));
        }
        if constraint.label_selector.is_none() {
            warnings.push(null_selector(&at.field("labelSelector")));
        }
    }
}

fn null_selector(path: &Path) -> String {
    format!("{path}: a null labelSelector results in matching no pod")
}

/// Volume plug-ins that are on their way out, or gone.
fn volume(volume: &Volume, path: &Path, warnings: &mut Vec<String>) {
    let gone = [
        ("photonPersistentDisk", volume.photon_persistent_disk.is_some(), "1.11, non-functional in v1.16+"),
        ("gitRepo", volume.git_repo.is_some(), "1.11"),
        ("scaleIO", volume.scale_io.is_some(), "1.16, non-functional in v1.22+"),
        ("flocker", volume.flocker.is_some(), "1.22, non-functional in v1.25+"),
        ("storageOS", volume.storageos.is_some(), "1.22, non-functional in v1.25+"),
        ("quobyte", volume.quobyte.is_some(), "1.22, non-functional in v1.25+"),
        ("glusterfs", volume.glusterfs.is_some(), "1.25, non-functional in v1.26+"),
    ];
    super::deprecated(&gone, path, warnings);
    if let Some(template) = volume.ephemeral.as_ref().and_then(|e| e.volume_claim_template.as_ref()) {
        let at = path.field("ephemeral");
        claim(&template.spec, &at.field("volumeClaimTemplate").field("spec"), warnings);
    }
    let gone = [
        ("cephfs", volume.cephfs.is_some(), "1.28, non-functional in v1.31+"),
        ("rbd", volume.rbd.is_some(), "1.28, non-functional in v1.31+"),
    ];
    super::deprecated(&gone, path, warnings);
}

fn duplicates(spec: &PodSpec, path: &Path, warnings: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for (i, alias) in spec.host_aliases.iter().enumerate() {
        if !seen.insert(&alias.ip) {
            let at = path.field("hostAliases");
            warnings.push(format!("{}: duplicate ip {:?}", at.index(i).field("ip"), alias.ip));
        }
    }
    let at = path.field("imagePullSecrets");
    let names = || spec.image_pull_secrets.iter().map(|s| s.name.as_deref().unwrap_or_default()).enumerate();
    let mut seen = BTreeSet::new();
    for (i, name) in names().filter(|(_, name)| !seen.insert(*name)) {
        warnings.push(format!("{}: duplicate name {name:?}", at.index(i).field("name")));
    }
    for (i, name) in names().filter(|(_, name)| name.is_empty()) {
        warnings.push(format!("{}: invalid empty name {name:?}", at.index(i).field("name")));
    }
}

/// Annotations of a container whose place fields have taken; those of AppArmor only if `armor` is asked for.
fn profiles(c: &Container, annotations: &StrMap, notes: &Path, armor: bool, warnings: &mut Vec<String>) {
    let context = c.security_context.as_ref();
    let key = format!("{}{}", pod_annotations::SECCOMP_CONTAINER, c.name);
    if context.is_none_or(|c| c.seccomp_profile.is_none()) && annotations.get(&key).is_some() {
        no_field(&notes.key(&key), warnings);
    }
    let key = format!("{}{}", APP_ARMOR_ANNOTATION, c.name);
    if armor && context.is_none_or(|c| c.app_armor_profile.is_none()) && annotations.get(&key).is_some() {
        warnings.push(old_armor(&notes.key(&key)));
    }
}

/// What is said of an AppArmor annotation whose place a field has taken.
fn old_armor(annotation: &Path) -> String {
    format!("{annotation}: deprecated since v1.30; use the \"appArmorProfile\" field instead")
}

fn container(c: &Container, path: &Path, warnings: &mut Vec<String>) {
    let resources = path.field("resources");
    for name in BYTES {
        fractions(&c.resources.limits, &[name], &resources.field("limits"), warnings);
        fractions(&c.resources.requests, &[name], &resources.field("requests"), warnings);
    }
    let mut seen = BTreeSet::new();
    for (i, var) in c.env.iter().enumerate() {
        if !seen.insert(&var.name) && hides(var) {
            let detail = format!(
                "hides previous definition of \"{}\", which may be dropped when using apply",
                var.name
            );
            warnings.push(format!("{}: {detail}", path.field("env").index(i)));
        }
    }
}

/// Whether a variable takes the place of an earlier one instead of adding to it, as in `$(PATH):/more`.
fn hides(var: &EnvVar) -> bool {
    let reference = format!("$({})", var.name);
    let value = var.value.as_deref().unwrap_or_default();
    var.value_from.is_some() || value == reference || !value.contains(&reference)
}

fn protocol(port: &ContainerPort) -> &str {
    port.protocol.as_deref().unwrap_or("TCP")
}

/// Ports that are the same, or that may be.
fn ports(spec: &PodSpec, path: &Path, warnings: &mut Vec<String>) {
    let mut earlier: Vec<(String, ContainerPort)> = Vec::new();
    each(spec, path, |c, at| {
        for (i, port) in c.ports.iter().enumerate() {
            let place = at.field("ports").index(i).to_string();
            port_warnings(port, &place, &earlier, warnings);
            earlier.push((place, port.clone()));
        }
    });
}

fn port_warnings(
    port: &ContainerPort,
    place: &str,
    earlier: &[(String, ContainerPort)],
    warnings: &mut Vec<String>,
) {
    if let (Some(ip), 0) = (&port.host_ip, port.host_port) {
        let (name, number) = (port.name.as_deref().unwrap_or_default(), port.container_port);
        warnings.push(format!(
            "{place}: hostIP set without hostPort: {{Name:{name} HostPort:0 ContainerPort:{number} Protocol:{} HostIP:{ip}}}",
            protocol(port)
        ));
    }
    let same = |o: &ContainerPort| o.container_port == port.container_port && protocol(o) == protocol(port);
    for (other_place, other) in earlier.iter().filter(|(_, other)| same(other)) {
        let word = if port.host_ip == other.host_ip && port.host_port == other.host_port {
            "duplicate"
        } else if port.host_port == 0 || other.host_port == 0 {
            "overlapping"
        } else if port.host_port == other.host_port && port.host_ip.is_none() != other.host_ip.is_none() {
            "dangerously ambiguous"
        } else {
            continue;
        };
        warnings.push(format!("{place}: {word} port definition with {other_place}"));
    }
}

fn affinity(spec: &PodSpec, path: &Path, warnings: &mut Vec<String>) {
    let Some(affinity) = &spec.affinity else { return };
    if let Some(near) = &affinity.pod_affinity {
        terms(
            &near.required_during_scheduling_ignored_during_execution,
            &near.preferred_during_scheduling_ignored_during_execution,
            &path.field("podAffinity"),
            warnings,
        );
    }
    if let Some(away) = &affinity.pod_anti_affinity {
        terms(
            &away.required_during_scheduling_ignored_during_execution,
            &away.preferred_during_scheduling_ignored_during_execution,
            &path.field("podAntiAffinity"),
            warnings,
        );
    }
}

fn terms(
    required: &[PodAffinityTerm],
    preferred: &[WeightedPodAffinityTerm],
    path: &Path,
    warnings: &mut Vec<String>,
) {
    let list = path.field(REQUIRED);
    for (i, _) in required.iter().enumerate().filter(|(_, t)| t.label_selector.is_none()) {
        warnings.push(null_selector(&list.index(i).field("labelSelector")));
    }
    let list = path.field(PREFERRED);
    let weighted = preferred.iter().enumerate();
    for (i, _) in weighted.filter(|(_, t)| t.pod_affinity_term.label_selector.is_none()) {
        warnings.push(null_selector(&list.index(i).field("podAffinityTerm").field("labelSelector")));
    }
}
