//! What Kubernetes 1.32 says of its own objects: the fields of every kind with their types, which of them are
//! required, the values that some of them are confined to, the keys of lists, and their documentation.
//!
//! It is one table, `schema.txt`, which `cargo xtask schema` generates. It is large and mostly prose, so nobody
//! holds it who does not want it: [`TEXT`] is compiled in only where it is used, and the page fetches the file.
//!
//! A line of the table starts with what it is:
//! - `@Deployment apps/v1` opens a type; what follows the name is the API version of a kind, or `=string`, the
//!   plain type that JSON holds for it;
//! - `|…` is a line of the documentation of what stands above it;
//! - anything else is a field: `name type`, with `!` after the name when it is required, then `*key,key` for a
//!   list that is merged by those keys and `=A,B` (or `~A,B`) for its values. With `=` the API itself publishes
//!   them as an enumeration, with `~` its documentation states them.

mod table;
mod ty;

pub use table::{Field, Schema, Step, Type};
pub use ty::Ty;

/// The table as text.
pub const TEXT: &str = include_str!("../schema.txt");

#[cfg(test)]
mod tests;
