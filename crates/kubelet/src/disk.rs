//! Storage beyond the nodes: a disk that can be attached, or a directory of a server.

use orrery_apimachinery::Str;
use orrery_container_runtime::Files;

/// What is kept beyond the nodes under one name. It outlives pods, nodes and PersistentVolumes.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    /// What is on it, below [`Disk::ROOT`].
    pub files: Files,
    /// How many bytes fit, where that is enforced.
    pub capacity: Option<u64>,
    /// The PersistentVolume by which it was last mounted; empty if a pod named it itself.
    pub volume: Str,
    /// The claim by which it was last mounted, as `namespace/name`.
    pub claim: Str,
}

impl Disk {
    /// The directory of [`Disk::files`] that is mounted.
    pub const ROOT: &str = "/volume";

    /// How many more bytes fit, if that is enforced.
    pub(crate) fn room(&self) -> Option<u64> {
        Some(self.capacity?.saturating_sub(self.files.bytes()))
    }
}
