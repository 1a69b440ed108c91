//! Empties namespaces that are being deleted, then lets them go (upstream: `pkg/controller/namespace`).

mod conditions;
mod content;
#[cfg(test)]
mod tests;

use crate::{Action, Controller, Wake};
use content::{Content, namespaced_kinds};
use orrery_api::{Kind, Namespace};
use orrery_apimachinery::{Reason, Status, StatusResult};
use orrery_client::{ApiServer, Change, Context, Key, Op};
use orrery_sim::Duration;

/// How long other API servers get to notice that the namespace is going (upstream: `namespaceDeletionGracePeriod`).
const GRACE_PERIOD: Duration = Duration::from_secs(5);
/// How long it takes to ask every kind of object to go. Meanwhile the garbage collector gets hold of most
/// pods, because their owners went: the namespace need not wait for their grace.
const PASS_TIME: Duration = Duration::from_millis(200);

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct NamespaceController;

impl Controller for NamespaceController {
    const NAME: &'static str = "namespace-controller";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        let terminating = change.op != Op::Deleted && change.value.metadata().terminating();
        if change.value.kind() == Kind::Namespace && terminating {
            wake.key_after(Key::of(&change.value), GRACE_PERIOD);
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(namespace) = cx.get::<Namespace>("", &key.name) else { return Ok(Action::AwaitChange) };
        if !namespace.metadata.terminating() || namespace.spec.finalizers.is_empty() {
            return Ok(Action::AwaitChange);
        }
        let others: Vec<Kind> = namespaced_kinds(cx.api()).filter(|kind| *kind != Kind::Pod).collect();
        if content::delete(&others, &key.name, cx)?
            && cx.api().objects_in(Kind::Pod, &key.name).next().is_some()
        {
            return Ok(Action::RequeueAfter(PASS_TIME));
        }
        content::delete(&[Kind::Pod], &key.name, cx)?;
        let content = Content::left_in(&namespace, cx);
        let date = cx.date();
        cx.modify_status::<Namespace>("", &key.name, |n| conditions::update(&mut n.status, &content, date))?;
        if let Some(error) = content.errors.first() {
            // Tried again soon, with back-off.
            return Err(Status::new(Reason::Conflict, error.clone()));
        }
        if content.estimate > 0 {
            return Ok(Action::RequeueAfter(Duration::from_secs(content.estimate / 2 + 1)));
        }
        cx.finalize_namespace(&key.name)?;
        Ok(Action::AwaitChange)
    }
}
