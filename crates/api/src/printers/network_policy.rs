//! `kubectl get networkpolicies`.

use super::{Column, Printed, age, narrow, text};
use crate::NetworkPolicy;
use orrery_apimachinery::Time;

impl Printed for NetworkPolicy {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("POD-SELECTOR"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        vec![
            meta.name.to_string(),
            text::selector(Some(&self.spec.pod_selector)),
            age(meta.creation_timestamp, now),
        ]
    }
}
