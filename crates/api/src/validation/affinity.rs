//! Rules for what a pod wants of nodes and of other pods.

use super::{Errors, Path, metadata, names};
use crate::{Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm};
use crate::{PodAffinityTerm, WeightedPodAffinityTerm};

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Everything a pod wants.
pub(super) fn affinity(affinity: &Affinity, path: &Path, errors: &mut Errors) {
    if let Some(node) = &affinity.node_affinity {
        node_affinity(node, &path.field("nodeAffinity"), errors);
    }
    if let Some(a) = &affinity.pod_affinity {
        let at = path.field("podAffinity");
        terms(&a.required_during_scheduling_ignored_during_execution, &at.field(REQUIRED), errors);
        weighted(&a.preferred_during_scheduling_ignored_during_execution, &at.field(PREFERRED), errors);
    }
    if let Some(a) = &affinity.pod_anti_affinity {
        let at = path.field("podAntiAffinity");
        terms(&a.required_during_scheduling_ignored_during_execution, &at.field(REQUIRED), errors);
        weighted(&a.preferred_during_scheduling_ignored_during_execution, &at.field(PREFERRED), errors);
    }
}

/// What is wanted of nodes.
pub(super) fn node_affinity(affinity: &NodeAffinity, path: &Path, errors: &mut Errors) {
    if let Some(selector) = &affinity.required_during_scheduling_ignored_during_execution {
        node_selector(selector, &path.field(REQUIRED), errors);
    }
    let list = path.field(PREFERRED);
    for (i, term) in affinity.preferred_during_scheduling_ignored_during_execution.iter().enumerate() {
        let at = list.index(i);
        weight(term.weight, &at, errors);
        node_term(&term.preference, &at.field("preference"), errors);
    }
}

fn weight(weight: i32, path: &Path, errors: &mut Errors) {
    if !(1..=100).contains(&weight) {
        errors.invalid(&path.field("weight"), &weight, "must be in the range 1-100");
    }
}

/// Terms of which a node must satisfy one.
pub(crate) fn node_selector(selector: &NodeSelector, path: &Path, errors: &mut Errors) {
    let list = path.field("nodeSelectorTerms");
    if selector.node_selector_terms.is_empty() {
        errors.required(&list, "must have at least one node selector term");
    }
    for (i, term) in selector.node_selector_terms.iter().enumerate() {
        node_term(term, &list.index(i), errors);
    }
}

fn node_term(term: &NodeSelectorTerm, path: &Path, errors: &mut Errors) {
    for (i, requirement) in term.match_expressions.iter().enumerate() {
        expression(requirement, &path.field("matchExpressions").index(i), errors);
    }
    for (i, requirement) in term.match_fields.iter().enumerate() {
        field(requirement, &path.field("matchFields").index(i), errors);
    }
}

fn expression(r: &NodeSelectorRequirement, path: &Path, errors: &mut Errors) {
    let values = path.field("values");
    match &*r.operator {
        "In" | "NotIn" if r.values.is_empty() => {
            errors.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
        "Exists" | "DoesNotExist" if !r.values.is_empty() => {
            errors.forbidden(&values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
        "Gt" | "Lt" if r.values.len() != 1 => {
            errors.required(&values, "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
        unknown => errors.invalid(&path.field("operator"), unknown, "not a valid selector operator"),
    }
    errors.each_invalid(&path.field("key"), &r.key, names::qualified_name(&r.key));
}

fn field(r: &NodeSelectorRequirement, path: &Path, errors: &mut Errors) {
    match &*r.operator {
        "In" | "NotIn" if r.values.len() == 1 => {}
        "In" | "NotIn" => {
            let detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
            errors.required(&path.field("values"), detail);
        }
        unknown => errors.invalid(&path.field("operator"), unknown, "not a valid selector operator"),
    }
    if &*r.key != "metadata.name" {
        return errors.invalid(&path.field("key"), &r.key, "not a valid field selector key");
    }
    for (i, name) in r.values.iter().enumerate() {
        errors.each_invalid(&path.field("values").index(i), name, names::dns_subdomain(name, false));
    }
}

fn terms(terms: &[PodAffinityTerm], path: &Path, errors: &mut Errors) {
    terms.iter().enumerate().for_each(|(i, t)| pod_term(t, &path.index(i), errors));
}

fn weighted(terms: &[WeightedPodAffinityTerm], path: &Path, errors: &mut Errors) {
    for (i, term) in terms.iter().enumerate() {
        let at = path.index(i);
        weight(term.weight, &at, errors);
        pod_term(&term.pod_affinity_term, &at.field("podAffinityTerm"), errors);
    }
}

fn pod_term(term: &PodAffinityTerm, path: &Path, errors: &mut Errors) {
    for (name, selector) in
        [("labelSelector", &term.label_selector), ("namespaceSelector", &term.namespace_selector)]
    {
        if let Some(selector) = selector {
            metadata::selector(selector, &path.field(name), errors);
        }
    }
    for namespace in &term.namespaces {
        errors.each_invalid(&path.field("namespace"), namespace, names::dns_label(namespace, false));
    }
    label_keys(term, path, errors);
    let key = path.field("topologyKey");
    if term.topology_key.is_empty() {
        errors.required(&key, "can not be empty");
    }
    errors.each_invalid(&key, &term.topology_key, names::qualified_name(&term.topology_key));
}

/// The labels by whose values of its own a pod is told from others
/// (upstream: `validateMatchLabelKeysAndMismatchLabelKeys`).
fn label_keys(term: &PodAffinityTerm, path: &Path, errors: &mut Errors) {
    let lists =
        [("matchLabelKeys", &term.match_label_keys), ("mismatchLabelKeys", &term.mismatch_label_keys)];
    for (field, keys) in lists {
        let at = path.field(field);
        if term.label_selector.is_none() && !keys.is_empty() {
            errors.forbidden(&at, "must not be specified when labelSelector is not set");
            continue;
        }
        for (i, key) in keys.iter().enumerate() {
            errors.each_invalid(&at.index(i), key, names::qualified_name(key));
        }
    }
    if let Some(selector) = &term.label_selector {
        // What the API server made of the keys is in the selector already, so it is there twice if a person wrote it.
        let expressions = &selector.match_expressions;
        for (i, expression) in expressions.iter().enumerate() {
            let key = &expression.key;
            let twice =
                selector.match_labels.get(key).is_some() || expressions[..i].iter().any(|e| e.key == *key);
            if twice && let Some(at) = term.match_label_keys.iter().rposition(|k| k == key) {
                errors.invalid(&path.index(at), key, "exists in both matchLabelKeys and labelSelector");
            }
        }
    }
    for (i, key) in term.match_label_keys.iter().enumerate() {
        if term.mismatch_label_keys.contains(key) {
            let at = path.field("matchLabelKeys");
            errors.invalid(&at.index(i), key, "exists in both matchLabelKeys and mismatchLabelKeys");
        }
    }
}
