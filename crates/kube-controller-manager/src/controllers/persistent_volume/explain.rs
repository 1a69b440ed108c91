//! What the controller would say if it were asked: why a claim has no volume, and what comes of deleting one. It is
//! asked of the rules by which the controller goes.

use super::claim::mismatch;
use super::reclaim::{self, Reclaim};
use crate::controllers::pvc_protection;
use orrery_api::{Node, PersistentVolume, PersistentVolumeClaim, Resource};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_client::volume::{
    BIND_COMPLETED, Misfit, PROVISIONED_BY, is_bound_to, misfit, reachable_from, waits_for_consumer,
};

/// A volume, and why a claim does not get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyNot {
    /// The volume's name.
    pub volume: Str,
    /// What is against it.
    pub reason: Misfit,
}

/// Why a claim that is not bound gets none of the volumes that there are, by their names; of a claim that asks for one
/// volume, why it does not get that. A volume that fits is not told of: the claim has it at the next look.
pub fn why_not(claim: &PersistentVolumeClaim, api: &ApiServer) -> Vec<WhyNot> {
    if claim.metadata.annotations.contains_key(BIND_COMPLETED) {
        return Vec::new();
    }
    if let Some(name) = &claim.spec.volume_name {
        let reason = match api.get::<PersistentVolume>("", name) {
            None => Some(Misfit::NotFound),
            Some(volume) if volume.spec.claim_ref.is_none() => mismatch(volume, claim),
            Some(volume) if is_bound_to(volume, claim) => None,
            Some(volume) => misfit(claim, volume, None, false),
        };
        return reason.into_iter().map(|reason| WhyNot { volume: name.clone(), reason }).collect();
    }
    let waits = waits_for_consumer(claim, api);
    let mut told = Vec::new();
    for volume in api.list::<PersistentVolume>() {
        let Some(mut reason) = misfit(claim, volume, None, waits) else { continue };
        if reason == Misfit::WaitsForConsumer && !api.list::<Node>().any(|node| reachable_from(volume, node))
        {
            reason = Misfit::NodeAffinity;
        }
        told.push(WhyNot { volume: volume.metadata.name.clone(), reason });
    }
    told
}

/// What becomes of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// There is none.
    None,
    /// It stays Released, with what is on it, until a person sees to it.
    Kept,
    /// Only the object goes; the disk stays, and nobody here knows of it any more.
    Forgotten,
    /// It goes with its disk, deleted by this provisioner or plug-in.
    Deleted(Str),
    /// It is emptied and Available again.
    Scrubbed,
    /// Its policy cannot be followed, and it is Failed, with this message.
    Failed(String),
    /// It goes with its claim only, under its policy: the claim's namespace and name.
    WithClaim(Str, Str),
}

/// What comes of deleting a claim or a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletionForecast {
    /// The pods that have to go first, by name; they are of the claim's namespace.
    pub waits_for: Vec<Str>,
    /// The volume, if there is one.
    pub volume: Option<Str>,
    /// What becomes of it then.
    pub fate: Fate,
}

/// What comes of deleting a claim.
pub fn forecast_claim(claim: &PersistentVolumeClaim, api: &ApiServer) -> DeletionForecast {
    let named = claim.spec.volume_name.as_ref().and_then(|name| api.get::<PersistentVolume>("", name));
    let volume = named.filter(|volume| is_bound_to(volume, claim));
    DeletionForecast {
        waits_for: pvc_protection::holders(claim, api).map(|pod| pod.metadata.name.clone()).collect(),
        volume: volume.map(|volume| volume.metadata.name.clone()),
        fate: volume.map_or(Fate::None, |volume| fate(volume)),
    }
}

/// What comes of deleting a volume: while it is bound, nothing before its claim goes.
pub fn forecast_volume(volume: &PersistentVolume, api: &ApiServer) -> DeletionForecast {
    let reference = volume.spec.claim_ref.as_ref();
    let name = reference.and_then(|r| r.namespace.clone().zip(r.name.clone()));
    let claim = name.and_then(|(namespace, name)| api.get::<PersistentVolumeClaim>(&namespace, &name));
    let bound = claim.filter(|_| volume.status.phase.as_deref() == Some("Bound"));
    let fate = match bound {
        Some(claim) => {
            let meta = claim.metadata();
            Fate::WithClaim(meta.namespace.clone(), meta.name.clone())
        }
        None => Fate::Forgotten,
    };
    let waits_for = bound.map_or_else(Vec::new, |claim| forecast_claim(claim, api).waits_for);
    DeletionForecast { waits_for, volume: Some(volume.metadata.name.clone()), fate }
}

/// What the policy of a volume comes to once its claim is gone.
fn fate(volume: &PersistentVolume) -> Fate {
    let maker = || {
        let annotated = volume.metadata.annotations.get(PROVISIONED_BY).cloned();
        annotated.or_else(|| volume.spec.csi.as_ref().map(|csi| csi.driver.clone())).unwrap_or_default()
    };
    match reclaim::plan(volume) {
        // A volume that is being deleted already goes without its disk.
        Reclaim::Keep if volume.metadata.terminating() => Fate::Forgotten,
        Reclaim::Keep => Fate::Kept,
        Reclaim::Delete => Fate::Deleted("kubernetes.io/host-path".into()),
        Reclaim::Leave => Fate::Deleted(maker()),
        Reclaim::Recycle => Fate::Scrubbed,
        Reclaim::Unable(_, message) => Fate::Failed(message),
    }
}
