//! `kubectl get podtemplates`.

use super::{Column, Printed, narrow, text};
use crate::PodTemplate;
use orrery_apimachinery::Time;

impl Printed for PodTemplate {
    const COLUMNS: &[Column] =
        &[narrow("NAME"), narrow("CONTAINERS"), narrow("IMAGES"), narrow("POD LABELS")];

    fn cells(&self, _now: Time) -> Vec<String> {
        let [containers, images] = text::containers(&self.template.spec);
        let labels = text::labels(&self.template.metadata.labels);
        vec![self.metadata.name.to_string(), containers, images, labels]
    }
}
