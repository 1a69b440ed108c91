//! VolumeZone: a pod goes to the zone and region that the labels of its volumes name.

use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status};
use crate::node_info::NodeInfo;
use crate::pod_info::PodInfo;
use orrery_api::{Node, Object, PersistentVolume, PersistentVolumeClaim, StorageClass};
use orrery_apimachinery::Str;
use orrery_client::volume::claim_class;

const ZONE: &str = "topology.kubernetes.io/zone";
const REGION: &str = "topology.kubernetes.io/region";
/// The labels that tell where a volume is, with what the older of them are called now.
const LABELS: [(&str, &str); 4] = [
    ("failure-domain.beta.kubernetes.io/zone", ZONE),
    ("failure-domain.beta.kubernetes.io/region", REGION),
    (ZONE, ZONE),
    (REGION, REGION),
];
/// What stands between the zones of a volume that is in several.
const DELIMITER: &str = "__";

/// The plug-in.
#[derive(Debug)]
pub struct VolumeZone;

/// A label of a volume, and the values of which a node must have one.
struct Place<'a> {
    label: (&'a str, &'a str),
    values: &'a Str,
}

impl Place<'_> {
    fn suits(&self, node: &Node) -> bool {
        let (label, now) = self.label;
        let labels = &node.metadata.labels;
        labels
            .get(label)
            .or_else(|| labels.get(now))
            .is_some_and(|zone| self.values.split(DELIMITER).any(|value| value.trim() == &**zone))
    }
}

impl Plugin for VolumeZone {
    fn name(&self) -> &'static str {
        "VolumeZone"
    }

    fn pre_filter(&self, cycle: &Cycle<'_>, _state: &CycleState) -> Result<PreFilter, Status> {
        let mut placed = false;
        for claim in &cycle.info.claims {
            placed |= volume_of(cycle, claim)?.is_some_and(|volume| !places(volume).is_empty());
        }
        Ok(if placed { PreFilter::AllNodes } else { PreFilter::Skip })
    }

    fn filter(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        let Some(node) = node.node.as_ref().filter(|node| tells_its_place(node)) else { return Ok(()) };
        for claim in &cycle.info.claims {
            if let Some(volume) = volume_of(cycle, claim)?
                && !places(volume).iter().all(|place| place.suits(node))
            {
                return Err(Status::unresolvable("node(s) had no available volume zone"));
            }
        }
        Ok(())
    }

    fn looks_at_node_only(&self, info: &PodInfo) -> bool {
        info.claims.is_empty()
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        if let ClusterEvent::Node { change, .. } = event {
            return change.added || change.labels || change.taints;
        }
        match event.object() {
            Some((Object::StorageClass(class), None)) => waits(class),
            Some((Object::PersistentVolumeClaim(claim), _)) => {
                claim.metadata.namespace == cycle.pod.metadata.namespace
                    && cycle.info.claims.contains(&claim.metadata.name)
            }
            Some((Object::PersistentVolume(is), Some(Object::PersistentVolume(was)))) => LABELS
                .iter()
                .any(|(label, _)| is.metadata.labels.get(label) != was.metadata.labels.get(label)),
            Some((Object::PersistentVolume(_), _)) => true,
            _ => false,
        }
    }
}

/// A node without any of the labels is of a cluster of one zone: every volume can be reached from it.
fn tells_its_place(node: &Node) -> bool {
    LABELS.iter().any(|(label, _)| node.metadata.labels.get(label).is_some())
}

/// Where a volume is. A label that names an empty zone is overlooked (upstream: `LabelZonesToSet`).
fn places(volume: &PersistentVolume) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for label in LABELS {
        if let Some(values) = volume.metadata.labels.get(label.0)
            && values.split(DELIMITER).all(|value| !value.trim().is_empty())
        {
            places.push(Place { label, values });
        }
    }
    places
}

fn waits(class: &StorageClass) -> bool {
    class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer")
}

/// The volume of a claim; none when the claim waits for its first consumer (upstream: `getPVbyPod`).
fn volume_of<'a>(cycle: &Cycle<'a>, name: &Str) -> Result<Option<&'a PersistentVolume>, Status> {
    let missing = |what: &str, name: &str| Status::unresolvable(format!("{what} \"{name}\" not found"));
    let Some(claim) = cycle.api.get::<PersistentVolumeClaim>(&cycle.pod.metadata.namespace, name) else {
        return Err(missing("persistentvolumeclaim", name));
    };
    if let Some(volume) = &claim.spec.volume_name {
        return match cycle.api.get::<PersistentVolume>("", volume) {
            Some(volume) => Ok(Some(volume)),
            None => Err(missing("persistentvolume", volume)),
        };
    }
    let class = claim_class(claim);
    if class.is_empty() {
        return Err(Status::unresolvable("PersistentVolumeClaim had no pv name and storageClass name"));
    }
    match cycle.api.get::<StorageClass>("", &class) {
        None => Err(missing("storageclass.storage.k8s.io", &class)),
        Some(class) if waits(class) => Ok(None),
        Some(_) => Err(Status::unresolvable("PersistentVolume had no name")),
    }
}
