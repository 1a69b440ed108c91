//! Deletion: graceful for pods, held back by finalizers, with three ways to treat dependents.

use crate::admission::namespace_lifecycle;
use crate::{ApiServer, Key, Request, Revision, Verb, registry};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{Reason, Status, StatusResult, Str};

/// What happens to the objects that the deleted one owns (upstream: `metav1.DeletionPropagation`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Propagation {
    /// What was decided before; else what is usual for the kind.
    #[default]
    Unstated,
    /// The owner goes at once, the garbage collector deletes the dependents afterwards.
    Background,
    /// The dependents go first.
    Foreground,
    /// The dependents stay and lose their owner reference.
    Orphan,
}

/// Options of a deletion (upstream: `metav1.DeleteOptions`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteOptions {
    /// Seconds of grace; the kind's own default when absent.
    pub grace_period_seconds: Option<i64>,
    /// The treatment of dependents.
    pub propagation: Propagation,
    /// Delete only the object with this uid.
    pub uid: Option<Str>,
    /// Delete only what was last written at this revision.
    pub resource_version: Option<Revision>,
}

impl DeleteOptions {
    /// No grace, for the object with this uid: how a kubelet confirms that a pod is gone.
    pub fn now(uid: Str) -> Self {
        DeleteOptions { grace_period_seconds: Some(0), uid: Some(uid), ..Default::default() }
    }
}

/// The finalizer of foreground deletion.
const FOREGROUND: &str = "foregroundDeletion";
/// The finalizer that makes the garbage collector orphan the dependents first.
const ORPHAN: &str = "orphan";

impl ApiServer {
    /// Deletes the object under `key`, or marks it for deletion when something has to happen first.
    /// Returns it as it then is.
    ///
    /// Errors: `NotFound`; `Conflict` when it is not the object that is meant.
    pub fn delete(&mut self, request: &Request, key: &Key, options: &DeleteOptions) -> StatusResult<Object> {
        if request.dry_run {
            return self.rehearse(request, |server, request| server.delete(request, key, options));
        }
        namespace_lifecycle::check_delete(key)?;
        let old = self.stored(key)?;
        check_preconditions(&old, options)?;
        let pending = old.metadata().deletion_grace_period_seconds.is_some_and(|left| left > 0);
        if pending && options.grace_period_seconds.is_none() {
            // A graceful deletion is on its way; only a shorter grace changes anything.
            return Ok(old);
        }
        let grace = registry::deletion_grace_seconds(&old, options.grace_period_seconds);
        let mut object = old.clone();
        set_propagation_finalizer(&mut object, options.propagation);
        if grace == 0 && object.metadata().finalizers.is_empty() && !registry::holds(&object) {
            return Ok(self.remove(request, key, None));
        }
        self.mark(request, &mut object, grace);
        Ok(if object == old { old } else { self.put(request, Verb::Delete, object) })
    }

    /// Sets the deletion date; a second deletion can only bring it forward.
    fn mark(&self, request: &Request, object: &mut Object, grace: i64) {
        let mut date = self.date(request.now);
        date.0 += grace;
        let meta = object.metadata();
        let sooner = meta.deletion_grace_period_seconds.is_some_and(|left| grace < left);
        if meta.terminating() && !sooner {
            return;
        }
        let first = !meta.terminating();
        let meta = object.metadata_mut();
        meta.deletion_timestamp = Some(date);
        meta.deletion_grace_period_seconds = Some(grace);
        if first && meta.generation > 0 {
            meta.generation += 1;
        }
        registry::on_marked(object);
    }
}

/// Upstream: `BeforeDelete` of `registry/rest/delete.go`.
pub(crate) fn check_preconditions(object: &Object, options: &DeleteOptions) -> StatusResult<()> {
    let meta = object.metadata();
    let refused = |what: &str, asked: String, known: String, perhaps: &str| {
        let (kind, name) = (object.kind().qualified_name(), &meta.name);
        let message = format!(
            "Operation cannot be fulfilled on {kind} \"{name}\": the {what} in the precondition ({asked}) does not match the {what} in record ({known}). The object might have been {perhaps}"
        );
        Err(Status::new(Reason::Conflict, message))
    };
    match (&options.uid, options.resource_version) {
        (Some(uid), _) if *uid != meta.uid => {
            refused("UID", uid.to_string(), meta.uid.to_string(), "deleted and then recreated")
        }
        (_, Some(revision)) if revision != meta.resource_version => {
            refused("ResourceVersion", revision.to_string(), meta.resource_version.to_string(), "modified")
        }
        _ => Ok(()),
    }
}

/// Leaves the finalizer that makes the garbage collector act before the object can go, if there is to be one
/// (upstream: `deletionFinalizersForGarbageCollection`).
fn set_propagation_finalizer(object: &mut Object, propagation: Propagation) {
    let has = |finalizer: &str| object.metadata().has_finalizer(finalizer);
    let wanted = match propagation {
        Propagation::Background => None,
        Propagation::Foreground => Some(FOREGROUND),
        Propagation::Orphan => Some(ORPHAN),
        Propagation::Unstated if has(ORPHAN) => Some(ORPHAN),
        Propagation::Unstated if has(FOREGROUND) => Some(FOREGROUND),
        // As it was before there was a choice.
        Propagation::Unstated => {
            matches!(object.kind(), Kind::Job | Kind::ReplicationController).then_some(ORPHAN)
        }
    };
    let wanted = wanted.filter(|_| object.kind() != Kind::Event);
    let stale = [FOREGROUND, ORPHAN].into_iter().any(|known| has(known) != (wanted == Some(known)));
    if stale {
        let finalizers = &mut object.metadata_mut().finalizers;
        finalizers.retain(|finalizer| !matches!(&**finalizer, FOREGROUND | ORPHAN));
        finalizers.extend(wanted.map(Str::from));
    }
}
