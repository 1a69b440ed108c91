//! Creates pods that are missing and deletes pods that are too many (upstream: `manageReplicas`).

use super::rank;
use crate::owners::Owner;
use crate::pod_control;
use orrery_api::{Pod, ReplicaSet};
use orrery_apimachinery::StatusResult;
use orrery_client::Context;
use std::rc::Rc;

/// At most so many pods are created or deleted in one look (upstream: `BurstReplicas`).
const BURST: usize = 500;

/// Moves the number of `pods` towards the one that is asked for; true when that takes another look.
pub(super) fn replicas(
    owner: Owner<'_>,
    set: &ReplicaSet,
    pods: &[Rc<Pod>],
    cx: &mut Context<'_>,
) -> StatusResult<bool> {
    let wanted = usize::try_from(set.spec.replicas.unwrap_or(1)).unwrap_or(0);
    let difference = pods.len().abs_diff(wanted);
    let count = difference.min(BURST);
    if pods.len() < wanted {
        let model = pod_control::model(owner, &set.spec.template);
        pod_control::slow_start(count, &mut |_| pod_control::create(owner, model.clone(), cx)).1?;
    } else if pods.len() > wanted {
        let mut outcome = Ok(());
        for pod in rank::first_to_go(owner, pods, count, cx) {
            let deleted = pod_control::delete(owner, &pod.metadata.name, cx);
            outcome = outcome.and(deleted);
        }
        outcome?;
    }
    Ok(difference > BURST)
}
