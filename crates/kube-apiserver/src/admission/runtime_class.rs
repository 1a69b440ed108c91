//! RuntimeClass: a pod costs what its class says, and goes where its class is known
//! (upstream: `plugin/pkg/admission/runtimeclass`).

use super::{early_refusal, refusal};
use crate::ApiServer;
use orrery_api::runtime_class::Scheduling;
use orrery_api::{Kind, Object, Pod, PodSpec, RuntimeClass, Toleration};
use orrery_apimachinery::{ObjectMeta, StatusResult};
use std::rc::Rc;

const OTHER_OVERHEAD: &str = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
const STRANGE_OVERHEAD: &str =
    "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";

/// Fills in what the class says.
///
/// Errors: `Forbidden` when the class is not there, or when the pod says something else.
pub(super) fn mutate(server: &ApiServer, spec: &mut Rc<PodSpec>, meta: &ObjectMeta) -> StatusResult<()> {
    let Some(name) = &spec.runtime_class_name else { return Ok(()) };
    let refused = |reason: &str| early_refusal(Kind::Pod, meta, reason);
    let Some(class) = server.get::<RuntimeClass>("", name) else {
        return Err(refused(&format!("pod rejected: RuntimeClass {name:?} not found")));
    };
    let spec = Rc::make_mut(spec);
    if let Some(overhead) = &class.overhead {
        if !spec.overhead.is_empty() && spec.overhead != overhead.pod_fixed {
            return Err(refused(OTHER_OVERHEAD));
        }
        spec.overhead = overhead.pod_fixed.clone();
    }
    if let Some(scheduling) = &class.scheduling {
        restrict(spec, scheduling).map_err(|reason| refused(&reason))?;
    }
    Ok(())
}

/// Refuses an overhead that is not the class's.
pub(super) fn validate(server: &ApiServer, pod: &Pod, object: &Object) -> StatusResult<()> {
    let class = pod.spec.runtime_class_name.as_ref().and_then(|name| server.get::<RuntimeClass>("", name));
    match class.and_then(|class| class.overhead.as_ref()) {
        Some(overhead) if overhead.pod_fixed != pod.spec.overhead => Err(refusal(object, OTHER_OVERHEAD)),
        None if !pod.spec.overhead.is_empty() => Err(refusal(object, STRANGE_OVERHEAD)),
        _ => Ok(()),
    }
}

/// Keeps the pod to the nodes that know the class.
fn restrict(spec: &mut PodSpec, scheduling: &Scheduling) -> Result<(), String> {
    for (key, value) in scheduling.node_selector.iter() {
        if let Some(own) = spec.node_selector.get(key).filter(|own| *own != value) {
            return Err(format!(
                "conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {own}"
            ));
        }
        spec.node_selector.insert(key.clone(), value.clone());
    }
    spec.tolerations = merged(&spec.tolerations, &scheduling.tolerations);
    Ok(())
}

/// All tolerations but those that another one covers; of equal ones the first stays
/// (upstream: `pkg/util/tolerations`).
fn merged(own: &[Toleration], given: &[Toleration]) -> Vec<Toleration> {
    let all: Vec<&Toleration> = own.iter().chain(given).collect();
    let mut merged: Vec<Toleration> = Vec::new();
    for (i, toleration) in all.iter().enumerate() {
        let covered = merged.iter().any(|known| covers(known, toleration))
            || all[i + 1..].iter().any(|later| later != toleration && covers(later, toleration));
        if !covered {
            merged.push((*toleration).clone());
        }
    }
    merged
}

/// Whether `wide` tolerates all that `narrow` does.
fn covers(wide: &Toleration, narrow: &Toleration) -> bool {
    if wide == narrow {
        return true;
    }
    let exists = wide.operator.as_deref() == Some("Exists");
    let same_key = wide.key == narrow.key || (wide.key.is_none() && exists);
    let same_effect = wide.effect == narrow.effect || wide.effect.is_none();
    let as_long = wide.effect.as_deref() != Some("NoExecute")
        || wide.toleration_seconds.is_none_or(|most| narrow.toleration_seconds.is_some_and(|n| n <= most));
    let same_value = narrow.operator.as_deref() == Some("Equal") && narrow.value == wide.value;
    same_key && same_effect && as_long && (exists || same_value)
}
