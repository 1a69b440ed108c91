//! Hints for who should use an endpoint (upstream: `k8s.io/endpointslice/trafficdist` for those of
//! `trafficDistribution: PreferClose`, `k8s.io/endpointslice/topologycache` for those of the annotation).
//!
//! Where upstream divides, this multiplies: shares of zones are compared as whole numbers. Where upstream takes zones
//! in no order, this takes the first by name.

use super::reconcile::Plan;
use orrery_api::endpoint_slice::{EndpointHints, ForZone};
use orrery_api::resources::CPU;
use orrery_api::{Endpoint, EndpointSlice, Node, Service};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;

const ZONE: &str = "topology.kubernetes.io/zone";
const MODES: [&str; 2] =
    ["service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"];
/// Nodes with one of these labels do not count.
const EXCLUDED: [&str; 2] = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/// Whether the service asks for hints by its annotation (upstream: `hintsEnabled`).
pub(super) fn are_asked_for(service: &Service) -> bool {
    let mode = MODES.iter().find_map(|key| service.metadata.annotations.get(key));
    mode.is_some_and(|mode| matches!(&**mode, "Auto" | "auto"))
}

/// Hints by `trafficDistribution`: each ready endpoint is for its own zone, or none has any.
pub(super) fn distribute(plan: &mut Plan, service: &Service) {
    let close = service.spec.traffic_distribution.as_deref() == Some("PreferClose");
    let wrong = |endpoint: &Endpoint| match close {
        true => is_ready(endpoint) && endpoint.hints != for_zone(own_zone(endpoint)),
        false => endpoint.hints.is_some(),
    };
    update_where(plan, |slice| slice.endpoints.iter().any(wrong));
    for endpoint in endpoints(plan) {
        match close {
            true if is_ready(endpoint) => endpoint.hints = for_zone(own_zone(endpoint)),
            true => {}
            false => endpoint.hints = None,
        }
    }
}

/// No endpoint has a hint.
pub(super) fn remove(plan: &mut Plan) {
    update_where(plan, |slice| slice.endpoints.iter().any(|endpoint| endpoint.hints.is_some()));
    endpoints(plan).for_each(|endpoint| endpoint.hints = None);
}

/// What of the endpoints is a zone's, by its share of the processors.
struct Share {
    zone: Str,
    cpu: i64,
    /// How many endpoints have a hint for the zone.
    hinted: i64,
    /// The most that may have one.
    most: i64,
    /// How many should, times the processors of all zones.
    wanted: i64,
}

/// Hints by the zones' shares of the processors; an error tells why there can be none (upstream: `AddHints`).
pub(super) fn spread(plan: &mut Plan, api: &ApiServer) -> Result<(), String> {
    let mut shares = shares(api)
        .ok_or("Insufficient Node information: allocatable CPU or zone not specified on one or more nodes")?;
    let slices = plan.create.iter().chain(&plan.update).chain(plan.unchanged.iter().map(|slice| &**slice));
    let count: usize = slices.map(|s| s.endpoints.iter().filter(|e| is_ready(e)).count()).sum();
    allot(&mut shares, count)?;
    update_where(plan, |slice| !keeps(slice, &mut shares));
    for endpoint in endpoints(plan).filter(|endpoint| is_ready(endpoint)) {
        let zone = own_zone(endpoint);
        if zone.is_empty() {
            return Err("One or more endpoints do not have a zone specified".into());
        }
        if let Some(share) = shares.iter_mut().find(|share| share.zone == zone) {
            share.hinted += 1;
        }
        endpoint.hints = for_zone(zone);
    }
    if shares.iter().all(|share| share.hinted == 0) {
        return Err("No hints allocated for zones".into());
    }
    hand_over(plan, &shares);
    Ok(())
}

/// The zones with their processors; `None` where that is not known of every node (upstream: `SetNodes`).
fn shares(api: &ApiServer) -> Option<Vec<Share>> {
    let mut shares: Vec<Share> = Vec::new();
    for node in api.list::<Node>() {
        let labels = &node.metadata.labels;
        let ready = node.status.conditions.iter().any(|c| &*c.type_ == "Ready" && &*c.status == "True");
        if !ready || EXCLUDED.iter().any(|key| labels.contains_key(key)) {
            continue;
        }
        let zone = labels.get(ZONE).filter(|zone| !zone.is_empty())?;
        let cpu = node.status.allocatable.get(CPU).filter(|cpu| !cpu.is_zero())?.milli_value();
        match shares.iter_mut().find(|share| share.zone == *zone) {
            Some(share) => share.cpu += cpu,
            None => shares.push(Share { zone: zone.clone(), cpu, hinted: 0, most: 0, wanted: 0 }),
        }
    }
    shares.sort_unstable_by(|a, b| a.zone.cmp(&b.zone));
    (shares.len() > 1).then_some(shares)
}

/// How many endpoints each zone should have, and may have at most, so that none is overloaded by more than a fifth
/// (upstream: `getAllocations`).
fn allot(shares: &mut [Share], count: usize) -> Result<(), String> {
    let (zones, total) = (shares.len(), shares.iter().map(|share| share.cpu).sum::<i64>());
    let told = |what: &str| Err(format!("{what} ({count} endpoints, {zones} zones)"));
    if zones > count {
        return told("Insufficient number of endpoints");
    }
    let mut left = count as i64;
    for share in shares.iter_mut() {
        let exact = share.cpu * count as i64;
        let least = (exact * 5 + total * 6 - 1) / (total * 6);
        share.wanted = exact.max(least * total);
        share.most = least;
        left -= least;
    }
    if left < 0 {
        return told(
            "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold",
        );
    }
    shares.iter_mut().for_each(|share| share.most += left);
    Ok(())
}

/// Whether a slice may keep its hints; then they count (upstream: `getHintsByZone`).
fn keeps(slice: &EndpointSlice, shares: &mut [Share]) -> bool {
    let mut counts = vec![0; shares.len()];
    for endpoint in slice.endpoints.iter().filter(|endpoint| is_ready(endpoint)) {
        let zones = endpoint.hints.as_ref().map(|hints| &*hints.for_zones).unwrap_or_default();
        if zones.is_empty() {
            return false;
        }
        for zone in zones {
            let Some(at) = shares.iter().position(|share| share.zone == zone.name) else { return false };
            counts[at] += 1;
        }
    }
    let fits = shares.iter().zip(&counts).all(|(share, count)| share.hinted + count <= share.most);
    if fits {
        shares.iter_mut().zip(counts).for_each(|(share, count)| share.hinted += count);
    }
    fits
}

/// Zones with too many endpoints hand some over to those with too few (upstream: `getGivingAndReceivingZones`,
/// `redistributeHints`).
fn hand_over(plan: &mut Plan, shares: &[Share]) {
    let total: i64 = shares.iter().map(|share| share.cpu).sum();
    let mut surplus: Vec<i64> = shares.iter().map(|share| share.hinted * total - share.wanted).collect();
    let mut moves: Vec<(usize, usize)> = Vec::new();
    loop {
        let (mut giver, mut taker) = (0, 0);
        for i in 0..surplus.len() {
            giver = if surplus[i] > surplus[giver] { i } else { giver };
            taker = if surplus[i] < surplus[taker] { i } else { taker };
        }
        let (gives, takes) = (surplus[giver], -surplus[taker]);
        if (gives < total && takes < total) || gives * 2 < total || takes * 2 < total {
            break;
        }
        surplus[giver] -= total;
        surplus[taker] += total;
        moves.push((giver, taker));
    }
    for endpoint in endpoints(plan).filter(|endpoint| is_ready(endpoint)) {
        let zone = own_zone(endpoint);
        if let Some(at) = moves.iter().position(|(giver, _)| shares[*giver].zone == zone) {
            let (_, taker) = moves.remove(at);
            endpoint.hints = for_zone(shares[taker].zone.clone());
        }
    }
}

/// Slices that would stay as they are and are wrong will be written, too.
fn update_where(plan: &mut Plan, mut is_wrong: impl FnMut(&EndpointSlice) -> bool) {
    let mut kept = Vec::new();
    for slice in std::mem::take(&mut plan.unchanged) {
        if is_wrong(&slice) { plan.update.push((*slice).clone()) } else { kept.push(slice) }
    }
    plan.unchanged = kept;
}

/// The endpoints of the slices that will be written.
fn endpoints(plan: &mut Plan) -> impl Iterator<Item = &mut Endpoint> {
    plan.create.iter_mut().chain(&mut plan.update).flat_map(|slice| &mut slice.endpoints)
}

fn is_ready(endpoint: &Endpoint) -> bool {
    endpoint.conditions.ready == Some(true)
}

fn own_zone(endpoint: &Endpoint) -> Str {
    endpoint.zone.clone().unwrap_or_default()
}

fn for_zone(name: Str) -> Option<EndpointHints> {
    Some(EndpointHints { for_zones: vec![ForZone { name }] })
}
