//! The claims that every pod of a StatefulSet has for itself (upstream: `getPersistentVolumeClaims`, `updateStorage` and
//! `createPersistentVolumeClaims`).

use super::identity;
use orrery_api::{
    PersistentVolumeClaim, PersistentVolumeClaimVolumeSource, Pod, PodSpec, StatefulSet, VolumeClaimTemplate,
};
use orrery_apimachinery::{Reason, Status, StatusResult};
use orrery_client::{Context, EventType};

/// The name of the claim that the pod of a number has from `template`.
pub(super) fn name(set: &StatefulSet, template: &VolumeClaimTemplate, ordinal: i32) -> String {
    format!("{}-{}-{ordinal}", template.metadata.name, set.metadata.name)
}

fn claim(set: &StatefulSet, template: &VolumeClaimTemplate, ordinal: i32) -> PersistentVolumeClaim {
    let mut claim = template.claim();
    let meta = &mut claim.metadata;
    meta.name = name(set, template, ordinal).into();
    meta.namespace = set.metadata.namespace.clone();
    if let Some(selector) = &set.spec.selector {
        for (key, value) in selector.match_labels.iter() {
            meta.labels.insert(key.clone(), value.clone());
        }
    }
    claim
}

/// Whether the pod has all its claims as volumes.
pub(super) fn are_mounted(set: &StatefulSet, pod: &Pod) -> bool {
    let ordinal = identity::ordinal(pod);
    set.spec.volume_claim_templates.iter().all(|template| {
        let volume = pod.spec.volumes.iter().find(|volume| volume.name == template.metadata.name);
        let source = volume.and_then(|volume| volume.persistent_volume_claim.as_ref());
        source.is_some_and(|source| *source.claim_name == *name(set, template, ordinal))
    })
}

/// Gives a pod its claims as volumes, in the place of volumes of the same names.
pub(super) fn mount(set: &StatefulSet, ordinal: i32, spec: &mut PodSpec) {
    let templates = &set.spec.volume_claim_templates;
    spec.volumes.retain(|volume| templates.iter().all(|t| t.metadata.name != volume.name));
    for (place, template) in templates.iter().enumerate() {
        let claim_name = name(set, template, ordinal).into();
        let source = PersistentVolumeClaimVolumeSource { claim_name, ..Default::default() };
        let volume = orrery_api::Volume {
            name: template.metadata.name.clone(),
            persistent_volume_claim: Some(Box::new(source)),
            ..Default::default()
        };
        spec.volumes.insert(place, volume);
    }
}

/// Creates those claims of a pod that are not there; an error if one is on its way out.
pub(super) fn create_missing(set: &StatefulSet, pod: &Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    let mut problems = Vec::new();
    for template in &set.spec.volume_claim_templates {
        let claim = claim(set, template, identity::ordinal(pod));
        let name = claim.metadata.name.clone();
        match cx.get::<PersistentVolumeClaim>(&set.metadata.namespace, &name) {
            Some(known) if known.metadata.terminating() => {
                problems.push(format!("pvc {name} is being deleted"))
            }
            Some(_) => {}
            None => {
                let outcome = cx.create(claim).map(drop);
                tell(set, pod, &name, &outcome, cx);
                if let Err(status) = outcome {
                    problems.push(format!("failed to create PVC {name}: {status}"));
                }
            }
        }
    }
    match problems.as_slice() {
        [] => Ok(()),
        [one] => Err(Status::new(Reason::Unknown, one)),
        many => Err(Status::new(Reason::Unknown, format!("[{}]", many.join(", ")))),
    }
}

fn tell(set: &StatefulSet, pod: &Pod, claim: &str, outcome: &StatusResult<()>, cx: &mut Context<'_>) {
    let (pod, owner) = (&pod.metadata.name, &set.metadata.name);
    match outcome {
        Ok(()) => {
            let message = format!("create Claim {claim} Pod {pod} in StatefulSet {owner} success");
            cx.event(set, EventType::Normal, "SuccessfulCreate", message);
        }
        Err(status) => {
            let message =
                format!("create Claim {claim} for Pod {pod} in StatefulSet {owner} failed error: {status}");
            cx.event(set, EventType::Warning, "FailedCreate", message);
        }
    }
}
