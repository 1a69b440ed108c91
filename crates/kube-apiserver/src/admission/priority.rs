//! Priority: pods get the number that their priority class stands for
//! (upstream: `plugin/pkg/admission/priority`).

use super::{early_refusal, refusal};
use crate::ApiServer;
use orrery_api::{Kind, Object, PodSpec, PriorityClass};
use orrery_apimachinery::{ObjectMeta, StatusResult};
use std::rc::Rc;

/// How a pod without a class behaves where no class is the default one.
const PREEMPT: &str = "PreemptLowerPriority";

/// Names the default class if the pod names none, and fills in what the class says.
///
/// Errors: `Forbidden` when the class is not there, or when the pod says something else.
pub(super) fn mutate(server: &ApiServer, spec: &mut Rc<PodSpec>, meta: &ObjectMeta) -> StatusResult<()> {
    let refused = |reason: String| Err(early_refusal(Kind::Pod, meta, &reason));
    let class = match spec.priority_class_name.as_deref().filter(|name| !name.is_empty()) {
        None => default_class(server),
        Some(name) => match server.get::<PriorityClass>("", name) {
            None => return refused(format!("no PriorityClass with name {name} was found")),
            class => class,
        },
    };
    let priority = class.map_or(0, |class| class.value);
    if let Some(given) = spec.priority.filter(|given| *given != priority) {
        return refused(format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name"
        ));
    }
    let policy = class.map_or(Some(PREEMPT), |class| class.preemption_policy.as_deref());
    if let (Some(given), Some(policy)) = (spec.preemption_policy.as_deref(), policy)
        && given != policy
    {
        return refused(format!(
            "the string value of PreemptionPolicy ({given}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name"
        ));
    }
    let spec = Rc::make_mut(spec);
    spec.priority = Some(priority);
    if spec.preemption_policy.is_none() {
        spec.preemption_policy = policy.map(Into::into);
    }
    if let Some(class) = class {
        spec.priority_class_name = Some(class.metadata.name.clone());
    }
    Ok(())
}

/// What a pod was given when it was made it keeps.
pub(super) fn keep(spec: &mut Rc<PodSpec>, old: &PodSpec) {
    if spec.priority.is_none() && old.priority.is_some() {
        Rc::make_mut(spec).priority = old.priority;
    }
    if spec.preemption_policy.is_none() && old.preemption_policy.is_some() {
        Rc::make_mut(spec).preemption_policy = old.preemption_policy.clone();
    }
}

/// The class of pods that name none: the lowest of those that say so.
fn default_class(server: &ApiServer) -> Option<&Rc<PriorityClass>> {
    server.list::<PriorityClass>().filter(|class| class.global_default).min_by_key(|class| class.value)
}

/// Refuses a second default class.
pub(super) fn validate(
    server: &ApiServer,
    class: &PriorityClass,
    object: &Object,
    new: bool,
) -> StatusResult<()> {
    let Some(default) = default_class(server).filter(|_| class.global_default) else { return Ok(()) };
    let name = &default.metadata.name;
    if new || *name != class.metadata.name {
        let reason = format!("PriorityClass {name} is already marked as default. Only one default can exist");
        return Err(refusal(object, &reason));
    }
    Ok(())
}
