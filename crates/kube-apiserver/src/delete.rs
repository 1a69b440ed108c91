//! Deletion: graceful for pods, held back by finalizers, with three ways to treat dependents.

use crate::admission::namespace_lifecycle;
use crate::{ApiServer, Key, Request, Verb, registry};
use orrery_api::Object;
use orrery_apimachinery::{Reason, Status, StatusResult, Str};

/// What happens to the objects that the deleted one owns (upstream: `metav1.DeletionPropagation`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Propagation {
    /// The owner goes at once, the garbage collector deletes the dependents afterwards.
    #[default]
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
    /// Errors: `NotFound`; `Conflict` when the uid is another's.
    pub fn delete(&mut self, request: &Request, key: &Key, options: &DeleteOptions) -> StatusResult<Object> {
        namespace_lifecycle::check_delete(key)?;
        let old = self.stored(key)?;
        if let Some(uid) = &options.uid
            && *uid != old.metadata().uid
        {
            let message = format!(
                "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
                old.metadata().uid
            );
            return Err(Status::new(Reason::Conflict, message));
        }
        let pending = old.metadata().deletion_grace_period_seconds.is_some_and(|left| left > 0);
        if pending && options.grace_period_seconds.is_none() {
            // A graceful deletion is on its way; only a shorter grace changes anything.
            return Ok(old);
        }
        let grace = registry::deletion_grace_seconds(&old, options.grace_period_seconds);
        let mut object = old.clone();
        add_propagation_finalizer(&mut object, options.propagation);
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

/// Adds the finalizer that makes the garbage collector act before the object can go.
fn add_propagation_finalizer(object: &mut Object, propagation: Propagation) {
    let finalizer = match propagation {
        Propagation::Background => return,
        Propagation::Foreground => FOREGROUND,
        Propagation::Orphan => ORPHAN,
    };
    if !object.metadata().has_finalizer(finalizer) {
        object.metadata_mut().finalizers.push(finalizer.into());
    }
}
