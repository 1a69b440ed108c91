//! What the machine has left, and when that is too little (upstream: `defaults_linux.go`, `makeSignalObservations`).
//!
//! The thresholds are upstream's defaults. Beside them `pid.available<10%` holds, which has no default but is what
//! clusters are given. Inodes are not counted, and there are no soft thresholds.

use super::{Manager, Strain};
use crate::node::Node;
use orrery_apimachinery::Quantity;
use orrery_sim::SimTime;

/// What the machine's own programs use of its memory, unless it is very small.
const SYSTEM_MEMORY: i64 = 512 << 20;
/// How many processes a machine can have.
const MAX_PIDS: i64 = 32_768;
/// Below this the memory is short: `memory.available<100Mi`.
const LEAST_MEMORY: i64 = 100 << 20;
/// Upstream's percentages are single-precision numbers; these are theirs, as a fraction of 2²⁷.
const FIFTEEN_PERCENT: i128 = 20_132_660;
const TEN_PERCENT: i128 = 13_421_773;
/// What somebody who uses up a resource leaves, in percent.
const LEFT_PERCENT: i64 = 5;
/// What somebody who uses up the memory leaves.
const LEFT_MEMORY: i64 = 64 << 20;

/// What is measured. The images lie on the disk of the node: what they leave is what the pods can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// `memory.available`.
    Memory,
    /// `nodefs.available` and `imagefs.available`.
    Disk,
    /// `pid.available`.
    Pids,
}

impl Signal {
    /// The condition of a node that is short of it.
    pub(super) fn condition(self) -> &'static str {
        match self {
            Signal::Memory => "MemoryPressure",
            Signal::Disk => "DiskPressure",
            Signal::Pids => "PIDPressure",
        }
    }

    /// What is got back.
    pub(super) fn resource(self) -> &'static str {
        match self {
            Signal::Memory => "memory",
            Signal::Disk => "ephemeral-storage",
            Signal::Pids => "pids",
        }
    }
}

/// Something that there is too little of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shortage {
    pub(super) signal: Signal,
    /// So much should be left.
    pub(super) threshold: Quantity,
    /// So much is.
    pub(super) available: Quantity,
}

/// What there is too little of, in the order in which it is got back.
pub(super) fn shortages(node: &Node, manager: &Manager, now: SimTime) -> Vec<Shortage> {
    let (memory, disk, pids) =
        (memory_left(node, manager), disk_left(node, manager, now), pids_left(manager));
    let capacity = node.config.ephemeral_storage.value();
    let bytes = |signal, threshold: i64, left: i64| Shortage {
        signal,
        threshold: Quantity::from_bytes(threshold),
        available: Quantity::from_bytes(left),
    };
    let mut found = Vec::new();
    if memory < LEAST_MEMORY {
        found.push(bytes(Signal::Memory, LEAST_MEMORY, memory));
    }
    // Of the two thresholds of one disk the one of the node is told first, if both are passed.
    let thresholds = [TEN_PERCENT, FIFTEEN_PERCENT].map(|percent| part(capacity, percent));
    if let Some(threshold) = thresholds.into_iter().find(|threshold| disk < *threshold) {
        found.push(bytes(Signal::Disk, threshold, disk));
    }
    let threshold = part(MAX_PIDS, TEN_PERCENT);
    if pids < threshold {
        found.push(Shortage {
            signal: Signal::Pids,
            threshold: Quantity::from_units(threshold),
            available: Quantity::from_units(pids),
        });
    }
    found
}

/// What has to be used to leave very little of something.
pub(super) fn all_but_a_little(what: Strain, node: &Node, manager: &Manager, now: SimTime) -> i64 {
    let used = match what {
        Strain::Memory => memory_left(node, manager) + manager.strain[Strain::Memory as usize] - LEFT_MEMORY,
        Strain::Disk => {
            disk_left(node, manager, now) + manager.strain[Strain::Disk as usize]
                - node.config.ephemeral_storage.value() * LEFT_PERCENT / 100
        }
        Strain::Pids => {
            pids_left(manager) + manager.strain[Strain::Pids as usize] - MAX_PIDS * LEFT_PERCENT / 100
        }
    };
    used.max(1)
}

fn memory_left(node: &Node, manager: &Manager) -> i64 {
    let capacity = node.config.memory.value();
    let system = SYSTEM_MEMORY.min(capacity / 8);
    (capacity - system - manager.total.memory - manager.strain[Strain::Memory as usize]).max(0)
}

fn disk_left(node: &Node, manager: &Manager, now: SimTime) -> i64 {
    let images: u64 = node.images.iter(now).map(|(_, image)| image.size).sum();
    let images = i64::try_from(images).unwrap_or(i64::MAX);
    (node.config.ephemeral_storage.value()
        - images
        - manager.total.disk
        - manager.strain[Strain::Disk as usize])
        .max(0)
}

fn pids_left(manager: &Manager) -> i64 {
    (MAX_PIDS - manager.strain[Strain::Pids as usize]).max(0)
}

fn part(capacity: i64, fraction: i128) -> i64 {
    i64::try_from((i128::from(capacity) * fraction) >> 27).unwrap_or(i64::MAX)
}
