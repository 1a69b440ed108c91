//! The places of a DaemonSet: a node each.

use std::rc::Rc;

use orrery_api::{DaemonSet, Node, Pod};
use orrery_apimachinery::Str;

use crate::owner::unsigned;
use crate::owners::{Reader, Slot};

/// No more places than these are told.
const MOST: usize = 200;

/// A place on every node, and one more for a pod beside another on its node, as a surge makes it.
pub(crate) fn slots(reader: &Reader<'_>, set: &DaemonSet, pods: &[&Rc<Pod>]) -> Vec<Slot> {
    // With all pods there that are wanted, the other nodes want none.
    let beyond = pods.len() as u32 >= unsigned(set.status.desired_number_scheduled);
    let mut slots = Vec::new();
    for node in reader.cluster.api().list::<Node>().take(MOST) {
        let name = &node.metadata.name;
        let before = slots.len();
        let here = pods.iter().filter(|pod| target(pod) == Some(name));
        slots.extend(here.map(|pod| reader.held(name.clone(), pod)));
        if slots.len() == before {
            slots.push(Slot { label: name.clone(), beyond, ..Slot::default() });
        }
    }
    slots
}

/// The node that a pod runs on, or the one that it was made for (upstream: `util.GetTargetNodeName`).
fn target(pod: &Pod) -> Option<&Str> {
    let wishes = || pod.spec.affinity.as_ref()?.node_affinity.as_ref();
    let asked = || {
        let required = wishes()?.required_during_scheduling_ignored_during_execution.as_ref()?;
        let fields = required.node_selector_terms.iter().flat_map(|term| &term.match_fields);
        fields.filter(|field| &*field.key == "metadata.name").find_map(|field| field.values.first())
    };
    pod.node_name.as_ref().or_else(asked)
}
