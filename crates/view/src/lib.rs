//! Plain view models in the words of the screen. Functions read a cluster and answer with structs that have public fields and
//! can be compared; `layout` says where they stand on the sheet. Nothing here knows a browser, and no type of the engine
//! leaves this crate.

pub mod assist;
pub mod calls;
pub mod crowd;
pub mod events;
pub mod findings;
pub mod inspect;
pub mod layout;
mod node;
mod owner;
mod plane;
mod pod;
mod rollout;
pub mod scene;
pub mod scheduling;
mod service;
mod storage;
pub mod support;
pub mod timeline;
pub mod words;
pub mod workloads;
