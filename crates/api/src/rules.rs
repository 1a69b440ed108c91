//! The rules of kinds: what is filled in, and what is refused.

use crate::custom::CustomObject;
use crate::parts::Parts;
use crate::validation::{Errors, NameRule, entrances, job_status, metadata, names, pod_update};
use crate::{Kind, Object, Pod, Resource};

pub use crate::validation::FieldError;

/// What the API server does to objects of one kind on their way in. A kind says only what is its own.
pub(crate) trait Rules: Resource + Parts {
    /// Which names are valid.
    const NAME: NameRule = names::dns_subdomain;

    /// Whether `metadata.generation` counts the changes of what is desired.
    const COUNTS_GENERATION: bool = false;

    /// Whether both desire the same, as far as generations are counted.
    fn same_desired(&self, old: &Self) -> bool {
        self.same_spec(old)
    }

    /// Fills what was left out (upstream: `pkg/apis/<group>/v1/defaults.go`).
    fn set_defaults(&mut self) {}

    /// Tells the rules that a new object breaks, metadata apart (upstream: `pkg/apis/<group>/validation`).
    fn check(&self, _errors: &mut Errors) {}

    /// Tells the rules that a replacement of `old` breaks, metadata apart.
    fn check_update(&self, _old: &Self, errors: &mut Errors) {
        self.check(errors);
    }
}

/// Every rule that a status breaks in the place of that of `old`: of those that others than Kubernetes' own controllers
/// may write.
pub(crate) fn validate_status(new: &Object, old: &Object) -> Vec<FieldError> {
    match (new, old) {
        (Object::Job(new), Object::Job(old)) => job_status::update(new, old),
        (Object::Service(new), _) => entrances::of_service(new),
        (Object::Ingress(new), _) => entrances::of_ingress(new),
        _ => Vec::new(),
    }
}

/// Every rule that a new object breaks.
pub(crate) fn validate<T: Rules>(object: &T) -> Vec<FieldError> {
    let mut errors = Errors::default();
    metadata::check(object.metadata(), T::KIND.namespaced(), T::NAME, &mut errors);
    check_finalizers(object, &mut errors);
    object.check(&mut errors);
    errors.into_list()
}

/// Every rule that a pod breaks whose ephemeral containers take the place of those of `old`.
pub fn validate_ephemeral_containers(new: &Pod, old: &Pod) -> Vec<FieldError> {
    let mut errors = Errors::default();
    pod_update::ephemeral_containers(new, old, &mut errors);
    errors.into_list()
}

/// Every rule that a replacement of `old` breaks.
pub(crate) fn validate_update<T: Rules>(new: &T, old: &T) -> Vec<FieldError> {
    let mut errors = Errors::default();
    metadata::check_update(new.metadata(), old.metadata(), &mut errors);
    check_finalizers(new, &mut errors);
    new.check_update(old, &mut errors);
    errors.into_list()
}

/// Definitions of custom kinds are served by a server of their own, which knows no finalizers.
fn check_finalizers<T: Rules>(object: &T, errors: &mut Errors) {
    if T::KIND != Kind::CustomResourceDefinition {
        metadata::standard_finalizers(object.metadata(), errors);
    }
}

/// Every rule that a new custom object breaks.
pub(crate) fn validate_custom(object: &CustomObject) -> Vec<FieldError> {
    let mut errors = Errors::default();
    metadata::check(&object.metadata, object.kind.namespaced, names::dns_subdomain, &mut errors);
    errors.into_list()
}

/// Every rule that a replacement of `old`, a custom object, breaks.
pub(crate) fn validate_custom_update(new: &CustomObject, old: &CustomObject) -> Vec<FieldError> {
    let mut errors = Errors::default();
    metadata::check_update(&new.metadata, &old.metadata, &mut errors);
    errors.into_list()
}
