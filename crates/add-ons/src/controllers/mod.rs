//! The registry of add-ons: a module and a line each.

mod persistent_volume_provisioner;

use orrery_controller_runtime::controllers;

controllers! {
    PersistentVolumeProvisioner => persistent_volume_provisioner::PersistentVolumeProvisioner;
}
