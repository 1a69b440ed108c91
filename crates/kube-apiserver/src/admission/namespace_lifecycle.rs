//! NamespaceLifecycle: nothing is created where there is no namespace, or where it is going.

use crate::{ApiServer, Key};
use orrery_api::{Kind, Namespace, Object};
use orrery_apimachinery::{Status, StatusResult};

pub(crate) fn check(server: &ApiServer, object: &Object) -> StatusResult<()> {
    let meta = object.metadata();
    if !object.kind().namespaced() {
        return Ok(());
    }
    let Some(namespace) = server.get::<Namespace>("", &meta.namespace) else {
        return Err(Status::not_found("namespaces", &meta.namespace));
    };
    if namespace.metadata.terminating() {
        let namespace = &meta.namespace;
        let reason =
            format!("unable to create new content in namespace {namespace} because it is being terminated");
        return Err(super::early_refusal(object.kind(), meta, &reason));
    }
    Ok(())
}

/// Namespaces that cannot be deleted.
const IMMORTAL: [&str; 3] = ["default", "kube-public", "kube-system"];

pub(crate) fn check_delete(key: &Key) -> StatusResult<()> {
    if key.kind == Kind::Namespace && IMMORTAL.contains(&&*key.name) {
        return Err(Status::forbidden("namespaces", &key.name, "this namespace may not be deleted"));
    }
    Ok(())
}
