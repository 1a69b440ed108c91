//! The places of a StatefulSet: an ordinal each, with its pod and its claims.

use std::rc::Rc;

use orrery_api::{PersistentVolumeClaim, Pod, StatefulSet};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;

use crate::owner::unsigned;
use crate::owners::{Reader, Slot, SlotClaim};
use crate::scene::ObjectRef;

/// No more places than these are told.
const MOST: u32 = 200;

/// The ordinal at the end of the name of a pod or a claim of the set.
pub(crate) fn ordinal(name: &str) -> Option<u32> {
    name.rsplit_once('-')?.1.parse().ok()
}

/// A place for every ordinal that is wanted, that a pod holds, or of which a claim is left.
pub(crate) fn slots(reader: &Reader<'_>, set: &StatefulSet, pods: &[&Rc<Pod>]) -> Vec<Slot> {
    let api = reader.cluster.api();
    let start = set.spec.ordinals.as_ref().map_or(0, |o| unsigned(o.start));
    let wanted = start.saturating_add(unsigned(set.spec.replicas.unwrap_or(1)));
    let held = pods.iter().filter_map(|pod| ordinal(&pod.metadata.name));
    let known: Vec<u32> = held.chain(claimed(api, set)).collect();
    let first = known.iter().copied().fold(start, u32::min);
    let end = known.iter().map(|n| n.saturating_add(1)).fold(wanted, u32::max);
    let ordinals = (first..end.min(first.saturating_add(MOST)))
        .filter(|n| (start..wanted).contains(n) || known.contains(n));
    let mut slots = Vec::new();
    for n in ordinals {
        let label: Str = n.to_string().into();
        let pod = pods.iter().find(|pod| ordinal(&pod.metadata.name) == Some(n));
        slots.push(Slot {
            claims: claims(api, set, n),
            beyond: !(start..wanted).contains(&n),
            ..pod.map_or_else(
                || Slot { label: label.clone(), ..Slot::default() },
                |p| reader.held(label.clone(), p),
            )
        });
    }
    slots
}

/// The name of an ordinal's claim (upstream: `getPersistentVolumeClaimName`).
fn claim_name(set: &StatefulSet, template: &str, ordinal: &str) -> String {
    format!("{template}-{}-{ordinal}", set.metadata.name)
}

/// The ordinals of which a claim exists.
fn claimed<'a>(api: &'a ApiServer, set: &'a StatefulSet) -> impl Iterator<Item = u32> + 'a {
    api.list_in::<PersistentVolumeClaim>(&set.metadata.namespace).filter_map(|claim| {
        let name = &claim.metadata.name;
        let mine = set.spec.volume_claim_templates.iter().any(|t| {
            name.strip_prefix(&claim_name(set, &t.metadata.name, ""))
                .is_some_and(|rest| rest.parse::<u32>().is_ok())
        });
        ordinal(name).filter(|_| mine)
    })
}

fn claims(api: &ApiServer, set: &StatefulSet, ordinal: u32) -> Vec<SlotClaim> {
    let templates = set.spec.volume_claim_templates.iter();
    templates
        .map(|template| {
            let name = claim_name(set, &template.metadata.name, &ordinal.to_string());
            let found = api.get::<PersistentVolumeClaim>(&set.metadata.namespace, &name);
            SlotClaim {
                id: ObjectRef::new("PersistentVolumeClaim", &set.metadata.namespace, &name),
                template: template.metadata.name.clone(),
                exists: found.is_some(),
                volume: found.and_then(|c| c.spec.volume_name.clone()).filter(|v| !v.is_empty()),
            }
        })
        .collect()
}
