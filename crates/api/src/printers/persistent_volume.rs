//! `kubectl get persistentvolumes`.

use super::text::{self, plain};
use super::{Column, Printed, age, narrow, wide};
use crate::{ObjectReference, PersistentVolume};
use orrery_apimachinery::Time;

impl Printed for PersistentVolume {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("CAPACITY"),
        narrow("ACCESS MODES"),
        narrow("RECLAIM POLICY"),
        narrow("STATUS"),
        narrow("CLAIM"),
        narrow("STORAGECLASS"),
        narrow("VOLUMEATTRIBUTESCLASS"),
        narrow("REASON"),
        narrow("AGE"),
        wide("VOLUMEMODE"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec, status) = (&self.metadata, &self.spec, &self.status);
        let claim = |c: &ObjectReference| format!("{}/{}", plain(&c.namespace), plain(&c.name));
        vec![
            meta.name.to_string(),
            spec.capacity.get("storage").map_or_else(|| "0".into(), ToString::to_string),
            text::access_modes(&spec.access_modes),
            plain(&spec.persistent_volume_reclaim_policy),
            if meta.terminating() { "Terminating".into() } else { plain(&status.phase) },
            spec.claim_ref.as_ref().map(claim).unwrap_or_default(),
            text::storage_class(&meta.annotations, &spec.storage_class_name),
            text::or(spec.volume_attributes_class_name.as_deref(), "<unset>"),
            plain(&status.reason),
            age(meta.creation_timestamp, now),
            text::or(spec.volume_mode.as_deref(), "<unset>"),
        ]
    }
}
