//! Namespaces start Active and are held by their own finalizer.

use orrery_api::Namespace;

pub(super) fn prepare_create(namespace: &mut Namespace) {
    namespace.status.phase = Some("Active".into());
    if namespace.spec.finalizers.is_empty() {
        namespace.spec.finalizers.push("kubernetes".into());
    }
}
