//! ServiceAccounts name their secrets, and nothing else of them (upstream:
//! `pkg/registry/core/serviceaccount/strategy.go`).

use orrery_api::{ObjectReference, ServiceAccount};

pub(super) fn clean_references(account: &mut ServiceAccount) {
    for secret in &mut account.secrets {
        *secret = ObjectReference { name: secret.name.take(), ..Default::default() };
    }
}
