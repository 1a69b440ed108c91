//! ReplicationControllers, which are ReplicaSets with plain labels for a selector (upstream:
//! `pkg/controller/replication/conversion.go`).

use crate::{Action, Controller, Wake};
use orrery_api::{
    Kind, ReplicaSet, ReplicaSetCondition, ReplicaSetSpec, ReplicaSetStatus, ReplicationController,
    ReplicationControllerCondition, ReplicationControllerStatus,
};
use orrery_apimachinery::{LabelSelector, StatusResult};
use orrery_client::{ApiServer, Change, Context, Key};

/// The controller of ReplicationControllers.
#[derive(Clone, Debug, Default)]
pub struct ReplicationManager;

impl Controller for ReplicationManager {
    const NAME: &'static str = "replication-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        super::observe(Kind::ReplicationController, change, api, wake);
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        super::sync(key, cx)
    }
}

/// The ReplicaSet that a ReplicationController amounts to.
pub(super) fn as_set(controller: &ReplicationController) -> ReplicaSet {
    let (spec, status) = (&controller.spec, &controller.status);
    ReplicaSet {
        metadata: controller.metadata.clone(),
        spec: ReplicaSetSpec {
            min_ready_seconds: spec.min_ready_seconds,
            replicas: spec.replicas,
            selector: Some(LabelSelector { match_labels: spec.selector.clone(), ..Default::default() }),
            template: spec.template.clone().unwrap_or_default(),
        },
        status: ReplicaSetStatus {
            available_replicas: status.available_replicas,
            conditions: status.conditions.iter().map(as_set_condition).collect(),
            fully_labeled_replicas: status.fully_labeled_replicas,
            observed_generation: status.observed_generation,
            ready_replicas: status.ready_replicas,
            replicas: status.replicas,
        },
    }
}

fn as_set_condition(condition: &ReplicationControllerCondition) -> ReplicaSetCondition {
    let c = condition.clone();
    ReplicaSetCondition {
        last_transition_time: c.last_transition_time,
        message: c.message,
        reason: c.reason,
        status: c.status,
        type_: c.type_,
    }
}

/// The status of a ReplicaSet as that of a ReplicationController.
pub(super) fn status(status: ReplicaSetStatus) -> ReplicationControllerStatus {
    ReplicationControllerStatus {
        available_replicas: status.available_replicas,
        conditions: status.conditions.into_iter().map(condition).collect(),
        fully_labeled_replicas: status.fully_labeled_replicas,
        observed_generation: status.observed_generation,
        ready_replicas: status.ready_replicas,
        replicas: status.replicas,
    }
}

fn condition(c: ReplicaSetCondition) -> ReplicationControllerCondition {
    ReplicationControllerCondition {
        last_transition_time: c.last_transition_time,
        message: c.message,
        reason: c.reason,
        status: c.status,
        type_: c.type_,
    }
}
