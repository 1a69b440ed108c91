//! The programs that containers run: one table, a function each.

use crate::config::{ImageConfig, Userland};
use crate::container::Container;
use crate::files::normal;
use crate::servers;
use crate::shell::{self, Options, Shell, Sink};
use crate::world::{Message, Protocol, Reply, World};
use orrery_apimachinery::Str;
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

mod awk;
mod basic;
mod clock;
mod curl;
mod files;
mod find;
mod lines;
mod load;
mod lookup;
pub(crate) mod network;
mod packages;
pub(crate) mod regex;
mod sed;
mod system;
mod test;
mod text;
mod wget;

pub(crate) use load::one_liner;
pub(crate) use text::unescape;

/// In which images a program is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Within shells only: `cd`.
    Shell,
    /// Within shells, and beside them as a program: `echo`.
    Both,
    /// Wherever there is a shell.
    Everywhere,
    /// In Debian's userland and its like; elsewhere where the image says so.
    Gnu,
    /// In busybox's userland; elsewhere where the image says so.
    Busybox,
    /// Where the image says so.
    Apart,
}

/// What a program reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// What it is told, and what it writes.
    Nothing,
    /// Files, which it reads.
    Files,
    /// Others: the network, other processes.
    Others,
}

/// A program.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// What it is called.
    pub name: &'static str,
    /// Where it is found.
    pub found: Found,
    /// What it reaches.
    pub reach: Reach,
    /// What it does.
    pub run: fn(&mut Call) -> Outcome,
}

/// How it goes on after a program was called.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It has ended with a code.
    Exit(i32),
    /// It is called again, at once or after the time that it took, with this stage.
    Again(u32),
    /// It listens, and runs until it is stopped.
    Serve(Service),
    /// It runs and does nothing until it is stopped.
    Stay,
    /// It uses so much until it is stopped.
    Work {
        /// Thousandths of a processor.
        cpu_millis: u64,
        /// Bytes of memory.
        memory_bytes: u64,
    },
    /// It uses so much for a time, and is called again with the next stage.
    WorkFor {
        /// Thousandths of a processor.
        cpu_millis: u64,
        /// Bytes of memory.
        memory_bytes: u64,
        /// How long.
        time: Duration,
    },
    /// Nothing is known of what it does.
    Assume,
    /// It runs another command line, and ends it when it takes too long.
    Within {
        /// How long it may take.
        limit: Duration,
        /// The command line.
        words: Vec<Str>,
    },
    /// It prints what is added to a file from a byte on, until it is stopped.
    Follow(Str, usize),
    /// It is a shell that runs a script.
    Script(Box<Script>),
    /// It runs another command line, with more in its environment.
    Become {
        /// The command line.
        words: Vec<Str>,
        /// Variables.
        env: Vec<(Str, Str)>,
    },
}

/// A script that a shell is to run.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub(crate) text: String,
    /// Whether it stands in the shell's standard input.
    pub(crate) typed: bool,
    pub(crate) name: Str,
    pub(crate) arguments: Rc<[Str]>,
    pub(crate) options: Options,
}

/// A program that is being called.
pub struct Call<'a> {
    /// Its command line, with its own name first.
    pub args: &'a [Str],
    /// Zero at first; then what [`Outcome::Again`] said.
    pub stage: u32,
    /// The instant.
    pub now: SimTime,
    /// The shell state that it inherits: variables, working directory.
    pub shell: &'a mut Shell,
    /// The container.
    pub container: &'a mut Container,
    /// The outside.
    pub world: &'a mut dyn World,
    /// What it has not read yet of its standard input.
    pub input: &'a mut Input,
    /// What it prints.
    pub out: String,
    /// What it prints to standard error.
    pub err: String,
    /// How long it takes.
    pub took: Duration,
}

/// A standard input: a text, and how far it has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    text: Str,
    read: usize,
    /// Whether more may come.
    open: bool,
    /// Whether somebody wanted more than there is yet.
    wanted: bool,
}

impl Input {
    /// An input that holds a text.
    pub fn new(text: &str) -> Self {
        Input { text: text.into(), ..Input::default() }
    }

    /// An input into which somebody may type.
    pub fn open() -> Self {
        Input { open: true, ..Input::default() }
    }

    /// Whether more may come.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether it is at its end.
    pub fn is_empty(&self) -> bool {
        self.read == self.text.len()
    }

    /// Adds a text, which may be the last.
    pub(crate) fn feed(&mut self, text: &str, last: bool) {
        self.text = [&self.text[self.read..], text].concat().into();
        (self.read, self.open) = (0, self.open && !last);
    }

    /// Whether somebody wanted more than there is yet, since it was last asked.
    pub(crate) fn was_wanted(&mut self) -> bool {
        std::mem::take(&mut self.wanted)
    }

    /// Everything that is left.
    pub fn rest(&mut self) -> Str {
        let rest = self.text[self.read..].into();
        (self.read, self.wanted) = (self.text.len(), self.open);
        rest
    }

    /// The next line with its line feed; `None` at the end.
    pub fn line(&mut self) -> Option<Str> {
        let line: Option<Str> = self.text[self.read..].split_inclusive('\n').next().map(Str::from);
        self.wanted = self.open && line.as_ref().is_none_or(|line| !line.ends_with('\n'));
        self.read += line.as_ref().map_or(0, |line| line.len());
        line
    }
}

/// What a container takes of its node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Thousandths of a processor.
    pub cpu_millis: u64,
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// Bytes of its own files.
    pub disk_bytes: u64,
}

/// A program that listens.
#[derive(Clone, Debug)]
pub struct Service {
    /// On which ports it takes connections.
    pub ports: Vec<u16>,
    /// On which it takes datagrams.
    pub datagrams: Vec<u16>,
    /// Answers a message.
    pub answer: fn(&mut Asked) -> Reply,
    /// What it takes while nobody asks.
    pub usage: Usage,
    /// The processor time that it takes to answer.
    pub request: Duration,
    /// After SIGTERM: how long it takes to end, and with which code. `None` when the program does not handle the signal:
    /// then it goes on as the first process of a container, and ends with 143 elsewhere.
    pub on_term: Option<(Duration, i32)>,
    /// What its answers depend on; its command line, unless it says something else.
    pub args: Rc<[Str]>,
}

impl Service {
    /// Whether it hears what comes to a port.
    pub(crate) fn hears(&self, port: u16, protocol: Protocol) -> bool {
        match protocol {
            Protocol::Udp => self.datagrams.contains(&port),
            _ => self.ports.contains(&port),
        }
    }
}

/// A server that is being asked.
pub struct Asked<'a> {
    /// Its command line.
    pub args: &'a [Str],
    /// The port.
    pub port: u16,
    /// What it is asked.
    pub message: &'a Message,
    /// The instant.
    pub now: SimTime,
    /// Its environment and working directory.
    pub shell: &'a Shell,
    /// The container.
    pub container: &'a mut Container,
    /// The outside.
    pub world: &'a mut dyn World,
    /// What it prints.
    pub out: String,
    /// What it prints to standard error.
    pub err: String,
    /// How long it takes.
    pub took: Duration,
}

impl Call<'_> {
    /// Its own name, without its directory.
    pub fn name(&self) -> &str {
        base_name(self.args.first().map_or("", |name| name))
    }

    /// Whether another command waits for what it prints.
    pub(crate) fn is_piped(&self) -> bool {
        matches!(self.shell.streams.out, Sink::Buffer(_))
    }

    /// A path from the root.
    pub fn path(&self, path: &str) -> String {
        normal(&self.shell.directory, path)
    }

    /// The text of a file.
    pub fn read(&mut self, path: &str) -> Option<String> {
        match path {
            "-" | "/dev/stdin" => Some((*self.input.rest()).to_owned()),
            _ => self.container.read(&normal(&self.shell.directory, path), self.world),
        }
    }

    /// Complains as programs do, `name: what`, and gives the code for that.
    pub fn fail(&mut self, code: i32, what: &[&str]) -> Outcome {
        let name = self.name().to_owned();
        self.err.push_str(&name);
        self.err.push_str(": ");
        what.iter().for_each(|part| self.err.push_str(part));
        self.err.push('\n');
        Outcome::Exit(code)
    }
}

/// The last part of a path.
pub fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// All of them. What servers do is in tables of the same kind, a line each here.
const PROGRAMS: &[&[Program]] = &[
    shell::PROGRAMS,
    basic::PROGRAMS,
    packages::PROGRAMS,
    text::PROGRAMS,
    test::PROGRAMS,
    files::PROGRAMS,
    find::PROGRAMS,
    lines::PROGRAMS,
    clock::PROGRAMS,
    system::PROGRAMS,
    network::PROGRAMS,
    load::PROGRAMS,
    servers::agnhost::PROGRAMS,
    servers::clients::PROGRAMS,
    servers::databases::PROGRAMS,
    servers::entrypoint::PROGRAMS,
    servers::ingress_nginx::PROGRAMS,
    servers::languages::PROGRAMS,
    servers::nginx::PROGRAMS,
    servers::plain::PROGRAMS,
    servers::redis::PROGRAMS,
    servers::web::PROGRAMS,
];

/// A program that we know.
pub fn known(name: &str) -> Option<&'static Program> {
    named(base_name(name)).next()
}

fn named(name: &str) -> impl Iterator<Item = &'static Program> {
    PROGRAMS.iter().copied().flatten().filter(move |program| program.name == name)
}

/// A program that we know and that an image brings.
pub fn find(name: &str, image: &ImageConfig) -> Option<&'static Program> {
    let base = base_name(name);
    let directory = &name[..name.len() - base.len()];
    let usual = matches!(directory, "" | "/bin/" | "/usr/bin/" | "/sbin/" | "/usr/sbin/" | "/usr/local/bin/");
    let brought = || image.programs.split(' ').any(|path| base_name(path) == base);
    let there = |found: Found| match image.userland {
        Userland::Unknown => true,
        _ if brought() => true,
        Userland::Busybox => !matches!(found, Found::Apart | Found::Gnu),
        Userland::Gnu => !matches!(found, Found::Apart | Found::Busybox),
        Userland::Nothing => false,
    };
    // Servers may be anywhere.
    named(base).find(|program| (usual || program.found == Found::Apart) && there(program.found))
}

/// A program that we know and that a container has: its image's, or one that was installed since.
pub(crate) fn find_in(name: &str, container: &Container) -> Option<&'static Program> {
    let installed = || container.files.kind(&["/usr/bin/", base_name(name)].concat()).is_some();
    find(name, &container.start.image).or_else(|| known(name).filter(|_| installed()))
}

/// What a shell is given that is not one of its own commands.
pub fn find_outside_shells(name: &str, image: &ImageConfig) -> Option<&'static Program> {
    find(name, image).filter(|program| program.found != Found::Shell)
}
