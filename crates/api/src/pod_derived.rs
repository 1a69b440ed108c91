//! What follows, in a new pod, from its labels and annotations (upstream: `mutatePodAffinity` and
//! `applyAppArmorVersionSkew` in `pkg/registry/core/pod/strategy.go`).

use crate::{
    APP_ARMOR_ANNOTATION, Affinity, AppArmorProfile, Container, Pod, PodAffinityTerm, PodSpec,
    WeightedPodAffinityTerm,
};
use orrery_apimachinery::{LabelSelectorRequirement, StrMap};
use std::rc::Rc;

/// Writes what follows.
pub fn derive(pod: &mut Pod) {
    if by_own_labels(&pod.spec) {
        let labels = pod.metadata.labels.clone();
        if let Some(affinity) = &mut Rc::make_mut(&mut pod.spec).affinity {
            each_term(affinity, |term| select(term, &labels));
        }
    }
    if pod.spec.os.as_ref().is_none_or(|os| &*os.name != "windows") {
        app_armor(pod);
    }
}

/// Whether what a pod wants of others depends on the values of its own labels, which its template may not have.
pub fn by_own_labels(spec: &PodSpec) -> bool {
    let own = |t: &PodAffinityTerm| !t.match_label_keys.is_empty() || !t.mismatch_label_keys.is_empty();
    let any = |preferred: &[WeightedPodAffinityTerm], required: &[PodAffinityTerm]| {
        preferred.iter().map(|weighted| &weighted.pod_affinity_term).chain(required).any(own)
    };
    let near = spec.affinity.as_ref().and_then(|a| a.pod_affinity.as_ref()).is_some_and(|a| {
        any(
            &a.preferred_during_scheduling_ignored_during_execution,
            &a.required_during_scheduling_ignored_during_execution,
        )
    });
    near || spec.affinity.as_ref().and_then(|a| a.pod_anti_affinity.as_ref()).is_some_and(|a| {
        any(
            &a.preferred_during_scheduling_ignored_during_execution,
            &a.required_during_scheduling_ignored_during_execution,
        )
    })
}

fn each_term(affinity: &mut Affinity, mut write: impl FnMut(&mut PodAffinityTerm)) {
    if let Some(near) = &mut affinity.pod_affinity {
        let preferred = &mut near.preferred_during_scheduling_ignored_during_execution;
        preferred.iter_mut().for_each(|weighted| write(&mut weighted.pod_affinity_term));
        near.required_during_scheduling_ignored_during_execution.iter_mut().for_each(&mut write);
    }
    if let Some(away) = &mut affinity.pod_anti_affinity {
        let preferred = &mut away.preferred_during_scheduling_ignored_during_execution;
        preferred.iter_mut().for_each(|weighted| write(&mut weighted.pod_affinity_term));
        away.required_during_scheduling_ignored_during_execution.iter_mut().for_each(&mut write);
    }
}

/// Selects by the pod's own values of the labels that are to match, or not to.
fn select(term: &mut PodAffinityTerm, labels: &StrMap) {
    let Some(selector) = &mut term.label_selector else { return };
    for (keys, operator) in [(&term.match_label_keys, "In"), (&term.mismatch_label_keys, "NotIn")] {
        for (key, value) in keys.iter().filter_map(|key| Some((key, labels.get(key)?))) {
            selector.match_expressions.push(LabelSelectorRequirement {
                key: key.clone(),
                operator: operator.into(),
                values: vec![value.clone()],
            });
        }
    }
}

fn own_profile(container: &Container) -> Option<&AppArmorProfile> {
    container.security_context.as_ref().and_then(|context| context.app_armor_profile.as_ref())
}

/// The field and the annotation of a container's AppArmor profile follow each other.
fn app_armor(pod: &mut Pod) {
    let Pod { metadata, spec, .. } = pod;
    let of_pod = spec.security_context.as_ref().and_then(|c| c.app_armor_profile.clone());
    let count = spec.init_containers.len() + spec.containers.len();
    for place in 0..count {
        let Some(container) = spec.init_containers.iter().chain(&spec.containers).nth(place) else { return };
        let said = metadata.annotations.iter().find_map(|(key, said)| {
            (key.strip_prefix(APP_ARMOR_ANNOTATION) == Some(&*container.name)).then_some(said)
        });
        match (said, own_profile(container)) {
            (None, own) => {
                if let Some(said) = own.or(of_pod.as_ref()).and_then(AppArmorProfile::to_annotation) {
                    metadata.annotations.insert(format!("{APP_ARMOR_ANNOTATION}{}", container.name), said);
                }
            }
            (Some(said), None) => {
                let meant = AppArmorProfile::from_annotation(said);
                if let Some(meant) = meant.filter(|meant| Some(meant) != of_pod.as_ref()) {
                    let spec = Rc::make_mut(spec);
                    let mut containers = spec.init_containers.iter_mut().chain(&mut spec.containers);
                    if let Some(container) = containers.nth(place) {
                        container.security_context.get_or_insert_default().app_armor_profile = Some(meant);
                    }
                }
            }
            (Some(_), Some(_)) => {}
        }
    }
}
