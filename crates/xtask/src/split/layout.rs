//! Who goes where: the functions that stay, and the slots of the table through which the two modules call each other.

use super::module::Module;
use crate::shell::Result;
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::ExternalKind;

/// The split, before any of it is written.
pub struct Layout {
    /// Functions of the first module that have a body.
    pub stay: Vec<u32>,
    /// Functions of the second module.
    pub moved: Vec<u32>,
    /// The imported functions that either module takes.
    pub imports: [BTreeSet<u32>; 2],
    /// Where in the table a function is that the other module calls, or that was there from the start.
    pub slot: BTreeMap<u32, u32>,
    /// Functions that stay and that the second module calls.
    pub shared: BTreeSet<u32>,
    /// Functions that moved and that the first module calls by name.
    pub wanted: BTreeSet<u32>,
    /// How many slots there are then.
    pub slots: u32,
}

impl Layout {
    /// `stays` tells which functions should stay. Those that are exported stay anyway.
    pub fn of(module: &Module<'_>, stays: &dyn Fn(u32) -> bool) -> Result<Self> {
        let pinned = pinned(module);
        let (stay, moved): (Vec<u32>, Vec<u32>) =
            module.defined().partition(|function| pinned.contains(function) || stays(*function));
        let (calls, calls_back) = (called(module, &stay)?, called(module, &moved)?);
        let ours: BTreeSet<u32> = stay.iter().copied().collect();
        let imported = |function: &u32| *function < module.imported();
        let from_the_start = pinned.iter().chain(module.slots.values());
        let mut layout = Layout {
            imports: [
                calls.iter().chain(from_the_start).copied().filter(imported).collect(),
                calls_back.iter().copied().filter(imported).collect(),
            ],
            shared: calls_back.intersection(&ours).copied().collect(),
            wanted: calls.into_iter().filter(|f| !imported(f) && !ours.contains(f)).collect(),
            slot: module.slots.iter().map(|(slot, function)| (*function, *slot)).collect(),
            slots: module.size_of_table()?,
            stay,
            moved,
        };
        for function in layout.wanted.iter().chain(&layout.shared) {
            layout.slot.entry(*function).or_insert_with(|| {
                layout.slots += 1;
                layout.slots - 1
            });
        }
        Ok(layout)
    }
}

/// What cannot leave, whatever its name.
fn pinned(module: &Module<'_>) -> BTreeSet<u32> {
    let exported = module.exports.iter().filter(|export| export.kind == ExternalKind::Func);
    exported.map(|export| export.index).chain(module.start).collect()
}

/// What a number of functions calls by name.
fn called(module: &Module<'_>, by: &[u32]) -> Result<BTreeSet<u32>> {
    let mut called = BTreeSet::new();
    for function in by {
        called.extend(module.calls(*function)?);
    }
    Ok(called)
}
