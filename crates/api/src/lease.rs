//! Leases: who is alive, and who leads.

use crate::rules::Rules;
use crate::validation::{Errors, Path};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{MicroTime, ObjectMeta, Str};

/// A claim that must be renewed, or it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Lease {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: LeaseSpec,
}

/// Who holds the lease, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LeaseSpec {
    /// Who holds the lease.
    #[json(omitempty)]
    pub holder_identity: Option<Str>,
    /// How long the lease outlives its last renewal.
    #[json(omitempty)]
    pub lease_duration_seconds: Option<i32>,
    /// When the present holder took the lease.
    #[json(omitempty)]
    pub acquire_time: Option<MicroTime>,
    /// When the holder last renewed the lease.
    #[json(omitempty)]
    pub renew_time: Option<MicroTime>,
    /// How often the holder changed.
    #[json(omitempty)]
    pub lease_transitions: Option<i32>,
    /// How the next holder is found.
    #[json(omitempty)]
    pub strategy: Option<Str>,
    /// Who should get the lease next.
    #[json(omitempty)]
    pub preferred_holder: Option<Str>,
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
