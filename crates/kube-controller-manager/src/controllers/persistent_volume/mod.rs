//! Binds claims and volumes to each other, and sees to volumes whose claim is gone
//! (upstream: `pkg/controller/volume/persistentvolume`).
//!
//! The two-sided pointer, `spec.volumeName` of the claim and `spec.claimRef` of the volume, is written
//! volume first. Any step may be interrupted: the next look at either side finishes it.

mod binding;
mod claim;
mod explain;
mod migration;
mod provisioning;
mod reclaim;
mod recycle;
#[cfg(test)]
pub(crate) mod tests;
mod volume;

use crate::{Action, Controller, Wake};
pub use explain::{DeletionForecast, Fate, WhyNot, forecast_claim, forecast_volume, why_not};

use orrery_api::{Event, Kind, Object, ObjectReference, PersistentVolume, PersistentVolumeClaim};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Change, Context, Key, Op};
use orrery_sim::{Duration, SimTime};

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
            (Object::PersistentVolumeClaim(claim), Op::Deleted) => wake_volume_of(claim, change, api, wake),
            (object @ Object::PersistentVolumeClaim(_), _) => wake.key_after(Key::of(object), BINDING_TIME),
            (object @ Object::PersistentVolume(volume), op) => {
                match op {
                    Op::Deleted => wake_claim(volume.spec.claim_ref.as_ref(), wake),
                    _ => wake.key(Key::of(object)),
                }
                wake_bereft_claims(volume, change, api, wake);
            }
            (Object::Pod(pod), _) => {
                if let Some(volume) = recycle::recycled_by(&pod.metadata) {
                    wake.key(volume_key(volume));
                }
            }
            (object @ Object::Event(event), Op::Added) if recycle::recycled_in(event).is_some() => {
                wake.key(Key::of(object));
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        match key.kind {
            Kind::PersistentVolume => match cx.get::<PersistentVolume>("", &key.name) {
                Some(volume) => volume::sync(&volume, cx),
                None => recycle::tidy(&key.name, cx),
            },
            Kind::Event => {
                if let Some(event) = cx.get::<Event>(&key.namespace, &key.name) {
                    recycle::repeat(&event, cx);
                }
                Ok(Action::AwaitChange)
            }
            _ => match cx.get::<PersistentVolumeClaim>(&key.namespace, &key.name) {
                Some(claim) => claim::sync(&claim, cx),
                None => Ok(Action::AwaitChange),
            },
        }
    }
}

/// Of a claim that is gone the volume is looked at at once; one that the claim had not taken yet at the next resync.
fn wake_volume_of(claim: &PersistentVolumeClaim, change: &Change, api: &ApiServer, wake: &mut Wake) {
    if let Some(volume) = &claim.spec.volume_name {
        return wake.key(volume_key(volume));
    }
    for volume in api.list::<PersistentVolume>() {
        let uid = volume.spec.claim_ref.as_ref().and_then(|reference| reference.uid.as_ref());
        if uid == Some(&claim.metadata.uid) {
            wake.key_after(volume_key(&volume.metadata.name), until_resync(change.time));
        }
    }
}

/// Claims that name a volume which is not theirs any more, or is there again, notice it at the next resync.
fn wake_bereft_claims(volume: &PersistentVolume, change: &Change, api: &ApiServer, wake: &mut Wake) {
    let reference = volume.spec.claim_ref.as_ref();
    let owner =
        reference.and_then(|r| api.get::<PersistentVolumeClaim>(r.namespace.as_deref()?, r.name.as_deref()?));
    // What is whole, or is just being made, concerns nobody else.
    let whole = |claim: &PersistentVolumeClaim| {
        claim.spec.volume_name.as_ref().is_none_or(|name| *name == volume.metadata.name)
    };
    if change.op != Op::Deleted && owner.is_some_and(|claim| whole(claim)) {
        return;
    }
    for claim in api.list::<PersistentVolumeClaim>() {
        let meta = &claim.metadata;
        if claim.spec.volume_name.as_ref() == Some(&volume.metadata.name) {
            let key = Key::new(Kind::PersistentVolumeClaim, meta.namespace.clone(), meta.name.clone());
            wake.key_after(key, until_resync(change.time));
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
    Action::RequeueAfter(until_resync(cx.now()))
}

fn until_resync(now: SimTime) -> Duration {
    let period = RESYNC.as_nanos();
    let into = u128::from(now.as_nanos()) % period;
    Duration::from_nanos(u64::try_from(period - into).unwrap_or(u64::MAX))
}
