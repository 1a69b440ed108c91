//! Priority: pods get the number that their priority class stands for.

use orrery_api::PodSpec;
use orrery_apimachinery::{ObjectMeta, Reason, Status, StatusResult};
use std::rc::Rc;

/// The two classes that every cluster has.
const SYSTEM_CLASSES: [(&str, i32); 2] =
    [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)];

pub(super) fn mutate(spec: &mut Rc<PodSpec>, meta: &ObjectMeta) -> StatusResult<()> {
    let class = spec.priority_class_name.as_deref().filter(|n| !n.is_empty());
    let priority = match class {
        None => 0,
        Some(name) => SYSTEM_CLASSES.iter().find(|(n, _)| *n == name).map(|(_, p)| *p).ok_or_else(|| {
            let pod = &meta.name;
            Status::new(
                Reason::Forbidden,
                format!("pods \"{pod}\" is forbidden: no PriorityClass with name {name} was found"),
            )
        })?,
    };
    if spec.priority != Some(priority) || spec.preemption_policy.is_none() {
        let spec = Rc::make_mut(spec);
        spec.priority = Some(priority);
        spec.preemption_policy.get_or_insert_with(|| "PreemptLowerPriority".into());
    }
    Ok(())
}
