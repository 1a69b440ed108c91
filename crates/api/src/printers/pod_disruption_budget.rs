//! `kubectl get poddisruptionbudgets`.

use super::{Column, Printed, age, narrow};
use crate::PodDisruptionBudget;
use orrery_apimachinery::{IntOrString, Time};

impl Printed for PodDisruptionBudget {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("MIN AVAILABLE"),
        narrow("MAX UNAVAILABLE"),
        narrow("ALLOWED DISRUPTIONS"),
        narrow("AGE"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec) = (&self.metadata, &self.spec);
        let amount =
            |amount: &Option<IntOrString>| amount.as_ref().map_or_else(|| "N/A".into(), ToString::to_string);
        vec![
            meta.name.to_string(),
            amount(&spec.min_available),
            amount(&spec.max_unavailable),
            self.status.disruptions_allowed.to_string(),
            age(meta.creation_timestamp, now),
        ]
    }
}
