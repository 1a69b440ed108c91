//! Create and update.

use crate::memory::{Remark, STATUS};
use crate::{ApiServer, Key, Op, Request, Revision, Verb, Write, registry};
use orrery_api::{Kind, Object, Resource};
use orrery_apimachinery::{Reason, Status, StatusResult, Str};
use std::rc::Rc;

/// So many names are drawn for an object that leaves its name to the server (upstream:
/// `maxNameGenerationCreateAttempts` of `registry/generic/registry/store.go`).
const NAME_ATTEMPTS: u32 = 8;

impl ApiServer {
    /// Creates an object and returns it as stored.
    ///
    /// Errors: `AlreadyExists`, `Invalid`, `Forbidden` by admission, `NotFound` for its namespace.
    pub fn create(&mut self, request: &Request, object: Object) -> StatusResult<Object> {
        self.carry_out(request, |server, request| server.admit_new(request, object, None))
    }

    /// As [`Self::create`], for an object that was applied.
    pub(crate) fn create_applied(
        &mut self,
        request: &Request,
        object: Object,
        remark: Remark,
    ) -> StatusResult<Object> {
        self.carry_out(request, |server, request| server.admit_new(request, object, Some(remark)))
    }

    /// Does what a request asks for; what is refused, or only rehearsed, leaves nothing behind.
    pub(crate) fn carry_out(
        &mut self,
        request: &Request,
        work: impl FnOnce(&mut Self, &Request) -> StatusResult<Object>,
    ) -> StatusResult<Object> {
        if request.dry_run {
            return self.rehearse(request, work);
        }
        let network = self.network.clone();
        work(self, request).inspect_err(|_| self.network = network)
    }

    fn admit_new(
        &mut self,
        request: &Request,
        mut object: Object,
        applied: Option<Remark>,
    ) -> StatusResult<Object> {
        self.begin_create(request, &mut object)?;
        let known = self.admission.recall(&mut object);
        if !known {
            object.apply_defaults();
        }
        let remark = applied.unwrap_or_else(|| self.remark_new(request, &mut object));
        self.mutate(&mut object, known)?;
        self.ask_webhooks(&mut object);
        registry::prepare_create(self, &mut object)?;
        if !known {
            reject_invalid(&object, object.validate())?;
        }
        self.review_new(request, &object, known)?;
        let key = Key::of(&object);
        if self.object(&key).is_some() {
            return Err(Status::already_exists(&key.resource(), &key.name));
        }
        let stored = self.put(request, Verb::Create, object);
        self.remember(&key, remark, &stored);
        Ok(stored)
    }

    /// Fills what the server gives every new object: name, uid, dates.
    fn begin_create(&mut self, request: &Request, object: &mut Object) -> StatusResult<()> {
        let kind = object.kind();
        let (date, uid) = (self.date(request.now), self.random.uuid());
        let generation = i64::from(object.counts_generation());
        let meta = object.metadata_mut();
        if meta.resource_version != 0 {
            return Err(Status::new(
                Reason::BadRequest,
                "resourceVersion should not be set on objects to be created",
            ));
        }
        if !kind.namespaced() {
            meta.namespace = "".into();
        }
        if meta.name.is_empty()
            && let Some(prefix) = &meta.generate_name
        {
            meta.name = self.generate_name(kind, &meta.namespace, prefix);
        }
        meta.uid = uid.into();
        meta.creation_timestamp = Some(date);
        meta.deletion_timestamp = None;
        meta.deletion_grace_period_seconds = None;
        meta.generation = generation;
        self.check_namespace(object)
    }

    /// A name that starts with `prefix` and is free, unless none of the first eight that were drawn is.
    fn generate_name(&mut self, kind: Kind, namespace: &str, prefix: &str) -> Str {
        // Upstream cuts the prefix so that the whole stays a valid label.
        let prefix = prefix.get(..58).unwrap_or(prefix);
        let mut name = String::new();
        for _ in 0..NAME_ATTEMPTS {
            name = [prefix, &self.random.suffix(5)].concat();
            if self.stored_at(kind, namespace, &name).is_none() {
                break;
            }
        }
        name.into()
    }

    /// Replaces an object, its status excepted. Writing what is there already writes nothing.
    ///
    /// Errors: `NotFound`; `Conflict` when `resourceVersion` is given and is not the stored one; `Invalid`.
    pub fn update(&mut self, request: &Request, object: Object) -> StatusResult<Object> {
        self.update_through(request, object, "")
    }

    /// As [`Self::update`], asked for through a subresource.
    pub(crate) fn update_through(
        &mut self,
        request: &Request,
        object: Object,
        subresource: &'static str,
    ) -> StatusResult<Object> {
        self.carry_out(request, |server, request| server.admit_changed(request, object, Err(subresource)))
    }

    /// As [`Self::update`], for an object that was applied.
    pub(crate) fn update_applied(
        &mut self,
        request: &Request,
        object: Object,
        remark: Remark,
    ) -> StatusResult<Object> {
        self.carry_out(request, |server, request| server.admit_changed(request, object, Ok(remark)))
    }

    fn admit_changed(
        &mut self,
        request: &Request,
        mut object: Object,
        applied: Result<Remark, &'static str>,
    ) -> StatusResult<Object> {
        let old = self.stored_for(&object)?;
        registry::keep_server_fields(&mut object, &old);
        object.keep_status(&old);
        object.apply_defaults();
        let remark =
            applied.unwrap_or_else(|subresource| self.remark_change(request, &mut object, &old, subresource));
        self.mutate_changed(&mut object, &old);
        registry::prepare_update(self, &mut object, &old)?;
        reject_invalid(&object, object.validate_update(&old))?;
        self.review_changed(request, &object, &old)?;
        if object.counts_generation() && !object.same_desired(&old) {
            object.metadata_mut().generation += 1;
        }
        self.store_update(request, Verb::Update, object, old, remark)
    }

    /// Replaces the status of an object, and nothing else.
    ///
    /// Errors: as [`Self::update`].
    pub fn update_status(&mut self, request: &Request, mut object: Object) -> StatusResult<Object> {
        if request.dry_run {
            return self.rehearse(request, |server, request| server.update_status(request, object));
        }
        let old = self.stored_for(&object)?;
        registry::keep_server_fields(&mut object, &old);
        registry::prepare_status_update(&mut object, &old);
        reject_invalid(&object, object.validate_status(&old))?;
        let remark = self.remark_change(request, &mut object, &old, STATUS);
        self.store_update(request, Verb::UpdateStatus, object, old, remark)
    }

    /// Applies `change` to a typed object and writes it; the usual way for a controller to write.
    ///
    /// Errors: as [`Self::update`].
    pub fn modify<R: Resource>(
        &mut self,
        request: &Request,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut R),
    ) -> StatusResult<Rc<R>> {
        let mut object = self.typed::<R>(namespace, name)?;
        change(Rc::make_mut(&mut object));
        self.update(request, R::wrap(object)).map(unwrap)
    }

    /// Applies `change` to a typed object's status and writes it.
    ///
    /// Errors: as [`Self::update`].
    pub fn modify_status<R: Resource>(
        &mut self,
        request: &Request,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut R),
    ) -> StatusResult<Rc<R>> {
        let mut object = self.typed::<R>(namespace, name)?;
        change(Rc::make_mut(&mut object));
        self.update_status(request, R::wrap(object)).map(unwrap)
    }

    fn typed<R: Resource>(&self, namespace: &str, name: &str) -> StatusResult<Rc<R>> {
        self.get::<R>(namespace, name).cloned().ok_or_else(|| Status::not_found(&R::KIND.resource(), name))
    }

    /// The stored object under `key`, or `NotFound`.
    pub(crate) fn stored(&self, key: &Key) -> StatusResult<Object> {
        self.object(key).cloned().ok_or_else(|| Status::not_found(&key.resource(), &key.name))
    }

    /// The stored twin of `object`, if `object` may replace it.
    pub(crate) fn stored_for(&self, object: &Object) -> StatusResult<Object> {
        let key = Key::of(object);
        let old = self.stored(&key)?;
        let (meta, known) = (object.metadata(), old.metadata());
        if meta.resource_version != 0 && meta.resource_version != known.resource_version {
            return Err(Status::conflict(&key.resource(), &key.name));
        }
        if !meta.uid.is_empty() && meta.uid != known.uid {
            let message = format!(
                "Operation cannot be fulfilled on {} \"{}\": StorageError: invalid object, Code: 4, Key: {}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {}, UID in object meta: {}",
                key.resource(),
                key.name,
                key.registry_path(),
                meta.uid,
                known.uid
            );
            return Err(Status::new(Reason::Conflict, message));
        }
        Ok(old)
    }

    /// Writes a replacement of `old`, if it is news.
    pub(crate) fn store_update(
        &mut self,
        request: &Request,
        verb: Verb,
        object: Object,
        old: Object,
        remark: Remark,
    ) -> StatusResult<Object> {
        let key = Key::of(&object);
        if object == old && !self.is_news(&key, &remark) {
            return Ok(old);
        }
        let meta = object.metadata();
        let released = meta.terminating()
            && meta.finalizers.is_empty()
            && meta.deletion_grace_period_seconds.unwrap_or(0) == 0
            && !registry::holds(&object);
        if released {
            return Ok(self.remove(request, &key, Some(object)));
        }
        let stored = self.put(request, verb, object);
        self.remember(&key, remark, &stored);
        Ok(stored)
    }

    /// Stores `object` at the next revision.
    pub(crate) fn put(&mut self, request: &Request, verb: Verb, mut object: Object) -> Object {
        let key = Key::of(&object);
        let revision = self.revision() + 1;
        object.metadata_mut().resource_version = revision;
        let old = self.object(&key).cloned();
        self.indexes.update(old.as_ref(), Some(&object));
        self.admission.notice(key.kind);
        let op = if old.is_some() { Op::Modified } else { Op::Added };
        let previous = old.map_or(0, |old| old.metadata().resource_version);
        let stored = object.clone();
        self.store.put(request.now, key.kind.number(), key.place(), |_| stored);
        self.record(request, verb, op, key, previous);
        object
    }

    /// Stores objects as they are, those of another server: names, dates, revisions and all.
    pub fn restore(&mut self, request: &Request, objects: Vec<Object>) {
        for object in objects {
            let key = Key::of(&object);
            self.indexes.update(None, Some(&object));
            self.admission.notice(key.kind);
            self.store.put(request.now, key.kind.number(), key.place(), |_| object);
            self.record(request, Verb::Create, Op::Added, key, 0);
        }
    }

    /// Takes the object under `key` out of the store. `last` is its last state, if that was never stored.
    pub(crate) fn remove(&mut self, request: &Request, key: &Key, last: Option<Object>) -> Object {
        let old = self.object(key).cloned().expect("only stored objects are removed");
        self.indexes.update(Some(&old), None);
        self.memories.forget(key);
        self.admission.notice(key.kind);
        registry::release(self, &old);
        let previous = old.metadata().resource_version;
        let mut gone = last.unwrap_or(old);
        let revision = self.revision() + 1;
        gone.metadata_mut().resource_version = revision;
        let value = gone.clone();
        self.store.delete(request.now, key.kind.number(), &key.place(), |_, _| value);
        self.record(request, Verb::Delete, Op::Deleted, key.clone(), previous);
        gone
    }

    fn record(&mut self, request: &Request, verb: Verb, op: Op, key: Key, previous: Revision) {
        self.hash.write_u64(request.now.as_nanos());
        self.hash.write_u64((verb as u64) << 8 | op as u64);
        for text in [&*request.actor, key.kind.name(), &key.namespace, &key.name] {
            self.hash.write(text.as_bytes());
        }
        self.writes.push_back(Write {
            revision: self.revision(),
            time: request.now,
            actor: request.actor.clone(),
            verb,
            op,
            kind: key.kind,
            namespace: key.namespace,
            name: key.name,
            cause: request.cause,
            previous,
        });
    }
}

fn unwrap<R: Resource>(object: Object) -> Rc<R> {
    R::unwrap_ref(&object).cloned().expect("a write returns an object of the kind that was written")
}

/// Refuses an object that breaks rules.
pub(crate) fn reject_invalid(object: &Object, errors: Vec<orrery_api::FieldError>) -> StatusResult<()> {
    if errors.is_empty() {
        return Ok(());
    }
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let name = &object.metadata().name;
    Err(Status::invalid(&object.kind().qualified_name(), name, &texts))
}
