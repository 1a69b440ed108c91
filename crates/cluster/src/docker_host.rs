//! What a person's own machine reaches beside the API server: a docker daemon, the registries, and the images of nodes.

use crate::{Act, AddOn, Cluster, Heard, Worker};
use orrery_apimachinery::Str;
use orrery_container_runtime::images::Image;
use orrery_container_runtime::registry::Registries;
use orrery_container_runtime::{
    Answer, Docker, DockerHost, Hammered, Hammering, MachineDeed, Message, Reply, Target, Unreachable,
};
use orrery_kube_proxy::Place;
use std::net::Ipv4Addr;
use std::rc::Rc;

impl Cluster {
    /// The registries that nodes pull from.
    pub fn registries(&self) -> &Registries {
        &self.registries
    }

    /// Takes a registry down or up. False when there is none.
    pub fn set_registry(&mut self, host: &str, up: bool) -> bool {
        let found = self.registries.set_up(host, up);
        if found {
            self.note_act(Act::Registry(host.into(), up));
            self.mark(Worker::Registry(host.into()), up);
        }
        found
    }
}

impl DockerHost for Cluster {
    fn docker(&mut self) -> (&mut Docker, &mut Registries) {
        (&mut self.docker, &mut self.registries)
    }

    fn turn_registry(&mut self, port: u16, up: bool) {
        let host: Str = format!("localhost:{port}").into();
        if up {
            self.registries.start_local(port);
        }
        self.set_registry(&host, up);
    }

    fn nodes(&self) -> Vec<Str> {
        self.kubelet_of.keys().cloned().collect()
    }

    fn add_machine(&mut self) -> Str {
        self.add_node()
    }

    fn machine(&mut self, name: &str, deed: MachineDeed) -> bool {
        match deed {
            MachineDeed::Start => self.start_node(name),
            MachineDeed::Stop => self.stop_node(name),
            MachineDeed::Remove => self.remove_node(name),
            MachineDeed::Cut => self.cut_node(name),
            MachineDeed::Join => self.join_node(name),
            MachineDeed::StopKubelet => self.stop_kubelet(name),
        }
    }

    fn images_of(&self, node: &str) -> Vec<(Str, Rc<Image>)> {
        let images = self.kubelet(node).into_iter().flat_map(|kubelet| kubelet.images(self.now));
        images.map(|(name, image)| (name.clone(), image.clone())).collect()
    }

    fn load_image(&mut self, node: &str, name: &Str, image: &Rc<Image>) {
        let Some(&number) = self.kubelet_of.get(node) else { return };
        self.at_work(number, |kubelet, _, _, now| kubelet.load_image(name.clone(), image.clone(), now));
    }

    fn hammer(&mut self, told: &Hammering) -> Hammered {
        self.hammer_at(told)
    }

    fn look_up(&mut self, node: Option<&str>, name: &str) -> Vec<Ipv4Addr> {
        let found = self.wired(|wires, api, _| match node {
            Some(node) => wires.lookup_on_node(api, &node.into(), name),
            None => wires.lookup_outside(api, name),
        });
        found.into_iter().collect()
    }

    fn call(&mut self, node: Option<&str>, asked: &Str, to: Target, message: &Message) -> Heard {
        self.tracer.open();
        if let Some(node) = node.map(Str::from) {
            let heard = self.wired(|wires, api, now| wires.send_from_node(api, &node, to, message, now));
            self.tracer.close(self.now, Place::Node(node), asked.clone(), &heard);
            return heard;
        }
        let forwarded =
            to.address.is_loopback() && self.port_forwards.iter().any(|known| known.local == to.port);
        let heard = match to.address.is_loopback() {
            true => self.send_forwarded(to.port, message),
            false => self.wired(|wires, api, now| wires.send_from_outside(api, to, message, now)),
        };
        self.tracer.close(self.now, Place::Outside, asked.clone(), &heard);
        // The connection to kubectl stood; what it led to did not.
        match heard.result {
            Err(Unreachable::Refused) if forwarded => Answer { result: Ok(Reply::Bytes("".into())), ..heard },
            _ => heard,
        }
    }

    fn add_ons(&self) -> Vec<(&'static str, bool)> {
        AddOn::ALL.iter().map(|add_on| (add_on.name(), self.has_add_on(*add_on))).collect()
    }

    fn set_add_on(&mut self, name: &str, on: bool) {
        let add_on = AddOn::ALL.into_iter().find(|add_on| add_on.name() == name);
        if let Some(add_on) = add_on {
            Cluster::set_add_on(self, add_on, on);
        }
    }

    fn iptables_save(&self, node: &str, table: Option<&str>) -> Option<String> {
        self.kubelet_of.contains_key(node).then(|| self.kube_proxy().iptables_save(&self.api, node, table))
    }
}
