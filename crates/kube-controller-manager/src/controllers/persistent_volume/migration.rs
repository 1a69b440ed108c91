//! Volumes of plug-ins that were part of Kubernetes once: a driver sees to them now (upstream:
//! `updateMigrationAnnotations`, `modifyDeletionFinalizers`).

use super::reclaim::FINALIZER;
use orrery_api::PersistentVolume;
use orrery_apimachinery::StatusResult;
use orrery_client::Context;
use orrery_client::volume::plugins::{Standing, named};
use orrery_client::volume::{MIGRATED_TO, PROVISIONED_BY};
use std::rc::Rc;

/// The finalizer of the provisioners outside.
const EXTERNAL_FINALIZER: &str = "external-provisioner.volume.kubernetes.io/finalizer";

/// The driver that took the place of a plug-in.
pub(super) fn driver_of(plugin: &str) -> Option<&'static str> {
    match named(plugin).standing {
        Standing::Migrated(driver) => Some(driver),
        _ => None,
    }
}

/// Says on a volume that a plug-in made who sees to it now; what the controller is to delete itself it protects.
pub(super) fn mark_volume(
    volume: &Rc<PersistentVolume>,
    cx: &mut Context<'_>,
) -> StatusResult<Rc<PersistentVolume>> {
    let made_by = volume.metadata.annotations.get(PROVISIONED_BY).cloned();
    let Some(plugin) = made_by.filter(|plugin| plugin.starts_with("kubernetes.io/")) else {
        return Ok(volume.clone());
    };
    cx.modify::<PersistentVolume>("", &volume.metadata.name, |volume| {
        let driver = driver_of(&plugin);
        let meta = &mut volume.metadata;
        if let Some(driver) = driver {
            meta.annotations.insert(MIGRATED_TO, driver);
        } else {
            meta.annotations.remove(MIGRATED_TO);
        }
        let ours =
            driver.is_none() && volume.spec.persistent_volume_reclaim_policy.as_deref() == Some("Delete");
        if !ours {
            meta.finalizers.retain(|finalizer| &**finalizer != FINALIZER);
        } else if !meta.has_finalizer(FINALIZER) {
            meta.finalizers.push(FINALIZER.into());
        }
        if driver.is_none() {
            meta.finalizers.retain(|finalizer| &**finalizer != EXTERNAL_FINALIZER);
        }
    })
}
