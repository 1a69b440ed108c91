//! NamespaceLifecycle: nothing is created where there is no namespace, or where it is going.

use crate::{ApiServer, Key};
use orrery_api::{Kind, Namespace, Object};
use orrery_apimachinery::{Reason, Status, StatusResult};

pub(super) fn check(server: &ApiServer, object: &Object) -> StatusResult<()> {
    let meta = object.metadata();
    if !object.kind().namespaced() {
        return Ok(());
    }
    let Some(namespace) = server.get::<Namespace>("", &meta.namespace) else {
        return Err(Status::not_found("namespaces", &meta.namespace));
    };
    if namespace.metadata.terminating() {
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

/// Namespaces that cannot be deleted.
const IMMORTAL: [&str; 3] = ["default", "kube-public", "kube-system"];

pub(crate) fn check_delete(key: &Key) -> StatusResult<()> {
    if key.kind == Kind::Namespace && IMMORTAL.contains(&&*key.name) {
        let name = &key.name;
        let message = format!("namespaces \"{name}\" is forbidden: this namespace may not be deleted");
        return Err(Status::new(Reason::Forbidden, message));
    }
    Ok(())
}
