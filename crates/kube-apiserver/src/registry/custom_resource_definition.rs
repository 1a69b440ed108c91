//! CustomResourceDefinitions are established as they are created, and hold on until their objects are gone.

use orrery_api::CustomResourceDefinition;

/// The finalizer under which the objects of a definition go first (upstream: `pkg/controller/finalizer`).
const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

/// Deviation: upstream's naming and establishing controllers accept the names in two writes of their own, some
/// milliseconds later.
pub(super) fn prepare_create(definition: &mut CustomResourceDefinition) {
    let date = definition.metadata.creation_timestamp.unwrap_or_default();
    definition.establish(date);
    if !definition.metadata.has_finalizer(CLEANUP) {
        definition.metadata.finalizers.push(CLEANUP.into());
    }
}
