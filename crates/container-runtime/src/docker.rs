//! A docker daemon on a person's own machine, beside the cluster: what it has built and pulled, what it is logged in
//! to, and the containers that it runs.

use crate::images::Image;
use crate::registry::{Credentials, Registries};
use crate::world::{Answer, Message, Reply, Target, Unreachable};
use orrery_apimachinery::Str;
use orrery_sim::SimTime;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// A docker daemon.
#[derive(Clone, Debug, Default)]
pub struct Docker {
    /// Its images by canonical name.
    pub images: BTreeMap<Str, Rc<Image>>,
    /// What `docker login` has told it.
    pub logins: Vec<Credentials>,
    /// Its containers, the oldest first.
    pub containers: Vec<DockerContainer>,
    /// How many images it has built: two builds of one text differ by what was copied into them.
    pub builds: u64,
}

/// A container of a docker daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerContainer {
    /// Its id.
    pub id: Str,
    /// Its name.
    pub name: Str,
    /// The image, as it was named.
    pub image: Str,
    /// The port of the machine that leads to it, and its own.
    pub port: Option<(u16, u16)>,
    /// When it was made.
    pub created: SimTime,
    /// Whether it runs.
    pub running: bool,
}

/// What a person's machine reaches beside the API server.
pub trait DockerHost {
    /// The daemon, and the registries that it speaks to.
    fn docker(&mut self) -> (&mut Docker, &mut Registries);

    /// The nodes of the cluster.
    fn nodes(&self) -> Vec<Str>;

    /// The images that a node has.
    fn images_of(&self, node: &str) -> Vec<(Str, Rc<Image>)>;

    /// Puts an image on a node; nothing when there is no such node.
    fn load_image(&mut self, node: &str, name: &Str, image: &Rc<Image>);

    /// The addresses of a name, as this machine finds them.
    fn look_up(&mut self, name: &str) -> Vec<Ipv4Addr>;

    /// Sends a message from this machine, for whoever typed `asked`. A port of its own may lead to a pod
    /// (`kubectl port-forward`).
    fn call(&mut self, asked: &Str, to: Target, message: &Message) -> Answer<Result<Reply, Unreachable>>;

    /// The programs that can be installed into the cluster, and which are.
    fn add_ons(&self) -> Vec<(&'static str, bool)>;

    /// Installs one, or takes it away.
    fn set_add_on(&mut self, name: &str, on: bool);
}
