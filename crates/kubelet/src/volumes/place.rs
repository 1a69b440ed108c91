//! Where a path of a container is among the volumes of its pod.

use super::is_made;
use orrery_api::{Pod, Volume, VolumeMount};
use orrery_apimachinery::Str;
use orrery_container_runtime::normal;

/// A path on a volume.
pub(crate) struct Place<'a> {
    pub volume: &'a Volume,
    /// The path from the root of the volume, with a slash before it unless it is the root.
    pub path: String,
    pub read_only: bool,
}

/// Where the volume `mount` of a container stands in its pod, and below which path of it. `expand` fills in variables.
pub(crate) fn place_of<'a>(
    pod: &'a Pod,
    mount: &VolumeMount,
    expand: &dyn Fn(&str) -> Str,
) -> Option<Place<'a>> {
    let volume = pod.spec.volumes.iter().find(|v| v.name == mount.name)?;
    let sub = mount.sub_path.clone().filter(|sub| !sub.is_empty());
    let sub = sub.or_else(|| mount.sub_path_expr.as_deref().map(expand)).unwrap_or_default();
    let path = if sub.is_empty() { String::new() } else { normal("/", &sub) };
    let source = volume.persistent_volume_claim.as_ref().is_some_and(|claim| claim.read_only)
        || volume.nfs.as_ref().is_some_and(|nfs| nfs.read_only)
        || volume.iscsi.as_ref().is_some_and(|iscsi| iscsi.read_only)
        || volume.fc.as_ref().is_some_and(|fc| fc.read_only)
        || volume.csi.as_ref().is_some_and(|csi| csi.read_only == Some(true));
    Some(Place { volume, path, read_only: mount.read_only || source || is_made(volume) })
}
