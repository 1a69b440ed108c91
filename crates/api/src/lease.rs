//! Leases: who is alive, and who leads.

use crate::rules::Rules;
use crate::validation::{Errors, Path};
use orrery_apimachinery::{MicroTime, ObjectMeta, Str};
use serde::{Deserialize, Serialize};

/// A claim that must be renewed, or it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Lease {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: LeaseSpec,
}

/// Who holds the lease, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LeaseSpec {
    /// When the present holder took the lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acquire_time: Option<MicroTime>,
    /// Who holds the lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder_identity: Option<Str>,
    /// How long the lease outlives its last renewal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_duration_seconds: Option<i32>,
    /// How often the holder changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_transitions: Option<i32>,
    /// Who should get the lease next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_holder: Option<Str>,
    /// When the holder last renewed the lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renew_time: Option<MicroTime>,
    /// How the next holder is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Str>,
}

impl Rules for Lease {
    fn check(&self, errors: &mut Errors) {
        let path = &Path::Root("spec");
        if let Some(seconds) = self.spec.lease_duration_seconds.filter(|s| *s <= 0) {
            errors.invalid(&path.field("leaseDurationSeconds"), &seconds, "must be greater than 0");
        }
        errors.non_negative(
            &path.field("leaseTransitions"),
            i64::from(self.spec.lease_transitions.unwrap_or(0)),
        );
    }
}
