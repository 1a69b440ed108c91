//! Leases lose what coordinated leader election would need, which is off in 1.32 (upstream:
//! `pkg/registry/coordination/lease/strategy.go`).

use orrery_api::Lease;
use std::rc::Rc;

pub(super) fn drop_disabled(lease: &mut Rc<Lease>) {
    if lease.spec.strategy.is_some() || lease.spec.preferred_holder.is_some() {
        let spec = &mut Rc::make_mut(lease).spec;
        (spec.strategy, spec.preferred_holder) = (None, None);
    }
}
