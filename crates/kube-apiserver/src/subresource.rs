//! Subresources: binding, ephemeral containers, finalize, and the Lease's quiet renewal.

use crate::write::reject_invalid;
use crate::{ApiServer, Key, Request, Verb};
use orrery_api::{Kind, Namespace, Object, Pod, PodCondition, Resource, validate_ephemeral_containers};
use orrery_apimachinery::{Patch, Reason, Status, StatusResult};
use std::rc::Rc;

impl ApiServer {
    /// Binds a pod to a node: `POST pods/NAME/binding`.
    ///
    /// Errors: `NotFound`; `Conflict` when the pod is bound already or is being deleted.
    pub fn bind(&mut self, request: &Request, namespace: &str, name: &str, node: &str) -> StatusResult<()> {
        let key = Key::new(Kind::Pod, namespace, name);
        let object = self.stored(&key)?;
        let mut pod = Pod::unwrap_ref(&object).cloned().expect("the bucket of pods holds pods");
        if pod.metadata.terminating() {
            return Err(refused(name, &format!("pod {name} is being deleted, cannot be assigned to a host")));
        }
        if let Some(bound) = &pod.node_name {
            return Err(refused(name, &format!("pod {name} is already assigned to node \"{bound}\"")));
        }
        let date = self.date(request.now);
        let pod = {
            let new = Rc::make_mut(&mut pod);
            new.node_name = Some(node.into());
            set_scheduled(new, date);
            pod
        };
        self.put(request, Verb::Bind, Pod::wrap(pod));
        Ok(())
    }

    /// Takes the ephemeral containers of `pod` for those of the stored one, and nothing else of it:
    /// `PUT pods/NAME/ephemeralcontainers`. They may only become more
    /// (upstream: `podEphemeralContainersStrategy` of `pkg/registry/core/pod/strategy.go`).
    ///
    /// Errors: as [`Self::update`].
    pub fn update_ephemeral_containers(&mut self, request: &Request, pod: Object) -> StatusResult<Object> {
        self.carry_out(request, |server, request| {
            let old = server.stored_for(&pod)?;
            let (Some(given), Some(known)) = (Pod::unwrap_ref(&pod), Pod::unwrap_ref(&old)) else {
                return Err(Status::new(
                    Reason::NotFound,
                    "the server could not find the requested resource",
                ));
            };
            let mut new = Pod::clone(known);
            let spec = Rc::make_mut(&mut new.spec);
            spec.ephemeral_containers = given.spec.ephemeral_containers.clone();
            let mut object = Object::from(new);
            object.apply_defaults();
            let remark = server.remark_change(request, &mut object, &old, "ephemeralcontainers");
            let new = Pod::unwrap_ref(&object).expect("a pod was made");
            reject_invalid(&object, validate_ephemeral_containers(new, known))?;
            server.store_update(request, Verb::Update, object, old, remark)
        })
    }

    /// Changes the ephemeral containers of a pod by a patch: `PATCH pods/NAME/ephemeralcontainers`.
    ///
    /// Errors: as [`Self::patch`].
    pub fn patch_ephemeral_containers(
        &mut self,
        request: &Request,
        key: &Key,
        patch: &Patch,
    ) -> StatusResult<Object> {
        let pod = self.patched(request, key, patch)?;
        self.update_ephemeral_containers(request, pod)
    }

    /// Lifts the namespace's own finalizer once its content is gone: `PUT namespaces/NAME/finalize`.
    ///
    /// Errors: `NotFound`.
    pub fn finalize_namespace(&mut self, request: &Request, name: &str) -> StatusResult<()> {
        let key = Key::new(Kind::Namespace, "", name);
        let object = self.stored(&key)?;
        let mut namespace =
            Namespace::unwrap_ref(&object).cloned().expect("the bucket of namespaces holds namespaces");
        Rc::make_mut(&mut namespace).spec.finalizers.clear();
        if namespace.metadata.terminating() && namespace.metadata.finalizers.is_empty() {
            self.remove(request, &key, Some(Namespace::wrap(namespace)));
        } else {
            self.put(request, Verb::Update, Namespace::wrap(namespace));
        }
        Ok(())
    }
}

/// Marks the pod as scheduled since `date` (upstream: `pkg/registry/core/pod/storage`, `setPodHostAndAnnotations`).
fn set_scheduled(pod: &mut Pod, date: orrery_apimachinery::Time) {
    pod.status.conditions.retain(|c| &*c.type_ != "PodScheduled");
    pod.status.conditions.push(PodCondition {
        type_: "PodScheduled".into(),
        status: "True".into(),
        last_transition_time: Some(date),
        last_probe_time: None,
        reason: None,
        message: None,
    });
}

fn refused(name: &str, message: &str) -> Status {
    Status::new(
        Reason::Conflict,
        format!("Operation cannot be fulfilled on pods/binding \"{name}\": {message}"),
    )
}
