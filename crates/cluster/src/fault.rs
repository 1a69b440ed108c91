//! Nodes that come, stop, start and go.

use crate::cluster::Seat;
use crate::{Act, Cluster, ComponentId, Fault, NodeConfig};
use orrery_api::{Kind, Pod};
use orrery_apimachinery::{Quantity, Str};
use orrery_apiserver::{ApiServer, DeleteOptions, Key, Request};
use orrery_client::node_group::NODE_GROUP;
use orrery_kubelet::{Kubelet, Strain};
use orrery_sim::SimTime;
use std::rc::Rc;

impl Cluster {
    /// Does something to a node's kubelet. False when there is no such node.
    pub(crate) fn with_kubelet(
        &mut self,
        node: &str,
        act: impl FnOnce(&mut Kubelet, &mut ApiServer, SimTime),
    ) -> bool {
        let Some(&number) = self.kubelet_of.get(node) else { return false };
        self.at_work(number, |kubelet, api, _, now| act(kubelet, api, now));
        true
    }

    /// Remembers what was done to a machine: to a node, or to one that carries parts of the control plane alone.
    fn note_machine(&mut self, name: &str, act: Act, fault: Fault) {
        if self.kubelet_of.contains_key(name) {
            self.note(act, name);
        } else if self.is_machine(name) {
            self.note_act(Act::Part(name.into(), fault));
        }
    }

    fn mark_node_if(&mut self, there: bool, name: &str) {
        if there {
            self.mark_node(name);
        }
    }

    /// Powers a node off: its kubelet falls silent and its containers end. False when there is no such node.
    pub fn stop_node(&mut self, name: &str) -> bool {
        self.note_machine(name, Act::PowerOff, Fault::Stop);
        let found = self.with_kubelet(name, Kubelet::power_off);
        self.proxy.component.boot(name);
        self.mark_node_if(found, name);
        self.stop_machine(name) || found
    }

    /// Starts a node's kubelet, and powers the node on before that if need be. False when there is no such node.
    pub fn start_node(&mut self, name: &str) -> bool {
        self.note_machine(name, Act::PowerOn, Fault::Start);
        let carries = self.start_machine(name);
        let found = self.with_kubelet(name, Kubelet::start);
        self.mark_node_if(found, name);
        found || carries
    }

    /// Stops the kubelet of a node, whose containers run on. False when there is no such node.
    pub fn stop_kubelet(&mut self, node: &str) -> bool {
        if self.kubelet_of.contains_key(node) {
            self.note(Act::StopKubelet, node);
        }
        let found = self.with_kubelet(node, Kubelet::stop);
        self.mark_node_if(found, node);
        found
    }

    /// Cuts a node off from the control plane and from all other nodes. False when there is no such node.
    pub fn cut_node(&mut self, name: &str) -> bool {
        let Some(&number) = self.kubelet_of.get(name) else { return false };
        self.note(Act::CutOff, name);
        self.cut.insert(number);
        self.link(number);
        self.mark_node(name);
        true
    }

    /// Joins a node again that was cut off. False when there is no such node.
    pub fn join_node(&mut self, name: &str) -> bool {
        let Some(&number) = self.kubelet_of.get(name) else { return false };
        self.note(Act::Join, name);
        self.cut.remove(&number);
        self.link(number);
        self.mark_node(name);
        true
    }

    /// Opens or closes a kubelet's way to the API server, by what stands between them.
    pub(crate) fn link(&mut self, number: usize) {
        let (apart, beside) = self.plane.serves;
        let served = if self.plane.topology.all_in_one && number == 0 {
            beside
        } else {
            apart && !self.cut.contains(&number)
        };
        let node = self.homes.get(number).name.clone();
        match served {
            true => self.proxy.component.connect(&node),
            false => self.proxy.component.disconnect(&node),
        }
        let turn = if served { Kubelet::connect } else { Kubelet::disconnect };
        self.at_work(number, |kubelet, api, _, now| turn(kubelet, api, now));
    }

    /// Kills the main process of a pod's container. False when it does not run.
    pub fn kill_container(&mut self, namespace: &str, pod: &str, container: &str) -> bool {
        const KILLED: i32 = 137;
        self.end_container(namespace, pod, container, KILLED)
    }

    /// Ends the main process of a pod's container with an exit code. False when it does not run.
    pub fn end_container(&mut self, namespace: &str, pod: &str, container: &str, exit_code: i32) -> bool {
        let whose = (namespace, pod, container);
        let done = self
            .strike(namespace, pod, |kubelet, api, now| kubelet.end_container(api, whose, exit_code, now));
        if done {
            let pod = Key::new(Kind::Pod, namespace, pod);
            self.note_about(Act::EndContainer(container.into(), exit_code), pod);
        }
        done
    }

    /// Makes a pod's container answer nobody, or answer again. False when it does not run.
    pub fn hang_container(&mut self, namespace: &str, pod: &str, container: &str, hangs: bool) -> bool {
        let whose = (namespace, pod, container);
        let done =
            self.strike(namespace, pod, |kubelet, api, now| kubelet.hang_container(api, whose, hangs, now));
        if done {
            let act = if hangs { Act::Hang } else { Act::Answer };
            self.note_about(act(container.into()), Key::new(Kind::Pod, namespace, pod));
        }
        done
    }

    /// Does something to a pod on its node. False when it cannot be done.
    fn strike(
        &mut self,
        namespace: &str,
        pod: &str,
        act: impl FnOnce(&mut Kubelet, &ApiServer, SimTime) -> bool,
    ) -> bool {
        let node = self.api.get::<Pod>(namespace, pod).and_then(|pod| pod.node_name.clone());
        let mut done = false;
        node.is_some_and(|node| self.with_kubelet(&node, |kubelet, api, now| done = act(kubelet, api, now)))
            && done
    }

    /// Lets something outside the pods use up what a node has. False when there is no such node.
    pub fn strain_node(&mut self, name: &str, what: Strain) -> bool {
        if self.kubelet_of.contains_key(name) {
            self.note(Act::Strain(what), name);
        }
        self.with_kubelet(name, |kubelet, _, now| kubelet.strain(what, now))
    }

    /// Gives a node back all that was used up. False when there is no such node.
    pub fn relieve_node(&mut self, name: &str) -> bool {
        if self.kubelet_of.contains_key(name) {
            self.note(Act::Relieve, name);
        }
        self.with_kubelet(name, |kubelet, _, now| kubelet.relieve(now))
    }

    /// Whether a node is cut off; `None` when there is no such node.
    pub fn node_is_cut(&self, name: &str) -> Option<bool> {
        self.kubelet_of.get(name).map(|number| self.cut.contains(number))
    }

    /// Whether the kubelet of a node runs; `None` when there is no such node.
    pub fn kubelet_runs(&self, node: &str) -> Option<bool> {
        self.kubelet(node).map(Kubelet::runs)
    }

    /// Whether a node is powered on; `None` when there is no such node.
    pub fn node_is_on(&self, name: &str) -> Option<bool> {
        self.kubelet(name).map(Kubelet::is_on)
    }

    /// Adds a node as large as the last one, with the next number; returns its name.
    pub fn add_node(&mut self) -> Str {
        let usual = || NodeConfig::new(0, Quantity::from_units(4), Quantity::from_bytes(16 << 30));
        let last = self.config.nodes.last().cloned().unwrap_or_else(usual);
        // The number of a machine that is gone is not given again.
        let number = self.kubelets.len() + 1;
        let mut node = NodeConfig { labels: last.labels, ..NodeConfig::new(number, last.cpu, last.memory) };
        // It is nobody's but the person's who added it.
        node.labels.remove(NODE_GROUP);
        let name = node.name.clone();
        self.config.nodes.push(node.clone());
        self.note(Act::AddNode, &name);
        self.start_kubelet(node);
        name
    }

    /// Takes a machine away for good, and its Node object with it. False when there is no such node.
    pub fn remove_node(&mut self, name: &str) -> bool {
        if self.kubelet_of.contains_key(name) {
            self.note(Act::RemoveNode, name);
        }
        self.remove_machine(name, "kubectl")
    }

    /// Takes a machine away for good, and its Node object with it, in the name of `actor`.
    pub(crate) fn remove_machine(&mut self, name: &str, actor: &str) -> bool {
        let there = self.with_kubelet(name, Kubelet::power_off);
        if there {
            self.kubelet_of.remove(name);
            self.mark_node(name);
            self.config.nodes.retain(|node| &*node.name != name);
            let request = Request::new(self.now, actor);
            // Somebody may have deleted it before.
            let _ = self.api.delete(&request, &Key::new(Kind::Node, "", name), &DeleteOptions::default());
        }
        there
    }

    /// Starts the kubelet of a new node, which registers it.
    pub(crate) fn start_kubelet(&mut self, node: NodeConfig) {
        let name = node.name.clone();
        self.homes.add(&node);
        let mut kubelet = Kubelet::new(self.config.seed, node, self.config.runtime);
        if !self.plane.serves.0 {
            self.proxy.component.disconnect(&name);
            kubelet.disconnect(&mut self.api, self.now);
        }
        kubelet.start(&mut self.api, self.now);
        let number = self.kubelets.len();
        self.kubelets.push(Seat::new(Some(Rc::new(kubelet))));
        self.kubelet_of.insert(name, number);
        self.plan(ComponentId::Kubelet(number));
    }
}
