//! `kubectl get deployments`.

use super::{Column, Printed, age, narrow, text, wide};
use crate::Deployment;
use orrery_apimachinery::Time;

impl Printed for Deployment {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("READY"),
        narrow("UP-TO-DATE"),
        narrow("AVAILABLE"),
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
            format!("{}/{}", status.ready_replicas, spec.replicas.unwrap_or_default()),
            status.updated_replicas.to_string(),
            status.available_replicas.to_string(),
            age(meta.creation_timestamp, now),
            containers,
            images,
            text::selector(spec.selector.as_ref()),
        ]
    }
}
