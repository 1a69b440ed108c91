//! Creates, repairs and deletes one pod with its claims, and tells of it (upstream: `stateful_pod_control.go`).

use super::{claims, identity, retention};
use crate::pod_control;
use orrery_api::{Kind, Pod, StatefulSet};
use orrery_apimachinery::{Reason, StatusResult};
use orrery_client::{Context, DeleteOptions, EventType, Key};
use std::rc::Rc;

/// Creates a pod after its claims.
pub(super) fn create(set: &StatefulSet, pod: &Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    if let Err(status) = claims::create_missing(set, pod, cx) {
        return tell("create", set, pod, Err(status), cx);
    }
    let outcome = pod_control::store(pod.clone(), cx).map(drop);
    if outcome.as_ref().is_err_and(|status| status.reason == Reason::AlreadyExists) {
        return outcome;
    }
    follow_retention(set, pod, cx)?;
    tell("create", set, pod, outcome, cx)
}

/// Creates the claims that a pod waits for.
pub(super) fn create_missing_claims(set: &StatefulSet, pod: &Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    claims::create_missing(set, pod, cx)?;
    follow_retention(set, pod, cx)
}

fn follow_retention(set: &StatefulSet, pod: &Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    match retention::follow(set, pod, cx) {
        Ok(()) => Ok(()),
        failure => tell("update", set, pod, failure, cx),
    }
}

/// Whether a pod is as the StatefulSet wants it, with its claims.
pub(super) fn is_right(set: &StatefulSet, pod: &Pod, cx: &Context<'_>) -> bool {
    identity::matches(set, pod) && claims::are_mounted(set, pod) && retention::is_followed(set, pod, cx.api())
}

/// Makes a pod as the StatefulSet wants it.
pub(super) fn repair(set: &StatefulSet, pod: &Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    let mounted = claims::are_mounted(set, pod);
    if !mounted && let Err(status) = claims::create_missing(set, pod, cx) {
        return tell("update", set, pod, Err(status), cx);
    }
    if !retention::is_followed(set, pod, cx.api()) {
        follow_retention(set, pod, cx)?;
    }
    let meta = &pod.metadata;
    let outcome = cx.modify::<Pod>(&meta.namespace, &meta.name, |pod| {
        if !identity::matches(set, pod) {
            identity::assign(set, pod);
        }
        if !mounted {
            claims::mount(set, identity::ordinal(pod), Rc::make_mut(&mut pod.spec));
        }
    });
    tell("update", set, pod, outcome.map(drop), cx)
}

/// Deletes a pod.
pub(super) fn delete(set: &StatefulSet, pod: &Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    let key = Key::new(Kind::Pod, pod.metadata.namespace.clone(), pod.metadata.name.clone());
    let outcome = cx.delete(&key, &DeleteOptions::default()).map(drop);
    tell("delete", set, pod, outcome, cx)
}

/// Tells what came of `verb` and gives it back.
fn tell(
    verb: &str,
    set: &StatefulSet,
    pod: &Pod,
    outcome: StatusResult<()>,
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    let about = format!("{verb} Pod {} in StatefulSet {}", pod.metadata.name, set.metadata.name);
    let (kind, reason, message) = match &outcome {
        Ok(()) => (EventType::Normal, "Successful", format!("{about} successful")),
        Err(status) => (EventType::Warning, "Failed", format!("{about} failed error: {status}")),
    };
    let (first, rest) = verb.split_at(1);
    cx.event(set, kind, &format!("{reason}{}{rest}", first.to_ascii_uppercase()), message);
    outcome
}
