//! Keeps a volume that is being deleted while it is bound to a claim
//! (upstream: `pkg/controller/volume/pvprotection`).

use crate::{Action, Controller, Wake};
use orrery_api::{Object, PersistentVolume};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Change, Context, Key, Op};

const FINALIZER: &str = "kubernetes.io/pv-protection";

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct PvProtectionController;

impl Controller for PvProtectionController {
    const NAME: &'static str = "pv-protection-controller";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        if let Object::PersistentVolume(volume) = &change.value
            && change.op != Op::Deleted
            && volume.metadata.terminating() == volume.metadata.has_finalizer(FINALIZER)
        {
            wake.key(Key::of(&change.value));
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(volume) = cx.get::<PersistentVolume>("", &key.name) else { return Ok(Action::AwaitChange) };
        let (terminating, protected) =
            (volume.metadata.terminating(), volume.metadata.has_finalizer(FINALIZER));
        if terminating && protected && volume.status.phase.as_deref() != Some("Bound") {
            cx.modify::<PersistentVolume>("", &key.name, |volume| {
                volume.metadata.finalizers.retain(|finalizer| &**finalizer != FINALIZER);
            })?;
        } else if !terminating && !protected {
            cx.modify::<PersistentVolume>("", &key.name, |volume| {
                volume.metadata.finalizers.push(FINALIZER.into())
            })?;
        }
        Ok(Action::AwaitChange)
    }
}
