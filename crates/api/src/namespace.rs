//! Namespaces: the scopes that most names are unique in.

use crate::defaults::fill;
use crate::rules::Rules;
use crate::validation::{Errors, NameRule, Path, metadata, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, Time};

/// A scope for the names of other objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Namespace {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: NamespaceSpec,
    /// What is known of it.
    pub status: NamespaceStatus,
}

/// What the namespace is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NamespaceSpec {
    /// Who must act before the namespace can go.
    #[json(omitempty)]
    pub finalizers: Vec<Str>,
}

/// What is known of the namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NamespaceStatus {
    /// Where in its life the object is.
    #[json(text)]
    pub phase: Option<Str>,
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<NamespaceCondition>,
}

/// One thing that is true or not of a namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NamespaceCondition {
    /// The type.
    pub type_: Str,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
}

impl Rules for Namespace {
    const NAME: NameRule = names::dns_label;

    fn set_defaults(&mut self) {
        if !self.metadata.name.is_empty() {
            self.metadata.labels.insert("kubernetes.io/metadata.name", self.metadata.name.clone());
        }
        fill(&mut self.status.phase, "Active");
    }

    fn check(&self, errors: &mut Errors) {
        let path = Path::Root("spec");
        let path = path.field("finalizers");
        for finalizer in &self.spec.finalizers {
            errors.each_invalid(&path, finalizer, names::qualified_name(finalizer));
            metadata::standard_finalizer(finalizer, &path, errors);
        }
    }

    fn check_update(&self, _old: &Self, _errors: &mut Errors) {}
}
