//! What controllers ask of a namespace.

use orrery_api::Namespace;
use orrery_client::ApiServer;

/// Whether a namespace goes away or is gone: nothing can be created there, and that is no failure.
pub(crate) fn is_going(name: &str, api: &ApiServer) -> bool {
    api.get::<Namespace>("", name).is_none_or(|n| n.metadata.terminating())
}
