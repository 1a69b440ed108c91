//! Says who is to make a volume larger whose claim asks for more. No plug-in of the controller can
//! (upstream: `pkg/controller/volume/expand`).

use crate::{Action, Controller, Wake};
use orrery_api::resources::STORAGE;
use orrery_api::{Object, PersistentVolume, PersistentVolumeClaim};
use orrery_apimachinery::{Quantity, Reason, Status, StatusResult};
use orrery_client::volume::plugins::{Standing, of_persistent};
use orrery_client::volume::requested;
use orrery_client::{ApiServer, Change, Context, EventType, Key, Op};

/// On a claim: who makes its volume larger.
const RESIZER: &str = "volume.kubernetes.io/storage-resizer";

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct VolumeExpandController;

impl Controller for VolumeExpandController {
    const NAME: &'static str = "volume_expand";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        let Object::PersistentVolumeClaim(claim) = &change.value else { return };
        let more = match &change.previous {
            Some(Object::PersistentVolumeClaim(old)) => {
                requested(claim) > requested(old) || held(claim) > held(old)
            }
            _ => true,
        };
        if more && change.op != Op::Deleted && claim.status.phase.as_deref() == Some("Bound") {
            wake.key(Key::of(&change.value));
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(claim) = cx.get::<PersistentVolumeClaim>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let name = claim.spec.volume_name.clone().unwrap_or_default();
        let Some(volume) = cx.get::<PersistentVolume>("", &name) else {
            let why = Status::not_found("persistentvolumes", &name).message;
            return Err(Status::new(Reason::NotFound, format!("failed to get PV \"{name}\": {why}")));
        };
        let owner = volume.spec.claim_ref.as_ref().and_then(|reference| reference.uid.as_ref());
        if owner != Some(&claim.metadata.uid) {
            let why = format!(
                "persistent Volume is not bound to PVC being updated : {}/{}",
                key.namespace, key.name
            );
            return Err(Status::new(Reason::Conflict, why));
        }
        if requested(&claim) > held(&claim) {
            tell(&claim, &volume, cx)?;
        }
        Ok(Action::AwaitChange)
    }
}

/// How much the claim has.
fn held(claim: &PersistentVolumeClaim) -> Quantity {
    claim.status.capacity.get(STORAGE).copied().unwrap_or_default()
}

fn tell(claim: &PersistentVolumeClaim, volume: &PersistentVolume, cx: &mut Context<'_>) -> StatusResult<()> {
    let plugin = of_persistent(&volume.spec);
    let Some((plugin, driver)) = plugin.and_then(|plugin| match plugin.standing {
        Standing::Migrated(driver) => Some((plugin.name, driver)),
        _ => None,
    }) else {
        let message = "waiting for an external controller to expand this PVC";
        cx.event(claim, EventType::Normal, "ExternalExpanding", message);
        return Ok(());
    };
    let message =
        format!("CSI migration enabled for {plugin}; waiting for external resizer to expand the pvc");
    cx.event(claim, EventType::Normal, "ExternalExpanding", message);
    let meta = &claim.metadata;
    let marked = cx.modify::<PersistentVolumeClaim>(&meta.namespace, &meta.name, |claim| {
        claim.metadata.annotations.insert(RESIZER, driver);
    });
    marked.map(drop)
}
