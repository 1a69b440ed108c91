//! A run as data: the cluster it begins with, and everything that was done to it, each with its virtual time. The list makes a
//! run repeatable: a link is the list, and any instant is reached by running to it, from the nearest of the checkpoints that
//! are kept on the way. What is done in the past begins another branch.
//!
//! A checkpoint is a clone of the cluster, which shares with the run what has not changed since. One is kept before everything
//! that is done, and after every 2,000 events: where little happens there are few. There are at most 64, and together they
//! take at most 160 MiB that is not shared, as far as their nodes, pods and events tell; when there is one too many, that one
//! goes which leaves the smallest gap, in events. So going anywhere costs a few thousand events at most, as long as a run has
//! fewer than some hundred thousand; in a longer one the way becomes longer, not the memory larger.

mod branch;
mod compare;
mod cursor;
mod deeds;
mod pace;
mod perform;
mod reading;
mod refusals;
mod run;
mod travel;
mod words;

pub use branch::Branch;
pub use compare::{Changed, Comparing, Comparison, Field, What};
pub use cursor::Cursor;
pub use deeds::deed;
pub use pace::Pace;
pub use perform::{Library, Outcome, Refused, objects, perform};
pub use refusals::marks;
pub use run::{Moment, NODES, Run, SEED};
pub use travel::{Goal, Travel};
pub use words::{command, label, typed};
