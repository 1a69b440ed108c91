//! Files made of a pod's own fields (upstream: `pkg/volume/downwardapi`).

use super::Payload;
use super::up_to_date::Maker;
use crate::downward;
use orrery_api::DownwardAPIVolumeFile;
use orrery_container_runtime::normal;

/// Adds the fields that are wanted.
pub(super) fn add(items: &[DownwardAPIVolumeFile], maker: &Maker<'_>, files: &mut Payload) {
    let (pod, node) = (maker.pod, maker.node);
    for item in items.iter().filter(|_| maker.writes) {
        let value = match (&item.field_ref, &item.resource_field_ref) {
            (Some(field), _) => downward::field(pod, &field.field_path, node, maker.address),
            // In a volume the container is always named.
            (None, Some(resource)) => downward::resource(resource, pod, &pod.spec.containers[0], node),
            (None, None) => continue,
        };
        files.push((normal("/", &item.path), value));
    }
}
