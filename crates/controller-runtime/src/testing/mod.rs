//! A workbench for tests: one controller alone with an API server, in virtual time.

mod fake_kubelet;

use crate::{Action, Controller, Wake};
use orrery_api::{Event, Kind, Namespace, Object, Resource, ServiceAccount};
use orrery_apimachinery::{ObjectMeta, Str};
use orrery_apiserver::{Config, Write};
use orrery_client::{
    ApiServer, Change, DeleteOptions, Identity, Key, Op, Propagation, Recorder, Request, Revision,
    WATCH_LATENCY, WorkQueue,
};
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// One controller, the server it talks to, and a person called `test`.
pub struct Workbench<C> {
    /// The server.
    pub api: ApiServer,
    /// The time.
    pub now: SimTime,
    controller: C,
    identity: Identity,
    queue: WorkQueue<Key>,
    delivered: Revision,
}

impl<C: Controller + Default> Default for Workbench<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Controller + Default> Workbench<C> {
    /// The controller starts anew: it knows nothing, and hears of everything again.
    pub fn restart(&mut self) {
        self.controller = C::default();
        self.queue = WorkQueue::new(C::RETRY);
        self.delivered = 0;
    }

    /// A cluster with nothing but the namespace `default` and its service account.
    pub fn new() -> Self {
        let mut bench = Workbench {
            api: ApiServer::new(Config::default()),
            now: SimTime::ZERO,
            controller: C::default(),
            identity: Identity::new(1, C::NAME, Recorder::new(C::NAME, None)),
            queue: WorkQueue::new(C::RETRY),
            delivered: 0,
        };
        bench.create_namespace("default");
        bench
    }

    /// A namespace with its service account.
    pub fn create_namespace(&mut self, name: &str) {
        self.create(Namespace { metadata: ObjectMeta::named("", name), ..Default::default() });
        self.create(ServiceAccount { metadata: ObjectMeta::named(name, "default"), ..Default::default() });
    }

    /// The controller, for who reads what it remembers.
    pub fn controller(&self) -> &C {
        &self.controller
    }

    /// A request of the person's, now.
    pub fn request(&self) -> Request {
        Request::new(self.now, "test")
    }

    /// Creates an object, which must be valid.
    pub fn create<R: Resource>(&mut self, object: R) -> Rc<R> {
        let created = self
            .api
            .create(&self.request(), R::wrap(Rc::new(object)))
            .expect("the test creates valid objects");
        R::unwrap_ref(&created).expect("what is created is of the kind that was given").clone()
    }

    /// Changes what is desired of an object.
    pub fn modify<R: Resource>(&mut self, namespace: &str, name: &str, change: impl FnOnce(&mut R)) {
        let request = self.request();
        self.api.modify(&request, namespace, name, change).expect("the test makes valid changes");
    }

    /// Changes the status of an object.
    pub fn modify_status<R: Resource>(&mut self, namespace: &str, name: &str, change: impl FnOnce(&mut R)) {
        let request = self.request();
        self.api.modify_status(&request, namespace, name, change).expect("the test makes valid changes");
    }

    /// Deletes an object.
    pub fn delete(&mut self, object: &Object, propagation: Propagation) {
        let request = self.request();
        let options = DeleteOptions { propagation, ..Default::default() };
        self.api.delete(&request, &Key::of(object), &options).expect("the test deletes what is there");
    }

    /// An object.
    pub fn get<R: Resource>(&self, namespace: &str, name: &str) -> Option<Rc<R>> {
        self.api.get::<R>(namespace, name).cloned()
    }

    /// Lets `duration` pass.
    pub fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        while let Some(at) = self.next().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            if !self.deliver() {
                self.sync();
            }
        }
        self.now = until;
    }

    /// When something happens next; `None` when everything waits.
    pub fn next(&self) -> Option<SimTime> {
        let news = self.api.change(self.delivered + 1).map(|change| change.time + WATCH_LATENCY);
        news.into_iter().chain(self.queue.next()).min()
    }

    fn deliver(&mut self) -> bool {
        let due = |c: &&Change| c.time + WATCH_LATENCY <= self.now;
        let Some(change) = self.api.change(self.delivered + 1).filter(due).cloned() else { return false };
        self.delivered = change.revision;
        let mut wake = Wake::default();
        self.controller.observe(&change, &self.api, &mut wake);
        wake.fill(&mut self.queue, self.now, change.revision.into());
        true
    }

    fn sync(&mut self) {
        let Some((key, cause)) = self.queue.pop(self.now) else { return };
        let mut cx = self.identity.act(&mut self.api, self.now, cause);
        match self.controller.sync(&key, &mut cx) {
            Ok(Action::AwaitChange) => self.queue.forget(&key),
            Ok(Action::RequeueAfter(delay)) => {
                self.queue.forget(&key);
                self.queue.add_after(key, self.now + delay, cause);
            }
            Ok(Action::RetryWithin(delay)) => {
                self.queue.retry(key.clone(), self.now, cause, C::TRIES);
                self.queue.add_after(key, self.now + delay, cause);
            }
            Err(_) => self.queue.retry(key, self.now, cause, C::TRIES),
        }
    }

    /// What the controller has written so far, events apart, a line each: when, what it did, to what.
    pub fn written(&self) -> String {
        let mine = |w: &&Write| *w.actor == *C::NAME && w.kind != Kind::Event;
        let line = |w: &Write| {
            let (method, subresource) = w.verb.label();
            let part = if subresource.is_empty() { String::new() } else { format!("/{subresource}") };
            let key = Key::new(w.kind, w.namespace.clone(), w.name.clone());
            let gone = if w.op == Op::Deleted { " (gone)" } else { "" };
            format!("{} {method} {key}{part}{gone}\n", w.time)
        };
        self.api.writes().iter().filter(mine).map(line).collect()
    }

    /// The events told so far, a line each: type, reason, of what, message.
    pub fn events(&self) -> String {
        let line = |e: &Rc<Event>| {
            let text = |t: &Option<Str>| t.clone().unwrap_or_default();
            let about = &e.involved_object;
            format!(
                "{} {} {}/{}: {}\n",
                text(&e.type_),
                text(&e.reason),
                text(&about.kind),
                text(&about.name),
                text(&e.message)
            )
        };
        self.api.list::<Event>().map(line).collect()
    }
}
