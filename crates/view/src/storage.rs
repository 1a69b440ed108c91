//! Claims and volumes on the five-stage track, and the ghosts of claims that pods name but nobody made. [`lives`] is the
//! storage view, where all of a volume's life is told; [`settings`] are the ConfigMaps and Secrets in it.

pub mod lives;
pub mod plugins;
pub mod settings;

use std::collections::{BTreeMap, BTreeSet};

use orrery_api::{Event, PersistentVolume, PersistentVolumeClaim, Pod, Resource, resources};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;

use crate::owner::{Hues, workload};
use crate::scene::{Hue, ObjectRef, Stage, Text, VolumeTrack};

/// Who uses a claim, by namespace and name.
struct Use {
    hue: Hue,
    running: bool,
}

/// Every claim, every volume without one, and every claim that is missing.
pub(crate) fn tracks(api: &ApiServer, hues: &Hues, wanted: &dyn Fn(&str) -> bool) -> Vec<VolumeTrack> {
    let uses = uses(api, hues);
    let claims = api.list::<PersistentVolumeClaim>().filter(|c| wanted(&c.metadata.namespace));
    let mut tracks: Vec<_> = claims.map(|claim| of_claim(api, claim, &uses)).collect();
    tracks.extend(api.list::<PersistentVolume>().filter(|v| unclaimed(api, v)).map(|v| of_volume(v)));
    let missing = uses
        .iter()
        .filter(|((ns, name), _)| wanted(ns) && api.get::<PersistentVolumeClaim>(ns, name).is_none());
    tracks.extend(missing.map(|((ns, name), usage)| ghost(ns, name, usage)));
    tracks
}

fn uses(api: &ApiServer, hues: &Hues) -> BTreeMap<(Str, Str), Use> {
    let mut uses: BTreeMap<(Str, Str), Use> = BTreeMap::new();
    for pod in api.list::<Pod>() {
        for claim in pod.spec.volumes.iter().filter_map(|v| v.persistent_volume_claim.as_ref()) {
            let key = (pod.metadata.namespace.clone(), claim.claim_name.clone());
            let entry = uses
                .entry(key)
                .or_insert_with(|| Use { hue: hues.get(&workload(api, &pod.metadata)), running: false });
            entry.running |= pod.status.phase.as_deref() == Some("Running");
        }
    }
    uses
}

fn of_claim(api: &ApiServer, claim: &PersistentVolumeClaim, uses: &BTreeMap<(Str, Str), Use>) -> VolumeTrack {
    let meta = &claim.metadata;
    let usage = uses.get(&(meta.namespace.clone(), meta.name.clone()));
    let stage = claim_stage(claim, usage.is_some_and(|usage| usage.running));
    let id = ObjectRef {
        kind: "PersistentVolumeClaim".into(),
        namespace: meta.namespace.clone(),
        name: meta.name.clone(),
    };
    VolumeTrack {
        size: size(
            claim.spec.resources.requests.get(resources::STORAGE).map(ToString::to_string),
            &claim.spec.access_modes,
        ),
        class: claim.spec.storage_class_name.clone().unwrap_or_default(),
        volume: claim.spec.volume_name.clone().filter(|v| !v.is_empty()),
        why: if stage.is_some() { None } else { why_pending(api, claim) },
        stage,
        ghost: false,
        hue: usage.map(|u| u.hue),
        id,
    }
}

/// Where the life of a claim's volume stands; `None` before it has one, and after it was lost.
fn claim_stage(claim: &PersistentVolumeClaim, in_use: bool) -> Option<Stage> {
    let bound = claim.status.phase.as_deref() == Some("Bound");
    bound.then_some(if in_use { Stage::InUse } else { Stage::Bound })
}

/// Why a claim has no volume: the last event about it says so, in the controller's words.
fn why_pending(api: &ApiServer, claim: &PersistentVolumeClaim) -> Option<Text> {
    if claim.status.phase.as_deref() == Some("Lost") {
        return Some("Lost: its volume is gone".into());
    }
    let about = |e: &&std::rc::Rc<Event>| e.involved_object.uid.as_ref() == Some(&claim.metadata.uid);
    let last = api
        .list_in::<Event>(&claim.metadata.namespace)
        .filter(about)
        .max_by_key(|e| e.metadata.resource_version)?;
    last.message.clone()
}

/// A volume is told of with its claim as long as that claim is there.
fn unclaimed(api: &ApiServer, volume: &PersistentVolume) -> bool {
    let claimed = volume.spec.claim_ref.as_ref().and_then(|claim| {
        let claim = api.get::<PersistentVolumeClaim>(claim.namespace.as_deref()?, claim.name.as_deref()?)?;
        claim.spec.volume_name.as_ref().filter(|v| **v == volume.metadata.name)
    });
    claimed.is_none()
}

/// Where the life of a volume stands that has no claim.
fn volume_stage(volume: &PersistentVolume) -> Stage {
    match volume.status.phase.as_deref() {
        Some("Released" | "Failed") if volume.metadata.terminating() => Stage::Reclaimed,
        Some("Released" | "Failed") => Stage::Released,
        _ => Stage::Provisioned,
    }
}

fn of_volume(volume: &PersistentVolume) -> VolumeTrack {
    let name = &volume.metadata().name;
    VolumeTrack {
        id: ObjectRef { kind: "PersistentVolume".into(), namespace: "".into(), name: name.clone() },
        size: size(
            volume.spec.capacity.get(resources::STORAGE).map(ToString::to_string),
            &volume.spec.access_modes,
        ),
        class: volume.spec.storage_class_name.clone().unwrap_or_default(),
        volume: Some(name.clone()),
        stage: Some(volume_stage(volume)),
        why: None,
        ghost: false,
        hue: None,
    }
}

fn ghost(namespace: &Str, name: &Str, usage: &Use) -> VolumeTrack {
    VolumeTrack {
        id: ObjectRef {
            kind: "PersistentVolumeClaim".into(),
            namespace: namespace.clone(),
            name: name.clone(),
        },
        size: "".into(),
        class: "".into(),
        volume: None,
        stage: None,
        why: Some(format!("persistentvolumeclaim \"{name}\" not found").as_str().into()),
        ghost: true,
        hue: Some(usage.hue),
    }
}

/// `5Gi · RWO`.
fn size(size: Option<String>, modes: &[Str]) -> Text {
    let modes: BTreeSet<&str> = modes.iter().map(|m| short(m)).collect();
    let modes: Vec<&str> = modes.into_iter().collect();
    let parts: Vec<String> = size.into_iter().chain((!modes.is_empty()).then(|| modes.join(","))).collect();
    parts.join(" · ").as_str().into()
}

/// As kubectl abbreviates access modes.
fn short(mode: &str) -> &str {
    match mode {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        other => other,
    }
}
