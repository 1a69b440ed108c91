//! Server-side apply: who set which fields, and what follows from it (upstream: structured-merge-diff).
//!
//! What people write is remembered field by field, and what components then write to it. What only components
//! write, such as the pods of a ReplicaSet, remembers nothing until somebody applies it: then all that is there was
//! there "before the first apply".

mod compare;
mod conflict;
mod element;
mod managers;
mod merge;
mod set;
mod validate;

pub(crate) use conflict::{KUBECTL, LAST_APPLIED};
pub(crate) use managers::{Circumstances, Managers};
pub(crate) use set::FieldSet;
pub(crate) use validate::validate;
