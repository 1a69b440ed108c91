//! Asking for a volume to be made. The making is up to the provisioner that the class names.

use orrery_api::{PersistentVolumeClaim, StorageClass};
use orrery_apimachinery::{Status, StatusResult, Str};
use orrery_client::volume::claim_class;
use orrery_client::{Context, EventType};

/// On a claim: who is to make its volume; under the present and the former name.
const PROVISIONER: [&str; 2] =
    ["volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner"];

/// Provisioners that were part of Kubernetes once, and the CSI drivers that took their place
/// (upstream: `k8s.io/csi-translation-lib`).
const MIGRATED: [(&str, &str); 7] = [
    ("kubernetes.io/aws-ebs", "ebs.csi.aws.com"),
    ("kubernetes.io/azure-disk", "disk.csi.azure.com"),
    ("kubernetes.io/azure-file", "file.csi.azure.com"),
    ("kubernetes.io/cinder", "cinder.csi.openstack.org"),
    ("kubernetes.io/gce-pd", "pd.csi.storage.gke.io"),
    ("kubernetes.io/portworx-volume", "pxd.portworx.com"),
    ("kubernetes.io/vsphere-volume", "csi.vsphere.vmware.com"),
];

/// Asks the class's provisioner for a volume, or says why that cannot be.
pub(super) fn begin(claim: &PersistentVolumeClaim, cx: &mut Context<'_>) -> StatusResult<()> {
    let provisioner = match provisioner(claim, cx) {
        Ok(provisioner) => provisioner,
        Err(message) => {
            cx.event(claim, EventType::Warning, "ProvisioningFailed", message);
            return Ok(());
        }
    };
    let meta = &claim.metadata;
    let claim = cx.modify::<PersistentVolumeClaim>(&meta.namespace, &meta.name, |claim| {
        for key in PROVISIONER {
            claim.metadata.annotations.insert(key, provisioner.clone());
        }
    })?;
    let message = format!(
        "Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."
    );
    cx.event(&*claim, EventType::Normal, "ExternalProvisioning", message);
    Ok(())
}

fn provisioner(claim: &PersistentVolumeClaim, cx: &Context<'_>) -> Result<Str, String> {
    let name = claim_class(claim);
    let Some(class) = cx.get::<StorageClass>("", &name) else {
        return Err(Status::not_found("storageclass.storage.k8s.io", &name).message);
    };
    if let Some((_, driver)) = MIGRATED.iter().find(|(former, _)| *former == &*class.provisioner) {
        return Ok((*driver).into());
    }
    if class.provisioner.starts_with("kubernetes.io/") {
        return Err(format!("no volume plugin matched name: {}", class.provisioner));
    }
    Ok(class.provisioner.clone())
}
