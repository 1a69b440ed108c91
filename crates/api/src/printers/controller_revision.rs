//! `kubectl get controllerrevisions`.

use super::{Column, Printed, age, narrow};
use crate::ControllerRevision;
use orrery_apimachinery::Time;

impl Printed for ControllerRevision {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("CONTROLLER"), narrow("REVISION"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        let controller = meta.controller().map_or_else(
            || "<none>".into(),
            |owner| {
                let group = owner.api_version.split_once('/').map(|(group, _)| format!(".{group}"));
                let kind = format!("{}{}", owner.kind, group.unwrap_or_default());
                format!("{}/{}", kind.to_lowercase(), owner.name)
            },
        );
        vec![meta.name.to_string(), controller, self.revision.to_string(), age(meta.creation_timestamp, now)]
    }
}
