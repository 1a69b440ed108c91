//! `kubectl get namespaces`.

use super::text::plain;
use super::{Column, Printed, age, narrow};
use crate::Namespace;
use orrery_apimachinery::Time;

impl Printed for Namespace {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("STATUS"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        vec![meta.name.to_string(), plain(&self.status.phase), age(meta.creation_timestamp, now)]
    }
}
