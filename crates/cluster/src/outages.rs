//! When who could not work, and which deeds that began and ended with: what was late because of it says so.

use crate::{Cluster, Program};
use orrery_apimachinery::Str;
use orrery_sim::SimTime;

/// Who works, or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worker {
    /// A program of the control plane: whether one of its instances does its work. An API server does when somebody
    /// outside the control plane's machines gets answers.
    Program(Program),
    /// The kubelet of a node, which has to run and to reach the others.
    Node(Str),
    /// A registry, by its host.
    Registry(Str),
}

/// A while in which somebody could not work.
#[derive(Clone, Debug, PartialEq)]
pub struct Outage {
    /// Who.
    pub of: Worker,
    /// Since when.
    pub since: SimTime,
    /// The number of the deed that it began with; none when it came by itself.
    pub begun: Option<usize>,
    /// When it was over, and the number of the deed that ended it.
    pub until: Option<(SimTime, Option<usize>)>,
}

impl Cluster {
    /// When somebody could not work, the last time first.
    pub fn outages<'a>(&'a self, of: &'a Worker) -> impl Iterator<Item = &'a Outage> {
        self.deeds.outages.iter().rev().filter(move |outage| outage.of == *of)
    }

    /// Remembers of the control plane's programs whether they work now.
    pub(crate) fn mark_programs(&mut self) {
        self.mark(Worker::Program(Program::ApiServer), self.outage().is_none());
        for program in [Program::Scheduler, Program::ControllerManager] {
            self.mark(Worker::Program(program), self.works(program));
        }
    }

    /// Remembers whether a node's kubelet works now. A node that is gone does not.
    pub(crate) fn mark_node(&mut self, name: &str) {
        let works = self.kubelet_runs(name) == Some(true) && self.node_is_cut(name) != Some(true);
        self.mark(Worker::Node(name.into()), works);
    }

    /// Remembers whether somebody works now.
    pub(crate) fn mark(&mut self, of: Worker, works: bool) {
        let (now, deed) = (self.now, self.deeds.under_way(self.now));
        let last = self.deeds.outages.iter_mut().rev().find(|outage| outage.of == of);
        match last.filter(|outage| outage.until.is_none()) {
            Some(open) if works => open.until = Some((now, deed)),
            None if !works => {
                self.deeds.outages.push(Outage { of, since: now, begun: deed, until: None });
            }
            _ => {}
        }
    }
}
