//! StorageObjectInUseProtection: claims and volumes in use cannot vanish.

use orrery_apimachinery::ObjectMeta;

pub(super) const CLAIM: &str = "kubernetes.io/pvc-protection";
pub(super) const VOLUME: &str = "kubernetes.io/pv-protection";

pub(super) fn mutate(meta: &mut ObjectMeta, finalizer: &str) {
    if !meta.has_finalizer(finalizer) {
        meta.finalizers.push(finalizer.into());
    }
}
