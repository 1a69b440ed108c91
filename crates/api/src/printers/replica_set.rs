//! `kubectl get replicasets`.

use super::{Column, Printed, age, narrow, text, wide};
use crate::ReplicaSet;
use orrery_apimachinery::Time;

impl Printed for ReplicaSet {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("DESIRED"),
        narrow("CURRENT"),
        narrow("READY"),
        narrow("AGE"),
        wide("CONTAINERS"),
        wide("IMAGES"),
        wide("SELECTOR"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec, status) = (&self.metadata, &self.spec, &self.status);
        let [containers, images] = text::containers(&spec.template.spec);
        vec![
            meta.name.to_string(),
            spec.replicas.unwrap_or_default().to_string(),
            status.replicas.to_string(),
            status.ready_replicas.to_string(),
            age(meta.creation_timestamp, now),
            containers,
            images,
            text::selector(spec.selector.as_ref()),
        ]
    }
}
