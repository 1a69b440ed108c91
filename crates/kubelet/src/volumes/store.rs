//! The files of volumes that keep what is written.

use super::{Volumes, is_in_memory};
use crate::disk::Disk;
use crate::outside::Outside;
use orrery_api::Volume;
use orrery_apimachinery::Str;
use orrery_client::volume::{Backing, Spec};
use orrery_container_runtime::Files;

/// Where a path of a volume is kept among the files of its disk or directory.
fn kept(path: &str) -> String {
    [Disk::ROOT, path].concat()
}

/// The files among which a path of a volume is kept.
pub(crate) struct Store<'a> {
    pub files: &'a mut Files,
    /// The path among them.
    pub at: String,
    /// How many more bytes fit, if that is enforced.
    pub room: Option<u64>,
}

impl Store<'_> {
    /// Whether so many more bytes fit. The error is what a program is told.
    pub(crate) fn check_room(&self, bytes: u64) -> Result<(), Str> {
        match self.room {
            Some(room) if bytes > room => Err("No space left on device".into()),
            _ => Ok(()),
        }
    }
}

impl Volumes {
    /// What was found behind a claim when its volume was mounted, and whether that is read-only.
    pub(crate) fn behind(&self, volume: &str) -> Option<(&Backing, bool)> {
        let behind = self.entries.get(volume)?.behind.as_ref()?;
        Some((&behind.backing, behind.read_only))
    }
}

impl Outside<'_> {
    /// Where what is written to a volume is kept.
    fn backing(&self, volume: &Volume) -> Backing {
        let known = self.worker.volumes.as_ref().and_then(|volumes| volumes.behind(&volume.name));
        if let Some((backing, _)) = known {
            return backing.clone();
        }
        match Spec::of(self.pod, volume, self.api) {
            Ok(spec) => spec.backing(volume),
            Err(_) => Backing::Directory { in_memory: false },
        }
    }

    /// Whether nothing can be written to a volume, whatever the container says of it.
    pub(crate) fn is_read_only(&self, volume: &Volume) -> bool {
        let known = self.worker.volumes.as_ref().and_then(|volumes| volumes.behind(&volume.name));
        known.is_some_and(|(_, read_only)| read_only)
    }

    /// The files of a volume that keeps what is written, and where a path of it is among them.
    pub(crate) fn store(&mut self, volume: &Volume, path: &str) -> Store<'_> {
        match self.backing(volume) {
            Backing::Node(root) => {
                self.node.disk.make_directory(&root);
                let at = [&*root, path].concat();
                let at = if at.is_empty() { "/".into() } else { at };
                Store { files: &mut self.node.disk, at, room: None }
            }
            Backing::Storage(name) => {
                let disk = self.peers.network.disk(&name);
                disk.files.make_directory(Disk::ROOT);
                let room = disk.room();
                Store { files: &mut disk.files, at: kept(path), room }
            }
            Backing::Directory { .. } | Backing::Objects => {
                let limit = memory_limit(volume);
                let volumes = self.worker.volumes.get_or_insert_default();
                let files = volumes.entry(&volume.name).directory.get_or_insert_default();
                files.make_directory(Disk::ROOT);
                let room = limit.map(|limit| limit.saturating_sub(files.bytes()));
                Store { files, at: kept(path), room }
            }
        }
    }
}

/// How much fits into a volume in the memory: there the limit is the size of the file system (upstream:
/// `SizeMemoryBackedVolumes`).
fn memory_limit(volume: &Volume) -> Option<u64> {
    let limit = volume.empty_dir.as_ref().filter(|_| is_in_memory(volume))?.size_limit?;
    u64::try_from(limit.value()).ok().filter(|limit| *limit > 0)
}
