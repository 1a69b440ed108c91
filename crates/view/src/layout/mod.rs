//! Where everything stands: boxes from a scene and a width. Pure arithmetic, so that a test can
//! hold what the eye wants: nothing overlaps, nothing leaves the sheet.

mod owners;
#[cfg(test)]
mod tests;
mod traffic;

use std::collections::BTreeMap;

use crate::scene::{NodeCard, ObjectRef, Scene, ServiceBox};
use crate::words;
pub use owners::{BranchPlace, FamilyPlace};
pub use traffic::{Edge, Forward, Leg, TrafficPlaces, route};

/// A box on the sheet, in pixels.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Spot {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Spot {
    /// A box from its corner and size.
    pub fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    /// Right edge.
    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// Middle, left to right.
    pub fn cx(&self) -> f64 {
        self.x + self.w / 2.0
    }

    /// Middle, top to bottom.
    pub fn cy(&self) -> f64 {
        self.y + self.h / 2.0
    }

    /// Whether two boxes share any area.
    pub fn overlaps(&self, other: &Self) -> bool {
        let apart = self.right() <= other.x
            || other.right() <= self.x
            || self.bottom() <= other.y
            || other.bottom() <= self.y;
        !apart
    }
}

/// How much each node tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Density {
    /// Large marks with names.
    #[default]
    Full,
    /// Small marks, names on demand.
    Compact,
}

impl Density {
    /// Side of a pod's mark.
    pub fn mark(self) -> f64 {
        if self == Self::Full { 32.0 } else { 18.0 }
    }

    fn pitch(self) -> (f64, f64) {
        if self == Self::Full { (39.5, 60.0) } else { (22.0, 22.0) }
    }

    /// Height of a card above and below its pods.
    fn frame(self) -> (f64, f64) {
        if self == Self::Full { (96.0, 62.0) } else { (84.0, 34.0) }
    }

    fn card(self) -> (f64, f64) {
        if self == Self::Full { (152.0, 420.0) } else { (164.0, 260.0) }
    }
}

/// The path from a service to the pods behind it in one row.
#[derive(Clone, PartialEq, Debug)]
pub struct Track {
    /// Index of the service.
    pub service: usize,
    /// The line, as SVG path data.
    pub path: String,
    /// Whether it leads to pods that are ready.
    pub ready: bool,
}

/// Everything placed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Layout {
    /// Width of the sheet.
    pub width: f64,
    /// Height of the sheet.
    pub height: f64,
    /// Too narrow for a column of services beside the nodes.
    pub narrow: bool,
    /// How much each node tells.
    pub density: Density,
    /// etcd.
    pub etcd: Spot,
    /// kube-scheduler.
    pub scheduler: Spot,
    /// kube-controller-manager.
    pub controllers: Spot,
    /// The API server.
    pub rail: Spot,
    /// The outside world.
    pub outside: Spot,
    /// Services, in the scene's order.
    pub services: Vec<Spot>,
    /// Registries, in the scene's order.
    pub registries: Vec<Spot>,
    /// Node cards, in the scene's order.
    pub nodes: Vec<Spot>,
    /// Marks, in the order of `Scene::pods`.
    pub pods: Vec<Spot>,
    /// The lane of pods without a node.
    pub waiting: Option<Spot>,
    /// Volume tracks.
    pub volumes: Vec<Spot>,
    /// Rollout lanes.
    pub rollouts: Vec<Spot>,
    /// Lines from services to pods.
    pub tracks: Vec<Track>,
    /// The families of the owners view.
    pub families: Vec<FamilyPlace>,
    /// What stands between the outside and the services, in the traffic view.
    pub traffic: Option<TrafficPlaces>,
}

/// Where an object stands, if it has a place of its own on the sheet.
pub fn spot_of(l: &Layout, scene: &Scene, id: &ObjectRef) -> Option<Spot> {
    fn find<'a>(ids: impl Iterator<Item = &'a ObjectRef>, spots: &[Spot], id: &ObjectRef) -> Option<Spot> {
        ids.zip(spots).find(|(known, _)| *known == id).map(|(_, spot)| *spot)
    }
    match &*id.kind {
        "Pod" => find(scene.pods().map(|pod| &pod.id), &l.pods, id),
        "Node" => find(scene.nodes.iter().map(|node| &node.id), &l.nodes, id),
        "Service" => find(scene.services.iter().map(|service| &service.id), &l.services, id),
        "PersistentVolumeClaim" | "PersistentVolume" => {
            find(scene.volumes.iter().map(|volume| &volume.id), &l.volumes, id)
        }
        _ => {
            for (family, place) in scene.families.iter().flatten().zip(&l.families) {
                if family.id == *id {
                    return Some(place.head);
                }
                let branches = family.branches.iter().zip(&place.branches);
                let mut heads = branches.filter(|(branch, _)| branch.id == *id);
                if let Some(head) = heads.find_map(|(_, place)| place.head) {
                    return Some(head);
                }
            }
            find(scene.rollouts.iter().map(|lane| &lane.id), &l.rollouts, id)
        }
    }
}

/// Room above a lane for its heading.
pub const HEADING: f64 = 26.0;
const GAP: f64 = 14.0;
/// A service beside the nodes: at least so wide, so much wider for long names, and so high.
const SERVICE_WIDTH: (f64, f64) = (124.0, 176.0);
const SERVICE_HEIGHT: f64 = 42.0;
/// Height of a registry.
const REGISTRY: f64 = 30.0;
const CHANNEL: f64 = 24.0;
const BODY: f64 = 148.0;
/// Below this width services stand above the nodes.
const NARROW: f64 = 540.0;
/// More pods in one node than this are drawn small.
const CROWDED_NODE: usize = 24;
const MANY_PODS: usize = 220;
const MANY_NODES: usize = 16;

/// Places a scene on a sheet of the given width.
pub fn arrange(scene: &Scene, width: f64) -> Layout {
    let width = width.max(300.0);
    let mut l = Layout { width, narrow: width < NARROW, density: density(scene), ..Layout::default() };
    place_control_plane(&mut l);
    let y = match (&scene.families, &scene.traffic) {
        (Some(families), _) => owners::place(&mut l, scene, families),
        (_, Some(traffic)) => traffic::place(&mut l, scene, traffic),
        _ => place_by_node(&mut l, scene),
    };
    l.height = place_rollouts(&mut l, scene, y) + margin(&l);
    l
}

/// Services, nodes and pods in them, who waits, and volumes. Returns the lowest edge.
fn place_by_node(l: &mut Layout, scene: &Scene) -> f64 {
    let left_bottom = place_services(l, scene);
    let nodes_bottom = place_nodes(l, scene, left_bottom);
    let y = place_waiting(l, scene, left_bottom.max(nodes_bottom));
    if l.density == Density::Full && !l.narrow {
        l.tracks = tracks(l, scene);
    }
    place_volumes(l, scene, y)
}

fn density(scene: &Scene) -> Density {
    let crowded = scene.nodes.iter().any(|n| n.pods.len() > CROWDED_NODE);
    if crowded || scene.nodes.len() > MANY_NODES || scene.pods().count() > MANY_PODS {
        Density::Compact
    } else {
        Density::Full
    }
}

fn margin(l: &Layout) -> f64 {
    if l.narrow { 12.0 } else { 20.0 }
}

fn inner(l: &Layout) -> f64 {
    l.width - 2.0 * margin(l)
}

fn place_control_plane(l: &mut Layout) {
    let (m, w) = (margin(l), inner(l));
    let (y, h) = (18.0, 50.0);
    let gap = if l.narrow { 8.0 } else { 26.0 };
    // The parts stand centred on the rail; the widest one takes what a narrow sheet leaves.
    let small = if l.narrow { (84.0, 96.0) } else { (120.0, 132.0) };
    let rest = (w - small.0 - small.1 - 2.0 * gap).min(340.0);
    let x = m + (w - small.0 - small.1 - rest - 2.0 * gap) / 2.0;
    l.etcd = Spot::new(x, y, small.0, h);
    l.scheduler = Spot::new(l.etcd.right() + gap, y, small.1, h);
    l.controllers = Spot::new(l.scheduler.right() + gap, y, rest, h);
    l.rail = Spot::new(m, 92.0, w, 30.0);
}

/// How wide the column of services is: what the longest name takes, as far as the nodes can spare it.
fn side_width(scene: &Scene, width: f64) -> f64 {
    let (least, most) = SERVICE_WIDTH;
    let longest =
        scene.services.iter().map(|service| words::bold_width(&service.id.name, 12.0)).fold(0.0, f64::max);
    (longest + 24.0).min(width / 5.5).clamp(least, most).round()
}

/// Services in a column beside the nodes, or in rows above them. Returns the lowest edge.
fn place_services(l: &mut Layout, scene: &Scene) -> f64 {
    let m = margin(l);
    let side = if l.narrow { SERVICE_WIDTH.0 } else { side_width(scene, l.width) };
    l.outside = Spot::new(m, BODY + 8.0, side, 36.0);
    if l.narrow {
        let w = (inner(l) - GAP) / 2.0;
        let top = l.outside.bottom() + HEADING;
        l.services = (0..scene.services.len())
            .map(|i| {
                let (col, row) = ((i % 2) as f64, (i / 2) as f64);
                Spot::new(m + col * (w + GAP), top + row * (SERVICE_HEIGHT + 8.0), w, SERVICE_HEIGHT)
            })
            .collect();
    } else {
        let top = l.outside.bottom() + HEADING + 8.0;
        l.services = (0..scene.services.len())
            .map(|i| Spot::new(m, top + i as f64 * (SERVICE_HEIGHT + 8.0), side, SERVICE_HEIGHT))
            .collect();
    }
    let lowest = l.services.last().map_or(l.outside.bottom(), Spot::bottom);
    place_registries(l, scene.registries.len(), lowest)
}

/// Registries below the services. Returns the lowest edge.
fn place_registries(l: &mut Layout, count: usize, y: f64) -> f64 {
    let columns = if l.narrow { 2 } else { 1 };
    let w = if l.narrow { (inner(l) - GAP) / 2.0 } else { l.outside.w };
    let (m, top) = (margin(l), y + HEADING + 6.0);
    l.registries = (0..count)
        .map(|i| {
            let (col, row) = ((i % columns) as f64, (i / columns) as f64);
            Spot::new(m + col * (w + GAP), top + row * (REGISTRY + 7.0), w, REGISTRY)
        })
        .collect();
    l.registries.last().map_or(y, Spot::bottom)
}

impl Layout {
    /// The way from a registry to a node: along the channel beside the registries, and up into the card from below.
    pub fn pull(&self, registry: usize, node: usize) -> Option<String> {
        let (from, to) = (self.registries.get(registry)?, self.nodes.get(node)?);
        let below = to.bottom() + GAP / 2.0;
        let (edge, channel) =
            if self.narrow { (from.x, from.x - 5.0) } else { (from.right(), from.right() + 12.0) };
        Some(format!("M{edge:.1} {:.1}H{channel:.1}V{below:.1}H{:.1}V{:.1}", from.cy(), to.cx(), to.bottom()))
    }
}

/// Node cards in rows of equal height, with their pods. Returns the lowest edge.
fn place_nodes(l: &mut Layout, scene: &Scene, left_bottom: f64) -> f64 {
    let m = margin(l);
    let (x0, mut y) =
        if l.narrow { (m, left_bottom + GAP + 4.0) } else { (l.outside.right() + CHANNEL, BODY) };
    let room = l.width - m - x0;
    let (least, most) = l.density.card();
    let fit = (((room + GAP) / (least + GAP)).floor() as usize).max(1);
    let columns = fit.min(scene.nodes.len().max(1));
    let w = ((room - GAP * (columns - 1) as f64) / columns as f64).min(most.max(room / fit as f64));
    for cards in scene.nodes.chunks(columns) {
        let h = row_height(l.density, cards, w);
        for (i, card) in cards.iter().enumerate() {
            let spot = Spot::new(x0 + i as f64 * (w + GAP), y, w, h);
            l.nodes.push(spot);
            place_pods(l, card, spot);
        }
        y += h + GAP;
    }
    y - GAP
}

fn per_row(density: Density, w: f64) -> usize {
    let (pitch, _) = density.pitch();
    (((w - 24.0 + pitch - density.mark()) / pitch).floor() as usize).max(1)
}

fn row_height(density: Density, cards: &[NodeCard], w: f64) -> f64 {
    let least = 2;
    let rows = cards.iter().map(|c| c.pods.len().div_ceil(per_row(density, w))).max().unwrap_or(0).max(least);
    let (above, below) = density.frame();
    above + rows as f64 * density.pitch().1 + below
}

fn place_pods(l: &mut Layout, card: &NodeCard, spot: Spot) {
    let above = l.density.frame().0;
    let grid = Spot::new(spot.x + 12.0, spot.y + above, spot.w - 24.0, 0.0);
    let (density, count) = (l.density, per_row(l.density, spot.w));
    l.pods.extend(marks(density, grid, count, card.pods.len()));
}

fn marks(density: Density, grid: Spot, per_row: usize, count: usize) -> impl Iterator<Item = Spot> {
    let (dx, dy) = density.pitch();
    (0..count).map(move |i| {
        let (col, row) = ((i % per_row) as f64, (i / per_row) as f64);
        Spot::new(grid.x + col * dx, grid.y + row * dy, density.mark(), density.mark())
    })
}

fn place_waiting(l: &mut Layout, scene: &Scene, y: f64) -> f64 {
    let count = scene.waiting.pods.len();
    if count == 0 {
        return y;
    }
    let (m, w) = (margin(l), inner(l));
    let (_, dy) = l.density.pitch();
    let columns = per_row(l.density, w);
    let rows = count.div_ceil(columns) as f64;
    let words = if scene.waiting.why.is_some() { why_height(l) } else { 0.0 };
    let spot = Spot::new(m, y + HEADING + 8.0, w, 14.0 + rows * dy + words);
    let grid = Spot::new(m + 12.0, spot.y + 12.0, w - 24.0, 0.0);
    l.pods.extend(marks(l.density, grid, columns, count));
    l.waiting = Some(spot);
    spot.bottom()
}

/// Height of the scheduler's words below the pods that wait.
fn why_height(l: &Layout) -> f64 {
    if l.narrow { 46.0 } else { 32.0 }
}

fn place_volumes(l: &mut Layout, scene: &Scene, y: f64) -> f64 {
    let (m, w) = (margin(l), inner(l));
    let columns = (((w + GAP) / (216.0 + GAP)).floor() as usize).clamp(1, scene.volumes.len().clamp(1, 4));
    let each = ((w - GAP * (columns - 1) as f64) / columns as f64).min(if l.narrow { w } else { 300.0 });
    let (top, h) = (y + HEADING + 8.0, 106.0);
    l.volumes = (0..scene.volumes.len())
        .map(|i| {
            let (col, row) = ((i % columns) as f64, (i / columns) as f64);
            Spot::new(m + col * (each + GAP), top + row * (h + GAP), each, h)
        })
        .collect();
    l.volumes.last().map_or(y, Spot::bottom)
}

fn place_rollouts(l: &mut Layout, scene: &Scene, mut y: f64) -> f64 {
    for lane in &scene.rollouts {
        let sides = lane.sides.len().max(1) as f64;
        let note = if lane.note.is_some() { 20.0 } else { 0.0 };
        let h = if l.narrow { sides * 26.0 + 90.0 + note } else { (sides * 26.0 + 20.0).max(74.0) + note };
        let spot = Spot::new(margin(l), y + HEADING + 8.0, inner(l), h);
        y = spot.bottom();
        l.rollouts.push(spot);
    }
    y
}

/// Lines run like a metro: out of the service, down a channel, along the gap above a row of pods, and a
/// drop to each pod. Two services never share a lane of the same row.
fn tracks(l: &Layout, scene: &Scene) -> Vec<Track> {
    let places: BTreeMap<&str, Spot> = scene.pods().zip(&l.pods).map(|(p, s)| (&*p.uid, *s)).collect();
    let mut out = Vec::new();
    for (i, service) in scene.services.iter().enumerate() {
        for ready in [true, false] {
            for (_, row) in rows_of(service, ready, &places) {
                let path = track_path(l.services[i], i, service_channel(l, i), &row);
                out.push(Track { service: i, path, ready });
            }
        }
    }
    out
}

fn rows_of(service: &ServiceBox, ready: bool, places: &BTreeMap<&str, Spot>) -> BTreeMap<i64, Vec<Spot>> {
    let mut rows: BTreeMap<i64, Vec<Spot>> = BTreeMap::new();
    for endpoint in service.endpoints.iter().filter(|e| e.ready == ready) {
        if let Some(spot) = places.get(&*endpoint.pod) {
            rows.entry(spot.y as i64).or_default().push(*spot);
        }
    }
    rows
}

fn service_channel(l: &Layout, i: usize) -> f64 {
    l.services[i].right() + 6.0 + (i % 6) as f64 * 3.0
}

fn track_path(from: Spot, index: usize, channel: f64, row: &[Spot]) -> String {
    let lane = row[0].y - 5.0 - (index % 4) as f64 * 2.8;
    let end = row.iter().map(Spot::cx).fold(channel, f64::max);
    let turn = if lane < from.cy() { -1.0 } else { 1.0 };
    let bend = (lane - from.cy()).abs().min(6.0) / 2.0;
    let mut d = format!(
        "M{:.1} {:.1} H{:.1} Q{c:.1} {:.1} {c:.1} {:.1} V{:.1} Q{c:.1} {lane:.1} {:.1} {lane:.1} H{end:.1}",
        from.right(),
        from.cy(),
        channel - bend,
        from.cy(),
        from.cy() + turn * bend,
        lane - turn * bend,
        channel + bend,
        c = channel,
    );
    for spot in row {
        d += &format!(" M{:.1} {lane:.1} V{:.1}", spot.cx(), spot.y);
    }
    d
}
