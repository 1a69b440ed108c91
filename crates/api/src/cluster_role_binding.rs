//! ClusterRoleBindings: who may do what in the whole cluster.

use crate::role_binding::{self, RoleRef, Subject};
use crate::rules::Rules;
use crate::validation::{Errors, NameRule, names};
use orrery_apimachinery::ObjectMeta;
use orrery_apimachinery::decode::Fields;

/// Who may do what in the whole cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ClusterRoleBinding {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// Who.
    #[json(omitempty)]
    pub subjects: Vec<Subject>,
    /// What: a ClusterRole.
    pub role_ref: RoleRef,
}

impl Rules for ClusterRoleBinding {
    const NAME: NameRule = names::path_segment;

    fn set_defaults(&mut self) {
        role_binding::set_defaults(&mut self.role_ref, &mut self.subjects);
    }

    fn check(&self, errors: &mut Errors) {
        role_binding::check_role(&self.role_ref, &["ClusterRole"], errors);
        role_binding::check_subjects(&self.subjects, false, errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        role_binding::check_same_role(&self.role_ref, &old.role_ref, errors);
    }
}
