//! The cloud under the cluster: it keeps as many machines in every node group as its ConfigMap asks for. What the
//! ConfigMaps and the Nodes say to it is in [`orrery_client::node_group`].

use crate::cluster::Event;
use crate::{Cluster, NodeConfig};
use orrery_api::{ConfigMap, Node, Object};
use orrery_apimachinery::Str;
use orrery_apiserver::{Change, Op, Request};
use orrery_client::node_group::{DELETE_MACHINE, NAMESPACE, NODE_GROUP, NodeGroup, TARGET_SIZE};
use orrery_sim::{Duration, SimTime};

/// How long a machine takes from the order to a kubelet that registers it.
const BOOT_TIME: Duration = Duration::from_secs(60);
const ACTOR: &str = "cloud";

/// A machine that was ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booting {
    /// The group that it will belong to.
    pub group: Str,
    /// When its kubelet starts.
    pub ready_at: SimTime,
}

/// The machine number `index` of the cluster, as one of a group.
pub(crate) fn machine(group: &NodeGroup, index: usize) -> NodeConfig {
    let mut node = NodeConfig::new(index, group.cpu, group.memory).labelled(NODE_GROUP, &group.name);
    node.name = format!("{}-{index}", group.name).into();
    for (key, value) in group.labels.iter() {
        node = node.labelled(key, value);
    }
    node.taints = group.taints.clone();
    node
}

/// Whether a change may be a wish to the cloud.
pub(crate) fn concerns(change: &Change) -> bool {
    match &change.value {
        Object::ConfigMap(map) => NodeGroup::read(map).is_some(),
        Object::Node(node) => {
            change.op == Op::Deleted || node.metadata.annotations.contains_key(DELETE_MACHINE)
        }
        _ => false,
    }
}

impl Cluster {
    /// The node groups, by name, with the sizes that are wanted.
    pub fn node_groups(&self) -> Vec<NodeGroup> {
        NodeGroup::all(&self.api)
    }

    /// The machines that were ordered and are not there yet, the next one first.
    pub fn booting(&self) -> &[Booting] {
        &self.booting
    }

    /// The names of the machines of a group.
    pub fn machines_of(&self, group: &str) -> Vec<Str> {
        let is_one = |node: &&NodeConfig| node.labels.get(NODE_GROUP).is_some_and(|name| &**name == group);
        self.config.nodes.iter().filter(is_one).map(|node| node.name.clone()).collect()
    }

    /// Asks for another number of machines in a group. False when there is no such group.
    pub fn set_target_size(&mut self, group: &str, size: usize) -> bool {
        self.write_target_size(group, size, "kubectl")
    }

    fn write_target_size(&mut self, group: &str, size: usize, actor: &str) -> bool {
        let (request, name) = (Request::new(self.now, actor), NodeGroup::config_map_name(group));
        let change = |map: &mut ConfigMap| {
            map.data.insert(TARGET_SIZE, size.to_string());
        };
        self.api.modify::<ConfigMap>(&request, NAMESPACE, &name, change).is_ok()
    }

    /// Does what the groups' ConfigMaps and Nodes ask for.
    pub(crate) fn see_to_groups(&mut self) {
        let is_to_go = |node: &Node| node.metadata.annotations.contains_key(DELETE_MACHINE);
        let to_go = self.api.list::<Node>().filter(|node| is_to_go(node));
        for name in to_go.map(|node| node.metadata.name.clone()).collect::<Vec<_>>() {
            self.take_ordered(&name);
        }
        for group in self.node_groups() {
            let mut there = self.machines_of(&group.name);
            let mut count = there.len() + self.booting.iter().filter(|b| b.group == group.name).count();
            while count < group.target_size {
                let ready_at = self.now + BOOT_TIME;
                self.booting.push(Booting { group: group.name.clone(), ready_at });
                self.agenda.schedule(ready_at, Event::Cloud);
                count += 1;
            }
            // What is not there yet goes first, then the newest.
            while count > group.target_size {
                match self.booting.iter().rposition(|booting| booting.group == group.name) {
                    Some(at) => drop(self.booting.remove(at)),
                    None => {
                        let Some(name) = there.pop() else { break };
                        self.remove_machine(&name, ACTOR);
                    }
                }
                count -= 1;
            }
        }
    }

    /// Takes the machine of a node away that was asked for by name: the group is one smaller from then on.
    fn take_ordered(&mut self, name: &Str) {
        let config = self.config.nodes.iter().find(|node| node.name == *name);
        let Some(group) = config.and_then(|node| node.labels.get(NODE_GROUP)).cloned() else { return };
        let known = self.node_groups().into_iter().find(|known| known.name == group);
        if let Some(known) = known {
            self.write_target_size(&group, known.target_size.saturating_sub(1), ACTOR);
        }
        self.remove_machine(name, ACTOR);
    }

    /// The kubelets of machines that have booted start.
    pub(crate) fn start_booted(&mut self) {
        while self.booting.first().is_some_and(|booting| booting.ready_at <= self.now) {
            let booting = self.booting.remove(0);
            let groups = self.node_groups();
            let Some(group) = groups.iter().find(|group| group.name == booting.group) else { continue };
            let node = machine(group, self.kubelets.len() + 1);
            self.config.nodes.push(node.clone());
            self.start_kubelet(node);
        }
    }
}
