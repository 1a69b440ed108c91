//! Which volumes should be at a node (upstream: `DesiredStateOfWorld`, `ProcessPodVolumes`).

use orrery_api::{PersistentVolume, Pod, Volume, VolumeAttachment};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_client::volume::{Spec, claim_name};
use std::rc::Rc;

/// A volume that should be at a node, and the pods that use it there.
pub(super) struct Wanted {
    /// Its unique name.
    pub name: Str,
    pub spec: Spec,
    pub pods: Vec<Rc<Pod>>,
}

/// The volumes that the pods of a node need attached.
pub(super) fn wanted_at(node: &str, api: &ApiServer) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for pod in api.pods_on(node).filter(|pod| may_need_attachment(pod) && !is_over(pod)) {
        for volume in pod.spec.volumes.iter().filter(|volume| may_attach(pod, volume)) {
            // One of which nobody knows what is behind it is not processed.
            let Ok(spec) = Spec::of(pod, volume, api) else { continue };
            if !spec.is_attachable(api) {
                continue;
            }
            let name = spec.unique_name();
            match wanted.iter_mut().find(|wanted| wanted.name == name) {
                Some(known) => known.pods.push(pod.clone()),
                None => wanted.push(Wanted { name, spec, pods: vec![pod.clone()] }),
            }
        }
    }
    wanted
}

/// Whether any volume of a pod can need to be attached.
pub(super) fn may_need_attachment(pod: &Pod) -> bool {
    pod.spec.volumes.iter().any(|volume| may_attach(pod, volume))
}

fn may_attach(pod: &Pod, volume: &Volume) -> bool {
    claim_name(pod, volume).is_some()
        || volume.iscsi.is_some()
        || volume.fc.is_some()
        || volume.aws_elastic_block_store.is_some()
        || volume.gce_persistent_disk.is_some()
        || volume.azure_disk.is_some()
        || volume.cinder.is_some()
        || volume.vsphere_volume.is_some()
}

/// Whether a pod needs its volumes no more (upstream: `IsPodTerminated`).
pub(super) fn is_over(pod: &Pod) -> bool {
    let runs = |status: &orrery_api::ContainerStatus| {
        status.state.terminated.is_none() && status.state.waiting.is_none()
    };
    matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"))
        || pod.metadata.terminating() && !pod.status.container_statuses.iter().any(runs)
}

/// The unique name of the volume that an attachment is of.
pub(super) fn volume_of(attachment: &VolumeAttachment, api: &ApiServer) -> Option<Str> {
    let source = &attachment.spec.source;
    let persistent = match (&source.persistent_volume_name, &source.inline_volume_spec) {
        (Some(name), _) => api.get::<PersistentVolume>("", name)?.clone(),
        (None, spec) => {
            let spec = (**spec.as_ref()?).clone();
            Rc::new(PersistentVolume { spec, ..Default::default() })
        }
    };
    Some(Spec::of_persistent(&persistent).unique_name())
}

/// The pods of other nodes that use a volume (upstream: `GetVolumePodsOnNodes`).
pub(super) fn users_at(node: &str, volume: &str, api: &ApiServer) -> Vec<Rc<Pod>> {
    let found = wanted_at(node, api).into_iter().find(|wanted| &*wanted.name == volume);
    found.map(|wanted| wanted.pods).unwrap_or_default()
}
