//! `kubectl get volumeattachments`.

use super::{Column, Printed, age, narrow, text};
use crate::VolumeAttachment;
use orrery_apimachinery::Time;

impl Printed for VolumeAttachment {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("ATTACHER"),
        narrow("PV"),
        narrow("NODE"),
        narrow("ATTACHED"),
        narrow("AGE"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec) = (&self.metadata, &self.spec);
        vec![
            meta.name.to_string(),
            spec.attacher.to_string(),
            text::plain(&spec.source.persistent_volume_name),
            spec.node_name.to_string(),
            self.status.attached.to_string(),
            age(meta.creation_timestamp, now),
        ]
    }
}
