//! What the API server refuses, in upstream's words: the parts that several kinds share.
//! What concerns one kind alone is in the file of that kind.

pub(crate) mod address;
mod affinity;
mod container;
pub(crate) mod entrances;
mod env;
mod errors;
pub(crate) mod go_diff;
mod go_syntax;
pub(crate) mod intstr;
mod job_policies;
pub(crate) mod job_spec;
pub(crate) mod job_status;
pub(crate) mod json;
pub(crate) mod metadata;
mod mounts;
pub(crate) mod names;
mod path;
pub(crate) mod pod;
pub(crate) mod pod_annotations;
mod pod_spec;
pub(crate) mod pod_update;
mod probe;
pub(crate) mod resources;
pub(crate) mod scheduler_configuration;
mod scheduling;
mod security;
mod shown;
pub(crate) mod volume;
pub(crate) mod volume_plugins;
mod windows;
pub(crate) mod workload;

pub(crate) use affinity::node_selector;
pub(crate) use errors::Errors;
pub use errors::FieldError;
pub(crate) use names::NameRule;
pub(crate) use path::Path;
pub(crate) use scheduling::{preemption_policy, taint_effect, tolerations};
pub(crate) use shown::{Bare, pointer, quoted, strings};
