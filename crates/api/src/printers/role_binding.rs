//! `kubectl get rolebindings`, and `clusterrolebindings`.

use super::{Column, Printed, age, narrow, wide};
use crate::{ClusterRoleBinding, RoleBinding, RoleRef, Subject};
use orrery_apimachinery::{ObjectMeta, Time};

const COLUMNS: &[Column] =
    &[narrow("NAME"), narrow("ROLE"), narrow("AGE"), wide("USERS"), wide("GROUPS"), wide("SERVICEACCOUNTS")];

fn cells(meta: &ObjectMeta, role: &RoleRef, subjects: &[Subject], now: Time) -> Vec<String> {
    let of_kind = |kind: &str| {
        let subjects = subjects.iter().filter(|subject| &*subject.kind == kind);
        let names = subjects.map(|subject| match kind {
            "ServiceAccount" => {
                format!("{}/{}", subject.namespace.as_deref().unwrap_or_default(), subject.name)
            }
            _ => subject.name.to_string(),
        });
        names.collect::<Vec<_>>().join(", ")
    };
    vec![
        meta.name.to_string(),
        format!("{}/{}", role.kind, role.name),
        age(meta.creation_timestamp, now),
        of_kind("User"),
        of_kind("Group"),
        of_kind("ServiceAccount"),
    ]
}

impl Printed for RoleBinding {
    const COLUMNS: &[Column] = COLUMNS;

    fn cells(&self, now: Time) -> Vec<String> {
        cells(&self.metadata, &self.role_ref, &self.subjects, now)
    }
}

impl Printed for ClusterRoleBinding {
    const COLUMNS: &[Column] = COLUMNS;

    fn cells(&self, now: Time) -> Vec<String> {
        cells(&self.metadata, &self.role_ref, &self.subjects, now)
    }
}
