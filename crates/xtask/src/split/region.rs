//! What a stretch of a function needs to become a function of its own.

use super::stretch::{Stretch, Stretched};
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::{FuncType, Operator, ValType};

/// A stretch with all that crosses its border.
pub struct Region {
    pub begin: usize,
    pub end: usize,
    /// In bytes.
    pub length: usize,
    pub leaves: Vec<ValType>,
    pub falls: bool,
    /// The locals that it needs to know, and those that must be known after it: in the order of their types.
    pub takes: Vec<u32>,
    pub returns: Vec<u32>,
    /// All that it names.
    pub uses: BTreeSet<u32>,
    /// The labels around it that it branches to; returning counts as a branch to the outermost.
    pub exits: Vec<u32>,
    pub outermost: u32,
}

/// What a look at a stretch's operators finds.
#[derive(Default)]
struct Crossings {
    reads: BTreeMap<u32, usize>,
    writes: BTreeSet<u32>,
    /// Written for sure before anything else happens to them, and before anything leaves the stretch.
    written_first: BTreeSet<u32>,
    needed: BTreeSet<u32>,
    exits: BTreeSet<u32>,
}

impl Region {
    /// `None` if the stretch is left in a way that a function cannot tell.
    pub fn of(function: &Stretched<'_>, stretch: &Stretch) -> Option<Self> {
        let found = Crossings::of(function, stretch)?;
        let stays = stretch.falls || !found.exits.is_empty();
        let read_later = |local: &u32| {
            let elsewhere = function.reads(*local) > found.reads.get(local).copied().unwrap_or(0);
            elsewhere || (stretch.repeats && found.needed.contains(local))
        };
        let returns: Vec<u32> =
            found.writes.iter().copied().filter(|local| stays && read_later(local)).collect();
        let unsure = returns.iter().filter(|local| !found.written_first.contains(local));
        let takes: BTreeSet<u32> = found.needed.iter().chain(unsure).copied().collect();
        let by_type = |locals: Vec<u32>| {
            let mut locals = locals;
            locals.sort_by_key(|local| (rank(function.locals[*local as usize]), *local));
            locals
        };
        Some(Region {
            length: function.offsets[stretch.end] - function.offsets[stretch.begin],
            begin: stretch.begin,
            end: stretch.end,
            leaves: stretch.leaves.clone(),
            falls: stretch.falls,
            takes: by_type(takes.into_iter().collect()),
            returns: by_type(returns),
            uses: found.reads.keys().chain(&found.writes).copied().collect(),
            exits: found.exits.into_iter().collect(),
            outermost: outermost(stretch),
        })
    }

    /// How many locals are handed over.
    pub fn crossing(&self) -> usize {
        self.takes.len() + self.returns.len()
    }

    /// Whether the caller has to be told how the region was left.
    pub fn tells_exit(&self) -> bool {
        usize::from(self.falls) + self.exits.len() > 1
    }

    /// The type of its function.
    pub fn function_type(&self, function: &Stretched<'_>) -> FuncType {
        let local = |local: &u32| function.locals[*local as usize];
        let leaves = self.leaves.iter().copied().filter(|_| self.falls);
        let exit = self.tells_exit().then_some(ValType::I32);
        FuncType::new(self.takes.iter().map(local), leaves.chain(self.returns.iter().map(local)).chain(exit))
    }

    /// A label of the stretch, `depth` blocks inside it, in its function, where a block stands for each way out.
    pub fn label(&self, label: u32, depth: u32) -> u32 {
        match label.checked_sub(depth) {
            None => label,
            Some(outer) => {
                let way = self.exits.iter().zip(0..).find(|(exit, _)| **exit == outer);
                depth + way.map_or(0, |(_, way)| way)
            }
        }
    }
}

impl Crossings {
    fn of(function: &Stretched<'_>, stretch: &Stretch) -> Option<Self> {
        let mut found = Crossings::default();
        let mut depth = 0;
        let mut branched = false;
        for operator in &function.operators[stretch.begin..stretch.end] {
            match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
                Operator::End => depth -= 1,
                Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
                    found.branch(stretch, *relative_depth, depth)?;
                    branched = true;
                }
                Operator::BrTable { targets } => {
                    for label in targets.targets().chain([Ok(targets.default())]) {
                        found.branch(stretch, label.ok()?, depth)?;
                    }
                    branched = true;
                }
                Operator::Return => {
                    found.branch(stretch, depth + outermost(stretch), depth)?;
                    branched = true;
                }
                Operator::LocalGet { local_index } => found.read(*local_index),
                Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                    found.writes.insert(*local_index);
                    if depth == 0 && !branched {
                        found.written_first.insert(*local_index);
                    }
                }
                _ => {}
            }
        }
        Some(found)
    }

    fn read(&mut self, local: u32) {
        *self.reads.entry(local).or_default() += 1;
        if !self.written_first.contains(&local) {
            self.needed.insert(local);
        }
    }

    /// `None` if the branch leaves the stretch and carries a value.
    fn branch(&mut self, stretch: &Stretch, label: u32, depth: u32) -> Option<()> {
        if let Some(outer) = label.checked_sub(depth) {
            if stretch.carried[outer as usize] != 0 {
                return None;
            }
            self.exits.insert(outer);
        }
        Some(())
    }
}

fn outermost(stretch: &Stretch) -> u32 {
    super::module::index(stretch.carried.len() - 1)
}

/// Locals are handed over in the order of their types, so that there are fewer types of functions.
fn rank(of: ValType) -> u8 {
    match of {
        ValType::I32 => 0,
        ValType::I64 => 1,
        ValType::F32 => 2,
        ValType::F64 => 3,
        _ => 4,
    }
}
