//! Amounts by resource name.

use orrery_apimachinery::{Quantity, Str};
use std::collections::BTreeMap;

/// How much of each resource (upstream: `v1.ResourceList`).
pub type ResourceList = BTreeMap<Str, Quantity>;

/// Processor time, in cores.
pub const CPU: &str = "cpu";
/// Memory, in bytes.
pub const MEMORY: &str = "memory";
/// Room on the node's own disk, in bytes.
pub const EPHEMERAL_STORAGE: &str = "ephemeral-storage";
/// How many pods fit on a node.
pub const PODS: &str = "pods";
/// The size of a volume, in bytes.
pub const STORAGE: &str = "storage";

/// Adds the amounts of `other`.
pub fn add(list: &mut ResourceList, other: &ResourceList) {
    for (name, amount) in other {
        *list.entry(name.clone()).or_default() += *amount;
    }
}

/// Raises every amount to that of `other`.
pub fn raise(list: &mut ResourceList, other: &ResourceList) {
    for (name, amount) in other {
        list.entry(name.clone()).and_modify(|known| *known = (*known).max(*amount)).or_insert(*amount);
    }
}
