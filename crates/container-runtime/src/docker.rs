//! A docker daemon on a person's own machine, beside the cluster: what it has built and pulled, what it is logged in
//! to, and the containers that it runs.

use crate::images::Image;
use crate::registry::{Credentials, Registries};
use crate::world::{Answer, Message, Reply, Target, Unreachable};
use orrery_apimachinery::Str;
use orrery_sim::{Duration, SimTime};
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

/// What a person does to a machine that carries a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineDeed {
    /// It is switched on, and its kubelet runs.
    Start,
    /// It is switched off.
    Stop,
    /// It goes for good, and its Node object with it.
    Remove,
    /// It is cut off from the network.
    Cut,
    /// It is joined to the network again.
    Join,
    /// Its kubelet is stopped.
    StopKubelet,
}

/// What a person's machine reaches beside the API server.
pub trait DockerHost {
    /// The daemon, and the registries that it speaks to.
    fn docker(&mut self) -> (&mut Docker, &mut Registries);

    /// A registry on a port of this machine starts, or stops.
    fn turn_registry(&mut self, port: u16, up: bool);

    /// The nodes of the cluster.
    fn nodes(&self) -> Vec<Str>;

    /// A machine joins the cluster; its name.
    fn add_machine(&mut self) -> Str;

    /// Does something to a machine; false when there is none of that name.
    fn machine(&mut self, name: &str, deed: MachineDeed) -> bool;

    /// The images that a node has.
    fn images_of(&self, node: &str) -> Vec<(Str, Rc<Image>)>;

    /// Puts an image on a node; nothing when there is no such node.
    fn load_image(&mut self, node: &str, name: &Str, image: &Rc<Image>);

    /// The addresses of a name, as this machine finds them, or as a node does.
    fn look_up(&mut self, node: Option<&str>, name: &str) -> Vec<Ipv4Addr>;

    /// Sends a message from this machine, or from a node, for whoever typed `asked`. A port of its own may lead to a pod
    /// (`kubectl port-forward`).
    fn call(
        &mut self,
        node: Option<&str>,
        asked: &Str,
        to: Target,
        message: &Message,
    ) -> Answer<Result<Reply, Unreachable>>;

    /// The programs that can be installed into the cluster, and which are.
    fn add_ons(&self) -> Vec<(&'static str, bool)>;

    /// Installs one, or takes it away.
    fn set_add_on(&mut self, name: &str, on: bool);

    /// Sends many requests from this machine, while time passes.
    fn hammer(&mut self, told: &Hammering) -> Hammered;

    /// The rules of a node's kernel, or those of one table, as `iptables-save` prints them; `None` when there is no
    /// such node.
    fn iptables_save(&self, node: &str, table: Option<&str>) -> Option<String>;
}

/// What a program that sends many requests is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hammering {
    /// What is asked for.
    pub url: Str,
    /// How many ask at the same time.
    pub workers: u64,
    /// How many requests each sends in a second; zero for as many as it can.
    pub per_worker: u64,
    /// How many are sent in all, unless a time is told.
    pub requests: u64,
    /// How long.
    pub time: Option<Duration>,
    /// Whether connections are kept.
    pub keep_alive: bool,
    /// How long an answer is waited for.
    pub timeout: Duration,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hammered {
    /// How long it took.
    pub took: Duration,
    /// How many answers there were, by the status of HTTP.
    pub statuses: Vec<(u16, u64)>,
    /// How many requests came to nothing, and why.
    pub errors: Vec<(Str, u64)>,
    /// Microseconds of the quickest answer, of the slowest, and of all on average.
    pub fastest: u64,
    /// See `fastest`.
    pub slowest: u64,
    /// See `fastest`.
    pub average: u64,
    /// Of so many in a hundred: the microseconds that they took at most.
    pub quantiles: Vec<(u64, u64)>,
}
