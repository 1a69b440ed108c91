//! Why a link or a file is refused.

use std::fmt;

/// Why a link or a file cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Damage {
    /// It does not begin with a codec's number.
    NotALink,
    /// It is not a file that a run was saved in.
    NotARun,
    /// It was written by a newer page: the codec of a link, or the version of a file.
    Codec(String),
    /// The end is missing: so many bytes of how many.
    Cut {
        /// Bytes that came.
        got: usize,
        /// Bytes that were sent.
        of: usize,
    },
    /// A character was changed on the way.
    Checksum,
    /// It inflates beyond the limit.
    TooLarge,
    /// It is whole, but does not say what a link says.
    Content(String),
    /// It asks for what cannot be given.
    Beyond(Limit),
    /// A step, counted from one, is earlier than the one before it.
    Order(usize),
}

/// What a run is held to: links are hostile input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// So many files at most, those of the editor and those of each command.
    Files(usize),
    /// So many steps at most.
    Steps(usize),
    /// At least one branch, and so many at most.
    Branches(usize),
    /// At least one node, and so many at most.
    Nodes(u32),
    /// At least one member of etcd and one API server, and so many at most.
    ControlPlane(u8),
    /// So many days at most.
    Days(u64),
    /// A speed above zero, and this at most.
    Speed(u32),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotALink => write!(f, "not a link of this page"),
            Self::NotARun => write!(f, "not a saved run"),
            Self::Codec(codec) => write!(f, "written by a newer version (codec {codec})"),
            Self::Cut { got, of } => write!(f, "cut short: {got} of {of} bytes"),
            Self::Checksum => write!(f, "damaged: the checksum does not fit"),
            Self::TooLarge => write!(f, "too large"),
            Self::Content(what) => write!(f, "not understood: {what}"),
            Self::Beyond(limit) => limit.fmt(f),
            Self::Order(step) => write!(f, "step {step} is earlier than the one before it"),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(most) => write!(f, "more than {most} files"),
            Self::Steps(most) => write!(f, "more than {most} steps"),
            Self::Branches(most) => write!(f, "branches: from 1 to {most}"),
            Self::Nodes(most) => write!(f, "nodes: from 1 to {most}"),
            Self::ControlPlane(most) => {
                write!(f, "members of etcd and control planes: from 1 to {most} of each")
            }
            Self::Days(most) => write!(f, "a moment after more than {most} days"),
            Self::Speed(most) => write!(f, "speed: above 0, and {most} at most"),
        }
    }
}
