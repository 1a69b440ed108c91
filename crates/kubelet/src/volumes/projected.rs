//! Files made of several sources (upstream: `pkg/volume/projected`).

use super::up_to_date::Maker;
use super::{Payload, config_map, downward_api, secret, token};
use orrery_api::{ClusterTrustBundleProjection, ProjectedVolumeSource, VolumeProjection};
use orrery_container_runtime::normal;

/// The files of all sources. What is wrong with any of them keeps all from being written.
pub(super) fn add(
    source: &ProjectedVolumeSource,
    maker: &Maker<'_>,
    files: &mut Payload,
) -> Result<(), String> {
    let problems: Vec<String> =
        source.sources.iter().filter_map(|part| add_part(part, maker, files).err()).collect();
    match problems.as_slice() {
        [] => Ok(()),
        [one] => Err(one.clone()),
        many => Err(format!("[{}]", many.join(", "))),
    }
}

fn add_part(part: &VolumeProjection, maker: &Maker<'_>, files: &mut Payload) -> Result<(), String> {
    if let Some(s) = &part.config_map {
        config_map::add(s.name.as_deref(), &s.items, s.optional == Some(true), maker, files)?;
    } else if let Some(s) = &part.secret {
        secret::add(s.name.as_deref(), &s.items, s.optional == Some(true), maker, files)?;
    } else if let Some(s) = &part.downward_api {
        downward_api::add(&s.items, maker, files);
    } else if let Some(s) = part.service_account_token.as_ref().filter(|_| maker.writes) {
        files.push((normal("/", &s.path), token::of(s, maker)));
    } else if let Some(s) = &part.cluster_trust_bundle {
        return trust_bundle(s);
    }
    Ok(())
}

/// The kind is not served: its feature gate is off in 1.32 (upstream: `clustertrustbundle.NoopManager`).
fn trust_bundle(source: &ClusterTrustBundleProjection) -> Result<(), String> {
    if source.name.is_none() && source.signer_name.is_none() {
        return Err("ClusterTrustBundle projection requires either name or signerName to be set".into());
    }
    Err("ClusterTrustBundle projection is not supported in static kubelet mode".into())
}
