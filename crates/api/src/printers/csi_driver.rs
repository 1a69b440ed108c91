//! `kubectl get csidrivers`.

use super::{Column, Printed, age, narrow, text};
use crate::CSIDriver;
use orrery_apimachinery::Time;

impl Printed for CSIDriver {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("ATTACHREQUIRED"),
        narrow("PODINFOONMOUNT"),
        narrow("STORAGECAPACITY"),
        narrow("TOKENREQUESTS"),
        narrow("REQUIRESREPUBLISH"),
        narrow("MODES"),
        narrow("AGE"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec) = (&self.metadata, &self.spec);
        let audiences: Vec<&str> = spec.token_requests.iter().map(|request| &*request.audience).collect();
        let tokens = if audiences.is_empty() { "<unset>".into() } else { audiences.join(",") };
        vec![
            meta.name.to_string(),
            spec.attach_required.unwrap_or(true).to_string(),
            spec.pod_info_on_mount.unwrap_or_default().to_string(),
            spec.storage_capacity.unwrap_or_default().to_string(),
            tokens,
            spec.requires_republish.unwrap_or_default().to_string(),
            text::listed(&spec.volume_lifecycle_modes),
            age(meta.creation_timestamp, now),
        ]
    }
}
