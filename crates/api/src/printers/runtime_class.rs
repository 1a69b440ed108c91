//! `kubectl get runtimeclasses`.

use super::{Column, Printed, age, narrow};
use crate::RuntimeClass;
use orrery_apimachinery::Time;

impl Printed for RuntimeClass {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("HANDLER"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        vec![meta.name.to_string(), self.handler.to_string(), age(meta.creation_timestamp, now)]
    }
}
