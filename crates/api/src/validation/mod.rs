//! What the API server refuses, in upstream's words: the parts that several kinds share.
//! What concerns one kind alone is in the file of that kind.

mod errors;
pub(crate) mod metadata;
pub(crate) mod names;
mod path;
mod shown;

pub(crate) use errors::Errors;
pub use errors::FieldError;
pub(crate) use names::NameRule;
pub(crate) use path::Path;
