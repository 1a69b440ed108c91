//! `kubectl get resourcequotas`.

use super::{Column, Printed, age, narrow};
use crate::ResourceQuota;
use orrery_apimachinery::Time;

impl Printed for ResourceQuota {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("AGE"), narrow("REQUEST"), narrow("LIMIT")];

    fn cells(&self, now: Time) -> Vec<String> {
        let status = &self.status;
        let bounds = |limits: bool| {
            let of_column = status.hard.iter().filter(|(name, _)| name.starts_with("limits.") == limits);
            let shown = of_column.map(|(name, hard)| {
                let used = status.used.get(name).copied().unwrap_or_default();
                format!("{name}: {used}/{hard}")
            });
            shown.collect::<Vec<_>>().join(", ")
        };
        let meta = &self.metadata;
        vec![meta.name.to_string(), age(meta.creation_timestamp, now), bounds(false), bounds(true)]
    }
}
