//! Why something is as it is: the chain of causes that led here ([`chain`]), and for what does not get on, the reasons,
//! each with what would have to change ([`stuck`]).

mod chain;
mod fields;
mod people;
mod steps;
mod stuck;
mod text;
pub mod words;

pub use chain::{Chain, Deed, FieldRow, Given, Link, Start, chain, changed_fields, fields, last_revision};
pub use fields::{FieldChange, fields_of_lines};
pub use orrery_cluster::{Act, Fault, Strain};
pub use people::{Done, Held};
pub use steps::Step;
pub use stuck::{Mend, Reason, What, stuck};
pub use text::text;
