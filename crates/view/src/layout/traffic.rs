//! Where everything stands in the traffic view: the outside at the left edge, entrances, services, and the nodes with their pods
//! at the right; and the way of a followed request over them.

use super::{BODY, Density, GAP, Layout, Spot, inner, margin, marks, per_row, place_waiting, tracks};
use crate::journey::Place;
use crate::scene::{NodeCard, Scene};
use crate::traffic::{Door, Entrance, Served, Traffic};

/// What is placed of the traffic view beside services, nodes and pods.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TrafficPlaces {
    /// The ports of the person's machine, load balancers, Ingresses and the nodes' ports, in their order.
    pub entrances: Vec<Spot>,
    /// The cluster's DNS.
    pub dns: Spot,
    /// From the outside to the entrances that are open.
    pub street: String,
    /// From entrances to services.
    pub edges: Vec<Edge>,
    /// From the ports of the person's machine into pods, in their order.
    pub forwards: Vec<Forward>,
}

/// The way of what goes to a port of the person's machine: by the API server and the kubelet of the node into the pod.
#[derive(Clone, PartialEq, Debug)]
pub struct Forward {
    /// The line, as SVG path data. Within the API server's box there is none.
    pub path: String,
    /// Where it meets the API server, and where the kubelet.
    pub stops: [(f64, f64); 2],
}

/// A line from an entrance to a service.
#[derive(Clone, PartialEq, Debug)]
pub struct Edge {
    /// The line, as SVG path data.
    pub path: String,
    /// Where it ends, and what is written there.
    pub label: (f64, f64, crate::scene::Text),
    /// Index of the service.
    pub service: usize,
    /// Nothing goes along it.
    pub closed: bool,
}

const OUTSIDE: f64 = 46.0;
const ENTRANCE: f64 = 128.0;
const STREET: f64 = 22.0;
/// Between entrances and services: a lane for each line, and the port that it asks for.
const LANES: f64 = 58.0;
const SERVICE: f64 = 150.0;
const DNS: f64 = 34.0;
const CHANNEL: f64 = 28.0;
/// Height of a node's head, with room for lines above its first row of pods.
const NODE_HEAD: f64 = 46.0;
const LINE: f64 = 15.0;

/// Places everything; returns the lowest edge.
pub(super) fn place(l: &mut Layout, scene: &Scene, traffic: &Traffic) -> f64 {
    let m = margin(l);
    let mut places = TrafficPlaces::default();
    l.outside = Spot::new(m, BODY + 20.0, OUTSIDE, 52.0);
    let lowest = if l.narrow {
        let y = rows(&mut places.entrances, &traffic.entrances, l, l.outside.bottom() + GAP, entrance_height);
        let mut services = Vec::new();
        let y = rows(&mut services, &traffic.services, l, y, service_height);
        l.services = services;
        places.dns = Spot::new(l.width - m - 110.0, BODY + 20.0, 110.0, DNS);
        place_nodes(l, scene, m, y)
    } else {
        let mut x = m + OUTSIDE + STREET;
        let mut lowest = l.outside.bottom();
        // The way from the outside to DNS passes above the entrances.
        let top = BODY + DNS + GAP;
        if !traffic.entrances.is_empty() {
            places.entrances = column(&traffic.entrances, x, ENTRANCE, top, entrance_height);
            lowest = places.entrances.last().map_or(lowest, Spot::bottom);
            x += ENTRANCE + LANES;
        }
        places.dns = Spot::new(x, BODY, SERVICE, DNS);
        l.services = column(&traffic.services, x, SERVICE, top, service_height);
        lowest = l.services.last().map_or(lowest, |s| lowest.max(s.bottom()));
        place_nodes(l, scene, x + SERVICE + CHANNEL, BODY).max(lowest)
    };
    forward(&mut places, l, scene, traffic);
    if !l.narrow {
        join(&mut places, l, traffic);
        if l.density == Density::Full {
            l.tracks = tracks(l, scene);
        }
    }
    l.traffic = Some(places);
    place_waiting(l, scene, lowest)
}

fn entrance_height(entrance: &Entrance) -> f64 {
    match entrance.door {
        Door::LoadBalancer | Door::PortForward => 42.0,
        Door::Ingress => 28.0 + LINE * entrance.ways.len() as f64,
        Door::Node => 26.0,
    }
}

fn service_height(service: &Served) -> f64 {
    // One line for those that get nothing: the first of them, and why.
    let lines = service.ports.len() + service.policies.len() + 1 + usize::from(!service.unready.is_empty());
    39.0 + LINE * lines as f64
}

fn column<T>(all: &[T], x: f64, w: f64, mut y: f64, height: fn(&T) -> f64) -> Vec<Spot> {
    let mut spots = Vec::new();
    for one in all {
        spots.push(Spot::new(x, y, w, height(one)));
        y += height(one) + 10.0;
    }
    spots
}

/// Two beside each other, where there is no room for columns. Returns where what follows begins.
fn rows<T>(spots: &mut Vec<Spot>, all: &[T], l: &Layout, mut y: f64, height: fn(&T) -> f64) -> f64 {
    let w = (inner(l) - GAP) / 2.0;
    spots.clear();
    for pair in all.chunks(2) {
        let h = pair.iter().map(height).fold(0.0, f64::max);
        for (i, _) in pair.iter().enumerate() {
            spots.push(Spot::new(margin(l) + i as f64 * (w + GAP), y, w, h));
        }
        y += h + 10.0;
    }
    y + 4.0
}

fn place_nodes(l: &mut Layout, scene: &Scene, x: f64, top: f64) -> f64 {
    let room = l.width - margin(l) - x;
    let columns = ((room + GAP) / (210.0 + GAP)).floor().max(1.0) as usize;
    let columns = columns.min(scene.nodes.len().max(1));
    let w = (room - GAP * (columns - 1) as f64) / columns as f64;
    let mut y = top;
    for cards in scene.nodes.chunks(columns) {
        let fit = per_row(l.density, w);
        let rows = cards.iter().map(|c| c.pods.len().div_ceil(fit)).max().unwrap_or(0).max(1);
        let h = NODE_HEAD + rows as f64 * l.density.pitch().1 + 2.0;
        for (i, card) in cards.iter().enumerate() {
            place_node(l, card, Spot::new(x + i as f64 * (w + GAP), y, w, h), fit);
        }
        y += h + GAP;
    }
    y - GAP
}

fn place_node(l: &mut Layout, card: &NodeCard, spot: Spot, fit: usize) {
    let grid = Spot::new(spot.x + 14.0, spot.y + NODE_HEAD, spot.w - 28.0, 0.0);
    l.nodes.push(spot);
    l.pods.extend(marks(l.density, grid, fit, card.pods.len()));
}

/// The street from the outside to each open entrance, and the lines from entrances to services.
fn join(places: &mut TrafficPlaces, l: &Layout, traffic: &Traffic) {
    let bus = l.outside.right() + STREET / 2.0;
    let all = traffic.entrances.iter().zip(&places.entrances);
    for (_, spot) in all.clone().filter(|(e, _)| !e.closed) {
        places.street +=
            &format!("M{} {}H{bus}V{}H{}", l.outside.right() - 6.0, l.outside.cy() - 8.0, spot.cy(), spot.x);
    }
    // Lines that end at one service do not lie on each other.
    let mut ends = vec![0.0; l.services.len()];
    let doors: Vec<&Spot> = all.clone().filter(|(e, _)| e.door == Door::Node).map(|(_, s)| s).collect();
    let mut lane = 0;
    for (entrance, spot) in all {
        // All nodes have the same ports: one bundle for all of them.
        if entrance.door == Door::Node && doors.first() != Some(&spot) {
            continue;
        }
        for (i, way) in entrance.ways.iter().enumerate() {
            let to = l.services[way.service];
            let y = (to.y + 13.0 + ends[way.service]).min(to.bottom() - 6.0);
            ends[way.service] += 14.0;
            let from =
                if entrance.door == Door::Ingress { spot.y + 30.0 + LINE * i as f64 } else { spot.cy() };
            let x = spot.right() + 6.0 + f64::from(lane % 4) * 4.0;
            lane += 1;
            let mut path = format!("M{} {from}H{x}V{y}H{}", spot.right(), to.x);
            if entrance.door == Door::Node {
                for door in &doors[1..] {
                    path += &format!("M{} {}H{x}V{y}", door.right(), door.cy());
                }
            }
            let asked = if entrance.door == Door::Ingress { "".into() } else { way.asked.clone() };
            let label = (to.x - 5.0, y - 3.0, asked);
            places.edges.push(Edge { path, label, service: way.service, closed: entrance.closed });
        }
    }
}

/// The lines from ports of the person's machine into pods: beside everything else, for no Service and no rule is asked.
fn forward(places: &mut TrafficPlaces, l: &Layout, scene: &Scene, traffic: &Traffic) {
    let all = traffic.entrances.iter().zip(&places.entrances);
    for (entrance, spot) in all.filter(|(entrance, _)| entrance.door == Door::PortForward) {
        let mut nodes = scene.nodes.iter().zip(&l.nodes);
        let node = nodes.find(|(card, _)| card.pods.iter().any(|pod| pod.id == entrance.id));
        let at = scene.pods().position(|pod| pod.id == entrance.id);
        let (Some((_, node)), Some(at)) = (node, at) else { continue };
        let (pod, server) = (l.pods[at], l.rail.bottom());
        // Where nodes are as wide as the sheet the way down is at its other side.
        let (up, down, kubelet, within) = match l.narrow {
            true => (spot.x - 5.0, node.right() + 5.0, node.right(), node.right() - 6.0),
            false => (spot.x - 5.0, node.x - 5.0, node.x, node.x + 6.0),
        };
        let inside = |x: f64| x.clamp(l.rail.x + 8.0, l.rail.right() - 8.0);
        let (below, head, above) = (server + 7.0, node.y + 16.0, pod.y - 12.0);
        let to = format!("M{} {}H{up}V{below}H{}V{server}", spot.x, spot.cy(), inside(up));
        let on = format!("M{} {server}V{below}H{down}V{head}H{within}V{above}H{}", inside(down), pod.cx());
        let path = [to, on, format!("V{}", pod.y)].concat();
        places.forwards.push(Forward { path, stops: [(inside(up), server), (kubelet, head)] });
    }
}

/// A stretch of a followed request: the line from the stop before, and where it arrives.
#[derive(Clone, PartialEq, Debug)]
pub struct Leg {
    /// The line, as SVG path data; empty where it stays in its place.
    pub path: String,
    /// The end of the line.
    pub at: (f64, f64),
}

/// Where a request stands.
#[derive(Clone, Copy, PartialEq)]
enum Stand {
    /// At a box, reached from its side.
    Box(Spot),
    /// At a pod, reached from above.
    Pod(Spot),
}

impl Stand {
    fn spot(self) -> Spot {
        match self {
            Self::Box(spot) | Self::Pod(spot) => spot,
        }
    }

    fn at(self) -> (f64, f64) {
        match self {
            // On its edge, where nothing is written.
            Self::Box(spot) => (spot.right() - 10.0, spot.y),
            Self::Pod(spot) => (spot.x + 4.0, spot.bottom() - 2.0),
        }
    }
}

/// The lines of a request, one for each stop after the first. What is no longer there is passed over.
pub fn route(l: &Layout, scene: &Scene, from: &Place, stops: &[&Place]) -> Vec<Leg> {
    let mut here = stand(l, scene, from, None);
    let mut legs = Vec::new();
    for place in stops {
        let next = stand(l, scene, place, here).or(here);
        let path = match (here, next) {
            (Some(a), Some(b)) if a != b => line(l, a, b),
            _ => String::new(),
        };
        legs.push(Leg { path, at: next.map_or((0.0, 0.0), Stand::at) });
        here = next;
    }
    legs
}

fn stand(l: &Layout, scene: &Scene, place: &Place, before: Option<Stand>) -> Option<Stand> {
    let (traffic, places) = (scene.traffic.as_ref()?, l.traffic.as_ref()?);
    let entrance = |wanted: &dyn Fn(&Entrance) -> bool| {
        traffic.entrances.iter().position(wanted).map(|i| Stand::Box(places.entrances[i]))
    };
    match place {
        Place::Outside => Some(Stand::Box(l.outside)),
        Place::Dns => Some(Stand::Box(places.dns)),
        Place::LoadBalancer(address) => entrance(&|e| e.door == Door::LoadBalancer && *e.name == **address),
        Place::Node(name) => {
            let card = scene.nodes.iter().position(|n| n.id.name == *name).map(|i| l.nodes[i]);
            // Who comes from without meets the node at its port, who is within at its rules.
            let without =
                before.is_some_and(|b| card.is_some_and(|card| b.spot().right() < card.x - SERVICE));
            let door = entrance(&|e| e.door == Door::Node && e.id.name == *name).filter(|_| without);
            door.or(card.map(|card| Stand::Box(Spot::new(card.x, card.y + 8.0, 84.0, 20.0))))
        }
        Place::Service(namespace, name, _) => {
            let is = |id: &crate::scene::ObjectRef| id.namespace == *namespace && id.name == *name;
            let at = scene.services.iter().position(|s| is(&s.id))?;
            Some(Stand::Box(l.services[at]))
        }
        Place::Pod(namespace, name, _) => {
            let at = scene.pods().position(|p| p.id.namespace == *namespace && p.id.name == *name)?;
            Some(Stand::Pod(l.pods[at]))
        }
        Place::Ingress(namespace, name) => {
            entrance(&|e| e.door == Door::Ingress && e.id.namespace == *namespace && e.id.name == *name)
        }
        Place::NetworkPolicy(..) => None,
    }
}

/// From one stand to the next: along the channel beside the columns, and above a row of pods.
fn line(l: &Layout, a: Stand, b: Stand) -> String {
    let (from, to) = (a.spot(), b.spot());
    let lane = |pod: Spot| pod.y - 16.0;
    let right = to.cx() > from.cx() + 1.0;
    let gutter = l.nodes.first().map_or(0.0, |n| n.x - 9.0);
    match (a, b) {
        (Stand::Box(_), Stand::Box(_)) if (from.x - to.x).abs() < 2.0 => {
            format!("M{} {}H{}V{}H{}", from.x, from.cy(), from.x - 8.0, to.cy(), to.x)
        }
        (Stand::Box(_), Stand::Box(_)) if right => {
            format!("M{} {}H{}V{}H{}", from.right(), from.cy(), from.right() + 14.0, to.cy(), to.x)
        }
        (Stand::Box(_), Stand::Box(_)) => {
            format!("M{} {}H{}V{}H{}", from.x, from.cy(), to.right() + 14.0, to.cy(), to.right())
        }
        (Stand::Box(_), Stand::Pod(_)) => {
            // From a node's own rules the way begins at the left, as that of a service ends there.
            let (x, turn) = if from.x > gutter {
                (from.x, gutter)
            } else {
                (from.right(), (from.right() + 14.0).max(gutter))
            };
            format!("M{x} {}H{turn}V{}H{}V{}", from.cy(), lane(to), to.cx(), to.y)
        }
        (Stand::Pod(_), Stand::Box(_)) if from.x > to.x && to.x > gutter => {
            format!("M{} {}V{}H{}V{}", from.cx(), from.y, lane(from), to.x + 12.0, to.bottom())
        }
        (Stand::Pod(_), Stand::Box(_)) => {
            let (turn, x) = (gutter.max(to.right() + 8.0), to.right());
            format!("M{} {}V{}H{turn}V{}H{x}", from.cx(), from.y, lane(from), to.cy())
        }
        (Stand::Pod(_), Stand::Pod(_)) if lane(from) == lane(to) => {
            format!("M{} {}V{}H{}V{}", from.cx(), from.y, lane(from), to.cx(), to.y)
        }
        (Stand::Pod(_), Stand::Pod(_)) => {
            format!("M{} {}V{}H{gutter}V{}H{}V{}", from.cx(), from.y, lane(from), lane(to), to.cx(), to.y)
        }
    }
}
