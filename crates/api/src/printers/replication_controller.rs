//! `kubectl get replicationcontrollers`.

use super::{Column, Printed, age, narrow, text, wide};
use crate::ReplicationController;
use orrery_apimachinery::Time;

impl Printed for ReplicationController {
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
        let [containers, images] =
            spec.template.as_ref().map(|t| text::containers(&t.spec)).unwrap_or_default();
        vec![
            meta.name.to_string(),
            spec.replicas.unwrap_or_default().to_string(),
            status.replicas.to_string(),
            status.ready_replicas.to_string(),
            age(meta.creation_timestamp, now),
            containers,
            images,
            text::labels(&spec.selector),
        ]
    }
}
