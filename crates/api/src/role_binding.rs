//! RoleBindings: who may do what in a namespace.

use crate::rules::Rules;
use crate::validation::{Bare, Errors, NameRule, Path, names, quoted};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str};

/// The API group of roles, and of users and groups.
pub const RBAC_GROUP: &str = "rbac.authorization.k8s.io";

/// Who may do what in a namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct RoleBinding {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// Who.
    #[json(omitempty)]
    pub subjects: Vec<Subject>,
    /// What: a Role of the namespace or a ClusterRole.
    pub role_ref: RoleRef,
}

/// A role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct RoleRef {
    /// Its API group.
    pub api_group: Str,
    /// `Role` or `ClusterRole`.
    pub kind: Str,
    /// The name.
    pub name: Str,
}

/// A user, a group or a service account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Subject {
    /// `User`, `Group` or `ServiceAccount`.
    pub kind: Str,
    /// Its API group.
    #[json(text)]
    pub api_group: Option<Str>,
    /// The name.
    pub name: Str,
    /// The namespace of a service account.
    #[json(text)]
    pub namespace: Option<Str>,
}

impl Rules for RoleBinding {
    const NAME: NameRule = names::path_segment;

    fn set_defaults(&mut self) {
        set_defaults(&mut self.role_ref, &mut self.subjects);
    }

    fn check(&self, errors: &mut Errors) {
        check_role(&self.role_ref, &["Role", "ClusterRole"], errors);
        check_subjects(&self.subjects, true, errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        check_same_role(&self.role_ref, &old.role_ref, errors);
    }
}

/// Fills the groups that were left out.
pub(crate) fn set_defaults(role: &mut RoleRef, subjects: &mut [Subject]) {
    if role.api_group.is_empty() {
        role.api_group = RBAC_GROUP.into();
    }
    for subject in subjects.iter_mut().filter(|s| matches!(&*s.kind, "User" | "Group")) {
        subject.api_group.get_or_insert_with(|| RBAC_GROUP.into());
    }
}

/// The role of a binding, which is of one of `kinds`.
pub(crate) fn check_role(role: &RoleRef, kinds: &[&str], errors: &mut Errors) {
    let path = &Path::Root("roleRef");
    errors.one_of(&path.field("apiGroup"), Some(&role.api_group), &[RBAC_GROUP]);
    errors.one_of(&path.field("kind"), Some(&role.kind), kinds);
    if role.name.is_empty() {
        errors.required(&path.field("name"), "");
    } else {
        errors.each_invalid(&path.field("name"), &role.name, names::path_segment(&role.name, false));
    }
}

/// A binding keeps its role.
pub(crate) fn check_same_role(new: &RoleRef, old: &RoleRef, errors: &mut Errors) {
    if new != old {
        let [group, kind, name] = [&new.api_group, &new.kind, &new.name].map(|text| quoted(text));
        let shown = format!("rbac.RoleRef{{APIGroup:{group}, Kind:{kind}, Name:{name}}}");
        errors.invalid(&Path::Root("roleRef"), &Bare(&shown), "cannot change roleRef");
    }
}

/// The subjects of a binding, of a namespace or of the cluster.
pub(crate) fn check_subjects(subjects: &[Subject], namespaced: bool, errors: &mut Errors) {
    for (i, subject) in subjects.iter().enumerate() {
        check_subject(subject, namespaced, &Path::Root("subjects").index(i), errors);
    }
}

fn check_subject(subject: &Subject, namespaced: bool, path: &Path, errors: &mut Errors) {
    let (name, group) = (&subject.name, subject.api_group.as_deref());
    if name.is_empty() {
        errors.required(&path.field("name"), "");
    }
    match &*subject.kind {
        "ServiceAccount" => {
            if !name.is_empty() {
                errors.each_invalid(&path.field("name"), name, names::dns_subdomain(name, false));
            }
            errors.one_of(&path.field("apiGroup"), group, &[""]);
            if !namespaced && subject.namespace.is_none() {
                errors.required(&path.field("namespace"), "");
            }
        }
        "User" | "Group" => errors.one_of(&path.field("apiGroup"), group, &[RBAC_GROUP]),
        unknown => {
            errors.not_supported(&path.field("kind"), unknown, &["ServiceAccount", "User", "Group"]);
        }
    }
}
