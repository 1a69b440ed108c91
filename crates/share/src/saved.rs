//! A run with all its branches.

use serde::{Deserialize, Serialize};

use crate::{Link, Step};

/// A run with all its branches: what is saved of it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Saved {
    /// What a link holds, at the place where the run stands; its steps are on the branches.
    pub run: Link,
    /// The branches; each comes after the one that it left.
    pub branches: Vec<SavedBranch>,
    /// The branch on which the run stands.
    pub branch: usize,
}

/// A branch of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedBranch {
    /// What the person calls it; empty until they do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The branch that it left; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<usize>,
    /// When it left, in nanoseconds of virtual time.
    #[serde(default)]
    pub at: u64,
    /// How many steps of its parent are also its own.
    #[serde(default)]
    pub shared: usize,
    /// What was done on it alone, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// How far it is known, in nanoseconds of virtual time.
    #[serde(default)]
    pub end: u64,
}

impl From<Link> for Saved {
    /// A run of one branch.
    fn from(mut run: Link) -> Self {
        let (steps, end) = (std::mem::take(&mut run.steps), run.at);
        Self { run, branches: vec![SavedBranch { steps, end, ..SavedBranch::default() }], branch: 0 }
    }
}

impl Saved {
    /// How many steps a branch has, those on the way to it included.
    pub fn count(&self, branch: usize) -> usize {
        self.branches[branch].shared + self.branches[branch].steps.len()
    }

    /// The first steps of a branch and of the way to it, the last ones first.
    pub fn back(&self, branch: usize, steps: usize) -> impl Iterator<Item = &Step> {
        let (mut branch, mut left) = (branch, steps);
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            while left < self.branches[branch].shared {
                branch = self.branches[branch].parent?;
            }
            self.branches[branch].steps.get(left - self.branches[branch].shared)
        })
    }

    /// Everything that was done on a branch and on the way to it, in order of time.
    pub fn steps(&self, branch: usize) -> Vec<Step> {
        let mut steps: Vec<Step> = self.back(branch, self.count(branch)).cloned().collect();
        steps.reverse();
        steps
    }

    /// What a link holds of a branch.
    pub fn link(&self, branch: usize) -> Link {
        Link { steps: self.steps(branch), ..self.run.clone() }
    }
}
