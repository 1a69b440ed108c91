//! What every component stands on (upstream: client-go): the context of its work, work queues with
//! back-off, the event recorder, and the one trait by which the cluster drives it.
//!
//! A component's informers read the API server's maps in place: nothing is copied, and a lister is
//! as quick as the server. What models the lag of a watch is WHEN a change wakes the component.
//!
//! Deviation: upstream's informer caches may be older than the server; ours are as new as the server
//! when a component acts. Controllers are level-triggered, so they reach the same states, without
//! the conflicts and the expectations that stale caches need.

mod backoff;
mod component;
mod context;
mod ingress_controller;
mod leader_election;
pub mod load_balancer;
pub mod node_group;
mod recorder;
pub mod volume;
mod workqueue;

pub use backoff::Backoff;
pub use component::{Component, WATCH_LATENCY};
pub use context::{Context, Identity};
pub use ingress_controller::{IngressController, is_ingress_controller};
pub use leader_election::{Elector, HEARTBEAT, Turn, is_steady};
pub use orrery_apiserver::{
    ApiServer, Cause, Change, DeleteOptions, Key, NoMetric, Op, PodMetrics, Propagation, Request, Revision,
    Scale, Webhook,
};
pub use recorder::{EventType, Recorder};
pub use workqueue::WorkQueue;
