//! Rules for tolerations, taints and spread constraints.

use super::{Errors, Path, metadata, names};
use crate::{Toleration, TopologySpreadConstraint};
use orrery_apimachinery::LabelSelector;

/// What a taint does.
pub(crate) fn taint_effect(effect: &str, path: &Path, errors: &mut Errors) {
    errors.one_of(path, Some(effect), &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
}

/// Whether pods of a high priority take the place of others.
pub(crate) fn preemption_policy(policy: &str, path: &Path, errors: &mut Errors) {
    match policy {
        "PreemptLowerPriority" | "Never" => {}
        "" => errors.required(path, ""),
        unknown => errors.not_supported(path, unknown, &["PreemptLowerPriority", "Never"]),
    }
}

/// The taints that a pod can live with.
pub(crate) fn tolerations(tolerations: &[Toleration], path: &Path, errors: &mut Errors) {
    for (i, toleration) in tolerations.iter().enumerate() {
        self::toleration(toleration, &path.index(i), errors);
    }
}

fn toleration(toleration: &Toleration, path: &Path, errors: &mut Errors) {
    let operator = toleration.operator.as_deref().unwrap_or_default();
    let effect = toleration.effect.as_deref().unwrap_or_default();
    let value = toleration.value.as_deref().unwrap_or_default();
    let operator_path = path.field("operator");
    match &toleration.key {
        Some(key) => errors.each_invalid(&path.field("key"), key, names::qualified_name(key)),
        None if operator != "Exists" => {
            let detail =
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            errors.invalid(&operator_path, operator, detail);
        }
        None => {}
    }
    if toleration.toleration_seconds.is_some() && effect != "NoExecute" {
        let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
        errors.invalid(&path.field("effect"), effect, detail);
    }
    match operator {
        "Equal" | "" => {
            let reasons = names::label_value(value);
            if !reasons.is_empty() {
                errors.invalid(&operator_path, value, reasons.join(";"));
            }
        }
        "Exists" if !value.is_empty() => {
            errors.invalid(&operator_path, value, "value must be empty when `operator` is 'Exists'");
        }
        "Exists" => {}
        unknown => errors.not_supported(&operator_path, unknown, &["Equal", "Exists"]),
    }
    if !effect.is_empty() {
        taint_effect(effect, &path.field("effect"), errors);
    }
}

/// How evenly pods are to be spread.
pub(super) fn spread(constraints: &[TopologySpreadConstraint], path: &Path, errors: &mut Errors) {
    for (i, c) in constraints.iter().enumerate() {
        let at = path.index(i);
        if c.max_skew <= 0 {
            errors.invalid(&at.field("maxSkew"), &c.max_skew, "must be greater than zero");
        }
        if c.topology_key.is_empty() {
            errors.required(&at.field("topologyKey"), "can not be empty");
        }
        let action = &*c.when_unsatisfiable;
        errors.one_of(&at.field("whenUnsatisfiable"), Some(action), &["DoNotSchedule", "ScheduleAnyway"]);
        let twin = |o: &TopologySpreadConstraint| {
            o.topology_key == c.topology_key && o.when_unsatisfiable == c.when_unsatisfiable
        };
        if constraints[i + 1..].iter().any(twin) {
            let pair = format!("{{{}, {action}}}", c.topology_key);
            errors.duplicate(&at.field("{topologyKey, whenUnsatisfiable}"), pair.as_str());
        }
        min_domains(c, &at.field("minDomains"), errors);
        for (name, policy) in
            [("nodeAffinityPolicy", &c.node_affinity_policy), ("nodeTaintsPolicy", &c.node_taints_policy)]
        {
            if let Some(policy) = policy {
                errors.one_of(&at.field(name), Some(policy), &["Honor", "Ignore"]);
            }
        }
        match_label_keys(c, &at.field("matchLabelKeys"), errors);
        if let Some(selector) = &c.label_selector {
            metadata::selector(selector, &at.field("labelSelector"), errors);
        }
    }
}

/// The labels by whose values of its own a pod is told from others.
fn match_label_keys(c: &TopologySpreadConstraint, path: &Path, errors: &mut Errors) {
    if c.label_selector.is_none() && !c.match_label_keys.is_empty() {
        errors.forbidden(path, "must not be specified when labelSelector is not set");
    }
    for (i, key) in c.match_label_keys.iter().enumerate() {
        errors.each_invalid(&path.index(i), key, names::qualified_name(key));
        let selects = |s: &LabelSelector| {
            s.match_labels.get(key).is_some() || s.match_expressions.iter().any(|e| e.key == *key)
        };
        if c.label_selector.as_ref().is_some_and(selects) {
            errors.invalid(&path.index(i), key, "exists in both matchLabelKeys and labelSelector");
        }
    }
}

fn min_domains(c: &TopologySpreadConstraint, path: &Path, errors: &mut Errors) {
    let Some(domains) = c.min_domains else { return };
    if domains <= 0 {
        errors.invalid(path, &domains, "must be greater than zero");
    }
    let action = &*c.when_unsatisfiable;
    if action != "DoNotSchedule" {
        let detail = format!("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}");
        errors.invalid(path, &domains, detail);
    }
}
