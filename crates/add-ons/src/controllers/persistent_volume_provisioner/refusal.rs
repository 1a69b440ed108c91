//! What a provisioner refuses, in the words of the driver.

use orrery_api::{PersistentVolumeClaim, StorageClass};
use orrery_client::volume::plugins::Plugin;

/// The values of the parameter `type` that a driver knows.
const TYPES: [(&str, &[&str]); 2] = [
    ("ebs.csi.aws.com", &["gp2", "gp3", "io1", "io2", "sbg1", "sbp1", "sc1", "st1", "standard"]),
    (
        "pd.csi.storage.gke.io",
        &[
            "hyperdisk-balanced",
            "hyperdisk-extreme",
            "hyperdisk-throughput",
            "pd-balanced",
            "pd-extreme",
            "pd-ssd",
            "pd-standard",
        ],
    ),
];

/// Why no volume can be made for the claim, if none can.
pub(super) fn check(
    claim: &PersistentVolumeClaim,
    class: &StorageClass,
    plugin: &Plugin,
) -> Result<(), String> {
    if claim.spec.volume_mode.as_deref() == Some("Block") && !plugin.can.block {
        return Err(format!("{} does not support block volume provisioning", plugin.name));
    }
    if claim.spec.selector.is_some() {
        return Err(match is_csi(plugin) {
            true => "claim Selector is not supported".into(),
            false => "claim.Spec.Selector is not supported".into(),
        });
    }
    if let Some(mode) = claim.spec.access_modes.iter().find(|mode| !plugin.modes.allow(mode)) {
        return Err(modes(plugin, mode));
    }
    let known = TYPES.iter().find(|(driver, _)| *driver == plugin.name);
    let asked = class.parameters.get("type");
    match known.zip(asked) {
        Some(((driver, types), asked)) if !types.contains(&&**asked) => {
            let volume = format!("pvc-{}", claim.metadata.uid);
            Err(match *driver {
                "ebs.csi.aws.com" => format!(
                    "rpc error: code = Internal desc = Could not create volume \"{volume}\": invalid AWS VolumeType \"{asked}\""
                ),
                _ => format!(
                    "rpc error: code = InvalidArgument desc = CreateVolume failed to create single zonal disk {volume:?}: failed to insert zonal disk: unknown Insert disk error: googleapi: Error 400: Invalid value for field 'resource.type': '{asked}'., invalid"
                ),
            })
        }
        _ => Ok(()),
    }
}

/// Whether the provisioner is a CSI driver: two are programs of former days that make directories.
pub(super) fn is_csi(plugin: &Plugin) -> bool {
    !matches!(plugin.name, "rancher.io/local-path" | "k8s.io/minikube-hostpath")
}

/// What is said of an access mode that cannot be had.
fn modes(plugin: &Plugin, mode: &str) -> String {
    let capability = match mode {
        "ReadWriteMany" => "MULTI_NODE_MULTI_WRITER",
        "ReadOnlyMany" => "MULTI_NODE_READER_ONLY",
        "ReadWriteOncePod" => "SINGLE_NODE_SINGLE_WRITER",
        _ => "SINGLE_NODE_WRITER",
    };
    let why = match plugin.name {
        "rancher.io/local-path" => {
            return "NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes".into();
        }
        "ebs.csi.aws.com" => {
            format!(
                "Volume capabilities {capability} not supported. Only AccessModes[ReadWriteOnce] supported."
            )
        }
        "pd.csi.storage.gke.io" => {
            "VolumeCapabilities is invalid: specified multi writer with mount access type".into()
        }
        "disk.csi.azure.com" => format!("mountVolume is not supported for access mode: {capability}"),
        "dobs.csi.digitalocean.com" => {
            format!(
                "volume capabilities cannot be satisfied: only SINGLE_NODE_WRITER is supported, not {capability}"
            )
        }
        _ => format!("Volume capability not supported: access mode {capability}"),
    };
    format!("rpc error: code = InvalidArgument desc = {why}")
}
