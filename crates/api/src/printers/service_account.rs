//! `kubectl get serviceaccounts`.

use super::{Column, Printed, age, narrow};
use crate::ServiceAccount;
use orrery_apimachinery::Time;

impl Printed for ServiceAccount {
    const COLUMNS: &[Column] = &[narrow("NAME"), narrow("SECRETS"), narrow("AGE")];

    fn cells(&self, now: Time) -> Vec<String> {
        let meta = &self.metadata;
        vec![meta.name.to_string(), self.secrets.len().to_string(), age(meta.creation_timestamp, now)]
    }
}
