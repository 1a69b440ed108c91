//! Who wrote what, and why.

use crate::{Op, Revision};
use orrery_api::Kind;
use orrery_apimachinery::Str;
use orrery_sim::SimTime;

/// What a request did, in the API's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `POST`.
    Create,
    /// `PUT`.
    Update,
    /// `PUT …/status`.
    UpdateStatus,
    /// `POST pods/…/binding`.
    Bind,
    /// `DELETE`, also when it only marks the object.
    Delete,
}

impl Verb {
    /// The HTTP method and the subresource, as the picture labels a call: `PUT status`.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Verb::Create => ("POST", ""),
            Verb::Update => ("PUT", ""),
            Verb::UpdateStatus => ("PUT", "status"),
            Verb::Bind => ("POST", "binding"),
            Verb::Delete => ("DELETE", ""),
        }
    }
}

/// What made somebody look: nothing but time, a write that was heard of, or a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cause(u64);

impl Cause {
    /// Nothing that anybody wrote: time had come.
    pub const TIME: Cause = Cause(0);
    /// Set when it then took time until the look was due.
    const LATER: u64 = 1 << 63;
    /// Set for what a person did; the rest is its number.
    const DEED: u64 = 1 << 62;

    /// What a person did, by its number.
    pub fn deed(number: usize) -> Self {
        Cause(Self::DEED | number as u64)
    }

    /// The same, when the look that follows is due only after a while: time had a part in it.
    #[must_use]
    pub fn later(self) -> Self {
        Cause(if self.0 == 0 { 0 } else { self.0 | Self::LATER })
    }

    /// Whether somebody waited for time to pass before looking.
    pub fn is_later(self) -> bool {
        self.0 & Self::LATER != 0
    }

    /// The revision of the write, if it was one.
    pub fn write(self) -> Option<Revision> {
        let number = self.0 & !Self::LATER;
        (number != 0 && number & Self::DEED == 0).then_some(number)
    }

    /// The number of what a person did, if it was that.
    pub fn deed_number(self) -> Option<usize> {
        (self.0 & Self::DEED != 0).then_some((self.0 & !(Self::LATER | Self::DEED)) as usize)
    }
}

impl From<Revision> for Cause {
    /// Because of the write that made `revision`.
    fn from(revision: Revision) -> Self {
        Cause(revision)
    }
}

/// One write to the store, without the object.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// The revision it made.
    pub revision: Revision,
    /// When.
    pub time: SimTime,
    /// Who asked for it: `kubectl`, `replicaset-controller`, `kubelet/node-1` …
    pub actor: Str,
    /// What was asked.
    pub verb: Verb,
    /// What it did to the key.
    pub op: Op,
    /// The kind of the object.
    pub kind: Kind,
    /// The namespace of the object.
    pub namespace: Str,
    /// The name of the object.
    pub name: Str,
    /// What made the actor look.
    pub cause: Cause,
    /// The write before this one to the same object; zero for its first.
    pub previous: Revision,
}
