//! `kubectl get priorityclasses`.

use super::{Column, Printed, age, narrow, text};
use crate::PriorityClass;
use orrery_apimachinery::Time;

impl Printed for PriorityClass {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("VALUE"),
        narrow("GLOBAL-DEFAULT"),
        narrow("AGE"),
        narrow("PREEMPTIONPOLICY"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        vec![
            meta.name.to_string(),
            self.value.to_string(),
            self.global_default.to_string(),
            age(meta.creation_timestamp, now),
            text::plain(&self.preemption_policy),
        ]
    }
}
