//! The container runtime below a kubelet (upstream: containerd behind the CRI): what a container's processes do,
//! which files they have, what they print, on which ports they answer, and how they end.
//!
//! It knows neither pods nor the API server. What a process reaches outside its container it reaches through
//! [`World`], which the kubelet provides.

mod config;
mod container;
pub mod dns;
mod docker;
mod files;
mod foresight;
pub mod images;
mod log;
mod process;
pub mod programs;
pub mod registry;
mod servers;
mod session;
mod shell;
mod state;
mod task;
mod terminal;
mod url;
mod world;

pub use config::{ImageConfig, Userland};
pub use container::{Container, Limits, Mount, Start};
pub use docker::{Docker, DockerContainer, DockerHost, Hammered, Hammering, MachineDeed};
pub use files::{Files, Kind, normal, parent};
pub use log::{Line, Log, Stream};
pub use process::{ExecResult, Exit, Foresight, Process, Signal, StartError};
pub use programs::regex::Regex;
pub use programs::{Asked, Call, Input, Outcome, Program, Reach, Service, Usage};
pub use session::{Printed, Session};
pub use shell::Shell;
pub use terminal::{NEW_PAGE, Terminal, Wanted};
#[cfg(test)]
mod tests;

pub use url::Url;
pub use world::{Answer, Message, Protocol, Reply, Route, Target, Unreachable, World};
