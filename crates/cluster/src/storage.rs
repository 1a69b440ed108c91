//! What is kept where: the storage behind PersistentVolumes and the volumes of pods, and what is on it.

#[cfg(test)]
mod tests;

use crate::Cluster;
use orrery_api::{Object, PersistentVolume};
use orrery_apimachinery::Str;
use orrery_apiserver::{Change, Op};
use orrery_client::volume::plugins::{Medium, Plugin};
use orrery_client::volume::{Backing, Spec, capacity};
use orrery_kubelet::{Disk, FileFacts, VolumeFacts};
use std::rc::Rc;

/// On a volume: a program made it, and its storage as well.
const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";

/// A piece of storage that outlives pods, and what is on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Storage {
    /// Where it is.
    pub at: Whereabouts,
    /// The PersistentVolume that is it, or last was; empty if pods named it themselves.
    pub volume: Str,
    /// The claim of the pod that last mounted it, as `namespace/name`.
    pub claim: Str,
    /// Whether nothing leads to it any more: its PersistentVolume is gone, and what is on it was kept.
    pub is_orphaned: bool,
    /// The kind of storage, while its PersistentVolume tells it.
    pub plugin: Option<&'static Plugin>,
    /// How many bytes it was made for.
    pub capacity: Option<u64>,
    /// How many bytes its files have.
    pub used: u64,
    /// Its files, by path.
    pub files: Vec<FileFacts>,
}

/// Where storage is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// A path on the disk of a node; of one that any node could have the node is not known before somebody mounts it.
    Node {
        /// The node.
        node: Option<Str>,
        /// The path.
        path: Str,
    },
    /// Beyond the nodes, under this name.
    Beyond(Str),
}

impl Cluster {
    /// What can be seen of the volumes of a pod: where each is kept, what is on it and who sees it. Empty while no kubelet
    /// has taken the pod on.
    pub fn volumes(&self, namespace: &str, pod: &str) -> Vec<VolumeFacts> {
        let node = self.api.get::<orrery_api::Pod>(namespace, pod).and_then(|pod| pod.node_name.clone());
        let Some(kubelet) = node.and_then(|node| self.kubelet(&node)) else { return Vec::new() };
        let disk = |name: &str| self.disks.get(name).cloned();
        kubelet.volumes(&self.api, namespace, pod, &disk, self.now)
    }

    /// Every piece of storage that outlives pods: what is behind each PersistentVolume, and what was left behind by
    /// PersistentVolumes that are gone.
    pub fn storage(&self) -> Vec<Storage> {
        let mut found = Vec::new();
        let mut named: Vec<Str> = Vec::new();
        for persistent in self.api.list::<PersistentVolume>() {
            match Spec::of_persistent(persistent).backing(&Default::default()) {
                Backing::Storage(name) => {
                    found.push(self.beyond(&name, Some(persistent)));
                    named.push(name);
                }
                Backing::Node(path) => self.on_nodes(&path, persistent, &mut found),
                Backing::Objects | Backing::Directory { .. } => {}
            }
        }
        for name in self.disks.keys().filter(|name| !named.contains(name)) {
            found.push(self.beyond(name, None));
        }
        found
    }

    fn beyond(&self, name: &Str, persistent: Option<&Rc<PersistentVolume>>) -> Storage {
        let disk = self.disks.get(name).cloned().unwrap_or_default();
        let files = disk.list();
        let volume = persistent.map_or(disk.volume, |persistent| persistent.metadata.name.clone());
        Storage {
            at: Whereabouts::Beyond(name.clone()),
            is_orphaned: persistent.is_none() && !volume.is_empty(),
            volume,
            claim: disk.claim,
            plugin: persistent.map(|persistent| Spec::of_persistent(persistent).plugin),
            capacity: disk.capacity.or(persistent.and_then(size_of)),
            used: files.iter().map(|file| file.size).sum(),
            files,
        }
    }

    /// A directory of a node is there on every node on which somebody has made it.
    fn on_nodes(&self, path: &Str, persistent: &Rc<PersistentVolume>, found: &mut Vec<Storage>) {
        let reference = persistent.spec.claim_ref.as_ref();
        let part = |part: &Option<Str>| part.clone().unwrap_or_default();
        let claim = reference.map(|claim| [&*part(&claim.namespace), "/", &part(&claim.name)].concat());
        let storage = |node, files: Vec<FileFacts>| Storage {
            at: Whereabouts::Node { node, path: path.clone() },
            volume: persistent.metadata.name.clone(),
            claim: claim.clone().unwrap_or_default().into(),
            is_orphaned: false,
            plugin: Some(Spec::of_persistent(persistent).plugin),
            capacity: size_of(persistent),
            used: files.iter().map(|file| file.size).sum(),
            files,
        };
        let before = found.len();
        for node in self.kubelet_of.keys() {
            let files = self.kubelet(node).map(|kubelet| kubelet.files(path)).unwrap_or_default();
            if !files.is_empty() {
                found.push(storage(Some(node.clone()), files));
            }
        }
        if found.len() == before {
            found.push(storage(None, Vec::new()));
        }
    }

    /// With a volume that is to be deleted its storage is deleted, if a program has made both; what was kept, or made by
    /// people, stays where it is.
    pub(crate) fn storage_changed(&mut self, change: &Change) {
        let Object::PersistentVolume(persistent) = &change.value else { return };
        let goes = change.op == Op::Deleted
            && persistent.spec.persistent_volume_reclaim_policy.as_deref() == Some("Delete")
            && persistent.metadata.annotations.contains_key(PROVISIONED_BY);
        if !goes {
            return;
        }
        match Spec::of_persistent(persistent).backing(&Default::default()) {
            Backing::Storage(name) => drop(self.disks.remove(&name)),
            Backing::Node(path) => {
                for seat in &mut self.kubelets {
                    if let Some(kubelet) = &mut seat.component {
                        Rc::make_mut(kubelet).remove_files(&path);
                    }
                }
            }
            Backing::Objects | Backing::Directory { .. } => {}
        }
    }

    /// The storage of that name beyond the nodes.
    pub fn disk(&self, name: &str) -> Option<&Disk> {
        self.disks.get(name)
    }
}

/// How many bytes a volume is said to hold; only of a disk that is the end.
fn size_of(persistent: &Rc<PersistentVolume>) -> Option<u64> {
    let plugin = Spec::of_persistent(persistent).plugin;
    let size = u64::try_from(capacity(persistent).value()).ok();
    size.filter(|_| plugin.medium == Medium::Disk || plugin.medium == Medium::Node)
}
