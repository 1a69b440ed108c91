//! `kubectl get leases`.

use super::text::plain;
use super::{Column, Printed, age, narrow};
use crate::Lease;
use orrery_apimachinery::Time;

impl Printed for Lease {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("HOLDER"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        vec![meta.name.to_string(), plain(&self.spec.holder_identity), age(meta.creation_timestamp, now)]
    }
}
