//! What lies beyond a node, as its pods reach it: names, connections, and disks that are attached over the network.

use crate::disk::Disk;
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_container_runtime::dns::{RecordType, Records};
use orrery_container_runtime::images::{Image, Reference};
use orrery_container_runtime::registry::{Credentials, Registries};
use orrery_container_runtime::{Answer, Message, Protocol, Reply, Route, Target, Unreachable};
use orrery_sim::SimTime;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// Who opens a connection.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The node on which it runs.
    pub node: &'a Str,
    /// Its address.
    pub address: Ipv4Addr,
    /// The pod, unless it has the network of its node.
    pub pod: Option<&'a Pod>,
}

/// Where a connection arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The address and the port that it reaches.
    pub to: Target,
    /// Where it seems to come from.
    pub source: Ipv4Addr,
}

/// What lies beyond a node. Who owns all nodes provides it.
pub trait Network {
    /// The records of a full name. `cluster` says whether the cluster's DNS is asked, or only the node's.
    fn query(
        &mut self,
        api: &ApiServer,
        from: &Caller<'_>,
        name: &str,
        kind: RecordType,
        cluster: bool,
    ) -> Records;

    /// Opens a connection: where it arrives, by the rules for Services, the policies and the routes between nodes.
    fn connect(
        &mut self,
        api: &ApiServer,
        from: &Caller<'_>,
        to: Target,
        protocol: Protocol,
        now: SimTime,
    ) -> Result<Arrival, Unreachable>;

    /// How many equal requests the message that is on its way stands for; none when it is really a single one.
    fn batch(&self) -> Option<u64> {
        None
    }

    /// Sends a message from the node called `node` to somebody beyond it.
    fn send(
        &mut self,
        api: &ApiServer,
        node: &Str,
        to: Arrival,
        message: &Message,
        now: SimTime,
    ) -> Answer<Result<Reply, Unreachable>>;

    /// Hears what came of a connection.
    fn heard(&mut self, api: &ApiServer, to: Arrival, result: &Result<Reply, Unreachable>);

    /// The registries.
    fn registries(&self) -> &Registries;

    /// The image that the node called `node` gets for a name; the error is the container runtime's.
    fn pull(
        &mut self,
        node: &Str,
        reference: &Reference,
        credentials: &[Credentials],
    ) -> Result<Rc<Image>, Str>;

    /// The storage of that name; it is made if it is not there.
    fn disk(&mut self, name: &Str) -> &mut Disk;

    /// Where a request goes that the Ingress controller in `pod`, with the address `from` and this command line, takes
    /// for a host and a path, over TLS or not.
    fn route(
        &mut self,
        api: &ApiServer,
        pod: &Pod,
        from: Ipv4Addr,
        args: &[Str],
        tls: bool,
        asked: (&str, &str),
    ) -> Route;
}
