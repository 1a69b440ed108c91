//! What people did to the cluster: where every chain of causes ends that time did not begin.

use crate::outages::Outage;
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
    /// Something was done to a part of the control plane, or to a machine that carries some: its name.
    Part(Str, Fault),
    /// The cluster went back to a snapshot: the name of its file.
    Restore(Str),
    /// A registry was taken down, or up again: its host.
    Registry(Str, bool),
    /// A steady load was turned on or changed: its name, what it asks for, thousandths of a request in a second.
    Load(Str, Str, u64),
    /// A steady load was turned off: its name.
    StopLoad(Str),
}

/// What is done to a part of the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is stopped, and stays off.
    Stop,
    /// It is started again.
    Start,
    /// It is killed; its machine starts it again.
    Kill,
    /// It is cut off from all others.
    Cut,
    /// It is joined again.
    Join,
    /// A member of etcd loses its data, and stays off.
    Lose,
}

/// One thing that a person did.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// When.
    pub at: SimTime,
    /// What.
    pub act: Act,
    /// To which object; a command says so itself, and what is no object has its name in what was done.
    pub about: Option<Key>,
}

/// What people did, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deeds {
    done: Vec<Deed>,
    /// When who could not work.
    pub(crate) outages: Vec<Outage>,
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

    /// The number of what is being done to a machine or a program at this instant; none when something happens by
    /// itself.
    pub(crate) fn under_way(&self, now: SimTime) -> Option<usize> {
        let last = self.done.last()?;
        (last.at == now && !matches!(last.act, Act::Command(_))).then(|| self.done.len() - 1)
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

    /// The last thing that was done to a steady load, until an instant.
    pub fn last_deed_to_load(&self, load: &str, until: SimTime) -> Option<&Deed> {
        let meant = |deed: &&Deed| match &deed.act {
            Act::Load(name, ..) | Act::StopLoad(name) => deed.at <= until && **name == *load,
            _ => false,
        };
        self.deeds.done.iter().rev().find(meant)
    }

    /// Remembers what was done to a node.
    pub(crate) fn note(&mut self, act: Act, node: &str) {
        self.note_about(act, Key::new(Kind::Node, "", node));
    }

    /// Remembers what was done to an object.
    pub(crate) fn note_about(&mut self, act: Act, about: Key) {
        self.deeds.done.push(Deed { at: self.now, act, about: Some(about) });
    }

    /// Remembers what was done to something that is no object, and has its name in `act`.
    pub(crate) fn note_act(&mut self, act: Act) {
        self.deeds.done.push(Deed { at: self.now, act, about: None });
    }
}
