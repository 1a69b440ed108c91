//! What can be seen of the volumes of a pod: for whoever shows them.

use super::up_to_date::last_look;
use super::{Maker, Volumes};
use crate::Kubelet;
use crate::disk::Disk;
use crate::pod_worker::{PodWorker, container};
use orrery_api::{Pod, Volume};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_client::volume::plugins::Plugin;
use orrery_client::volume::{Backing, Spec};
use orrery_container_runtime::Files;
use orrery_sim::SimTime;
use std::rc::Rc;

/// What can be seen of a volume of a pod.
#[derive(Clone, Debug, PartialEq)]
pub struct VolumeFacts {
    /// Its name in the pod.
    pub name: Str,
    /// The kind of storage; `None` while it is not known what is behind its claim.
    pub plugin: Option<&'static Plugin>,
    /// Where what is on it is kept.
    pub place: VolumePlace,
    /// The PersistentVolume through which the pod has it.
    pub volume: Option<Str>,
    /// The claim through which the pod has it, as `namespace/name`.
    pub claim: Option<Str>,
    /// Why it is not mounted, as far as anything was told of that.
    pub problem: Option<Str>,
    /// How many bytes fit, if that is limited for this volume alone.
    pub capacity: Option<u64>,
    /// How many bytes its files have.
    pub used: u64,
    /// Its files, by path.
    pub files: Vec<FileFacts>,
    /// Where the pod's containers see it.
    pub mounts: Vec<MountFacts>,
}

/// Where what is on a volume is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VolumePlace {
    /// It is made of objects of the API server, and brought up to date from there.
    Objects,
    /// The memory of the node: it is gone with the pod, or with the power.
    Memory,
    /// A directory of the pod on the node's disk: it is gone with the pod.
    PodDirectory,
    /// This path on the node's disk: it stays there.
    Node(Str),
    /// Storage beyond the nodes, of this name.
    Storage(Str),
    /// Not known yet.
    Unknown,
}

/// A file of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Its path from the root of the volume.
    pub path: Str,
    /// How many bytes it has.
    pub size: u64,
    /// Its text, as far as it is kept.
    pub text: Rc<String>,
}

/// Where a container sees a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountFacts {
    /// The container.
    pub container: Str,
    /// The path in the container, or that of the device.
    pub path: Str,
    /// The part of the volume that is seen there, if not all.
    pub sub_path: Option<Str>,
    /// Whether the container may not write to it.
    pub read_only: bool,
}

impl Disk {
    /// What is on it, by path.
    pub fn list(&self) -> Vec<FileFacts> {
        listed(&self.files, Disk::ROOT)
    }
}

/// The files below a directory.
fn listed(files: &Files, directory: &str) -> Vec<FileFacts> {
    let fact = |(path, size, text)| FileFacts { path, size, text };
    files.below(directory).into_iter().map(fact).collect()
}

impl Kubelet {
    /// What can be seen of the volumes of a pod of this node. `disk` knows the storage beyond the nodes.
    pub fn volumes(
        &self,
        api: &ApiServer,
        namespace: &str,
        pod: &str,
        disk: &dyn Fn(&str) -> Option<Disk>,
        now: SimTime,
    ) -> Vec<VolumeFacts> {
        let api = self.sees(api);
        let Some(pod) = api.get::<Pod>(namespace, pod) else { return Vec::new() };
        let Some(worker) = self.workers.get(&pod.metadata.uid) else { return Vec::new() };
        let one = |volume: &Volume| self.volume(api, pod, worker, volume, disk, now);
        pod.spec.volumes.iter().map(one).collect()
    }

    /// The files below a path of the node's disk.
    pub fn files(&self, path: &str) -> Vec<FileFacts> {
        listed(&self.node.disk, path)
    }

    /// Removes what is below a path of the node's disk, and the path.
    pub fn remove_files(&mut self, path: &str) {
        self.node.disk.remove(path);
    }

    fn volume(
        &self,
        api: &ApiServer,
        pod: &Pod,
        worker: &PodWorker,
        volume: &Volume,
        disk: &dyn Fn(&str) -> Option<Disk>,
        now: SimTime,
    ) -> VolumeFacts {
        let entry = worker.volumes.as_ref().and_then(|volumes| volumes.entries.get(&volume.name));
        let failure = entry.and_then(|entry| entry.failure.as_ref()).map(|failure| failure.why.clone());
        let mut facts = VolumeFacts {
            name: volume.name.clone(),
            plugin: None,
            place: VolumePlace::Unknown,
            volume: None,
            claim: None,
            problem: failure,
            capacity: None,
            used: 0,
            files: Vec::new(),
            mounts: mounts(pod, worker, volume),
        };
        let spec = match Spec::of(pod, volume, api) {
            Ok(spec) => spec,
            Err(why) => {
                facts.problem = Some(why.into());
                return facts;
            }
        };
        facts.plugin = Some(spec.plugin);
        facts.volume = spec.persistent.as_ref().map(|persistent| persistent.metadata.name.clone());
        facts.claim = spec
            .claim
            .as_ref()
            .map(|claim| [&*claim.metadata.namespace, "/", &claim.metadata.name].concat().into());
        let limit = volume.empty_dir.as_ref().and_then(|dir| dir.size_limit).filter(|l| !l.is_zero());
        facts.capacity = limit.and_then(|limit| u64::try_from(limit.value()).ok());
        match spec.backing(volume) {
            Backing::Objects => {
                facts.place = VolumePlace::Objects;
                if worker.mounted {
                    facts.files = self.made(api, pod, worker, volume, now);
                }
            }
            Backing::Directory { in_memory } => {
                facts.place = if in_memory { VolumePlace::Memory } else { VolumePlace::PodDirectory };
                let directory = entry.and_then(|entry| entry.directory.as_ref());
                facts.files = directory.map(|files| listed(files, Disk::ROOT)).unwrap_or_default();
            }
            Backing::Node(path) => {
                facts.files = self.files(&path);
                facts.place = VolumePlace::Node(path);
            }
            Backing::Storage(name) => {
                let disk = disk(&name).unwrap_or_default();
                (facts.files, facts.capacity) = (disk.list(), disk.capacity);
                facts.place = VolumePlace::Storage(name);
            }
        }
        facts.used = facts.files.iter().map(|file| file.size).sum();
        facts
    }

    /// The files of a volume that is made of objects, as a container would find them.
    fn made(
        &self,
        api: &ApiServer,
        pod: &Pod,
        worker: &PodWorker,
        volume: &Volume,
        now: SimTime,
    ) -> Vec<FileFacts> {
        let address = worker.address.map_or_else(|| self.node.address.clone(), crate::ip::text);
        let at = last_look(pod, worker.last_sync, now);
        let maker = Maker { pod, api, node: &self.node, address: &address, at, writes: true };
        let mut volumes: Volumes = worker.volumes.as_deref().cloned().unwrap_or_default();
        let files = volumes.made(volume, &maker);
        let fact = |(path, text): &(String, Str)| FileFacts {
            path: path.trim_start_matches('/').into(),
            size: text.len() as u64,
            text: Rc::new(text.to_string()),
        };
        files.iter().map(fact).collect()
    }
}

/// Where the containers of a pod see a volume.
fn mounts(pod: &Pod, worker: &PodWorker, volume: &Volume) -> Vec<MountFacts> {
    let mut found = Vec::new();
    for index in 0..worker.runs.len() {
        let spec = container(&pod.spec, index).0;
        for mount in spec.volume_mounts.iter().filter(|mount| mount.name == volume.name) {
            let place = super::place_of(pod, mount, &|text| text.into());
            found.push(MountFacts {
                container: spec.name.clone(),
                path: mount.mount_path.clone(),
                sub_path: mount.sub_path.clone().or_else(|| mount.sub_path_expr.clone()),
                read_only: place.is_some_and(|place| place.read_only),
            });
        }
        for device in spec.volume_devices.iter().filter(|device| device.name == volume.name) {
            let (container, path) = (spec.name.clone(), device.device_path.clone());
            found.push(MountFacts { container, path, sub_path: None, read_only: false });
        }
    }
    found
}
