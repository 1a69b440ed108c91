//! Emptying a volume, by a pod that deletes everything on it (upstream: `recycleVolumeOperation`, `recyclerclient`).

use super::{at_next_resync, binding, reclaim};
use crate::Action;
use orrery_api::{
    Container, Event, HostPathVolumeSource, Kind, NFSVolumeSource, ObjectReference, PersistentVolume,
    PersistentVolumeClaim, Pod, PodSpec, Volume, VolumeMount,
};
use orrery_apimachinery::{ObjectMeta, StatusResult, Str};
use orrery_client::volume::{capacity, claim_names, is_terminated};
use orrery_client::{Context, EventType, Key};
use std::rc::Rc;

const NAMESPACE: &str = "default";
const PREFIX: &str = "recycler-for-";
const IMAGE: &str = "registry.k8s.io/build-image/debian-base:bookworm-v1.0.6";
const SCRUB: &str =
    "test -e /scrub && find /scrub -mindepth 1 -delete && test -z \"$(ls -A /scrub)\" || exit 1";

/// How long the pod may take: so long at least, and so long for each Gi, in seconds.
const AT_LEAST: i64 = 60;
const AT_LEAST_NFS: i64 = 300;
const PER_GI: i64 = 30;

/// The volume that a pod of this name empties.
pub(super) fn recycled_by(meta: &ObjectMeta) -> Option<&str> {
    meta.name.strip_prefix(PREFIX).filter(|_| *meta.namespace == *NAMESPACE)
}

/// The volume that a pod empties of which `event` tells.
pub(super) fn recycled_in(event: &Event) -> Option<&str> {
    let about = &event.involved_object;
    (about.kind.as_deref() == Some("Pod") && *event.metadata.namespace == *NAMESPACE)
        .then(|| about.name.as_deref()?.strip_prefix(PREFIX))
        .flatten()
}

/// Moves the emptying of a volume on.
pub(super) fn recycle(volume: &PersistentVolume, cx: &mut Context<'_>) -> StatusResult<Action> {
    let users = users(volume, cx);
    if !users.is_empty() {
        let message = format!("Volume is used by pods: {}", users.join(","));
        cx.event(volume, EventType::Normal, "VolumeFailedRecycle", message);
        return Ok(at_next_resync(cx));
    }
    let name: Str = [PREFIX, &volume.metadata.name].concat().into();
    let Some(pod) = cx.get::<Pod>(NAMESPACE, &name) else {
        return begin(volume, name, cx);
    };
    let failure = match pod.status.phase.as_deref() {
        _ if pod.metadata.terminating() => return Ok(at_next_resync(cx)),
        Some("Succeeded") => None,
        Some("Failed") => {
            let why = pod.status.message.as_deref().filter(|message| !message.is_empty());
            Some(why.unwrap_or("pod failed, pod.Status.Message unknown").to_owned())
        }
        _ => return Ok(Action::AwaitChange),
    };
    cx.delete(&Key::new(Kind::Pod, NAMESPACE, name), &Default::default())?;
    match failure {
        None => {
            cx.event(volume, EventType::Normal, "VolumeRecycled", "Volume recycled");
            binding::unbind(volume, cx)?;
            Ok(Action::AwaitChange)
        }
        Some(why) => {
            let message = format!("Recycle failed: failed to recycle volume: {why}");
            reclaim::fail(volume, "VolumeFailedRecycle", &message, cx)?;
            Ok(at_next_resync(cx))
        }
    }
}

/// Deletes the pod that emptied a volume which nobody waits for any more, because it is gone or free by now.
pub(super) fn tidy(volume: &str, cx: &mut Context<'_>) -> StatusResult<Action> {
    let name: Str = [PREFIX, volume].concat().into();
    let pod = cx.get::<Pod>(NAMESPACE, &name);
    if pod.is_some_and(|pod| is_terminated(&pod) && !pod.metadata.terminating()) {
        cx.delete(&Key::new(Kind::Pod, NAMESPACE, name), &Default::default())?;
    }
    Ok(Action::AwaitChange)
}

fn begin(volume: &PersistentVolume, name: Str, cx: &mut Context<'_>) -> StatusResult<Action> {
    let Err(error) = cx.create(scrubber(volume, name)) else { return Ok(Action::AwaitChange) };
    let message = format!("Recycle failed: unexpected error creating recycler pod:  {}", error.message);
    reclaim::fail(volume, "VolumeFailedRecycle", &message, cx)?;
    Ok(at_next_resync(cx))
}

/// The pod that empties a volume (upstream: `NewPersistentVolumeRecyclerPodTemplate`).
fn scrubber(volume: &PersistentVolume, name: Str) -> Pod {
    let nfs = volume.spec.nfs.as_ref();
    let source =
        Volume {
            name: "vol".into(),
            host_path: volume.spec.host_path.as_ref().map(|source| {
                Box::new(HostPathVolumeSource { path: source.path.clone(), ..Default::default() })
            }),
            nfs: nfs.map(|source| {
                Box::new(NFSVolumeSource {
                    server: source.server.clone(),
                    path: source.path.clone(),
                    ..Default::default()
                })
            }),
            ..Default::default()
        };
    let container = Container {
        name: "pv-recycler".into(),
        image: Some(IMAGE.into()),
        command: vec!["/bin/sh".into()],
        args: vec!["-c".into(), SCRUB.into()],
        volume_mounts: vec![VolumeMount {
            name: "vol".into(),
            mount_path: "/scrub".into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let at_least = if nfs.is_some() { AT_LEAST_NFS } else { AT_LEAST };
    let spec = PodSpec {
        active_deadline_seconds: Some(at_least.max((capacity(volume).value() >> 30) * PER_GI)),
        restart_policy: Some("Never".into()),
        volumes: vec![source],
        containers: vec![container],
        ..Default::default()
    };
    Pod { metadata: ObjectMeta::named(NAMESPACE, name), spec: Rc::new(spec), ..Default::default() }
}

/// Repeats on the volume what is told of the pod that empties it.
pub(super) fn repeat(event: &Event, cx: &mut Context<'_>) {
    let Some(volume) = recycled_in(event).and_then(|name| cx.get::<PersistentVolume>("", name)) else {
        return;
    };
    let kind = if event.type_.as_deref() == Some("Warning") { EventType::Warning } else { EventType::Normal };
    let message = format!("Recycler pod: {}", event.message.as_deref().unwrap_or_default());
    cx.event(&*volume, kind, "RecyclerPod", message);
}

/// The pods that still use the claim that the volume was bound to, unless a new claim of its name is theirs.
fn users(volume: &PersistentVolume, cx: &Context<'_>) -> Vec<String> {
    let claim = |r: &ObjectReference| Some((r.namespace.clone()?, r.name.clone()?));
    let Some((namespace, name)) = volume.spec.claim_ref.as_ref().and_then(claim) else { return Vec::new() };
    if cx.get::<PersistentVolumeClaim>(&namespace, &name).is_some() {
        return Vec::new();
    }
    let uses = |pod: &&Rc<Pod>| !is_terminated(pod) && claim_names(pod).any(|used| used == name);
    let pods = cx.api().list_in::<Pod>(&namespace).filter(uses);
    pods.map(|pod| format!("{namespace}/{}", pod.metadata.name)).collect()
}
