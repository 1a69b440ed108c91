//! What an image says of itself (upstream: `image-spec/config.md`), and what else a process needs to know of it.

use crate::files::Files;
use orrery_apimachinery::Str;

/// Which programs an image brings beside its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Userland {
    /// Busybox's, as in busybox and alpine.
    Busybox,
    /// Those of Debian and its like: no `wget`, no `nslookup`, no `ps`.
    Gnu,
    /// None, not even a shell: distroless and images from scratch.
    Nothing,
    /// Nothing is known of the image: every program that we know is there, and every other one too.
    #[default]
    Unknown,
}

/// An image, as a process sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// The name that a person would call it by, such as `nginx:1.25`.
    pub name: Str,
    /// `ENTRYPOINT`: what `command` replaces.
    pub entrypoint: Vec<Str>,
    /// `CMD`: what `args` replaces.
    pub cmd: Vec<Str>,
    /// `ENV`.
    pub env: Vec<(Str, Str)>,
    /// `WORKDIR`; empty for the root.
    pub working_dir: Str,
    /// `USER`; empty for root.
    pub user: Str,
    /// `EXPOSE`: what an assumed server is taken to listen on.
    pub exposed_ports: Vec<u16>,
    /// Which programs it brings.
    pub userland: Userland,
    /// Programs that it brings beyond those, such as `curl`, with spaces between.
    pub programs: &'static str,
    /// Files that it brings; containers share them until they write.
    pub files: Files,
}
