//! Where everything stands in the owners view: a family below the other, its branches beside it, and a place for each pod.

use std::collections::BTreeMap;

use super::{BODY, Density, GAP, Layout, Spot, inner, margin};
use crate::owners::{Branch, Family};
use crate::scene::Scene;

/// A family.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FamilyPlace {
    /// The workload.
    pub head: Spot,
    /// Its branches, in their order.
    pub branches: Vec<BranchPlace>,
}

/// A branch.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BranchPlace {
    /// Who owns it; none where the workload itself does.
    pub head: Option<Spot>,
    /// A place for each pod.
    pub slots: Vec<Spot>,
    /// A Job's strip.
    pub strip: Option<Spot>,
}

const HEAD: (f64, f64) = (178.0, 48.0);
/// From a box to what it owns.
const REACH: f64 = 26.0;
/// A place with claims is a card: the pod, and a line for each claim.
const CARD: (f64, f64, f64) = (156.0, 58.0, 19.0);
const STRIP: f64 = 18.0;

/// Whether the pods of a family hang from the workload itself.
fn direct(family: &Family, branch: &Branch) -> bool {
    family.id == branch.id
}

/// Places all families, and the pods among them. Returns the lowest edge.
pub(super) fn place(l: &mut Layout, scene: &Scene, families: &[Family]) -> f64 {
    l.outside = Spot::new(margin(l), l.rail.bottom(), 36.0, 0.0);
    let mut y = BODY;
    for family in families {
        let placed = place_family(l, family, y);
        let lowest = |b: &BranchPlace| {
            let places = b.slots.iter().chain(&b.head).chain(&b.strip);
            places.map(|s| s.bottom() + caption(l.density, s)).fold(0.0, f64::max)
        };
        y = placed.branches.iter().map(lowest).fold(placed.head.bottom(), f64::max) + GAP + 6.0;
        l.families.push(placed);
    }
    let places = families.iter().flat_map(|f| &f.branches).flat_map(|b| &b.slots);
    let spots = l.families.iter().flat_map(|f| &f.branches).flat_map(|b| &b.slots);
    let mark = l.density.mark();
    let by_uid: BTreeMap<&str, Spot> = places
        .zip(spots)
        .filter_map(|(slot, spot)| {
            let inset = if slot.claims.is_empty() { 0.0 } else { 9.0 };
            Some((&*slot.pod.as_ref()?.uid, Spot::new(spot.x + inset, spot.y + inset, mark, mark)))
        })
        .collect();
    let pods = scene.pods().map(|pod| by_uid.get(&*pod.uid).copied().unwrap_or_default()).collect();
    l.pods = pods;
    (y - GAP).max(BODY)
}

/// Room for the words below a mark.
fn caption(density: Density, slot: &Spot) -> f64 {
    if density == Density::Full && slot.h <= density.mark() { 18.0 } else { 0.0 }
}

fn place_family(l: &Layout, family: &Family, y: f64) -> FamilyPlace {
    let m = margin(l);
    let width = if l.narrow { inner(l) } else { HEAD.0 };
    let head = Spot::new(m, y, width, HEAD.1);
    let (x, mut next) = if l.narrow { (m + 14.0, head.bottom() + 10.0) } else { (head.right() + REACH, y) };
    let mut branches = Vec::new();
    for branch in &family.branches {
        let placed = place_branch(l, branch, direct(family, branch), x, next);
        let places = placed.slots.iter().chain(&placed.head).chain(&placed.strip);
        next = places.map(|s| s.bottom() + caption(l.density, s)).fold(next, f64::max) + 10.0;
        branches.push(placed);
    }
    FamilyPlace { head, branches }
}

fn place_branch(l: &Layout, branch: &Branch, direct: bool, x: f64, y: f64) -> BranchPlace {
    let right = l.width - margin(l);
    let width = if l.narrow { right - x } else { HEAD.0 };
    // Everything of a row stands on the middle line of the workload's box.
    let head = (!direct).then(|| Spot::new(x, y + 4.0, width, HEAD.1 - 8.0));
    let (x, y) = match head {
        Some(head) if l.narrow => (x + 14.0, head.bottom() + 8.0),
        Some(head) => (head.right() + REACH, y + 8.0),
        None => (x, y + 8.0),
    };
    let (mut at, mut spots) = ((x, y), Vec::new());
    for slot in &branch.slots {
        let (w, h, dx, dy) = size(l.density, slot.claims.len());
        if at.0 + w > right && at.0 > x {
            at = (x, at.1 + dy);
        }
        spots.push(Spot::new(at.0, at.1, w.min(right - x), h));
        at.0 += dx;
    }
    let below = spots.last().map_or(y, |s: &Spot| s.bottom() + caption(l.density, s) + 4.0);
    let strip = branch.job.as_ref().map(|_| Spot::new(x, below, right - x, STRIP));
    BranchPlace { head, slots: spots, strip }
}

/// Width and height of a place, and the steps to the next one and to the next row.
fn size(density: Density, claims: usize) -> (f64, f64, f64, f64) {
    if claims > 0 {
        let (w, h) = (CARD.0, CARD.1 + CARD.2 * claims as f64);
        return (w, h, w + 10.0, h + 10.0);
    }
    let mark = density.mark();
    let (dx, dy) = density.pitch();
    (mark, mark, dx + if density == Density::Full { 8.0 } else { 0.0 }, dy)
}
