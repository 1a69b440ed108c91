//! A run as data: the cluster it begins with, and everything that was done to it, each with its virtual time. The list makes a
//! run repeatable: a link is the list, and any instant is reached by running to it.

mod pace;
mod perform;
mod refusals;
mod run;
mod words;

pub use pace::Pace;
pub use perform::{Outcome, Refused, objects, perform};
pub use refusals::marks;
pub use run::{NODES, Run, SEED};
pub use words::{command, label};
