//! Plain view models in the words of the screen. Functions read a cluster and answer with structs that have public fields and
//! can be compared; `layout` says where they stand on the sheet. Nothing here knows a browser, and no type of the engine
//! leaves this crate.

pub mod add_ons;
pub mod assist;
pub mod behaviour;
pub mod calls;
pub mod charts;
pub mod countdown;
pub mod cron_job;
pub mod crowd;
mod daemon_set;
pub mod events;
pub mod findings;
pub mod handle;
pub mod hpa;
pub mod inspect;
pub mod job;
pub mod journey;
pub mod layout;
pub mod load;
pub mod logs;
mod node;
pub mod opened;
mod owner;
pub mod owners;
pub mod parts;
mod plane;
mod pod;
pub mod records;
pub mod registries;
pub mod remedies;
pub mod requests;
pub mod revisions;
mod rollout;
pub mod scene;
pub mod scheduling;
mod service;
mod stateful_set;
pub mod storage;
pub mod support;
pub mod timeline;
pub mod touched;
pub mod traffic;
pub mod why;
pub mod words;
pub mod workloads;
