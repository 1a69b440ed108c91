//! What a process reaches outside its container: names, sockets, and the volumes it shares with others.

use crate::dns::{RecordType, Records};
use orrery_apimachinery::Str;
use orrery_sim::Duration;
use std::fmt;
use std::net::Ipv4Addr;

/// What came of asking the outside, and how long that took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// How long the process waited.
    pub took: Duration,
    /// What came back.
    pub result: T,
}

/// Where a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// An address of a pod, a node or a Service.
    pub address: Ipv4Addr,
    /// The port.
    pub port: u16,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.address, self.port)
    }
}

/// What carries a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// Connections.
    Tcp,
    /// Datagrams.
    Udp,
    /// Associations.
    Sctp,
}

impl Protocol {
    /// The protocol that the API calls so: `TCP`.
    pub fn named(name: &str) -> Protocol {
        match name {
            "UDP" => Protocol::Udp,
            "SCTP" => Protocol::Sctp,
            _ => Protocol::Tcp,
        }
    }

    /// As tools write it: `tcp`.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::Sctp => "sctp",
        }
    }
}

/// What is sent once a connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Nothing: the connection is opened and closed again (`nc -z`, a tcpSocket probe).
    Connect,
    /// An HTTP request.
    Http {
        /// `GET`, `POST` …
        method: Str,
        /// The path with its query.
        path: Str,
        /// The host that is asked for.
        host: Str,
        /// Headers beside the host, in order.
        headers: Vec<(Str, Str)>,
        /// The body, empty for most.
        body: Str,
    },
    /// Bytes of another protocol, such as a line to Redis.
    Bytes(Str),
    /// A datagram: there is no connection (`nc -u`).
    Datagram(Str),
}

impl Message {
    /// What carries it.
    pub fn protocol(&self) -> Protocol {
        if matches!(self, Message::Datagram(_)) { Protocol::Udp } else { Protocol::Tcp }
    }
}

/// What the other side answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The connection stood and was closed.
    Connected,
    /// An HTTP answer.
    Http {
        /// Its status.
        status: u16,
        /// Its headers, in order.
        headers: Vec<(Str, Str)>,
        /// Its body.
        body: Str,
    },
    /// Bytes of another protocol.
    Bytes(Str),
}

/// Why nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// Nobody listens on the port.
    Refused,
    /// There is no way to the address.
    NoRoute,
    /// No answer came in time.
    TimedOut,
}

/// Where an Ingress controller sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// To an endpoint of a Service.
    Backend {
        /// The controller's name for the Service and its port: `shop-web-80`.
        name: Str,
        /// The endpoints, in the order in which they are tried; none when the Service has none that is ready.
        targets: Vec<Target>,
        /// The path with its query, as the backend is asked for it.
        path: Str,
    },
    /// The client is sent elsewhere: the status and the location.
    Redirect(u16, Str),
    /// No rule takes it.
    NotFound,
}

/// The outside of a container.
///
/// A process may fall behind the clock while nothing that it does can be seen (see `Process::foresee`). So whoever reads
/// a volume for one process first advances the others that write to it; a [`Mount`](crate::Mount) for which that is not
/// done is `prompt`.
pub trait World {
    /// The address from which the present question seems to come; `None` when it comes from the node itself, or nobody
    /// asks.
    fn client(&self) -> Option<Ipv4Addr> {
        None
    }

    /// The addresses of a name, as the pod's resolver finds them: empty when there is no such name.
    fn lookup(&mut self, name: &str) -> Answer<Vec<Ipv4Addr>>;

    /// The processes of other containers that it sees, in the order of their numbers.
    fn processes(&mut self) -> Vec<(u32, Str)> {
        Vec::new()
    }

    /// Sends a signal to one of those.
    fn signal(&mut self, _pid: u32, _signal: &str) {}

    /// The records of a name, as the pod's resolver finds them; a name with a dot at its end is not completed.
    fn query(&mut self, name: &str, _kind: RecordType) -> Answer<Records> {
        let Answer { took, result } = self.lookup(name.trim_end_matches('.'));
        Answer { took, result: Records::of_addresses(&name.trim_end_matches('.').into(), result) }
    }

    /// Sends a message, waits at most `timeout`, and hears the answer.
    fn send(
        &mut self,
        to: Target,
        message: &Message,
        timeout: Duration,
    ) -> Answer<Result<Reply, Unreachable>>;

    // Of a world that has no volumes no files are read, and what is written to them is lost.

    /// The content of a file on a volume that others may change; `None` when it is not there.
    fn read(&mut self, _path: &str) -> Option<Str> {
        None
    }

    /// Writes such a file; an error says why it cannot be written (`Read-only file system`).
    fn write(&mut self, _path: &str, _content: &str) -> Result<(), Str> {
        Ok(())
    }

    /// Adds to the end of such a file, which comes to be if it is not there.
    fn append(&mut self, _path: &str, _content: &str) -> Result<(), Str> {
        Ok(())
    }

    /// How many bytes such a file has; nothing when it is not there.
    fn size(&mut self, _path: &str) -> u64 {
        0
    }

    /// Adds so many bytes of nothing in particular to such a file. The error is why that cannot be done.
    fn grow(&mut self, _path: &str, _bytes: u64) -> Result<(), Str> {
        Ok(())
    }

    /// Makes a directory and those above it.
    fn make_directory(&mut self, _path: &str) -> Result<(), Str> {
        Ok(())
    }

    /// Removes such a file or directory; false when it was not there.
    fn remove(&mut self, _path: &str) -> bool {
        false
    }

    /// The names in a directory of such a volume, in order; `None` when there is no such directory.
    fn list(&mut self, _path: &str) -> Option<Vec<Str>> {
        None
    }

    /// Where a request goes that an Ingress controller with this command line takes for a host and a path, over TLS or
    /// not: by the Ingresses, Services and endpoints that it hears of from the API server.
    fn route(&mut self, _args: &[Str], _tls: bool, _host: &str, _path: &str) -> Route {
        Route::NotFound
    }
}
