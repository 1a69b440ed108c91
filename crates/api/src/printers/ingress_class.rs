//! `kubectl get ingressclasses`.

use super::{Column, Printed, age, narrow, text};
use crate::IngressClass;
use orrery_apimachinery::Time;

impl Printed for IngressClass {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("CONTROLLER"), narrow("PARAMETERS"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec) = (&self.metadata, &self.spec);
        let parameters = spec.parameters.as_ref().map_or_else(
            || "<none>".into(),
            |object| {
                let group = object.api_group.as_ref().map_or_else(String::new, |group| format!(".{group}"));
                format!("{}{group}/{}", object.kind, object.name)
            },
        );
        vec![
            meta.name.to_string(),
            text::plain(&spec.controller),
            parameters,
            age(meta.creation_timestamp, now),
        ]
    }
}
