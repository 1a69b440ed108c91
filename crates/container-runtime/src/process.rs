//! The main process of a container with everything that it starts: what a kubelet sees of a container that runs.

use crate::container::{Container, Start};
use crate::log::{Log, Stream};
use crate::programs::{self, Asked, Service, Usage};
use crate::shell::{Frame, Shell, Sink};
use crate::task::{Cx, Doing, Task};
use crate::world::{Answer, Message, Reply, Unreachable, World};
use orrery_apimachinery::Str;
use orrery_sim::{Duration, Random, SimTime};
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
    /// How long it took; `None` when it does not end by itself.
    pub took: Option<Duration>,
    /// Its exit code; zero when it does not end.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it printed to standard error.
    pub stderr: String,
    /// Why it could not be run at all, in the runtime's words.
    pub error: Option<Str>,
}

/// The main process of a container, its children and its files. A clone is cheap.
///
/// Advancing is lazy: nothing happens in a process before somebody calls [`Process::advance`] (or a method that does).
#[derive(Clone, Debug)]
pub struct Process(Rc<State>);

#[derive(Clone, Debug)]
pub(crate) struct State {
    began: SimTime,
    pub container: Container,
    /// The first is the main process.
    pub tasks: Vec<Task>,
    last_pid: u32,
    pub exit: Option<Exit>,
}

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

    /// Ends it from outside: a person's wish, or a kernel that needs memory.
    pub fn end(&mut self, now: SimTime, code: i32, reason: &'static str) {
        if self.0.exit.is_none() {
            Rc::make_mut(&mut self.0).exit = Some(Exit { at: now, code, reason });
        }
    }

    /// Runs a command within the container, on the same files.
    pub fn exec(&mut self, command: &[Str], now: SimTime, world: &mut dyn World) -> ExecResult {
        self.advance(now, world);
        Rc::make_mut(&mut self.0).exec(command, now, world)
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
fn cannot_start(frame: &str, what: &str) -> Str {
    [frame, ": unable to start container process: ", what, ": unknown"].concat().into()
}

/// Why a command line cannot be run in a container, if it cannot.
fn refuse(words: &[Str], container: &Container) -> Result<(), String> {
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
fn environment(start: &Start) -> Shell {
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

/// Bytes of memory that a small program takes.
const SMALL: u64 = 512 << 10;
/// What one busy program takes.
const ONE_CPU: u64 = 1_000;
/// Steps that are taken at most at a time; a process that wants more falls behind the clock.
const MOST_STEPS: u32 = 2_000_000;

/// Steps that a command takes at most that is run from outside, and how long it is followed: then it counts as endless.
const MOST_STEPS_APART: u32 = 20_000;
const LONGEST_APART: Duration = Duration::from_secs(3_600);

impl State {
    /// When something happens by itself.
    pub fn next(&self) -> Option<SimTime> {
        let running = self.exit.is_none();
        self.tasks.iter().filter(|_| running).filter_map(Task::due).min()
    }

    fn due(&self, until: SimTime) -> bool {
        self.next().is_some_and(|at| at <= until)
    }

    fn advance(&mut self, until: SimTime, world: &mut dyn World) {
        for _ in 0..MOST_STEPS {
            let Some(at) = self.next().filter(|at| *at <= until) else { break };
            let next = self.tasks.iter().position(|task| task.due() == Some(at));
            self.step(next.expect("one is next"), world);
        }
    }

    /// Lets a process take a step, and sees to what comes of it.
    pub fn step(&mut self, index: usize, world: &mut dyn World) {
        let State { container, tasks, last_pid, .. } = self;
        let mut spawned = Vec::new();
        tasks[index].step(&mut Cx { container, world, spawned: &mut spawned, last_pid });
        let (now, pid) = (tasks[index].at, tasks[index].pid);
        for child in spawned {
            container.processes.push((child.pid, tasks[index].shell.name.clone()));
            tasks.push(child);
        }
        if matches!(tasks[index].doing, Doing::Ended(_)) {
            self.bury(pid);
        }
        for (to, signal) in std::mem::take(&mut self.container.signals) {
            self.deliver(to, &signal, now);
        }
        self.check_memory(now);
    }

    /// A process has ended: the container ends with its first one, and parents hear of their children.
    fn bury(&mut self, pid: u32) {
        let Some(index) = self.tasks.iter().position(|task| task.pid == pid) else { return };
        let Doing::Ended(code) = self.tasks[index].doing else { return };
        let at = self.tasks[index].at;
        if index == 0 {
            let reason = if code == 0 { "Completed" } else { "Error" };
            self.exit.get_or_insert(Exit { at, code, reason });
            return;
        }
        self.tasks.remove(index);
        self.container.processes.retain(|(known, _)| *known != pid);
        for parent in &mut self.tasks {
            let Some(child) = parent.children.iter_mut().find(|(known, _)| *known == pid) else { continue };
            child.1 = Some(code);
            if let Doing::Waiting(waited) = parent.doing {
                parent.at = parent.at.max(at);
                parent.doing = Doing::Stepping;
                parent.frames.push(Frame::Wait(waited));
            }
        }
    }

    /// A process gets a signal from within the container.
    fn deliver(&mut self, to: u32, signal: &str, now: SimTime) {
        let assumed = self.container.assumed.is_some();
        let Some(task) = self.tasks.iter_mut().find(|task| task.pid == to) else { return };
        match signal {
            // The first process is out of reach of its own container's SIGKILL.
            "KILL" if to == 1 => {}
            "KILL" => (task.at, task.doing) = (now, Doing::Ended(137)),
            "TERM" | "INT" | "QUIT" | "HUP" => task.terminate(now, assumed),
            _ => {}
        }
        self.bury(to);
    }

    /// A container that wants more memory than it may have is killed, with all its processes.
    fn check_memory(&mut self, now: SimTime) {
        let Some(limit) = self.container.start.limits.memory_bytes else { return };
        if self.exit.is_none() && self.memory() > limit {
            self.exit = Some(Exit { at: now, code: 137, reason: "OOMKilled" });
        }
    }

    /// What is printed from files that somebody else may have written to.
    fn follow(&mut self, now: SimTime, world: &mut dyn World) {
        let State { container, tasks, last_pid, .. } = self;
        let mut spawned = Vec::new();
        for task in tasks.iter_mut() {
            task.follow(now, &mut Cx { container, world, spawned: &mut spawned, last_pid });
        }
        if !spawned.is_empty() {
            self.tasks.append(&mut spawned);
            self.advance(now, world);
        }
    }

    fn follows(&self) -> bool {
        self.exit.is_none() && self.tasks.iter().any(|task| matches!(task.doing, Doing::Following(..)))
    }

    fn signal(&mut self, signal: Signal, now: SimTime, world: &mut dyn World) {
        match signal {
            Signal::Kill => self.exit = Some(Exit { at: now, code: 137, reason: "Error" }),
            Signal::Term => self.deliver(1, "TERM", now),
        }
        self.advance(now, world);
    }

    fn exec(&mut self, command: &[Str], now: SimTime, world: &mut dyn World) -> ExecResult {
        if let Err(what) = refuse(command, &self.container) {
            let id = Random::stream(self.container.start.seed, "exec").hex(4);
            let frame = format!("failed to start exec \"{id}\": OCI runtime exec failed: exec failed");
            let error = Some(cannot_start(&frame, &what));
            return ExecResult { took: Some(Duration::ZERO), code: 126, error, ..ExecResult::default() };
        }
        self.last_pid += 1;
        self.container.varies = false;
        let mut shell = environment(&self.container.start);
        (shell.streams.out, shell.streams.err, shell.pid) = (Sink::Buffer(0), Sink::Buffer(1), self.last_pid);
        let mut task = Task::new(self.last_pid, now, shell);
        task.buffers = vec![String::new(); 2];
        task.frames.push(Frame::Invoke(command.into()));
        let pid = task.pid;
        self.container.processes.push((pid, command.join(" ").into()));
        for step in 0..MOST_STEPS_APART {
            let late = task.at > now + LONGEST_APART;
            if late || (step % 64 == 0 && task.is_in_endless_loop(&self.container)) {
                break;
            }
            if task.due().is_none() || self.exit.is_some() {
                break;
            }
            let State { container, tasks, last_pid, .. } = self;
            task.step(&mut Cx { container, world, spawned: tasks, last_pid });
            for (to, signal) in std::mem::take(&mut self.container.signals) {
                self.deliver(to, &signal, now);
            }
        }
        self.container.processes.retain(|(known, _)| *known != pid);
        let (took, code) = match task.doing {
            Doing::Ended(code) => (Some(task.at.since(now)), code),
            // The end of the container is its end too.
            _ if self.exit.is_some() => (Some(task.at.since(now)), 137),
            _ => (None, 0),
        };
        let mut buffers = task.buffers.into_iter();
        let mut next = || buffers.next().unwrap_or_default();
        ExecResult { took, code, stdout: next(), stderr: next(), error: None }
    }

    fn services(&self) -> impl Iterator<Item = &Rc<Service>> {
        let running = self.exit.is_none();
        self.tasks.iter().filter_map(move |task| match &task.doing {
            Doing::Serving(service) if running => Some(service),
            _ => None,
        })
    }

    fn memory(&self) -> u64 {
        let mut bytes = 0;
        for task in &self.tasks {
            bytes += match &task.doing {
                Doing::Serving(service) => service.usage.memory_bytes,
                Doing::Working(_, memory_bytes) | Doing::Busy { memory_bytes, .. } => *memory_bytes,
                _ => SMALL,
            };
        }
        bytes
    }

    fn usage(&self) -> Usage {
        Usage { disk_bytes: self.container.files.bytes(), ..self.load() }
    }

    /// What it takes, but for the disk.
    pub fn load(&self) -> Usage {
        let mut usage = Usage::default();
        if self.exit.is_some() {
            return usage;
        }
        usage.memory_bytes = self.memory();
        for task in &self.tasks {
            usage.cpu_millis += match &task.doing {
                Doing::Serving(service) => service.usage.cpu_millis,
                Doing::Working(cpu_millis, _) | Doing::Busy { cpu_millis, .. } => *cpu_millis,
                Doing::Burning => ONE_CPU,
                _ => 0,
            };
        }
        usage.cpu_millis = usage.cpu_millis.min(self.container.start.limits.cpu_millis.unwrap_or(u64::MAX));
        usage
    }

    fn answer(
        &mut self,
        port: u16,
        message: &Message,
        now: SimTime,
        world: &mut dyn World,
    ) -> Answer<Result<Reply, Unreachable>> {
        let serving = self.tasks.iter().filter(|_| self.exit.is_none()).find_map(|task| match &task.doing {
            Doing::Serving(service) if service.ports.contains(&port) => Some((service.clone(), &task.shell)),
            _ => None,
        });
        let Some((service, shell)) = serving else {
            return Answer { took: Duration::ZERO, result: Err(Unreachable::Refused) };
        };
        let container = &mut self.container;
        container.varies = false;
        let mut asked = Asked {
            args: &service.args,
            port,
            message,
            now,
            shell,
            container,
            world,
            out: String::new(),
            err: String::new(),
            took: Duration::ZERO,
        };
        let reply = (service.answer)(&mut asked);
        let (out, err, took) = (asked.out, asked.err, asked.took);
        self.container.log.print(now, Stream::Stdout, &out);
        self.container.log.print(now, Stream::Stderr, &err);
        Answer { took, result: Ok(reply) }
    }
}
