//! Requests that are sent on purpose, from anywhere, and followed.

use crate::Cluster;
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_container_runtime::{Answer, Message, Reply, Target, Unreachable, Url};
use orrery_kube_proxy::{Failure, Journey, Place};
use orrery_sim::Duration;
use std::fmt;
use std::rc::Rc;
use std::str::FromStr;

/// How long a client waits when nobody says: as long as it tries to connect (Linux: `tcp_syn_retries` of 6).
const PATIENCE: Duration = Duration::from_secs(127);

/// Where a request is sent from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Beyond the cluster.
    Outside,
    /// A node, by its name: a process on the machine that is in no pod.
    Node(Str),
    /// A pod that runs.
    Pod {
        /// Its namespace.
        namespace: Str,
        /// Its name.
        name: Str,
        /// One of its containers; the first when none is named.
        container: Option<Str>,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Outside => f.write_str("outside"),
            Origin::Node(name) => write!(f, "node/{name}"),
            Origin::Pod { namespace, name, container: None } => write!(f, "pod/{namespace}/{name}"),
            Origin::Pod { namespace, name, container: Some(container) } => {
                write!(f, "pod/{namespace}/{name}/{container}")
            }
        }
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        match parts[..] {
            _ if parts.contains(&"") => {}
            ["outside"] => return Ok(Origin::Outside),
            ["node", name] => return Ok(Origin::Node(name.into())),
            ["pod", namespace, name] => {
                return Ok(Origin::Pod { namespace: namespace.into(), name: name.into(), container: None });
            }
            ["pod", namespace, name, container] => {
                let container = Some(container.into());
                return Ok(Origin::Pod { namespace: namespace.into(), name: name.into(), container });
            }
            _ => {}
        }
        Err(format!(
            "{text}: not one of outside, node/NAME, pod/NAMESPACE/NAME, pod/NAMESPACE/NAME/CONTAINER"
        ))
    }
}

/// A request of HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Who sends it.
    pub from: Origin,
    /// `GET`, `POST` …
    pub method: Str,
    /// `http://web.shop/cart`
    pub url: Str,
    /// Its headers; `Host` stands for the URL's host.
    pub headers: Vec<(Str, Str)>,
    /// Its body, empty for most.
    pub body: Str,
    /// How long the client waits.
    pub timeout: Duration,
}

impl Ask {
    /// A request for a page, without anything special.
    pub fn get(from: Origin, url: &str) -> Self {
        Ask {
            from,
            method: "GET".into(),
            url: url.into(),
            headers: Vec::new(),
            body: "".into(),
            timeout: PATIENCE,
        }
    }

    fn message(&self, url: &Url) -> Message {
        let is_host = |name: &str| name.eq_ignore_ascii_case("host");
        let host = self.headers.iter().find(|(name, _)| is_host(name)).map(|(_, value)| value);
        Message::Http {
            method: self.method.clone(),
            path: url.path.clone(),
            host: host.unwrap_or(&url.host).clone(),
            headers: self.headers.iter().filter(|(name, _)| !is_host(name)).cloned().collect(),
            body: self.body.clone(),
        }
    }
}

/// What came back, and how long it took.
pub type Heard = Answer<Result<Reply, Unreachable>>;

impl Cluster {
    /// The last requests that were followed, oldest first.
    pub fn journeys(&self) -> impl DoubleEndedIterator<Item = &Rc<Journey>> {
        self.tracer.journeys()
    }

    /// Asks for a page: the way that the request takes now, to the container that answers it.
    pub fn request(&mut self, from: &Origin, url: &str) -> Rc<Journey> {
        self.ask(&Ask::get(from.clone(), url)).0
    }

    /// Sends a request and follows it; also what the client hears. No time passes.
    pub fn ask(&mut self, ask: &Ask) -> (Rc<Journey>, Heard) {
        let (url, now) = (Url::read(&ask.url), self.now);
        let message = ask.message(&url);
        self.tracer.open();
        let heard = self.send_from(&ask.from, &url.host, url.port, &message, ask.timeout);
        let asked =
            if ask.url.contains("://") { ask.url.clone() } else { ["http://", &ask.url].concat().into() };
        let journey = self.tracer.close(now, ask.from.place(), asked, &heard);
        (journey, heard)
    }

    fn send_from(
        &mut self,
        from: &Origin,
        host: &str,
        port: u16,
        message: &Message,
        timeout: Duration,
    ) -> Heard {
        let answer = match from {
            Origin::Outside => self.wired(|wires, api, now| {
                let Some(address) = wires.lookup_outside(api, host) else { return unknown() };
                wires.send_from_outside(api, Target { address, port }, message, now)
            }),
            Origin::Node(name) => {
                if !self.node_is_on(name).unwrap_or_default() {
                    return self.fails(Failure::NoRoute, &format!("node {name} is not there"));
                }
                self.wired(|wires, api, now| {
                    let Some(address) = wires.lookup_on_node(api, name, host) else { return unknown() };
                    wires.send_from_node(api, name, Target { address, port }, message, now)
                })
            }
            Origin::Pod { namespace, name, container } => {
                let place = self.api.get::<Pod>(namespace, name).cloned();
                let number =
                    place.as_ref().and_then(|pod| self.kubelet_of.get(pod.node_name.as_ref()?).copied());
                let sent = place.zip(number).and_then(|(pod, number)| {
                    self.at_work(number, |kubelet, api, network, now| {
                        kubelet.request(api, network, (&pod, container.as_ref()), (host, port), message, now)
                    })
                });
                match sent {
                    Some(answer) => answer,
                    None => {
                        return self.fails(Failure::NoRoute, &format!("pod {namespace}/{name} does not run"));
                    }
                }
            }
        };
        if answer.took > timeout {
            return Answer { took: timeout, result: Err(Unreachable::TimedOut) };
        }
        answer
    }

    fn fails(&mut self, failure: Failure, why: &str) -> Heard {
        self.tracer.stop(failure, why);
        Answer { took: Duration::ZERO, result: Err(failure.seen()) }
    }
}

/// The name means nothing.
fn unknown() -> Heard {
    Answer { took: Duration::from_millis(1), result: Err(Unreachable::NoRoute) }
}

impl Origin {
    /// The place where a request of it begins.
    pub fn place(&self) -> Place {
        match self {
            Origin::Outside => Place::Outside,
            Origin::Node(name) => Place::Node(name.clone()),
            Origin::Pod { namespace, name, .. } => Place::Pod(namespace.clone(), name.clone(), None),
        }
    }
}
