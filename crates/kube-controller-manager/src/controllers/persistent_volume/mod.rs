//! Binds claims and volumes to each other, and sees to volumes whose claim is gone
//! (upstream: `pkg/controller/volume/persistentvolume`).
//!
//! The two-sided pointer, `spec.volumeName` of the claim and `spec.claimRef` of the volume, is written
//! volume first. Any step may be interrupted: the next look at either side finishes it.

mod binding;
mod claim;
mod provisioning;
mod reclaim;
#[cfg(test)]
pub(crate) mod tests;
mod volume;

use crate::{Action, Controller, Wake};
use orrery_api::{Kind, Object, ObjectReference, PersistentVolume, PersistentVolumeClaim};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Change, Context, Key, Op};
use orrery_sim::Duration;

/// How often claims that wait are looked at though nothing has happened.
const RESYNC: Duration = Duration::from_secs(15);

/// Binding is four writes, one after the other. Here they happen at one instant, so at that of the last: who looks at
/// once, as the scheduler does at a pod that was made with its claim, finds the claim unbound.
const BINDING_TIME: Duration = Duration::from_millis(4);

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct PersistentVolumeController;

impl Controller for PersistentVolumeController {
    const NAME: &'static str = "persistentvolume-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        // What the controller wrote itself it knows already.
        if api.write(change.revision).is_some_and(|write| *write.actor == *Self::NAME) {
            return;
        }
        match (&change.value, change.op) {
            (Object::PersistentVolumeClaim(claim), Op::Deleted) => {
                if let Some(volume) = &claim.spec.volume_name {
                    wake.key(volume_key(volume));
                }
            }
            (Object::PersistentVolume(volume), Op::Deleted) => {
                wake_claim(volume.spec.claim_ref.as_ref(), wake);
            }
            (object @ Object::PersistentVolumeClaim(_), _) => wake.key_after(Key::of(object), BINDING_TIME),
            (object @ Object::PersistentVolume(_), _) => wake.key(Key::of(object)),
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        match key.kind {
            Kind::PersistentVolume => match cx.get::<PersistentVolume>("", &key.name) {
                Some(volume) => volume::sync(&volume, cx),
                None => Ok(Action::AwaitChange),
            },
            _ => match cx.get::<PersistentVolumeClaim>(&key.namespace, &key.name) {
                Some(claim) => claim::sync(&claim, cx),
                None => Ok(Action::AwaitChange),
            },
        }
    }
}

fn volume_key(name: &str) -> Key {
    Key::new(Kind::PersistentVolume, "", name)
}

fn wake_claim(reference: Option<&ObjectReference>, wake: &mut Wake) {
    if let Some((namespace, name)) = reference.and_then(|r| r.namespace.clone().zip(r.name.clone())) {
        wake.key(Key::new(Kind::PersistentVolumeClaim, namespace, name));
    }
}

/// Look again at the next resync, which comes for all claims at once.
fn at_next_resync(cx: &Context<'_>) -> Action {
    let period = RESYNC.as_nanos();
    let into = u128::from(cx.now().as_nanos()) % period;
    Action::RequeueAfter(Duration::from_nanos(u64::try_from(period - into).unwrap_or(u64::MAX)))
}
