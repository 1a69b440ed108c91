//! DefaultStorageClass: a claim that names no class takes the newest default one.

use super::default_class;
use crate::ApiServer;
use orrery_api::{PersistentVolumeClaim, StorageClass};
use orrery_apimachinery::Str;

const DEFAULT: [&str; 2] =
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

pub(super) fn mutate(server: &ApiServer, claim: &mut PersistentVolumeClaim) {
    let beta = claim.metadata.annotations.contains_key("volume.beta.kubernetes.io/storage-class");
    if claim.spec.storage_class_name.is_some() || beta {
        return;
    }
    claim.spec.storage_class_name = default_storage_class(server);
}

/// The name of the class that a claim gets which names none: the newest of the default ones.
pub fn default_storage_class(server: &ApiServer) -> Option<Str> {
    default_class::newest::<StorageClass>(server, &DEFAULT)
}
