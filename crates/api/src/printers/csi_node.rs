//! `kubectl get csinodes`.

use super::{Column, Printed, age, narrow};
use crate::CSINode;
use orrery_apimachinery::Time;

impl Printed for CSINode {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("DRIVERS"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        vec![meta.name.to_string(), self.spec.drivers.len().to_string(), age(meta.creation_timestamp, now)]
    }
}
