//! kube-apiserver: the only door. Every component reads and writes through it; nothing else knows the store.
//!
//! A request passes, in upstream's order, admission that mutates, the kind's strategy, validation,
//! admission that refuses, and storage. Each write is kept with who made it and which earlier write
//! led to it: chains of causes are data.

mod admission;
mod apply;
mod delete;
mod dry_run;
mod eviction;
mod fields;
mod history;
mod index;
mod key;
mod list;
mod memory;
mod metrics;
mod network;
mod patch;
mod read;
mod registry;
mod scale;
mod select;
mod server;
mod session;
mod subresource;
mod write;

pub use admission::Webhook;
pub use admission::default_storage_class;
pub use delete::{DeleteOptions, Propagation};
pub use history::{Cause, Verb, Write};
pub use key::Key;
pub use list::{List, ListOptions};
pub use metrics::{ContainerMetrics, HTTP_REQUESTS, MetricValue, Metrics, NoMetric, NodeMetrics, PodMetrics};
pub use scale::Scale;
pub use select::FieldSelector;
pub use server::{ApiServer, Config, FieldValidation, Request};
pub use session::{Exec, ExecOutput, Heard, LogLine, Session, Still};

/// A change of an object, as watches deliver it.
pub type Change = orrery_etcd::Change<orrery_api::Object>;
pub use orrery_etcd::{Compacted, Op, Revision};
