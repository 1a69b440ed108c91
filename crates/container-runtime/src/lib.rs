//! The container runtime below a kubelet (upstream: containerd behind the CRI): what a container's processes do,
//! which files they have, what they print, on which ports they answer, and how they end.
//!
//! It knows neither pods nor the API server. What a process reaches outside its container it reaches through
//! [`World`], which the kubelet provides.

mod world;

pub use world::{Answer, Message, Reply, Target, Unreachable, World};
