//! Volumes and claims start Pending; the volume controller moves them on. They lose what is switched off in 1.32
//! (upstream: `pkg/api/persistentvolume/util.go`, `pkg/api/persistentvolumeclaim/util.go`).

use orrery_api::{
    PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec, TypedLocalObjectReference,
    TypedObjectReference,
};

pub(super) fn prepare_volume(volume: &mut PersistentVolume) {
    volume.status.phase = Some("Pending".into());
    volume.status.last_phase_transition_time = volume.metadata.creation_timestamp;
    volume.spec.volume_attributes_class_name = None;
}

pub(super) fn prepare_claim(claim: &mut PersistentVolumeClaim) {
    claim.status.phase = Some("Pending".into());
    let known = PersistentVolumeClaimSpec::default();
    prepare_claim_update(claim, &known);
}

/// What the claim is filled from is written in both fields; what cannot be is ignored, as it ever was.
pub(super) fn prepare_claim_update(claim: &mut PersistentVolumeClaim, old: &PersistentVolumeClaimSpec) {
    let spec = &mut claim.spec;
    if old.volume_attributes_class_name.is_none() {
        spec.volume_attributes_class_name = None;
    }
    let crosses_namespaces = |source: &TypedObjectReference| {
        source.namespace.as_ref().is_some_and(|namespace| !namespace.is_empty())
    };
    if spec.data_source_ref.as_ref().is_some_and(crosses_namespaces) && old.data_source_ref.is_none() {
        spec.data_source_ref = None;
    }
    if old.data_source.is_none()
        && old.data_source_ref.is_none()
        && spec.data_source_ref.is_none()
        && !spec.data_source.as_ref().is_some_and(is_claim_or_snapshot)
    {
        spec.data_source = None;
    }
    match (&spec.data_source, &spec.data_source_ref) {
        (Some(source), None) => {
            spec.data_source_ref = Some(TypedObjectReference {
                api_group: source.api_group.clone(),
                kind: source.kind.clone(),
                name: source.name.clone(),
                namespace: None,
            });
        }
        (None, Some(source)) if !crosses_namespaces(source) => {
            spec.data_source = Some(TypedLocalObjectReference {
                api_group: source.api_group.clone(),
                kind: source.kind.clone(),
                name: source.name.clone(),
            });
        }
        _ => {}
    }
}

fn is_claim_or_snapshot(source: &TypedLocalObjectReference) -> bool {
    matches!(
        (source.api_group.as_deref().unwrap_or_default(), &*source.kind),
        ("", "PersistentVolumeClaim") | ("snapshot.storage.k8s.io", "VolumeSnapshot")
    )
}
