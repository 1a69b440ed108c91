//! Asking for a volume to be made. The making is up to the provisioner that the class names.

use super::migration;
use orrery_api::{PersistentVolumeClaim, StorageClass};
use orrery_apimachinery::{Status, StatusResult, Str};
use orrery_client::volume::claim_class;
use orrery_client::{Context, EventType};

/// On a claim: who is to make its volume; under the present and the former name.
const PROVISIONER: [&str; 2] =
    ["volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner"];

/// The one plug-in of the controller that could make volumes; it is switched off.
const HOST_PATH: &str = "kubernetes.io/host-path";

/// Asks the class's provisioner for a volume, or says why that cannot be.
pub(super) fn begin(claim: &PersistentVolumeClaim, cx: &mut Context<'_>) -> StatusResult<()> {
    let provisioner = match provisioner(claim, cx) {
        Ok(provisioner) => provisioner,
        Err(message) => return fail(claim, message, cx),
    };
    let meta = &claim.metadata;
    let claim = cx.modify::<PersistentVolumeClaim>(&meta.namespace, &meta.name, |claim| {
        for key in PROVISIONER {
            claim.metadata.annotations.insert(key, provisioner.clone());
        }
    })?;
    if *provisioner == *HOST_PATH {
        let why = format!("provisioning in volume plugin \"{HOST_PATH}\" is disabled");
        return fail(&claim, format!("Failed to create provisioner: {why}"), cx);
    }
    let message = format!(
        "Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."
    );
    cx.event(&*claim, EventType::Normal, "ExternalProvisioning", message);
    Ok(())
}

fn fail(claim: &PersistentVolumeClaim, message: String, cx: &mut Context<'_>) -> StatusResult<()> {
    cx.event(claim, EventType::Warning, "ProvisioningFailed", message);
    Ok(())
}

/// Who is to make a volume for the claim, or why nobody can (upstream: `findProvisionablePlugin`).
fn provisioner(claim: &PersistentVolumeClaim, cx: &Context<'_>) -> Result<Str, String> {
    let name = claim_class(claim);
    let Some(class) = cx.get::<StorageClass>("", &name) else {
        return Err(Status::not_found("storageclass.storage.k8s.io", &name).message);
    };
    let provisioner = &class.provisioner;
    if let Some(driver) = migration::driver_of(provisioner) {
        return Ok(driver.into());
    }
    match &**provisioner {
        HOST_PATH if !class.mount_options.is_empty() => Err(format!(
            "Mount options are not supported by the provisioner but StorageClass \"{name}\" has mount options [{}]",
            class.mount_options.join(" ")
        )),
        HOST_PATH => Ok(provisioner.clone()),
        "kubernetes.io/nfs" => Err("no provisionable volume plugin matched".into()),
        other if other.starts_with("kubernetes.io/") => {
            Err(format!("no volume plugin matched name: {other}"))
        }
        _ => Ok(provisioner.clone()),
    }
}
