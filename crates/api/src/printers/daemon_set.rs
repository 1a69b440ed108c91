//! `kubectl get daemonsets`.

use super::{Column, Printed, age, narrow, text, wide};
use crate::DaemonSet;
use orrery_apimachinery::Time;

impl Printed for DaemonSet {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("DESIRED"),
        narrow("CURRENT"),
        narrow("READY"),
        narrow("UP-TO-DATE"),
        narrow("AVAILABLE"),
        narrow("NODE SELECTOR"),
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
            status.desired_number_scheduled.to_string(),
            status.current_number_scheduled.to_string(),
            status.number_ready.to_string(),
            status.updated_number_scheduled.to_string(),
            status.number_available.to_string(),
            text::labels(&spec.template.spec.node_selector),
            age(meta.creation_timestamp, now),
            containers,
            images,
            text::selector(spec.selector.as_ref()),
        ]
    }
}
