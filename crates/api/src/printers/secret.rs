//! `kubectl get secrets`.

use super::text::plain;
use super::{Column, Printed, age, narrow};
use crate::Secret;
use orrery_apimachinery::Time;

impl Printed for Secret {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("TYPE"), narrow("DATA"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        let keys = self.data.len().to_string();
        vec![meta.name.to_string(), plain(&self.type_), keys, age(meta.creation_timestamp, now)]
    }
}
