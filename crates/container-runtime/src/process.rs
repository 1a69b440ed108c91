//! The main process of a container with everything that it starts: what a kubelet sees of a container that runs.

use crate::container::{Container, Start};
use crate::log::Log;
use crate::programs::{self, Input, Usage};
use crate::session::Session;
use crate::shell::{Frame, Shell};
use crate::state::State;
use crate::task::Task;
use crate::world::{Answer, Message, Protocol, Reply, Unreachable, World};
use orrery_apimachinery::Str;
use orrery_sim::{Duration, SimTime};
use std::fmt;
use std::rc::Rc;

/// Why a container could not be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError {
    /// The exit code that its status shows.
    pub code: i32,
    /// `StartError`, or `ContainerCannotRun` (upstream: `instrumentedCRI` errors as kubelets see them).
    pub reason: &'static str,
    /// The runtime's words.
    pub message: Str,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// When.
    pub at: SimTime,
    /// With which code.
    pub code: i32,
    /// `Completed`, `Error` or `OOMKilled`.
    pub reason: &'static str,
}

/// What can be said of a process's future while nobody interferes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foresight {
    /// It ends then, and touches nothing outside before.
    Ends {
        /// When.
        at: SimTime,
        /// With which code.
        code: i32,
    },
    /// It touches the outside then: advance it at that instant.
    Reaches(SimTime),
    /// It neither ends nor touches the outside by itself: it need not be advanced before somebody looks.
    Never,
    /// Nothing of note happens before that instant; what follows is not known yet: advance it then and ask again.
    Unknown(SimTime),
}

/// A signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM, or the image's stop signal: may be handled, or not.
    Term,
    /// SIGKILL: ends everything.
    Kill,
}

/// What came of a command that was run within a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecResult {
    /// How long it took, or has taken so far; `None` when it does not end by itself.
    pub took: Option<Duration>,
    /// Its exit code; zero when it does not end.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it printed to standard error.
    pub stderr: String,
    /// Why it could not be run at all, in the runtime's words.
    pub error: Option<Str>,
    /// Its number, if it goes on.
    pub goes_on: Option<u32>,
    /// How long what it has begun will take.
    pub busy: Duration,
}

/// The main process of a container, its children and its files. A clone is cheap.
///
/// Advancing is lazy: nothing happens in a process before somebody calls [`Process::advance`] (or a method that does).
#[derive(Clone, Debug)]
pub struct Process(Rc<State>);

impl Process {
    /// Starts a container's main process at an instant.
    pub fn start(start: Rc<Start>, now: SimTime) -> Result<Process, StartError> {
        let words = start.command_line();
        let mut container = Container::new(start);
        refuse(&words, &container).map_err(|what| {
            let frame = "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed";
            StartError { code: 128, reason: "StartError", message: cannot_start(frame, &what) }
        })?;
        let shell = environment(&container.start);
        let mut main = Task::new(1, now, shell);
        if container.start.stdin {
            main.inputs = vec![Input::open()];
        }
        if words.is_empty() {
            // Only an unknown image has no command of its own.
            let image = container.start.image.name.clone();
            main.assume(&image, &mut container);
        } else {
            container.processes.push((1, words.join(" ").into()));
            main.frames.push(Frame::Invoke(words.into()));
        }
        Ok(Process(Rc::new(State { began: now, container, tasks: vec![main], last_pid: 1, exit: None })))
    }

    /// When it started.
    pub fn began(&self) -> SimTime {
        self.0.began
    }

    /// Lets happen what happens until an instant, including it.
    pub fn advance(&mut self, until: SimTime, world: &mut dyn World) {
        if self.0.due(until) {
            Rc::make_mut(&mut self.0).advance(until, world);
        }
        if self.0.follows() {
            Rc::make_mut(&mut self.0).follow(until, world);
        }
    }

    /// What its future holds.
    pub fn foresee(&self) -> Foresight {
        self.0.look_ahead(false)
    }

    /// When what it takes of its node next changes, or may change: advance it then and look at [`Process::usage`].
    pub fn usage_changes(&self) -> SimTime {
        match self.0.look_ahead(true) {
            Foresight::Ends { at, .. } | Foresight::Reaches(at) | Foresight::Unknown(at) => at,
            Foresight::Never => SimTime::NEVER,
        }
    }

    /// How it ended, once it has.
    pub fn ended(&self) -> Option<&Exit> {
        self.0.exit.as_ref()
    }

    /// Sends a signal to the main process. What comes of it shows in [`Process::foresee`] and [`Process::ended`].
    pub fn signal(&mut self, signal: Signal, now: SimTime, world: &mut dyn World) {
        self.advance(now, world);
        if self.0.exit.is_none() {
            Rc::make_mut(&mut self.0).signal(signal, now, world);
        }
    }

    /// Sends a signal by name to one of its processes.
    pub fn kill(&mut self, pid: u32, signal: &str, now: SimTime, world: &mut dyn World) {
        self.advance(now, world);
        Rc::make_mut(&mut self.0).kill(pid, signal, now, world);
    }

    /// Ends it from outside: a person's wish, or a kernel that needs memory.
    pub fn end(&mut self, now: SimTime, code: i32, reason: &'static str) {
        if self.0.exit.is_none() {
            Rc::make_mut(&mut self.0).exit = Some(Exit { at: now, code, reason });
        }
    }

    /// Runs a command within the container, on the same files, for as long as it takes.
    pub fn exec(&mut self, command: &[Str], now: SimTime, world: &mut dyn World) -> ExecResult {
        self.advance(now, world);
        Rc::make_mut(&mut self.0).exec((command, Input::default()), false, now, world)
    }

    /// The same, with what is typed into it; what does not end at once goes on with the container.
    pub fn begin(
        &mut self,
        command: &[Str],
        input: Input,
        now: SimTime,
        world: &mut dyn World,
    ) -> ExecResult {
        self.advance(now, world);
        Rc::make_mut(&mut self.0).exec((command, input), true, now, world)
    }

    /// A command that goes on, or has; 1 is the container's own.
    pub fn session(&self, pid: u32) -> Option<Session> {
        self.0.session(pid)
    }

    /// Types a text into its main process; what ends with Ctrl-D is the last.
    pub fn feed(&mut self, text: &str, now: SimTime, world: &mut dyn World) {
        self.advance(now, world);
        Rc::make_mut(&mut self.0).feed(text, now, world);
    }

    /// Its processes: their numbers and what they run.
    pub fn processes(&self) -> &[(u32, Str)] {
        &self.0.container.processes
    }

    /// What it has printed so far.
    pub fn log(&self) -> &Log {
        &self.0.container.log
    }

    /// The text of a file of the container that is not on a volume.
    pub fn file(&self, path: &str) -> Option<String> {
        self.0.container.files.read(path).map(|text| (*text).clone())
    }

    /// What it takes of its node as it stands.
    pub fn usage(&self) -> Usage {
        self.0.usage()
    }

    /// The ports on which it listens as it stands.
    pub fn listens(&self) -> Vec<u16> {
        let mut ports: Vec<u16> = Vec::new();
        for service in self.0.services() {
            ports.extend_from_slice(&service.ports);
        }
        ports
    }

    /// Whether one of its programs hears what comes to a port.
    pub fn hears(&self, port: u16, protocol: Protocol) -> bool {
        self.0.services().any(|service| service.hears(port, protocol))
    }

    /// Whether it listens on a port as it stands, and the processor time that it takes to answer there.
    pub fn serves(&self, port: u16, protocol: Protocol) -> Option<Duration> {
        self.0.services().find(|service| service.hears(port, protocol)).map(|service| service.request)
    }

    /// Whether nothing happens in it before an instant unless somebody asks.
    pub fn rests(&self, until: SimTime) -> bool {
        !self.0.due(until) && !self.0.follows()
    }

    /// Whether nothing at all has happened in it since it was `earlier`.
    pub fn is_still(&self, earlier: &Process) -> bool {
        Rc::ptr_eq(&self.0, &earlier.0)
    }

    /// Thousandths of a processor that it takes as it stands, but for requests.
    pub fn cpu_millis(&self) -> u64 {
        self.0.load().cpu_millis
    }

    /// Answers a message to one of its ports; the error is what a client sees.
    pub fn answer(
        &mut self,
        port: u16,
        message: &Message,
        now: SimTime,
        world: &mut dyn World,
    ) -> Answer<Result<Reply, Unreachable>> {
        self.advance(now, world);
        Rc::make_mut(&mut self.0).answer(port, message, now, world)
    }

    /// The command line of its main process.
    pub fn command_line(&self) -> Vec<Str> {
        self.0.container.start.command_line()
    }

    /// Until when a question that was asked after `before` is answered as it was: until it takes its next step, if
    /// nothing came of the question itself. `None` when an equal question may have another answer at any time.
    pub fn answers_until(&self, before: &Process) -> Option<SimTime> {
        let (now, then) = (&self.0.container, &before.0.container);
        let same = now.files == then.files && !now.varies;
        same.then(|| self.0.next().unwrap_or(SimTime::NEVER))
    }

    /// Why what it does is partly assumed, if it is.
    pub fn assumed(&self) -> Option<&Str> {
        self.0.container.assumed.as_ref()
    }
}

/// What the runtime says of a process that it cannot start.
pub(crate) fn cannot_start(frame: &str, what: &str) -> Str {
    [frame, ": unable to start container process: ", what, ": unknown"].concat().into()
}

/// Why a command line cannot be run in a container, if it cannot.
pub(crate) fn refuse(words: &[Str], container: &Container) -> Result<(), String> {
    let Some(name) = words.first().filter(|_| container.is_known()) else { return Ok(()) };
    let image = &container.start.image;
    let own = image.entrypoint.first().or(image.cmd.first()).is_some_and(|first| first == name);
    let there = own
        || container.files.kind(name).is_some()
        || (container.mount(name).is_some() && name.starts_with('/'))
        || programs::find_outside_shells(name, image).is_some();
    match there {
        true => Ok(()),
        false if name.contains('/') => {
            Err(format!("exec: \"{name}\": stat {name}: no such file or directory"))
        }
        false => Err(format!("exec: \"{name}\": executable file not found in $PATH")),
    }
}

/// The environment that a container's processes begin with.
pub(crate) fn environment(start: &Start) -> Shell {
    let mut shell = Shell::default();
    shell.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    shell.set("HOSTNAME", start.hostname.clone());
    let root = matches!(&*start.image.user, "" | "root" | "0");
    shell.set("HOME", if root { "/root" } else { "/" });
    for (name, value) in start.image.env.iter().chain(&start.env) {
        shell.set(name, value.clone());
    }
    // All of them are exported: of the exported ones only the names count, so one map does for both.
    shell.exported = shell.variables.clone();
    let directory = start.working_dir.as_deref().unwrap_or(&start.image.working_dir);
    shell.directory = if directory.is_empty() { "/".into() } else { directory.into() };
    shell
}
