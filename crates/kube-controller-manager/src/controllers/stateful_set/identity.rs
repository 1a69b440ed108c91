//! Who a pod of a StatefulSet is: its number, and what follows from it (upstream: `stateful_set_utils.go`).

use super::claims;
use crate::owners::Owner;
use crate::pod_control;
use orrery_api::{Pod, PodTemplateSpec, StatefulSet};
use orrery_apimachinery::Str;
use std::rc::Rc;

/// The label with the name of the revision that a pod was made from.
const REVISION: &str = "controller-revision-hash";
/// The label with the pod's own name, for Services of a single pod.
const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";
/// The label with the pod's number.
const POD_INDEX: &str = "apps.kubernetes.io/pod-index";

/// The name of a pod's StatefulSet and the pod's number, which is -1 if it is too large.
fn parent_and_ordinal(pod: &str) -> Option<(&str, i32)> {
    let (parent, digits) = pod.rsplit_once('-')?;
    let numeric = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    numeric.then(|| (parent, digits.parse().unwrap_or(-1)))
}

/// The pod's number; -1 if it has none.
pub(super) fn ordinal(pod: &Pod) -> i32 {
    parent_and_ordinal(&pod.metadata.name).map_or(-1, |(_, ordinal)| ordinal)
}

/// Whether a pod is named like one of the StatefulSet's.
pub(super) fn is_member(set: &StatefulSet, pod: &Pod) -> bool {
    parent_and_ordinal(&pod.metadata.name).is_some_and(|(parent, _)| parent == &*set.metadata.name)
}

/// The number of the first pod.
pub(super) fn start(set: &StatefulSet) -> i32 {
    set.spec.ordinals.as_ref().map_or(0, |ordinals| ordinals.start)
}

/// How many pods there are to be.
pub(super) fn replicas(set: &StatefulSet) -> i32 {
    set.spec.replicas.unwrap_or(1)
}

/// The place of a pod among those that there are to be; `None` if there is to be no such pod.
pub(super) fn place(set: &StatefulSet, pod: &Pod) -> Option<usize> {
    let place = i64::from(ordinal(pod)) - i64::from(start(set));
    usize::try_from(place).ok().filter(|_| place < i64::from(replicas(set)))
}

/// The name of the revision that the pod was made from.
pub(super) fn revision(pod: &Pod) -> Option<&Str> {
    pod.metadata.labels.get(REVISION)
}

/// A pod made from `template`, which is that of `revision`.
pub(super) fn new_pod(set: &StatefulSet, template: &PodTemplateSpec, revision: &Str, ordinal: i32) -> Pod {
    let mut pod = pod_control::model(Owner::of(set), template);
    pod.metadata.name = format!("{}-{ordinal}", set.metadata.name).into();
    assign(set, &mut pod);
    pod.metadata.labels.insert(REVISION, revision.clone());
    let spec = Rc::make_mut(&mut pod.spec);
    spec.hostname = Some(pod.metadata.name.clone());
    spec.subdomain = Some(set.spec.service_name.clone()).filter(|name| !name.is_empty());
    claims::mount(set, ordinal, spec);
    pod
}

/// Whether the pod says who it is.
pub(super) fn matches(set: &StatefulSet, pod: &Pod) -> bool {
    let name = &pod.metadata.name;
    format!("{}-{}", set.metadata.name, ordinal(pod)) == **name
        && pod.metadata.labels.get(POD_NAME) == Some(name)
}

/// Makes the pod say who it is (upstream: `updateIdentity`).
pub(super) fn assign(set: &StatefulSet, pod: &mut Pod) {
    let ordinal = ordinal(pod);
    let meta = &mut pod.metadata;
    meta.name = format!("{}-{ordinal}", set.metadata.name).into();
    meta.labels.insert(POD_NAME, meta.name.clone());
    meta.labels.insert(POD_INDEX, ordinal.to_string());
}
