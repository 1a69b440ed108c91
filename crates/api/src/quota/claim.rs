//! Claims: their number and size, in all and of each storage class
//! (upstream: `pkg/quota/v1/evaluator/core/persistent_volume_claims.go`).

use super::ONE;
use crate::PersistentVolumeClaim;
use crate::resources::{ResourceList, STORAGE};
use orrery_apimachinery::Str;

const CLAIMS: &str = "persistentvolumeclaims";
const REQUESTS: &str = "requests.storage";
const OF_CLASS: &str = ".storageclass.storage.k8s.io/";
const CLASS_ANNOTATION: &str = "volume.beta.kubernetes.io/storage-class";

pub(super) fn concerns(resource: &str) -> bool {
    let of_class = resource.rsplit_once(OF_CLASS).map(|(_, resource)| resource);
    matches!(of_class.unwrap_or(resource), CLAIMS | REQUESTS)
}

pub(super) fn measure(claim: &PersistentVolumeClaim, used: &mut ResourceList) {
    let beta = claim.metadata.annotations.get(CLASS_ANNOTATION);
    let class: Option<&Str> = beta.or(claim.spec.storage_class_name.as_ref()).filter(|c| !c.is_empty());
    let mut charge = |resource: &str, amount| {
        if let Some(class) = class {
            used.insert([class, OF_CLASS, resource].concat().into(), amount);
        }
        used.insert(resource.into(), amount);
    };
    charge(CLAIMS, ONE);
    let allocated = claim.status.allocated_resources.get(STORAGE);
    if let Some(asked) = claim.spec.resources.requests.get(STORAGE) {
        charge(REQUESTS, allocated.map_or(*asked, |size| *size.max(asked)).rounded_up());
    }
}
