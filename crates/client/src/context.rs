//! Who acts, and everything that it can reach.

use crate::recorder::About;
use crate::{Cause, DeleteOptions, EventType, Recorder, Request};
use orrery_api::{Kind, Object, Resource};
use orrery_apimachinery::{ObjectMeta, StatusResult, Str, Time};
use orrery_apiserver::{ApiServer, Key};
use orrery_sim::{Random, SimTime};
use std::rc::Rc;

/// Who a component is: its name in the record of writes, its events and its own random stream.
#[derive(Clone, Debug)]
pub struct Identity {
    actor: Str,
    recorder: Recorder,
    random: Random,
}

impl Identity {
    /// A component called `actor` that records events with `recorder`.
    pub fn new(seed: u64, actor: &str, recorder: Recorder) -> Self {
        Identity { actor: actor.into(), recorder, random: Random::stream(seed, actor) }
    }

    /// The name in the record of writes.
    pub fn actor(&self) -> &Str {
        &self.actor
    }

    /// The context of one piece of work, done at `now` because of `cause`.
    pub fn act<'a>(&'a mut self, api: &'a mut ApiServer, now: SimTime, cause: Cause) -> Context<'a> {
        Context { identity: self, api, now, cause }
    }
}

/// Everything that a controller, the scheduler or a kubelet can reach while it works: the objects,
/// its client, its event recorder, the time and its own random stream.
pub struct Context<'a> {
    identity: &'a mut Identity,
    api: &'a mut ApiServer,
    now: SimTime,
    cause: Cause,
}

impl Context<'_> {
    /// The lister: every object, read in place.
    pub fn api(&self) -> &ApiServer {
        self.api
    }

    /// The virtual time.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The date, as objects carry it.
    pub fn date(&self) -> Time {
        self.api.date(self.now)
    }

    /// The component's random stream.
    pub fn random(&mut self) -> &mut Random {
        &mut self.identity.random
    }

    /// The object of type `R` called `name`, shared; `namespace` is empty for cluster-scoped kinds.
    pub fn get<R: Resource>(&self, namespace: &str, name: &str) -> Option<Rc<R>> {
        self.api.get::<R>(namespace, name).cloned()
    }

    fn request(&self) -> Request {
        Request { cause: self.cause, ..Request::new(self.now, self.identity.actor.clone()) }
    }

    /// Creates an object; errors as [`ApiServer::create`].
    pub fn create<R: Resource>(&mut self, object: R) -> StatusResult<Object> {
        let request = self.request();
        self.api.create(&request, R::wrap(Rc::new(object)))
    }

    /// Changes an object's desired state or metadata; errors as [`ApiServer::update`].
    pub fn modify<R: Resource>(
        &mut self,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut R),
    ) -> StatusResult<Rc<R>> {
        let request = self.request();
        self.api.modify(&request, namespace, name, change)
    }

    /// Changes an object's status; errors as [`ApiServer::update_status`].
    pub fn modify_status<R: Resource>(
        &mut self,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut R),
    ) -> StatusResult<Rc<R>> {
        let request = self.request();
        self.api.modify_status(&request, namespace, name, change)
    }

    /// Replaces an object of any kind; errors as [`ApiServer::update`].
    pub fn update(&mut self, object: Object) -> StatusResult<Object> {
        let request = self.request();
        self.api.update(&request, object)
    }

    /// Replaces the status of an object of any kind; errors as [`ApiServer::update_status`].
    pub fn update_status(&mut self, object: Object) -> StatusResult<Object> {
        let request = self.request();
        self.api.update_status(&request, object)
    }

    /// Deletes an object; errors as [`ApiServer::delete`].
    pub fn delete(&mut self, key: &Key, options: &DeleteOptions) -> StatusResult<Object> {
        let request = self.request();
        self.api.delete(&request, key, options)
    }

    /// Evicts a pod, as its budget allows; errors as [`ApiServer::evict`].
    pub fn evict(&mut self, namespace: &str, name: &str, options: &DeleteOptions) -> StatusResult<Object> {
        let request = self.request();
        self.api.evict(&request, namespace, name, options)
    }

    /// Binds a pod to a node; errors as [`ApiServer::bind`].
    pub fn bind(&mut self, namespace: &str, name: &str, node: &str) -> StatusResult<()> {
        let request = self.request();
        self.api.bind(&request, namespace, name, node)
    }

    /// Asks for another number of replicas; errors as [`ApiServer::scale`].
    pub fn scale(&mut self, key: &Key, replicas: i32) -> StatusResult<Object> {
        let request = self.request();
        self.api.scale(&request, key, replicas)
    }

    /// Lifts a namespace's own finalizer; errors as [`ApiServer::finalize_namespace`].
    pub fn finalize_namespace(&mut self, name: &str) -> StatusResult<()> {
        let request = self.request();
        self.api.finalize_namespace(&request, name)
    }

    /// Records an event about an object. Events are best effort: one that cannot be stored is dropped, as upstream.
    pub fn event<R: Resource>(
        &mut self,
        about: &R,
        r#type: EventType,
        reason: &str,
        message: impl Into<String>,
    ) {
        self.event_about(R::KIND, about.metadata(), r#type, reason, message);
    }

    /// Records an event about the object of `kind` with `meta`.
    pub fn event_about(
        &mut self,
        kind: Kind,
        meta: &ObjectMeta,
        r#type: EventType,
        reason: &str,
        message: impl Into<String>,
    ) {
        self.record((kind, meta), About::Whole, r#type, reason, &message.into());
    }

    /// Records an event about an object to which `action` was done for the sake of another.
    pub fn event_related<R: Resource>(
        &mut self,
        about: &R,
        related: &R,
        action: &str,
        r#type: EventType,
        reason: &str,
        message: impl Into<String>,
    ) {
        let whose = About::ForAnother(action, R::KIND, related.metadata());
        self.record((R::KIND, about.metadata()), whose, r#type, reason, &message.into());
    }

    /// Records an event about a part of an object, such as `spec.containers{web}`.
    pub fn event_in<R: Resource>(
        &mut self,
        about: &R,
        field_path: &str,
        r#type: EventType,
        reason: &str,
        message: impl Into<String>,
    ) {
        let part = About::Part(field_path);
        self.record((R::KIND, about.metadata()), part, r#type, reason, &message.into());
    }

    fn record(
        &mut self,
        object: (Kind, &ObjectMeta),
        about: About<'_>,
        r#type: EventType,
        reason: &str,
        message: &str,
    ) {
        let request = self.request();
        self.identity.recorder.record(self.api, &request, object, about, r#type, reason, message);
    }
}
