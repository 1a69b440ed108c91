//! `kubectl get statefulsets`.

use super::{Column, Printed, age, narrow, text, wide};
use crate::StatefulSet;
use orrery_apimachinery::Time;

impl Printed for StatefulSet {
    const COLUMNS: &[Column] =
        &[narrow("NAME"), narrow("READY"), narrow("AGE"), wide("CONTAINERS"), wide("IMAGES")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        let [containers, images] = text::containers(&self.spec.template.spec);
        let ready = format!("{}/{}", self.status.ready_replicas, self.spec.replicas.unwrap_or_default());
        vec![meta.name.to_string(), ready, age(meta.creation_timestamp, now), containers, images]
    }
}
