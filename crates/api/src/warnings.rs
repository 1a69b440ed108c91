//! What the API server accepts with a warning (upstream: `WarningsOnCreate` of the kinds' strategies).

mod labels;
mod paths;
mod pod;

use crate::job::INDEXED;
use crate::validation::{Path, names};
use crate::{
    EXTERNAL_NAME, INGRESS_CLASS_ANNOTATION, Ingress, JobSpec, Object, PersistentVolume,
    PersistentVolumeClaimSpec, PodTemplateSpec, ResourceList, Service,
};
use pod::At;

/// Above both of these numbers the failed indexes of a Job may not all be known.
const MANY_COMPLETIONS: i32 = 100_000;
const MANY_AT_ONCE: i32 = 10_000;

impl Object {
    /// What is odd about an object that is accepted, as kubectl prints it behind `Warning: `.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let spec = Path::Root("spec");
        let out = &mut warnings;
        match self {
            Object::Pod(p) => {
                let at = At { metadata: Path::Root("metadata"), spec, is_template: false };
                pod::app_armor(p, out);
                pod::warnings(&p.metadata.annotations, &p.spec, &at, out);
            }
            Object::Deployment(d) => template(&d.spec.template, &spec, out),
            Object::ReplicaSet(rs) => template(&rs.spec.template, &spec, out),
            Object::DaemonSet(set) => template(&set.spec.template, &spec, out),
            Object::PodTemplate(t) => at_path(&t.template, &Path::Root("template"), out),
            Object::ReplicationController(rc) => {
                host_name(&rc.metadata.name, out);
                rc.spec.template.iter().for_each(|t| template(t, &spec, out));
            }
            Object::StatefulSet(set) => {
                template(&set.spec.template, &spec, out);
                for (i, c) in set.spec.volume_claim_templates.iter().enumerate() {
                    claim(&c.spec, &spec.field("volumeClaimTemplates").index(i), out);
                }
            }
            Object::Job(job) => {
                host_name(&job.metadata.name, out);
                self::job(&job.spec, &spec, out);
            }
            Object::CronJob(cron_job) => {
                host_name(&cron_job.metadata.name, out);
                self::job(&cron_job.spec.job_template.spec, &spec.field("jobTemplate").field("spec"), out);
            }
            Object::Service(service) => self::service(service, out),
            Object::Ingress(ingress) => self::ingress(ingress, out),
            Object::PersistentVolumeClaim(c) => claim(&c.spec, &spec, out),
            Object::PersistentVolume(volume) => self::volume(volume, &spec, out),
            Object::RuntimeClass(class) => {
                let selector = class.scheduling.iter().flat_map(|s| s.node_selector.iter());
                for message in selector.filter_map(|(key, _)| labels::deprecated(key)) {
                    out.push(format!("scheduling.nodeSelector: {message}"));
                }
            }
            Object::StorageClass(class) => {
                let topologies = Path::Root("allowedTopologies");
                for (i, term) in class.allowed_topologies.iter().enumerate() {
                    for (j, expression) in term.match_label_expressions.iter().enumerate() {
                        if let Some(message) = labels::deprecated(&expression.key) {
                            let at = topologies.index(i);
                            let at = at.field("matchLabelExpressions");
                            out.push(format!("{}: {message}", at.index(j).field("key")));
                        }
                    }
                }
            }
            _ => {}
        }
        warnings
    }
}

/// What is odd about the template in a workload's spec.
fn template(template: &PodTemplateSpec, spec: &Path, warnings: &mut Vec<String>) {
    at_path(template, &spec.field("template"), warnings);
}

fn at_path(template: &PodTemplateSpec, path: &Path, warnings: &mut Vec<String>) {
    let at = At { metadata: path.field("metadata"), spec: path.field("spec"), is_template: true };
    pod::warnings(&template.metadata.annotations, &template.spec, &at, warnings);
}

/// A name that pods get, and their hosts with it.
fn host_name(name: &str, warnings: &mut Vec<String>) {
    let reasons = names::dns_label(name, false);
    if !reasons.is_empty() {
        warnings.push(format!(
            "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [{}]",
            reasons.join(" ")
        ));
    }
}

fn job(job: &JobSpec, path: &Path, warnings: &mut Vec<String>) {
    let many = job.completions.unwrap_or_default() > MANY_COMPLETIONS
        && job.parallelism.unwrap_or_default() > MANY_AT_ONCE;
    if job.completion_mode.as_deref() == Some(INDEXED) && many {
        warnings.push(format!(
            "{path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail"
        ));
    }
    template(&job.template, path, warnings);
}

fn service(service: &Service, warnings: &mut Vec<String>) {
    let spec = &service.spec;
    let external_name = spec.type_.as_deref() == Some(EXTERNAL_NAME);
    if service.metadata.annotations.get("service.kubernetes.io/topology-aware-hints").is_some() {
        warnings.push("annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead".into());
    }
    if external_name && !spec.external_ips.is_empty() {
        warnings.push("spec.externalIPs is ignored when spec.type is \"ExternalName\"".into());
    }
    if !external_name && spec.external_name.is_some() {
        warnings.push("spec.externalName is ignored when spec.type is not \"ExternalName\"".into());
    }
}

fn ingress(ingress: &Ingress, warnings: &mut Vec<String>) {
    let annotated = ingress.metadata.annotations.get(INGRESS_CLASS_ANNOTATION).is_some();
    if annotated && ingress.spec.ingress_class_name.is_none() {
        warnings.push(format!(
            "annotation {INGRESS_CLASS_ANNOTATION:?} is deprecated, please use 'spec.ingressClassName' instead"
        ));
    }
}

/// What is odd about a claim, or the template of one.
fn claim(claim: &PersistentVolumeClaimSpec, path: &Path, warnings: &mut Vec<String>) {
    let path = path.field("resources");
    fractions(&claim.resources.requests, &["storage"], &path.field("requests"), warnings);
    fractions(&claim.resources.limits, &["storage"], &path.field("limits"), warnings);
}

fn volume(volume: &PersistentVolume, path: &Path, warnings: &mut Vec<String>) {
    for (key, message) in [
        (
            "volume.beta.kubernetes.io/storage-class",
            "deprecated since v1.8; use \"storageClassName\" attribute instead",
        ),
        (
            "volume.beta.kubernetes.io/mount-options",
            "deprecated since v1.31; use \"mountOptions\" attribute instead",
        ),
    ] {
        if volume.metadata.annotations.get(key).is_some() {
            warnings.push(format!("metadata.annotations[{key}]: {message}"));
        }
    }
    let spec = &volume.spec;
    if spec.persistent_volume_reclaim_policy.as_deref() == Some("Recycle") {
        let at = path.field("persistentVolumeReclaimPolicy");
        warnings.push(format!("{at}: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning."));
    }
    if let Some(selector) = spec.node_affinity.as_ref().and_then(|a| a.required.as_ref()) {
        labels::selector(selector, &path.field("nodeAffinity").field("required"), warnings);
    }
    let gone = [
        ("cephfs", spec.cephfs.is_some(), "1.28, non-functional in v1.31+"),
        ("photonPersistentDisk", spec.photon_persistent_disk.is_some(), "1.11, non-functional in v1.16+"),
        ("scaleIO", spec.scale_io.is_some(), "1.16, non-functional in v1.22+"),
        ("storageOS", spec.storageos.is_some(), "1.22, non-functional in v1.25+"),
        ("glusterfs", spec.glusterfs.is_some(), "1.25, non-functional in v1.26+"),
        ("rbd", spec.rbd.is_some(), "1.28, non-functional in v1.31+"),
    ];
    deprecated(&gone, path, warnings);
}

/// Fields that are there, and that were deprecated in a version.
fn deprecated(fields: &[(&str, bool, &str)], path: &Path, warnings: &mut Vec<String>) {
    for (field, _, since) in fields.iter().filter(|(_, there, _)| *there) {
        warnings.push(format!("{}: deprecated in v{since}", path.field(field)));
    }
}

/// Amounts that make no sense in parts.
fn fractions(list: &ResourceList, names: &[&str], path: &Path, warnings: &mut Vec<String>) {
    for name in names {
        if let Some(amount) = list.get(*name).filter(|a| a.milli_value() % 1000 != 0) {
            let detail = format!("fractional byte value \"{amount}\" is invalid, must be an integer");
            warnings.push(format!("{}: {detail}", path.key(name)));
        }
    }
}
