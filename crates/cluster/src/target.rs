//! What is broken and mended by name: `kube-scheduler-1` is a part of the control plane, `control-plane-1` a machine of
//! it, anything else a node.

use crate::{Cluster, PartId};

impl Cluster {
    /// Stops a part, or takes a machine's power. False when nothing has that name.
    pub fn stop(&mut self, name: &str) -> bool {
        match PartId::parse(name) {
            Some(part) => self.stop_part(part),
            None => self.stop_node(name),
        }
    }

    /// Starts a part or a machine again. False when nothing has that name.
    pub fn start(&mut self, name: &str) -> bool {
        match PartId::parse(name) {
            Some(part) => self.start_part(part),
            None => self.start_node(name),
        }
    }

    /// Kills a part, which its machine starts again. False when no part that runs has that name.
    pub fn kill(&mut self, name: &str) -> bool {
        PartId::parse(name).is_some_and(|part| self.kill_part(part))
    }

    /// Cuts a part or a machine off from all others. False when nothing has that name.
    pub fn cut(&mut self, name: &str) -> bool {
        match PartId::parse(name) {
            Some(part) => self.cut_part(part),
            None => {
                let carries = self.cut_machine(name);
                self.cut_node(name) || carries
            }
        }
    }

    /// Joins a part or a machine that was cut off. False when nothing has that name.
    pub fn join(&mut self, name: &str) -> bool {
        match PartId::parse(name) {
            Some(part) => self.join_part(part),
            None => {
                let carries = self.join_machine(name);
                self.join_node(name) || carries
            }
        }
    }

    /// Takes the data of a member of etcd away; it stays off. False when no member has that name.
    pub fn lose(&mut self, name: &str) -> bool {
        PartId::parse(name).is_some_and(|part| self.lose_part(part))
    }
}
