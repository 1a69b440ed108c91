//! Snapshots of etcd, and what becomes of a cluster whose store is another than before.

use crate::{Act, Cluster, Fault, PartId, Program, bootstrap};
use orrery_apimachinery::Str;
use orrery_apiserver::{ApiServer, Revision};
use orrery_kubelet::Kubelet;
use orrery_sim::SimTime;

/// Everything that the store held at an instant.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The name of the file.
    pub name: Str,
    /// When it was taken.
    pub at: SimTime,
    api: ApiServer,
}

impl Snapshot {
    /// The revision of its last write.
    pub fn revision(&self) -> Revision {
        self.api.revision()
    }

    /// How many objects it holds.
    pub(crate) fn keys(&self) -> usize {
        self.api.kinds().map(|kind| self.api.count(kind)).sum()
    }
}

impl Cluster {
    /// Saves everything that the store holds under `name`: `etcdctl snapshot save`. False when no member of etcd
    /// runs that has it.
    pub fn snapshot(&mut self, name: &str) -> bool {
        let (members, _) = self.etcd();
        let there = members.iter().any(|member| member.up && !member.learner && member.lag == 0);
        if there {
            self.snapshots.retain(|snapshot| *snapshot.name != *name);
            self.snapshots.push(Snapshot { name: name.into(), at: self.now, api: self.api.clone() });
        }
        there
    }

    /// The snapshots that were taken, oldest first.
    pub fn snapshots(&self) -> &[Snapshot] {
        &self.snapshots
    }

    /// Starts every member of etcd with what a snapshot holds, and then every other part anew, kubelets included:
    /// `etcdutl snapshot restore`, and what the documentation says to do afterwards. What was written since the
    /// snapshot is unknown to the new store. False when there is no such snapshot.
    pub fn restore(&mut self, name: &str) -> bool {
        let Some(snapshot) = self.snapshots.iter().find(|snapshot| *snapshot.name == *name) else {
            return false;
        };
        let api = snapshot.api.clone();
        self.note_act(Act::Restore(name.into()));
        self.begin_with(&api);
        true
    }

    /// Takes a member of etcd's data away; it stays off. False when there is no such member.
    pub fn lose_part(&mut self, id: PartId) -> bool {
        if id.program == Program::Etcd {
            self.note_part(id, Fault::Lose);
        }
        let there = id.program == Program::Etcd && self.halt(id, None);
        if there {
            self.plane.etcd.lose(id.number - 1, self.api.revision(), self.now);
            self.refresh();
        }
        there
    }

    /// A store whose members have all lost their data begins with nothing in it.
    pub(crate) fn begin_anew_if_all_is_lost(&mut self) {
        if self.etcd().0.iter().all(|member| member.learner) {
            let seed = self.config.seed ^ self.now.as_nanos();
            let mut api = ApiServer::new(orrery_apiserver::Config { seed, ..Default::default() });
            bootstrap::create_first_objects(&mut api, &self.config, self.now);
            self.begin_with(&api);
        }
    }

    /// The store holds what `api` holds; everybody starts anew.
    fn begin_with(&mut self, api: &ApiServer) {
        let nodes: Vec<Str> = self.kubelet_of.keys().cloned().collect();
        let nodes: Vec<Str> =
            nodes.into_iter().filter(|name| self.kubelet_runs(name) == Some(true)).collect();
        for node in &nodes {
            self.with_kubelet(node, Kubelet::stop);
        }
        let others: Vec<PartId> = self.topology().parts().filter(|p| p.program != Program::Etcd).collect();
        others.iter().for_each(|id| {
            self.crash(*id);
        });
        self.api.roll_back(api);
        self.start_members();
        self.forget_deliveries();
        self.proxy.component.restart(&self.api);
        for node in &nodes {
            self.with_kubelet(node, Kubelet::start);
        }
        self.refresh();
    }

    /// The members of etcd run, all with the same data.
    fn start_members(&mut self) {
        self.plane.etcd.restore(self.api.revision(), self.now);
        let members: Vec<PartId> =
            self.topology().parts().filter(|part| part.program == Program::Etcd).collect();
        for id in members {
            let Some(part) = self.plane.part_mut(id) else { continue };
            part.starts_at = None;
            if !std::mem::replace(&mut part.on, true) {
                part.starts += 1;
                self.plane.etcd.start(id.number - 1, self.api.revision(), self.now);
            }
        }
    }
}
