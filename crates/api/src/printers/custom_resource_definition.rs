//! `kubectl get customresourcedefinitions`.

use super::{Column, Printed, narrow};
use crate::CustomResourceDefinition;
use orrery_apimachinery::Time;

impl Printed for CustomResourceDefinition {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("CREATED AT")];

    fn cells(&self, _now: Time) -> Vec<String> {
        let created = self.metadata.creation_timestamp.map(|date| date.to_string());
        vec![self.metadata.name.to_string(), created.unwrap_or_default()]
    }
}
