//! NamespaceLifecycle: nothing is created where there is no namespace, or where it is going.

use crate::ApiServer;
use orrery_api::{Namespace, Object};
use orrery_apimachinery::{Reason, Status, StatusResult};

pub(super) fn check(server: &ApiServer, object: &Object) -> StatusResult<()> {
    let meta = object.metadata();
    if !object.kind().namespaced() {
        return Ok(());
    }
    let Some(namespace) = server.get::<Namespace>("", &meta.namespace) else {
        return Err(Status::not_found("namespaces", &meta.namespace));
    };
    // Events may still tell how the namespace ends.
    if namespace.metadata.terminating() && !matches!(object, Object::Event(_)) {
        return Err(Status::new(
            Reason::Forbidden,
            format!(
                "{} \"{}\" is forbidden: unable to create new content in namespace {} because it is being terminated",
                object.kind().resource(),
                meta.name,
                meta.namespace
            ),
        ));
    }
    Ok(())
}
