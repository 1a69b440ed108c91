//! `kubectl get persistentvolumeclaims`.

use super::text::{self, plain};
use super::{Column, Printed, age, narrow, wide};
use crate::PersistentVolumeClaim;
use orrery_apimachinery::Time;

impl Printed for PersistentVolumeClaim {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("STATUS"),
        narrow("VOLUME"),
        narrow("CAPACITY"),
        narrow("ACCESS MODES"),
        narrow("STORAGECLASS"),
        narrow("VOLUMEATTRIBUTESCLASS"),
        narrow("AGE"),
        wide("VOLUMEMODE"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec, status) = (&self.metadata, &self.spec, &self.status);
        let volume = plain(&spec.volume_name);
        let (capacity, modes) = match volume.is_empty() {
            true => Default::default(),
            false => (
                status.capacity.get("storage").map_or_else(|| "0".into(), ToString::to_string),
                text::access_modes(&status.access_modes),
            ),
        };
        vec![
            meta.name.to_string(),
            if meta.terminating() { "Terminating".into() } else { plain(&status.phase) },
            volume,
            capacity,
            modes,
            text::storage_class(&meta.annotations, &spec.storage_class_name),
            text::or(spec.volume_attributes_class_name.as_deref(), "<unset>"),
            age(meta.creation_timestamp, now),
            text::or(spec.volume_mode.as_deref(), "<unset>"),
        ]
    }
}
