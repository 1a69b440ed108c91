//! `kubectl get limitranges`: a kind without columns of its own.

use super::{Column, Printed, narrow};
use crate::LimitRange;
use orrery_apimachinery::Time;

impl Printed for LimitRange {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("CREATED AT")];

    fn cells(&self, _now: Time) -> Vec<String> {
        let created = self.metadata.creation_timestamp;
        vec![self.metadata.name.to_string(), created.map(|at| at.to_string()).unwrap_or_default()]
    }
}
