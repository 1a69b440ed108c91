//! What the server does for a kind beside storing it (upstream: `pkg/registry/<group>/<kind>/strategy.go`).
//! A kind without a file here needs nothing special.

mod custom_resource_definition;
mod daemon_set;
mod endpoint_slice;
mod job;
mod lease;
mod namespace;
mod pod;
mod service;
mod service_account;
mod stateful_set;
mod storage;

use crate::ApiServer;
use orrery_api::{Deployment, Object};
use orrery_apimachinery::StatusResult;
use std::rc::Rc;

/// Prepares a new object: an empty status, allocated addresses, derived fields.
pub(crate) fn prepare_create(server: &mut ApiServer, object: &mut Object) -> StatusResult<()> {
    if !keeps_given_status(object) {
        object.clear_status();
    }
    match object {
        Object::Pod(pod) => pod::prepare_create(Rc::make_mut(pod)),
        Object::Namespace(namespace) => namespace::prepare_create(Rc::make_mut(namespace)),
        Object::PersistentVolume(volume) => storage::prepare_volume(Rc::make_mut(volume)),
        Object::PersistentVolumeClaim(claim) => storage::prepare_claim(Rc::make_mut(claim)),
        Object::Service(service) => return service::prepare_create(server, Rc::make_mut(service)),
        Object::DaemonSet(set) => daemon_set::prepare_create(Rc::make_mut(set)),
        Object::Job(job) => job::prepare_create(Rc::make_mut(job)),
        Object::Lease(lease) => lease::drop_disabled(lease),
        Object::EndpointSlice(slice) => endpoint_slice::drop_topology(slice),
        Object::ServiceAccount(account) => service_account::clean_references(Rc::make_mut(account)),
        Object::StatefulSet(set) => stateful_set::drop_disabled(Rc::make_mut(set)),
        Object::CustomResourceDefinition(definition) => {
            custom_resource_definition::prepare_create(Rc::make_mut(definition));
        }
        _ => {}
    }
    Ok(())
}

/// Nodes come with the status that their kubelet registers; for other kinds a given status is dropped.
fn keeps_given_status(object: &Object) -> bool {
    matches!(object, Object::Node(_))
}

/// Prepares a replacement: what the old object was allocated stays.
pub(crate) fn prepare_update(server: &mut ApiServer, object: &mut Object, old: &Object) -> StatusResult<()> {
    match (object, old) {
        (Object::Service(new), Object::Service(old)) => {
            service::prepare_update(server, Rc::make_mut(new), old)
        }
        (Object::Pod(new), Object::Pod(old)) if new.node_name.is_none() => {
            pod::keep_binding(new, old);
            Ok(())
        }
        (Object::DaemonSet(new), Object::DaemonSet(old)) => {
            daemon_set::prepare_update(Rc::make_mut(new), old);
            Ok(())
        }
        (Object::PersistentVolumeClaim(new), Object::PersistentVolumeClaim(old)) => {
            storage::prepare_claim_update(Rc::make_mut(new), &old.spec);
            Ok(())
        }
        (Object::EndpointSlice(new), Object::EndpointSlice(old)) if new.endpoints != old.endpoints => {
            endpoint_slice::drop_topology(new);
            Ok(())
        }
        (Object::ServiceAccount(new), _) => {
            service_account::clean_references(Rc::make_mut(new));
            Ok(())
        }
        (Object::Lease(new), _) => {
            lease::drop_disabled(new);
            Ok(())
        }
        (Object::StatefulSet(new), _) => {
            stateful_set::drop_disabled(Rc::make_mut(new));
            Ok(())
        }
        (Object::Namespace(new), Object::Namespace(old)) => {
            // Only the finalize subresource changes the namespace's own finalizers.
            let finalizers = old.spec.finalizers.clone();
            if new.spec.finalizers != finalizers {
                Rc::make_mut(new).spec.finalizers = finalizers;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Prepares a write of the status: everything else stays as it is, but for a deployment's annotations, which its
/// controller writes along with the status.
pub(crate) fn prepare_status_update(object: &mut Object, old: &Object) {
    if let (Object::Pod(new), Object::Pod(old)) = (&mut *object, old) {
        pod::keep_binding(new, old);
    }
    if let Object::Service(_) = object {
        // A point of entry without a mode has the usual one.
        object.apply_defaults();
    }
    let annotations = object.get::<Deployment>().map(|deployment| deployment.metadata.annotations.clone());
    object.keep_all_but_status(old);
    if let Some(annotations) = annotations.filter(|given| *given != old.metadata().annotations) {
        object.metadata_mut().annotations = annotations;
    }
}

/// Copies the metadata that only the server writes from the stored object.
pub(crate) fn keep_server_fields(object: &mut Object, old: &Object) {
    let known = old.metadata();
    let meta = object.metadata();
    let same = meta.uid == known.uid
        && meta.resource_version == known.resource_version
        && meta.generation == known.generation
        && meta.creation_timestamp == known.creation_timestamp
        && meta.deletion_timestamp == known.deletion_timestamp
        && meta.deletion_grace_period_seconds == known.deletion_grace_period_seconds;
    if same {
        return;
    }
    let meta = object.metadata_mut();
    meta.uid = known.uid.clone();
    meta.resource_version = known.resource_version;
    meta.generation = known.generation;
    meta.creation_timestamp = known.creation_timestamp;
    meta.deletion_timestamp = known.deletion_timestamp;
    meta.deletion_grace_period_seconds = known.deletion_grace_period_seconds;
}

/// The seconds of grace that a deletion gets.
pub(crate) fn deletion_grace_seconds(object: &Object, asked: Option<i64>) -> i64 {
    match object {
        Object::Pod(pod) => pod::deletion_grace_seconds(pod, asked),
        _ => 0,
    }
}

/// Whether something other than `metadata.finalizers` keeps a marked object.
pub(crate) fn holds(object: &Object) -> bool {
    match object {
        Object::Namespace(namespace) => !namespace.spec.finalizers.is_empty(),
        _ => false,
    }
}

/// What else changes when an object is marked for deletion.
pub(crate) fn on_marked(object: &mut Object) {
    if let Object::Namespace(namespace) = object {
        Rc::make_mut(namespace).status.phase = Some("Terminating".into());
    }
}

/// Gives back what the server allocated for an object.
pub(crate) fn release(server: &mut ApiServer, object: &Object) {
    if let Object::Service(service) = object {
        server.network.release(service);
    }
}
