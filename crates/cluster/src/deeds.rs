//! What people did to the cluster: where every chain of causes ends that time did not begin.

use crate::{Cluster, Strain};
use orrery_api::Kind;
use orrery_apimachinery::Str;
use orrery_apiserver::{Cause, Key};
use orrery_sim::SimTime;

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A command line was run.
    Command(Str),
    /// A node's machine lost its power.
    PowerOff,
    /// A node's machine and its kubelet were started.
    PowerOn,
    /// A node's kubelet was stopped.
    StopKubelet,
    /// A node was cut off from all others.
    CutOff,
    /// A node that was cut off was joined again.
    Join,
    /// The main process of a container was ended, with this exit code.
    EndContainer(Str, i32),
    /// A container was made to answer nobody.
    Hang(Str),
    /// A container that answered nobody was made to answer again.
    Answer(Str),
    /// What a node has was used up.
    Strain(Strain),
    /// A node was given back what had been used up.
    Relieve,
    /// A node was added.
    AddNode,
    /// A node was taken away.
    RemoveNode,
}

/// One thing that a person did.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// When.
    pub at: SimTime,
    /// What.
    pub act: Act,
    /// To which object; a command says so itself.
    pub about: Option<Key>,
}

/// What people did, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deeds {
    done: Vec<Deed>,
    /// A command that has asked the server for nothing yet.
    begun: Option<Str>,
}

impl Deeds {
    /// A person runs a command line.
    pub(crate) fn begin(&mut self, command: &str) {
        self.begun = Some(command.into());
    }

    /// What a request of the person is made because of.
    pub(crate) fn cause(&mut self, at: SimTime) -> Cause {
        if let Some(command) = self.begun.take() {
            self.done.push(Deed { at, act: Act::Command(command), about: None });
        }
        self.done.len().checked_sub(1).map_or(Cause::TIME, Cause::deed)
    }
}

impl Cluster {
    /// What a person did, by its number.
    pub fn deed(&self, number: usize) -> Option<&Deed> {
        self.deeds.done.get(number)
    }

    /// The last thing that a person did to an object itself, until an instant.
    pub fn last_deed_to(&self, object: &Key, until: SimTime) -> Option<&Deed> {
        let there = |deed: &&Deed| deed.at <= until && deed.about.as_ref() == Some(object);
        self.deeds.done.iter().rev().find(there)
    }

    /// Remembers what was done to a node.
    pub(crate) fn note(&mut self, act: Act, node: &str) {
        self.note_about(act, Key::new(Kind::Node, "", node));
    }

    /// Remembers what was done to an object.
    pub(crate) fn note_about(&mut self, act: Act, about: Key) {
        self.deeds.done.push(Deed { at: self.now, act, about: Some(about) });
    }
}
