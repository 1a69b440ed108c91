//! `kubectl get configmaps`.

use super::{Column, Printed, age, narrow};
use crate::ConfigMap;
use orrery_apimachinery::Time;

impl Printed for ConfigMap {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("DATA"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        let keys = self.data.len() + self.binary_data.len();
        vec![meta.name.to_string(), keys.to_string(), age(meta.creation_timestamp, now)]
    }
}
