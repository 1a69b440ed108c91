//! Why something is as it is: the chain of causes that led here ([`chain`]), and for what does not get on, the reasons,
//! each with what would have to change ([`stuck`]).

mod chain;
mod fields;
mod stuck;
mod text;
pub mod words;

pub use chain::{Chain, Deed, Done, FieldRow, Link, Start, chain, changed_fields, last_revision};
pub use fields::FieldChange;
pub use orrery_cluster::{Act, Strain};
pub use stuck::{Reason, What, stuck};
pub use text::text;
