//! `kubectl get storageclasses`.

use super::text::or;
use super::{Column, Printed, age, narrow};
use crate::StorageClass;
use orrery_apimachinery::Time;

/// Annotations that make a class the default one, the present and the old.
const DEFAULT: [&str; 2] =
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

impl Printed for StorageClass {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("PROVISIONER"),
        narrow("RECLAIMPOLICY"),
        narrow("VOLUMEBINDINGMODE"),
        narrow("ALLOWVOLUMEEXPANSION"),
        narrow("AGE"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        let default = DEFAULT.iter().any(|key| meta.annotations.get(key).is_some_and(|v| &**v == "true"));
        vec![
            format!("{}{}", meta.name, if default { " (default)" } else { "" }),
            self.provisioner.to_string(),
            or(self.reclaim_policy.as_deref(), "Delete"),
            or(self.volume_binding_mode.as_deref(), "Immediate"),
            self.allow_volume_expansion.unwrap_or_default().to_string(),
            age(meta.creation_timestamp, now),
        ]
    }
}
