//! `kubectl get roles`, and `clusterroles`: upstream has no table for them but the one that every kind has.

use super::{Column, Printed, narrow};
use crate::{ClusterRole, Role};
use orrery_apimachinery::{ObjectMeta, Time};

const COLUMNS: &[Column] = &[narrow("NAME"), narrow("CREATED AT")];

fn cells(meta: &ObjectMeta) -> Vec<String> {
    let created = meta.creation_timestamp.map(|time| time.to_string());
    vec![meta.name.to_string(), created.unwrap_or_default()]
}

impl Printed for Role {
    const COLUMNS: &[Column] = COLUMNS;

    fn cells(&self, _now: Time) -> Vec<String> {
        cells(&self.metadata)
    }
}

impl Printed for ClusterRole {
    const COLUMNS: &[Column] = COLUMNS;

    fn cells(&self, _now: Time) -> Vec<String> {
        cells(&self.metadata)
    }
}
