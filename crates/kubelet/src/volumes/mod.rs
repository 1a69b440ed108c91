//! The volumes of a pod on its node: how they are mounted, and what is on them (upstream: `pkg/kubelet/volumemanager`
//! and `pkg/volume`, with a file for each plug-in that does more than mount).

mod config_map;
mod downward_api;
mod expand;
mod facts;
mod host_path;
mod local;
mod manager;
mod place;
mod projected;
mod secret;
mod store;
mod sub_path;
mod token;
mod up_to_date;

pub use facts::{FileFacts, MountFacts, VolumeFacts, VolumePlace};
pub(crate) use manager::Mounting;
pub(crate) use place::{Place, place_of};
pub(crate) use store::Store;
pub(crate) use up_to_date::{Maker, last_look, next_look};

use orrery_api::{Pod, Volume};
use orrery_apimachinery::Str;
use orrery_client::volume::Backing;
use orrery_container_runtime::Files;
use orrery_sim::SimTime;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The files that are made of objects: their paths, with a slash before each, and their texts.
pub(crate) type Payload = Vec<(String, Str)>;

/// What a kubelet keeps of the volumes of one pod; of most there is nothing to keep.
#[derive(Clone, Debug, Default)]
pub(crate) struct Volumes {
    entries: BTreeMap<Str, Entry>,
}

/// What a kubelet keeps of one volume.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    /// Set while it cannot be mounted.
    failure: Option<Failure>,
    /// What is behind the claim that it was mounted by.
    behind: Option<Behind>,
    /// The directory that lives as long as the pod.
    directory: Option<Files>,
    /// What was last brought to the pod of a volume that is made of objects.
    made: Option<Made>,
}

/// Why a volume cannot be mounted.
#[derive(Clone, Debug)]
struct Failure {
    why: Str,
    /// How often it was tried.
    tries: u32,
    /// When it is tried again.
    next: SimTime,
}

/// What was found behind a claim when its volume was mounted.
#[derive(Clone, Debug)]
struct Behind {
    backing: Backing,
    read_only: bool,
    /// The PersistentVolume.
    persistent: Str,
}

/// Files made of objects as they were at an instant.
#[derive(Clone, Debug)]
struct Made {
    at: SimTime,
    files: Rc<Payload>,
}

impl Volumes {
    fn entry(&mut self, volume: &Str) -> &mut Entry {
        self.entries.entry(volume.clone()).or_default()
    }

    /// Bytes in the directory of a volume.
    pub(crate) fn bytes(&self, volume: &str) -> i64 {
        let directory = self.entries.get(volume).and_then(|entry| entry.directory.as_ref());
        directory.map_or(0, |files| i64::try_from(files.bytes()).unwrap_or(i64::MAX))
    }

    /// Whether a PersistentVolume is mounted.
    pub(crate) fn has(&self, persistent: &str) -> bool {
        let is_it = |behind: &Behind| &*behind.persistent == persistent;
        self.entries.values().any(|entry| entry.behind.as_ref().is_some_and(is_it))
    }

    /// What lay in the memory is gone.
    pub(crate) fn lose_power(&mut self, pod: &Pod) {
        for volume in pod.spec.volumes.iter().filter(|volume| is_in_memory(volume)) {
            self.entry(&volume.name).directory = None;
        }
    }
}

/// Whether the kubelet makes the content of a volume out of objects.
pub(crate) fn is_made(volume: &Volume) -> bool {
    volume.config_map.is_some()
        || volume.secret.is_some()
        || volume.downward_api.is_some()
        || volume.projected.is_some()
}

/// Whether a volume is kept in the memory of the node.
pub(crate) fn is_in_memory(volume: &Volume) -> bool {
    volume.empty_dir.as_ref().is_some_and(|dir| dir.medium.as_deref() == Some("Memory"))
}

/// Whether what is written to a volume can be seen from outside the pod.
pub(crate) fn is_shared(volume: &Volume) -> bool {
    !is_made(volume) && volume.empty_dir.is_none() && volume.git_repo.is_none()
}
