//! A run as data: the cluster it begins with, and everything that was done to it, each with its virtual time. The list makes a
//! run repeatable: a link is the list, and any instant is reached by running to it, from the nearest of the checkpoints that
//! are kept on the way. What is done in the past begins another branch.

mod branch;
mod compare;
mod cursor;
mod pace;
mod perform;
mod reading;
mod refusals;
mod run;
mod words;

pub use branch::Branch;
pub use compare::{Changed, Field, What, compare};
pub use cursor::Cursor;
pub use pace::Pace;
pub use perform::{Library, Outcome, Refused, objects, perform};
pub use refusals::marks;
pub use run::{Moment, NODES, Run, SEED};
pub use words::{command, label};
