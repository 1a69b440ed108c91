//! A request that was followed, step by step: where it was, which rule decided, and which address was rewritten there.

use orrery_api::{NetworkPolicy, Pod};
use orrery_cluster::{Cluster, End, Journey};
pub use orrery_cluster::{Failure, Place};

use crate::scene::{ObjectRef, Text};

/// A followed request.
#[derive(Clone, PartialEq, Debug)]
pub struct Followed {
    /// Its number since the beginning.
    pub number: u64,
    /// When it was sent, in virtual nanoseconds.
    pub at: u64,
    /// By whom.
    pub from: Place,
    /// What was asked for.
    pub asked: Text,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// How it ended.
    pub ending: Ending,
    /// How long it took, in microseconds.
    pub took: u64,
    /// The command that sends the same.
    pub command: Text,
}

/// One step.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// Where.
    pub at: Place,
    /// Where it is drawn, if that is elsewhere: a policy stands at the pod that it protects.
    pub stands: Option<Place>,
    /// The object of that place, if it is one.
    pub object: Option<ObjectRef>,
    /// The address that the packets come from as they leave.
    pub source: Text,
    /// Where they are addressed to as they leave.
    pub destination: Text,
    /// Whether the source was rewritten here, and the destination.
    pub rewritten: (bool, bool),
    /// The rule that decided.
    pub rule: Text,
    /// What it did.
    pub what: Text,
}

/// How a request ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Ending {
    /// With an answer, and its status if that was HTTP.
    Answered(Option<u16>),
    /// Without one, and why.
    Failed(Failure, Text),
}

impl Followed {
    /// The places where its steps are drawn.
    pub fn stops(&self) -> Vec<&Place> {
        self.steps.iter().map(|step| step.stands.as_ref().unwrap_or(&step.at)).collect()
    }
}

impl Ending {
    /// Whether the client got what it asked for.
    pub fn is_well(&self) -> bool {
        matches!(self, Self::Answered(None | Some(0..=399)))
    }
}

/// The latest of the requests that are remembered, the last one first.
pub fn journeys(cluster: &Cluster, most: usize) -> Vec<Followed> {
    cluster.journeys().rev().take(most).map(|journey| followed(cluster, journey)).collect()
}

/// The request of that number.
pub fn journey(cluster: &Cluster, number: u64) -> Option<Followed> {
    cluster.journeys().find(|j| j.number == number).map(|journey| followed(cluster, journey))
}

fn followed(cluster: &Cluster, journey: &Journey) -> Followed {
    let mut before: Option<(Text, Text)> = None;
    let mut steps = Vec::new();
    for hop in &journey.hops {
        let source: Text = hop.source.to_string().as_str().into();
        let destination: Text =
            format!("{}:{}", hop.destination.address, hop.destination.port).as_str().into();
        let rewritten = match &before {
            Some((s, d)) => (*s != source, *d != destination),
            // What the client itself had written is not known; the rule tells.
            None => (false, hop.rule.contains("--to-destination")),
        };
        before = Some((source.clone(), destination.clone()));
        steps.push(Step {
            stands: stands(cluster, hop),
            object: object(&hop.at),
            at: hop.at.clone(),
            source,
            destination,
            rewritten,
            rule: hop.rule.clone(),
            what: hop.what.clone(),
        });
    }
    Followed {
        number: journey.number,
        at: journey.at.as_nanos(),
        from: journey.from.clone(),
        asked: journey.asked.clone(),
        steps,
        ending: match &journey.end {
            End::Answered(status) => Ending::Answered(*status),
            End::Failed(failure, why) => Ending::Failed(*failure, why.clone()),
        },
        took: journey.took.as_micros() as u64,
        command: command(&journey.from, &journey.asked),
    }
}

/// The object that a place is.
pub fn object(place: &Place) -> Option<ObjectRef> {
    Some(match place {
        Place::Outside | Place::Dns | Place::LoadBalancer(_) => return None,
        Place::Node(name) => ObjectRef::new("Node", "", name),
        Place::Service(namespace, name, _) => ObjectRef::new("Service", namespace, name),
        Place::Pod(namespace, name, _) => ObjectRef::new("Pod", namespace, name),
        Place::NetworkPolicy(namespace, name) => ObjectRef::new("NetworkPolicy", namespace, name),
        Place::Ingress(namespace, name) => ObjectRef::new("Ingress", namespace, name),
    })
}

/// A policy stands at the pod that it selects, of the two that the packets go between.
fn stands(cluster: &Cluster, hop: &orrery_cluster::Hop) -> Option<Place> {
    let Place::NetworkPolicy(namespace, name) = &hop.at else { return None };
    let api = cluster.api();
    let policy = api.get::<NetworkPolicy>(namespace, name)?;
    let ends = [hop.destination.address.to_string(), hop.source.to_string()];
    ends.iter().find_map(|address| {
        let mine = |pod: &&std::rc::Rc<Pod>| {
            pod.status.pod_ip.as_deref() == Some(address)
                && policy.spec.pod_selector.matches(&pod.metadata.labels)
        };
        let pod = api.list_in::<Pod>(namespace).find(mine)?;
        Some(Place::Pod(namespace.clone(), pod.metadata.name.clone(), None))
    })
}

/// What sends the same request from a terminal.
fn command(from: &Place, asked: &str) -> Text {
    let line = match from {
        Place::Pod(namespace, name, _) if &**namespace == "default" => {
            format!("kubectl exec {name} -- curl -s {asked}")
        }
        Place::Pod(namespace, name, _) => format!("kubectl exec -n {namespace} {name} -- curl -s {asked}"),
        Place::Node(name) => format!("minikube ssh -n {name} -- curl -s {asked}"),
        _ => format!("curl -s {asked}"),
    };
    line.as_str().into()
}
