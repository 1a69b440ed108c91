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
    /// The write that made the actor look; zero when nothing in the cluster did (a person, a timer).
    pub cause: Revision,
}
