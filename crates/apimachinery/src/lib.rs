//! The grammar that all Kubernetes objects share: metadata, labels and selectors, quantities,
//! int-or-string, dates, patches, `Status`, and the strict decoder from JSON trees to typed objects.

extern crate self as orrery_apimachinery;

pub mod bytes;
pub mod decode;
pub mod duration;
pub mod gofmt;
pub mod intstr;
pub mod labels;
pub mod managed_fields;
pub mod meta;
pub mod order;
pub mod patch;
pub mod quantity;
pub mod status;
pub mod strmap;
pub mod time;

pub use bytes::Bytes;
pub use intstr::IntOrString;
pub use managed_fields::{FieldsV1, ManagedFieldsEntry};
pub use meta::{LabelSelector, LabelSelectorRequirement, ObjectMeta, OwnerReference};
pub use order::Order;
pub use patch::Patch;
pub use quantity::Quantity;
pub use status::{Reason, Status, StatusResult};
pub use strmap::StrMap;
pub use time::{MicroTime, Time};

/// The tree that text is read into, patches work on, and answers are printed from. Maps are sorted by key.
pub use serde_json::Value;

/// An immutable, shared string. Objects repeat the same few strings thousands of times.
pub type Str = std::rc::Rc<str>;
