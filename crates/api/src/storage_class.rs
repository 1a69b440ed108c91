//! StorageClasses: the kinds of storage to be had.

use crate::defaults::fill;
use crate::rules::Rules;
use crate::validation::{Errors, Path, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, StrMap};
use std::collections::{BTreeMap, BTreeSet};

/// So many parameters a class may have, and so large they may be together.
const MAX_PARAMETERS: usize = 512;
const MAX_PARAMETER_BYTES: usize = 256 * 1024;

/// A kind of storage, and who makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct StorageClass {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// Who makes the volumes.
    pub provisioner: Str,
    /// What the provisioner is told.
    #[json(omitempty)]
    pub parameters: StrMap,
    /// What becomes of a volume when its claim goes.
    #[json(omitempty)]
    pub reclaim_policy: Option<Str>,
    /// Options for mounting.
    #[json(omitempty)]
    pub mount_options: Vec<Str>,
    /// Whether claims can grow.
    #[json(omitempty)]
    pub allow_volume_expansion: Option<bool>,
    /// Whether claims are bound at once, or with their first pod.
    #[json(omitempty)]
    pub volume_binding_mode: Option<Str>,
    /// Where volumes can be made.
    #[json(omitempty)]
    pub allowed_topologies: Vec<TopologySelectorTerm>,
}

/// Labels that a node must have for storage to be made there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct TopologySelectorTerm {
    /// The labels.
    #[json(omitempty)]
    pub match_label_expressions: Vec<TopologySelectorLabelRequirement>,
}

/// One label and the values that will do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct TopologySelectorLabelRequirement {
    /// The key.
    pub key: Str,
    /// The values.
    #[json(null_if_empty)]
    pub values: Vec<Str>,
}

impl Rules for StorageClass {
    fn set_defaults(&mut self) {
        fill(&mut self.reclaim_policy, "Delete");
        fill(&mut self.volume_binding_mode, "Immediate");
    }

    fn check(&self, errors: &mut Errors) {
        let path = &Path::Root("provisioner");
        if self.provisioner.is_empty() {
            errors.required(path, "");
        } else {
            let reasons = names::qualified_name(&self.provisioner.to_lowercase());
            errors.each_invalid(path, &self.provisioner, reasons);
        }
        check_parameters(&self.parameters, &Path::Root("parameters"), errors);
        errors.one_of(&Path::Root("reclaimPolicy"), self.reclaim_policy.as_deref(), &["Delete", "Retain"]);
        let modes = ["Immediate", "WaitForFirstConsumer"];
        errors.one_of(&Path::Root("volumeBindingMode"), self.volume_binding_mode.as_deref(), &modes);
        check_topologies(&self.allowed_topologies, &Path::Root("allowedTopologies"), errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        for (field, changed) in [
            ("parameters", self.parameters != old.parameters),
            ("provisioner", self.provisioner != old.provisioner),
            ("reclaimPolicy", self.reclaim_policy != old.reclaim_policy),
        ] {
            if changed {
                errors.forbidden(&Path::Root(field), &format!("updates to {field} are forbidden."));
            }
        }
        let path = Path::Root("volumeBindingMode");
        errors.immutable(&path, &self.volume_binding_mode, &old.volume_binding_mode);
    }
}

fn check_parameters(parameters: &StrMap, path: &Path, errors: &mut Errors) {
    if parameters.len() > MAX_PARAMETERS {
        return errors.too_long(path, MAX_PARAMETERS);
    }
    if parameters.contains_key("") {
        errors.invalid(path, "", "field can not be empty.");
    }
    if parameters.iter().map(|(k, v)| k.len() + v.len()).sum::<usize>() > MAX_PARAMETER_BYTES {
        errors.too_long(path, MAX_PARAMETER_BYTES);
    }
}

fn check_topologies(terms: &[TopologySelectorTerm], path: &Path, errors: &mut Errors) {
    let mut seen: Vec<BTreeMap<&Str, BTreeSet<&Str>>> = Vec::new();
    for (i, term) in terms.iter().enumerate() {
        let at = path.index(i);
        let at = at.field("matchLabelExpressions");
        let mut labels = BTreeMap::new();
        for (j, requirement) in term.match_label_expressions.iter().enumerate() {
            check_requirement(requirement, &at.index(j), errors);
            if labels.insert(&requirement.key, requirement.values.iter().collect()).is_some() {
                errors.duplicate(&at.index(j).field("key"), &requirement.key);
            }
        }
        // Upstream takes a term without labels for one that was there already.
        if labels.is_empty() || seen.contains(&labels) {
            errors.duplicate(&at, "");
        }
        seen.push(labels);
    }
}

fn check_requirement(requirement: &TopologySelectorLabelRequirement, path: &Path, errors: &mut Errors) {
    let values = &requirement.values;
    if values.is_empty() {
        errors.required(&path.field("values"), "");
    }
    for (i, value) in values.iter().enumerate().filter(|(i, value)| values[..*i].contains(value)) {
        errors.duplicate(&path.field("values").index(i), value);
    }
    errors.each_invalid(&path.field("key"), &requirement.key, names::qualified_name(&requirement.key));
}
