//! Mounting the volumes of a pod: again and again, ever less often, until all are there (upstream:
//! `pkg/kubelet/volumemanager`, `pkg/volume/util/operationexecutor`).

use super::{Behind, Failure, host_path, is_made, local};
use crate::sync::Turn;
use crate::volumes::Maker;
use orrery_api::{Container, Node as NodeObject, Pod, Volume};
use orrery_apimachinery::Str;
use orrery_client::EventType;
use orrery_client::volume::{Backing, Spec, capacity};
use orrery_sim::{Duration, SimTime};

/// How often a worker looks whether the volumes are mounted (upstream: `podAttachAndMountRetryInterval`).
const POLL: Duration = Duration::from_millis(300);
/// After so long it gives up for now (upstream: `podAttachAndMountTimeout`).
const TIMEOUT: Duration = Duration::from_secs(123);
/// The first and the longest delay between attempts to mount one volume (upstream: `exponentialbackoff`).
const FIRST_DELAY: Duration = Duration::from_millis(500);
const LONGEST_DELAY: Duration = Duration::from_secs(122);

/// How far the volumes of a pod are.
pub(crate) enum Mounting {
    /// All are mounted; it goes on at this instant.
    Done(SimTime),
    /// Some are not; it is tried again at this instant, or when they are attached.
    Waits(SimTime),
    /// The pod is looked at later.
    GivesUp,
}

/// A step that failed, and why.
type Problem = (&'static str, String);

/// What came of one attempt to mount the volumes of a pod.
#[derive(Default)]
struct Attempt {
    unmounted: Vec<Str>,
    unattached: Vec<Str>,
    /// The volumes of which it is not known what is behind them.
    unknown: Vec<Str>,
    problems: Vec<String>,
}

impl Turn<'_, '_> {
    /// Tries to mount the volumes, since `begun` (upstream: `WaitForAttachAndMount`).
    pub(crate) fn mount_volumes(&mut self, begun: SimTime) -> Mounting {
        let (now, pod) = (self.now(), self.pod.clone());
        let (mut attempt, mut next) = (Attempt::default(), begun + TIMEOUT);
        let mut waits = false;
        for volume in pod.spec.volumes.iter().filter(|volume| is_used(&pod.spec, volume)) {
            waits = true;
            if let Some(retry) = self.mount_volume(volume, &mut attempt) {
                next = next.min(retry);
            }
        }
        if attempt.unmounted.is_empty() {
            self.worker.mounted = true;
            return Mounting::Done(if waits { poll_after(begun, now) } else { now });
        }
        // Whoever polls finds out at the second look.
        if !attempt.unknown.is_empty() && now > begun {
            self.cannot_process(&pod, &attempt);
            return Mounting::GivesUp;
        }
        if now >= begun + TIMEOUT {
            return Mounting::GivesUp;
        }
        let next = if attempt.unknown.is_empty() { next } else { next.min(begun + POLL) };
        Mounting::Waits(next.max(now + Duration::from_millis(1)))
    }

    /// Tries to mount a volume that is not mounted yet; when to try it again if that fails.
    fn mount_volume(&mut self, volume: &Volume, attempt: &mut Attempt) -> Option<SimTime> {
        let (now, pod, name) = (self.now(), self.pod.clone(), &volume.name);
        if volume.empty_dir.is_some() || is_made(volume) && self.check_objects(volume).is_ok() {
            // Nothing is behind it, and most are like it.
            if let Some(entry) = self.worker.volumes.as_mut().and_then(|v| v.entries.get_mut(name)) {
                entry.failure = None;
            }
            return None;
        }
        let spec = Spec::of(&pod, volume, self.cx.api()).and_then(|spec| checked(spec, &pod.spec, volume));
        let spec = match spec {
            Ok(spec) => spec,
            Err(why) => {
                attempt.unmounted.push(name.clone());
                attempt.unknown.push(name.clone());
                attempt.problems.push(why);
                return None;
            }
        };
        if !self.is_attached(&spec) {
            attempt.unmounted.push(name.clone());
            attempt.unattached.push(name.clone());
            return None;
        }
        let failure = self.worker.volumes.as_ref().and_then(|v| v.entries.get(name)?.failure.as_ref());
        if let Some(failure) = failure.filter(|failure| failure.next > now) {
            attempt.unmounted.push(name.clone());
            return Some(failure.next);
        }
        let Err((operation, why)) = self.set_up(volume, &spec) else {
            self.note_mounted(volume, &spec);
            return None;
        };
        attempt.unmounted.push(name.clone());
        let reason = if spec.is_block() { "FailedMapVolume" } else { "FailedMount" };
        let message = format!("{operation} failed for volume \"{}\" : {why}", spec.name);
        self.cx.event(&*pod, EventType::Warning, reason, message);
        let failure = &mut self.worker.volumes.get_or_insert_default().entry(name).failure;
        let tries = failure.as_ref().map_or(0, |failure| failure.tries);
        let factor = 1u32.checked_shl(tries).unwrap_or(u32::MAX);
        let next = now + FIRST_DELAY.saturating_mul(factor).min(LONGEST_DELAY);
        *failure = Some(Failure { why: why.into(), tries: tries + 1, next });
        Some(next)
    }

    /// Whether the controller has attached a volume that has to be, and knows that it is in use (upstream:
    /// `VerifyControllerAttachedVolume`).
    fn is_attached(&mut self, spec: &Spec) -> bool {
        let api = self.cx.api();
        if !spec.is_attachable(api) {
            return true;
        }
        let name = spec.unique_name();
        let node = api.get::<NodeObject>("", &self.node.config.name);
        let attached = node.is_some_and(|node| {
            node.status.volumes_attached.iter().any(|volume| volume.name == name)
                && node.status.volumes_in_use.contains(&name)
        });
        self.node.use_volume(name, &self.worker.uid);
        attached
    }

    /// Mounts a volume (upstream: `GenerateMountVolumeFunc`, and the `SetUp` of each plug-in).
    fn set_up(&mut self, volume: &Volume, spec: &Spec) -> Result<(), Problem> {
        let set_up = if spec.is_block() { "MapVolume.SetUpDevice" } else { "MountVolume.SetUp" };
        let failed = |why: String| (set_up, why);
        if let Some(persistent) = &spec.persistent {
            self.check_reach(persistent, spec)?;
            if let Some(source) = &persistent.spec.local {
                let initialization = |why| ("MountVolume.NewMounter initialization", why);
                local::check(&source.path, self.node).map_err(initialization)?;
            }
            self.check_alone(spec).map_err(failed)?;
            if let Some(source) = &persistent.spec.host_path {
                host_path::set_up(source, self.node).map_err(failed)?;
            }
        }
        if let Some(source) = &volume.host_path {
            host_path::set_up(source, self.node).map_err(failed)?;
        }
        self.check_objects(volume).map_err(failed)
    }

    /// Whether the objects that a volume is made of are there.
    fn check_objects(&self, volume: &Volume) -> Result<(), String> {
        let (pod, at) = (&self.pod, self.cx.now());
        let maker = Maker { pod, api: self.cx.api(), node: self.node, address: "", at, writes: false };
        maker.payload(volume).map(drop)
    }

    /// Whether the volume can be reached from the node.
    fn check_reach(&self, persistent: &orrery_api::PersistentVolume, spec: &Spec) -> Result<(), Problem> {
        let node = self.cx.api().get::<NodeObject>("", &self.node.config.name);
        if node.is_none_or(|node| orrery_client::volume::reachable_from(persistent, node)) {
            return Ok(());
        }
        let check =
            if spec.is_block() { "MapVolume.NodeAffinity check" } else { "MountVolume.NodeAffinity check" };
        Err((check, "no matching NodeSelectorTerms".into()))
    }

    /// Whether a volume of one pod is no other's on this node.
    fn check_alone(&self, spec: &Spec) -> Result<(), String> {
        let Some(persistent) = &spec.persistent else { return Ok(()) };
        let modes = &persistent.spec.access_modes;
        if modes.len() != 1 || &*modes[0] != "ReadWriteOncePod" {
            return Ok(());
        }
        let name = &*persistent.metadata.name;
        if self.peers.workers.values().any(|w| w.volumes.as_ref().is_some_and(|v| v.has(name))) {
            return Err(
                "volume uses the ReadWriteOncePod access mode and is already in use by another pod".into()
            );
        }
        Ok(())
    }

    /// Keeps what is behind a volume that is mounted now.
    fn note_mounted(&mut self, volume: &Volume, spec: &Spec) {
        if let Some(entry) = self.worker.volumes.as_mut().and_then(|v| v.entries.get_mut(&volume.name)) {
            entry.failure = None;
        }
        let (Some(persistent), Some(claim)) = (&spec.persistent, &spec.claim) else { return };
        let backing = spec.backing(volume);
        if let Backing::Storage(name) = &backing {
            let disk = self.peers.network.disk(name);
            let known = claim.status.capacity.get(orrery_api::resources::STORAGE).copied();
            let size = known.unwrap_or_else(|| capacity(persistent));
            // Only a file system of its own has an end of its own.
            let ends = spec.plugin.medium == orrery_client::volume::plugins::Medium::Disk;
            disk.capacity = u64::try_from(size.value()).ok().filter(|_| ends);
            disk.volume = persistent.metadata.name.clone();
            disk.claim = [&*claim.metadata.namespace, "/", &claim.metadata.name].concat().into();
        }
        let behind =
            Behind { backing, read_only: spec.read_only, persistent: persistent.metadata.name.clone() };
        let entry = self.worker.volumes.get_or_insert_default().entry(&volume.name);
        let is_new = entry.behind.replace(behind).is_none();
        if is_new && spec.is_block() {
            self.tell_mapped(spec);
        }
        self.expand_on_node(spec);
    }

    /// A block device is told where it is found (upstream: `GenerateMapVolumeFunc`).
    fn tell_mapped(&mut self, spec: &Spec) {
        let (plugin, pod) = (&spec.plugin.name, self.pod.clone());
        let (global, own) = match &*spec.driver {
            "" => {
                let plugin = plugin.replace('/', "~");
                (format!("/var/lib/kubelet/plugins/{}/volumeDevices/{}", spec.plugin.name, spec.name), plugin)
            }
            _ => (
                format!("/var/lib/kubelet/plugins/kubernetes.io/csi/volumeDevices/{}/dev", spec.name),
                "kubernetes.io~csi".into(),
            ),
        };
        let own = format!("/var/lib/kubelet/pods/{}/volumeDevices/{own}", pod.metadata.uid);
        for (what, path) in [("globalMapPath", global), ("volumeMapPath", own)] {
            let message =
                format!("MapVolume.MapPodDevice succeeded for volume \"{}\" {what} {path:?}", spec.name);
            self.cx.event(&*pod, EventType::Normal, "SuccessfulMountVolume", message);
        }
    }

    /// Says which volumes cannot be mounted because it is not known what is behind them. Of a worker that has only waited
    /// too long nothing is said.
    fn cannot_process(&mut self, pod: &Pod, attempt: &Attempt) {
        let message = format!(
            "Unable to attach or mount volumes: unmounted volumes=[{}], unattached volumes=[{}], failed to process volumes=[{}]: {}",
            listed(&attempt.unmounted),
            listed(&attempt.unattached),
            listed(&attempt.unknown),
            attempt.problems.join("; ")
        );
        self.cx.event(pod, EventType::Warning, "FailedMount", message);
    }

    /// Unmounts everything: the pod's containers have ended for good.
    pub(crate) fn unmount_volumes(&mut self) {
        self.worker.volumes = None;
        self.node.let_go_of_volumes(&self.worker.uid);
    }
}

/// The first look after `now` of somebody who polls since `begun`.
fn poll_after(begun: SimTime, now: SimTime) -> SimTime {
    let polls = now.since(begun).as_millis() / POLL.as_millis() + 1;
    begun + POLL * u32::try_from(polls).unwrap_or(u32::MAX)
}

/// Names in order, as Go prints a list.
fn listed(names: &[Str]) -> String {
    let mut names: Vec<&str> = names.iter().map(|name| &**name).collect();
    names.sort_unstable();
    names.join(" ")
}

/// What is behind a volume, if there is a plug-in for it and it is used as what it is.
fn checked(spec: Spec, pod: &orrery_api::PodSpec, volume: &Volume) -> Result<Spec, String> {
    let (mounted, mapped) = uses(pod, &volume.name);
    let name = &volume.name;
    if spec.claim.is_some() && mounted && spec.is_block() {
        return Err(format!("volume {name} has volumeMode Block, but is specified in volumeMounts"));
    }
    if spec.claim.is_some() && mapped && !spec.is_block() {
        return Err(format!("volume {name} has volumeMode Filesystem, but is specified in volumeDevices"));
    }
    spec.check_plugin()?;
    Ok(spec)
}

/// Whether any container mounts a volume, or sees its device. Others are never looked at.
fn is_used(pod: &orrery_api::PodSpec, volume: &Volume) -> bool {
    let (mounted, mapped) = uses(pod, &volume.name);
    mounted || mapped
}

fn uses(pod: &orrery_api::PodSpec, name: &Str) -> (bool, bool) {
    let (mut mounted, mut mapped) = (false, false);
    let mut look = |container: &Container| {
        mounted |= container.volume_mounts.iter().any(|mount| mount.name == *name);
        mapped |= container.volume_devices.iter().any(|device| device.name == *name);
    };
    pod.init_containers.iter().chain(&pod.containers).for_each(&mut look);
    for container in &pod.ephemeral_containers {
        mounted |= container.volume_mounts.iter().any(|mount| mount.name == *name);
        mapped |= container.volume_devices.iter().any(|device| device.name == *name);
    }
    (mounted, mapped)
}
