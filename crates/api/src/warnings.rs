//! What the API server accepts with a warning (upstream: `pkg/api/pod/warnings.go`, `pkg/api/service/warnings.go`).

use crate::validation::Path;
use crate::{
    Container, ContainerPort, EXTERNAL_NAME, EnvVar, Object, PodAffinityTerm, PodSpec, ResourceList, Service,
    Volume,
};
use std::collections::BTreeSet;

/// Resources that are counted in bytes.
const BYTES: [&str; 2] = ["memory", "ephemeral-storage"];

impl Object {
    /// What is odd about an object that is accepted, as kubectl prints it behind `Warning: `.
    pub fn warnings(&self) -> Vec<String> {
        match self {
            Object::Pod(pod) => pod_spec(&pod.spec, &Path::Root("spec")),
            Object::Deployment(d) => template(&d.spec.template.spec, &Path::Root("spec")),
            Object::ReplicaSet(rs) => template(&rs.spec.template.spec, &Path::Root("spec")),
            Object::Job(job) => template(&job.spec.template.spec, &Path::Root("spec")),
            Object::CronJob(cron_job) => {
                let path = Path::Root("spec");
                let path = path.field("jobTemplate");
                template(&cron_job.spec.job_template.spec.template.spec, &path.field("spec"))
            }
            Object::Service(service) => self::service(service),
            Object::PersistentVolumeClaim(claim) => {
                let mut warnings = Vec::new();
                let path = Path::Root("spec");
                let path = path.field("resources");
                fractions(
                    &claim.spec.resources.requests,
                    &["storage"],
                    &path.field("requests"),
                    &mut warnings,
                );
                fractions(&claim.spec.resources.limits, &["storage"], &path.field("limits"), &mut warnings);
                warnings
            }
            _ => Vec::new(),
        }
    }
}

fn service(service: &Service) -> Vec<String> {
    let spec = &service.spec;
    let external_name = spec.type_.as_deref() == Some(EXTERNAL_NAME);
    let mut warnings = Vec::new();
    if !external_name && spec.external_name.is_some() {
        warnings.push("spec.externalName is ignored when spec.type is not \"ExternalName\"".into());
    }
    if external_name && !spec.external_ips.is_empty() {
        warnings.push("spec.externalIPs is ignored when spec.type is \"ExternalName\"".into());
    }
    warnings
}

/// What is odd about the pods of a workload, whose spec is at `path`.
fn template(spec: &PodSpec, path: &Path) -> Vec<String> {
    pod_spec(spec, &path.field("template").field("spec"))
}

fn pod_spec(spec: &PodSpec, path: &Path) -> Vec<String> {
    let mut warnings = Vec::new();
    for (i, constraint) in spec.topology_spread_constraints.iter().enumerate() {
        if constraint.label_selector.is_none() {
            let at = path.field("topologySpreadConstraints");
            warnings.push(null_selector(&at.index(i).field("labelSelector")));
        }
    }
    spec.volumes
        .iter()
        .enumerate()
        .for_each(|(i, v)| volume(v, &path.field("volumes").index(i), &mut warnings));
    duplicates(spec, path, &mut warnings);
    fractions(&spec.overhead, &BYTES, &path.field("overhead"), &mut warnings);
    let mut ports = Vec::new();
    for (list, containers) in [("initContainers", &spec.init_containers), ("containers", &spec.containers)] {
        for (i, c) in containers.iter().enumerate() {
            let list = path.field(list);
            container(c, &list.index(i), &mut warnings);
            ports.extend(
                c.ports
                    .iter()
                    .enumerate()
                    .map(|(j, p)| (list.index(i).field("ports").index(j).to_string(), p)),
            );
        }
    }
    port_conflicts(&ports, &mut warnings);
    if spec.termination_grace_period_seconds.is_some_and(|s| s < 0) {
        let field = path.field("terminationGracePeriodSeconds");
        warnings.push(format!("{field}: must be >= 0; negative values are invalid and will be treated as 1"));
    }
    affinity(spec, &path.field("affinity"), &mut warnings);
    warnings
}

fn null_selector(path: &Path) -> String {
    format!("{path}: a null labelSelector results in matching no pod")
}

/// Volume plug-ins that are on their way out, or gone.
fn volume(volume: &Volume, path: &Path, warnings: &mut Vec<String>) {
    for (field, there, since) in [
        (
            "photonPersistentDisk",
            volume.photon_persistent_disk.is_some(),
            "deprecated in v1.11, non-functional in v1.16+",
        ),
        ("gitRepo", volume.git_repo.is_some(), "deprecated in v1.11"),
        ("scaleIO", volume.scale_io.is_some(), "deprecated in v1.16, non-functional in v1.22+"),
        ("flocker", volume.flocker.is_some(), "deprecated in v1.22, non-functional in v1.25+"),
        ("storageOS", volume.storageos.is_some(), "deprecated in v1.22, non-functional in v1.25+"),
        ("quobyte", volume.quobyte.is_some(), "deprecated in v1.22, non-functional in v1.25+"),
        ("glusterfs", volume.glusterfs.is_some(), "deprecated in v1.25, non-functional in v1.26+"),
        ("cephfs", volume.cephfs.is_some(), "deprecated in v1.28, non-functional in v1.31+"),
        ("rbd", volume.rbd.is_some(), "deprecated in v1.28, non-functional in v1.31+"),
    ] {
        if there {
            warnings.push(format!("{}: {since}", path.field(field)));
        }
    }
}

fn duplicates(spec: &PodSpec, path: &Path, warnings: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for (i, alias) in spec.host_aliases.iter().enumerate() {
        if !seen.insert(&alias.ip) {
            let at = path.field("hostAliases");
            warnings.push(format!("{}: duplicate ip {:?}", at.index(i).field("ip"), alias.ip));
        }
    }
    let mut seen = BTreeSet::new();
    for (i, secret) in spec.image_pull_secrets.iter().enumerate() {
        let name = secret.name.as_deref().unwrap_or_default();
        let at = path.field("imagePullSecrets");
        if !seen.insert(name) {
            warnings.push(format!("{}: duplicate name {name:?}", at.index(i).field("name")));
        }
        if name.is_empty() {
            warnings.push(format!("{}: invalid empty name {name:?}", at.index(i).field("name")));
        }
    }
}

fn fractions(list: &ResourceList, names: &[&str], path: &Path, warnings: &mut Vec<String>) {
    for name in names {
        if let Some(amount) = list.get(*name).filter(|a| a.milli_value() % 1000 != 0) {
            let detail = format!("fractional byte value \"{amount}\" is invalid, must be an integer");
            warnings.push(format!("{}: {detail}", path.key(name)));
        }
    }
}

fn container(c: &Container, path: &Path, warnings: &mut Vec<String>) {
    let resources = path.field("resources");
    fractions(&c.resources.limits, &BYTES, &resources.field("limits"), warnings);
    fractions(&c.resources.requests, &BYTES, &resources.field("requests"), warnings);
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

fn port_conflicts(ports: &[(String, &ContainerPort)], warnings: &mut Vec<String>) {
    for (i, (path, port)) in ports.iter().enumerate() {
        let same = |o: &ContainerPort| o.container_port == port.container_port && o.protocol == port.protocol;
        for (other_path, other) in ports[..i].iter().filter(|(_, other)| same(other)) {
            let word = if port.host_ip == other.host_ip && port.host_port == other.host_port {
                "duplicate"
            } else if port.host_port == 0 || other.host_port == 0 {
                "overlapping"
            } else if port.host_port == other.host_port && port.host_ip.is_none() != other.host_ip.is_none() {
                "dangerously ambiguous"
            } else {
                continue;
            };
            warnings.push(format!("{path}: {word} port definition with {other_path}"));
        }
    }
}

fn affinity(spec: &PodSpec, path: &Path, warnings: &mut Vec<String>) {
    let Some(affinity) = &spec.affinity else { return };
    let near = affinity.pod_affinity.as_ref().map(|a| {
        (
            &a.required_during_scheduling_ignored_during_execution,
            &a.preferred_during_scheduling_ignored_during_execution,
        )
    });
    let away = affinity.pod_anti_affinity.as_ref().map(|a| {
        (
            &a.required_during_scheduling_ignored_during_execution,
            &a.preferred_during_scheduling_ignored_during_execution,
        )
    });
    let unselected = |t: &PodAffinityTerm| t.label_selector.is_none();
    for (field, terms) in [("podAffinity", near), ("podAntiAffinity", away)] {
        let Some((required, preferred)) = terms else { continue };
        let path = path.field(field);
        let list = path.field("requiredDuringSchedulingIgnoredDuringExecution");
        for (i, _) in required.iter().enumerate().filter(|(_, t)| unselected(t)) {
            warnings.push(null_selector(&list.index(i).field("labelSelector")));
        }
        let list = path.field("preferredDuringSchedulingIgnoredDuringExecution");
        for (i, _) in preferred.iter().enumerate().filter(|(_, t)| unselected(&t.pod_affinity_term)) {
            warnings.push(null_selector(&list.index(i).field("podAffinityTerm").field("labelSelector")));
        }
    }
}
