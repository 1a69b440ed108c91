//! DefaultStorageClass: a claim that names no class takes the newest default one.

use crate::ApiServer;
use orrery_api::{PersistentVolumeClaim, StorageClass};

const DEFAULT: [&str; 2] =
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

pub(super) fn mutate(server: &ApiServer, claim: &mut PersistentVolumeClaim) {
    let beta = claim.metadata.annotations.contains_key("volume.beta.kubernetes.io/storage-class");
    if claim.spec.storage_class_name.is_some() || beta {
        return;
    }
    let is_default = |class: &&std::rc::Rc<StorageClass>| {
        DEFAULT.iter().any(|a| class.metadata.annotations.get(a).is_some_and(|v| &**v == "true"))
    };
    // The newest wins, and of two equally new ones the first by name.
    let newest = server.list::<StorageClass>().filter(is_default).max_by(|a, b| {
        (a.metadata.creation_timestamp, &b.metadata.name)
            .cmp(&(b.metadata.creation_timestamp, &a.metadata.name))
    });
    claim.spec.storage_class_name = newest.map(|class| class.metadata.name.clone());
}
