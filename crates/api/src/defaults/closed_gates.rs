//! Fields behind feature gates that are closed in 1.32: upstream reads them and forgets them
//! (upstream: `pkg/api/pod/util.go`, `dropDisabledFields`).

use crate::{Container, EphemeralContainer, PodSpec, Volume};

/// Forgets what upstream would forget.
pub(super) fn drop_fields(spec: &mut PodSpec) {
    // UserNamespacesSupport, PodLevelResources, DynamicResourceAllocation
    spec.host_users = None;
    spec.resources = None;
    spec.resource_claims.clear();
    if let Some(context) = &mut spec.security_context {
        // SupplementalGroupsPolicy, SELinuxChangePolicy
        context.supplemental_groups_policy = None;
        context.se_linux_change_policy = None;
    }
    spec.init_containers.iter_mut().chain(&mut spec.containers).for_each(container);
    spec.ephemeral_containers.iter_mut().for_each(ephemeral);
    spec.volumes.iter_mut().for_each(volume);
}

fn container(c: &mut Container) {
    // InPlacePodVerticalScaling, DynamicResourceAllocation, ProcMountType
    c.resize_policy.clear();
    c.resources.claims.clear();
    if let Some(context) = &mut c.security_context {
        context.proc_mount = None;
    }
}

fn ephemeral(c: &mut EphemeralContainer) {
    c.resize_policy.clear();
    c.resources.claims.clear();
    if let Some(context) = &mut c.security_context {
        context.proc_mount = None;
    }
}

fn volume(volume: &mut Volume) {
    // ImageVolume, ClusterTrustBundleProjection
    volume.image = None;
    for source in volume.projected.iter_mut().flat_map(|projected| &mut projected.sources) {
        source.cluster_trust_bundle = None;
    }
}
