//! Consensus among etcd's members: Raft, as Diego Ongaro's dissertation states it, with the two additions that etcd
//! 3.5 makes. A member asks whether it could win before it begins a term (pre-vote), and a leader that hears from no
//! majority for an election timeout steps down and nobody elects against one that is heard (check-quorum).
//!
//! [`Member`] is the algorithm: it knows neither links nor clocks, takes messages and the time, and gives messages.
//! [`Group`] is members on machines that crash and links that break, in virtual time.
//!
//! Deviations: members are not added or removed; one that has lost its data listens until it knows everything, and
//! then votes again (upstream: `member remove`, then `member add --learner`).

mod group;
mod log;
mod member;
#[cfg(test)]
mod tests;

pub use group::{Group, MemberStatus, Outage};
pub use member::Role;

use crate::Revision;
use log::Entry;
use orrery_sim::Duration;

/// A number that grows with every election.
pub type Term = u64;
/// The place of an entry in the log; the first is 1.
pub type Index = u64;
/// The number of a member, from zero.
pub type MemberId = usize;

/// How often a leader is heard (upstream: `--heartbeat-interval`).
pub const HEARTBEAT: Duration = Duration::from_millis(100);
/// After so long without a leader a member asks to become one, at the latest after twice as long
/// (upstream: `--election-timeout`).
pub const ELECTION_TIMEOUT: Duration = Duration::from_millis(1_000);

/// The last entry of a log, or the one before those that are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    term: Term,
    index: Index,
}

/// What members say to each other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    /// Would you vote for me? `last` is the last entry that I have.
    PreVote {
        last: Mark,
    },
    PreVoteReply {
        granted: bool,
    },
    /// Vote for me.
    Vote {
        last: Mark,
    },
    VoteReply {
        granted: bool,
    },
    /// These entries follow `before`; everything up to `commit` is decided. Without entries: I am here.
    Append {
        before: Mark,
        entries: Vec<Entry>,
        commit: Index,
    },
    /// My log agrees with yours up to `Ok`; or does not, and you may try from `Err`.
    AppendReply {
        agreed: Result<Index, Index>,
    },
    /// Instead of entries that I have forgotten: everything up to `last`, which is decided.
    Snapshot {
        last: Mark,
        revision: Revision,
    },
}

/// A message under way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    pub(crate) from: MemberId,
    pub(crate) to: MemberId,
    pub(crate) term: Term,
    pub(crate) body: Body,
}
