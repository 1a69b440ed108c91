//! What the processes of one container share: its files, its log, and what the kubelet told of it.

use crate::config::{ImageConfig, Userland};
use crate::files::{Files, Kind};
use crate::log::Log;
use crate::programs::Service;
use crate::session::Sessions;
use crate::shell::Shell;
use crate::world::World;
use orrery_apimachinery::Order;
use orrery_apimachinery::{Str, Time};
use orrery_sim::Random;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// A path under which files live outside the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where it is mounted.
    pub path: Str,
    /// Whether others may look at it without advancing the process first, so that it must write in time.
    pub prompt: bool,
}

/// What a container may take of its node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Thousandths of a processor.
    pub cpu_millis: Option<u64>,
    /// Bytes of memory: a container that wants more is killed.
    pub memory_bytes: Option<u64>,
}

/// How a container is started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The image.
    pub image: Rc<ImageConfig>,
    /// The container's `command`; empty for the image's.
    pub command: Vec<Str>,
    /// The container's `args`; empty for the image's, unless there is a command.
    pub args: Vec<Str>,
    /// The environment; it wins over the image's.
    pub env: Vec<(Str, Str)>,
    /// The container's `workingDir`.
    pub working_dir: Option<Str>,
    /// The pod's host name.
    pub hostname: Str,
    /// The pod's address.
    pub address: Option<Ipv4Addr>,
    /// Files that the kubelet puts into the container, such as `/etc/resolv.conf`.
    pub files: Vec<(Str, Str)>,
    /// Where volumes are mounted.
    pub mounts: Vec<Mount>,
    /// What it may take.
    pub limits: Limits,
    /// The date at which the run began.
    pub epoch: Time,
    /// Where its random numbers come from.
    pub seed: u64,
    /// Programs that are asked of whoever holds its processes.
    pub hosted: &'static [&'static str],
    /// Whether its standard input stays open (`stdin: true`): a shell without a script then waits for it.
    pub stdin: bool,
    /// Whether it is there to complete, as init containers and Jobs' are: then a program of which nothing is known ends
    /// well after two seconds. Otherwise such a program runs.
    pub completes: bool,
}

impl Start {
    /// The command line: `command` replaces `ENTRYPOINT` and `CMD`, `args` replaces `CMD`.
    pub fn command_line(&self) -> Vec<Str> {
        let image = &self.image;
        let entrypoint = if self.command.is_empty() { &image.entrypoint } else { &self.command };
        let cmd = if self.args.is_empty() && self.command.is_empty() { &image.cmd } else { &self.args };
        entrypoint.iter().chain(cmd).cloned().collect()
    }
}

/// What the processes of one container share.
#[derive(Clone, Debug)]
pub struct Container {
    /// How it was started.
    pub start: Rc<Start>,
    /// Its own files.
    pub files: Files,
    /// What it has printed.
    pub log: Log,
    /// Its random numbers.
    pub random: Random,
    /// Why what it does is partly assumed.
    pub assumed: Option<Str>,
    /// Whether one of its processes asked for the time or for chance: then equal states do not mean equal futures.
    pub varies: bool,
    /// Whether it has written to a volume on which others look without asking.
    pub(crate) prompted: bool,
    /// Signals that its processes send: to which process, and which.
    pub(crate) signals: Vec<(u32, Str)>,
    /// What was typed: into which process, and what.
    pub(crate) typed: Vec<(u32, Str)>,
    /// Its processes: their numbers and what they run.
    pub(crate) processes: Vec<(u32, Str)>,
    /// Those of its processes that listen.
    pub(crate) listeners: Vec<(Rc<Service>, Shell)>,
    /// The commands that were run in it from outside.
    pub(crate) sessions: Sessions,
}

/// The process whose standard input a path is: `/proc/7/fd/0`.
fn keyboard_of(path: &str) -> Option<u32> {
    path.strip_prefix("/proc/")?.strip_suffix("/fd/0")?.parse().ok()
}

/// A limit as the kernel shows it.
fn limit(limit: Option<u64>, more: &str) -> String {
    [&limit.map_or("max".into(), |limit| limit.to_string()), more, "\n"].concat()
}

impl Container {
    pub(crate) fn new(start: Rc<Start>) -> Self {
        let files = start.image.files.clone();
        let random = Random::stream(start.seed, &start.hostname);
        Container {
            start,
            files,
            log: Log::default(),
            random,
            assumed: None,
            varies: false,
            prompted: false,
            signals: Vec::new(),
            typed: Vec::new(),
            processes: Vec::new(),
            listeners: Vec::new(),
            sessions: Sessions::default(),
        }
    }

    /// Notes that what a program does is assumed.
    pub fn assume(&mut self, program: &str, what: &str) {
        if self.assumed.is_none() {
            self.assumed = Some(
                ["nothing is known of the program ", program, ": it is taken to ", what].concat().into(),
            );
        }
    }

    /// The mount that a path is on.
    pub fn mount(&self, path: &str) -> Option<&Mount> {
        self.start.mounts.iter().find(|mount| {
            path.strip_prefix(&*mount.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The text that the kubelet put at a path, unless the container has put another there.
    fn given(&self, path: &str) -> Option<String> {
        if self.files.kind(path).is_some() {
            return None;
        }
        if let Some((_, text)) = self.start.files.iter().find(|(at, _)| &**at == path) {
            return Some((**text).into());
        }
        let host = &self.start.hostname;
        match path {
            "/etc/hostname" => Some([host, "\n"].concat()),
            "/etc/hosts" => {
                let address = self.start.address.map(|a| format!("{a}\t{host}\n")).unwrap_or_default();
                Some(format!("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n{address}"))
            }
            "/sys/fs/cgroup/memory.max" => Some(limit(self.start.limits.memory_bytes, "")),
            "/sys/fs/cgroup/cpu.max" => Some(limit(self.start.limits.cpu_millis.map(|m| m * 100), " 100000")),
            "/proc/1/cmdline" => {
                let main = self.processes.iter().find(|(pid, _)| *pid == 1)?;
                Some([&main.1.replace(' ', "\0"), "\0"].concat())
            }
            "/proc/uptime" | "/proc/meminfo" | "/proc/loadavg" | "/proc/cpuinfo" | "/dev/null"
            | "/dev/zero" | "/dev/random" | "/dev/urandom" | "/dev/stdin" | "/dev/stdout" | "/dev/stderr" => {
                Some(String::new())
            }
            _ => None,
        }
    }

    /// What a path is; `None` when there is nothing.
    pub fn kind(&self, path: &str, world: &mut dyn World) -> Option<Kind> {
        match self.mount(path) {
            Some(mount) if &*mount.path == path && world.list(path).is_some() => Some(Kind::Directory),
            Some(_) if world.list(path).is_some() => Some(Kind::Directory),
            Some(_) => world.read(path).map(|_| Kind::File),
            None => self.files.kind(path).or_else(|| {
                let above = |at: &Str| at.starts_with(&[path.trim_end_matches('/'), "/"].concat());
                let mounted = self.start.mounts.iter().any(|mount| above(&mount.path));
                (mounted.then_some(Kind::Directory))
                    .or_else(|| self.program(path).then_some(Kind::File))
                    .or_else(|| self.given(path).map(|_| Kind::File))
            }),
        }
    }

    /// The text of a file.
    pub fn read(&self, path: &str, world: &mut dyn World) -> Option<String> {
        match self.mount(path) {
            Some(_) => world.read(path).map(|text| (*text).to_owned()),
            None => self.files.read(path).map(|text| (*text).clone()).or_else(|| self.given(path)),
        }
    }

    /// How many bytes a file has.
    pub fn size(&self, path: &str, world: &mut dyn World) -> u64 {
        match self.mount(path) {
            Some(_) => world.size(path),
            None => self.files.size(path).max(self.given(path).map_or(0, |text| text.len() as u64)),
        }
    }

    /// Writes a file. The error is why it cannot be written.
    pub fn write(&mut self, path: &str, content: &str, world: &mut dyn World) -> Result<(), Str> {
        match self.mount(path) {
            _ if keyboard_of(path).is_some() => self.append(path, content, world),
            Some(_) => {
                self.prompt(path);
                world.write(path, content)
            }
            None => {
                self.writable(path)?;
                self.files.write(path, content);
                Ok(())
            }
        }
    }

    /// Adds to the end of a file. The error is why it cannot be written.
    pub fn append(&mut self, path: &str, content: &str, world: &mut dyn World) -> Result<(), Str> {
        match self.mount(path) {
            Some(_) => {
                self.prompt(path);
                world.append(path, content)
            }
            None if keyboard_of(path).is_some() => {
                self.typed.extend(keyboard_of(path).map(|pid| (pid, content.into())));
                Ok(())
            }
            None => {
                self.writable(path)?;
                if let Some(text) = self.given(path) {
                    self.files.write(path, &text);
                }
                self.files.append(path, content);
                Ok(())
            }
        }
    }

    /// Adds so many bytes of nothing in particular to a file. The error is why that cannot be done.
    pub fn grow(&mut self, path: &str, bytes: u64, world: &mut dyn World) -> Result<(), Str> {
        match self.mount(path) {
            Some(_) => {
                self.prompt(path);
                world.grow(path, bytes)
            }
            None => {
                self.files.grow(path, bytes);
                Ok(())
            }
        }
    }

    /// Makes a directory. The error is why it cannot be made.
    pub fn make_directory(&mut self, path: &str, world: &mut dyn World) -> Result<(), Str> {
        match self.mount(path) {
            Some(_) => {
                self.prompt(path);
                world.make_directory(path)
            }
            None => {
                self.files.make_directory(path);
                Ok(())
            }
        }
    }

    /// Removes a path and everything below it; false when there was nothing.
    pub fn remove(&mut self, path: &str, world: &mut dyn World) -> bool {
        match self.mount(path) {
            Some(_) => {
                self.prompt(path);
                world.remove(path)
            }
            None => self.files.remove(path),
        }
    }

    /// The names in a directory, in order.
    pub fn list(&self, path: &str, world: &mut dyn World) -> Option<Vec<Str>> {
        if self.mount(path).is_some() {
            return world.list(path);
        }
        let mut names = match self.files.list(path) {
            Some(names) => names,
            None if self.kind(path, world) == Some(Kind::Directory) => Vec::new(),
            None => return None,
        };
        let below = [path.trim_end_matches('/'), "/"].concat();
        let mounts = self.start.mounts.iter().map(|mount| &mount.path);
        for other in mounts.chain(self.start.files.iter().map(|(at, _)| at)) {
            let name = other.strip_prefix(&*below).and_then(|rest| rest.split('/').next());
            if let Some(name) = name.filter(|name| !names.iter().any(|known| &**known == *name)) {
                names.push(name.into());
            }
        }
        names.order();
        Some(names)
    }

    fn prompt(&mut self, path: &str) {
        self.prompted |= self.mount(path).is_some_and(|mount| mount.prompt);
    }

    /// Why a file of the container cannot be written, if it cannot.
    fn writable(&self, path: &str) -> Result<(), Str> {
        if self.files.kind(path) == Some(Kind::Directory) {
            return Err("Is a directory".into());
        }
        match self.files.kind(crate::files::parent(path)) {
            Some(Kind::File) => Err("Not a directory".into()),
            None => Err("No such file or directory".into()),
            Some(Kind::Directory) => Ok(()),
        }
    }

    /// Whether a path is that of a program that the image brings.
    fn program(&self, path: &str) -> bool {
        let folders = ["/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/", "/usr/local/bin/"];
        let name = folders.iter().find_map(|folder| path.strip_prefix(folder));
        name.is_some_and(|name| crate::programs::find(name, &self.start.image).is_some())
    }

    /// Whether everything that the image can run is known.
    pub fn is_known(&self) -> bool {
        self.start.image.userland != Userland::Unknown
    }
}
