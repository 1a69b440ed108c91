//! The revisioned key-value store under the API server.
//!
//! Every write gets the next revision and one entry of the change log, from which watchers read.
//! The maps are persistent: a clone of the store IS a snapshot, and costs a few pointers.

mod log;
pub mod raft;
mod store;

pub use log::{Change, Log, Op};
pub use store::{Compacted, Store};

/// The store's logical clock: how many writes there have been.
pub type Revision = u64;
