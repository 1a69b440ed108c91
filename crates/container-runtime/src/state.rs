//! The processes of one container as they stand: which takes the next step, and what comes of it.

use crate::container::Container;
use crate::log::Stream;
use crate::process::{ExecResult, Exit, Signal, cannot_start, environment, refuse};
use crate::programs::{Asked, Input, Service, Usage};
use crate::session::Session;
use crate::shell::{Frame, Shell, Sink};
use crate::task::{Cx, Doing, Task};
use crate::world::{Answer, Message, Reply, Unreachable, World};
use orrery_apimachinery::Str;
use orrery_sim::{Duration, Random, SimTime};
use std::rc::Rc;

/// A container that runs, or has run.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub began: SimTime,
    pub container: Container,
    /// The first is the main process.
    pub tasks: Vec<Task>,
    pub last_pid: u32,
    pub exit: Option<Exit>,
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
/// What such a command does in its first second is done at once, if it may go on.
const AT_ONCE: Duration = Duration::from_secs(1);

impl State {
    /// When something happens by itself.
    pub fn next(&self) -> Option<SimTime> {
        let running = self.exit.is_none();
        self.tasks.iter().filter(|_| running).filter_map(Task::due).min()
    }

    pub fn due(&self, until: SimTime) -> bool {
        self.next().is_some_and(|at| at <= until)
    }

    pub fn advance(&mut self, until: SimTime, world: &mut dyn World) {
        let mut steps = 0;
        while let Some(at) = self.next().filter(|at| *at <= until && steps < MOST_STEPS) {
            let turn = |(index, task): (usize, &Task)| task.due().map(|due| (due, index));
            let next = self.tasks.iter().position(|task| task.due() == Some(at)).expect("one is next");
            let others = self.tasks.iter().enumerate().filter(|(index, _)| *index != next);
            let (other, count) = (others.filter_map(turn).min(), self.tasks.len());
            // One goes on until it is another's turn: there may be hundreds.
            loop {
                let apart = self.step(next, world);
                steps += 1;
                let again = self.tasks.get(next).and_then(|task| turn((next, task)));
                let same = apart && self.exit.is_none() && self.tasks.len() == count && steps < MOST_STEPS;
                let first =
                    again.is_some_and(|turn| turn.0 <= until && other.is_none_or(|other| turn < other));
                if !same || !first {
                    break;
                }
            }
        }
    }

    /// Lets a process take a step, and sees to what comes of it; whether the others heard nothing of it.
    pub fn step(&mut self, index: usize, world: &mut dyn World) -> bool {
        let State { container, tasks, last_pid, .. } = self;
        let mut spawned = Vec::new();
        tasks[index].step(&mut Cx { container, world, spawned: &mut spawned, last_pid });
        let (now, pid) = (tasks[index].at, tasks[index].pid);
        for child in spawned {
            container.processes.push((child.pid, tasks[index].shell.name.clone()));
            tasks.push(child);
        }
        match tasks[index].doing {
            Doing::Ended(_) => self.bury(pid),
            Doing::Serving(_) => self.show_listeners(),
            _ => {}
        }
        let signals = std::mem::take(&mut self.container.signals);
        let apart = signals.is_empty() && self.container.typed.is_empty();
        self.hand_out_typed(now);
        for (to, signal) in signals {
            self.deliver(to, &signal, now);
        }
        self.check_memory(now);
        apart
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
        self.container.sessions.end(pid, code);
        self.container.processes.retain(|(known, _)| *known != pid);
        if !self.container.listeners.is_empty() {
            self.show_listeners();
        }
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
    pub fn follow(&mut self, now: SimTime, world: &mut dyn World) {
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

    pub fn follows(&self) -> bool {
        self.exit.is_none() && self.tasks.iter().any(|task| matches!(task.doing, Doing::Following(..)))
    }

    pub fn kill(&mut self, pid: u32, signal: &str, now: SimTime, world: &mut dyn World) {
        self.deliver(pid, signal, now);
        self.advance(now, world);
    }

    pub fn signal(&mut self, signal: Signal, now: SimTime, world: &mut dyn World) {
        match signal {
            Signal::Kill => self.exit = Some(Exit { at: now, code: 137, reason: "Error" }),
            Signal::Term => self.deliver(1, "TERM", now),
        }
        self.advance(now, world);
    }

    /// Runs a command from outside. One that has not ended at once goes on with the container if it `stays`; else it is
    /// over then.
    pub fn exec(
        &mut self,
        (command, input): (&[Str], Input),
        stays: bool,
        now: SimTime,
        world: &mut dyn World,
    ) -> ExecResult {
        if let Err(what) = refuse(command, &self.container) {
            let id = Random::stream(self.container.start.seed, "exec").hex(4);
            let frame = format!("failed to start exec \"{id}\": OCI runtime exec failed: exec failed");
            let error = Some(cannot_start(&frame, &what));
            return ExecResult { took: Some(Duration::ZERO), code: 126, error, ..ExecResult::default() };
        }
        let mut task = self.apart(command, input, now);
        let pid = task.pid;
        let last = self.run_apart(&mut task, stays, now, world);
        let ended = match task.doing {
            Doing::Ended(code) => Some(code),
            // The end of the container is its end too.
            _ => self.exit.as_ref().map(|_| 137),
        };
        let goes_on = stays && ended.is_none();
        let [stdout, stderr] = self.container.sessions.take(pid, goes_on);
        let took = match goes_on {
            true => Some(last.since(now)),
            false => ended.map(|_| task.at.since(now)),
        };
        let busy = task.at.since(now);
        if goes_on {
            self.tasks.push(task);
            self.show_listeners();
        } else {
            self.container.processes.retain(|(known, _)| *known != pid);
        }
        let (code, goes_on) = (ended.unwrap_or_default(), goes_on.then_some(pid));
        ExecResult { took, code, stdout, stderr, error: None, goes_on, busy }
    }

    /// A process that is run from outside.
    fn apart(&mut self, command: &[Str], input: Input, now: SimTime) -> Task {
        self.last_pid += 1;
        self.container.varies = false;
        let (pid, mut shell) = (self.last_pid, environment(&self.container.start));
        (shell.streams.out, shell.streams.err) =
            (Sink::Session(pid, Stream::Stdout), Sink::Session(pid, Stream::Stderr));
        shell.pid = pid;
        let mut task = Task::new(pid, now, shell);
        task.inputs = vec![input];
        task.frames.push(Frame::Invoke(command.into()));
        self.container.processes.push((pid, shown(command)));
        self.container.sessions.open(pid);
        task
    }

    /// Lets a process that is run from outside do what it does at once; when it took its last step.
    fn run_apart(&mut self, task: &mut Task, stays: bool, now: SimTime, world: &mut dyn World) -> SimTime {
        let until = now + if stays { AT_ONCE } else { LONGEST_APART };
        let mut last = now;
        for step in 0..MOST_STEPS_APART {
            let Some(at) = task.due().filter(|at| *at <= until && self.exit.is_none()) else { break };
            if !stays && step % 64 == 0 && task.is_in_endless_loop(&self.container) {
                break;
            }
            last = at;
            let State { container, tasks, last_pid, .. } = self;
            task.step(&mut Cx { container, world, spawned: tasks, last_pid });
            for (to, signal) in std::mem::take(&mut self.container.signals) {
                self.deliver(to, &signal, now);
            }
            self.hand_out_typed(now);
        }
        last
    }

    /// A command that was run from outside and goes on, or has; 1 is the container's own.
    pub fn session(&self, pid: u32) -> Option<Session> {
        let session = self.container.sessions.get(pid).cloned();
        let session = session.or((pid == 1).then(Session::default))?;
        let code = session.code.or(self.exit.as_ref().map(|_| 137));
        let reads = self.tasks.iter().any(|task| task.pid == pid && matches!(task.doing, Doing::Reading));
        Some(Session { code, reads, ..session })
    }

    /// Types a text into its first process.
    pub fn feed(&mut self, text: &str, now: SimTime, world: &mut dyn World) {
        self.container.typed.push((1, text.into()));
        self.hand_out_typed(now);
        self.advance(now, world);
    }

    /// Processes get what was typed into them.
    fn hand_out_typed(&mut self, now: SimTime) {
        for (to, text) in std::mem::take(&mut self.container.typed) {
            if let Some(task) = self.tasks.iter_mut().find(|task| task.pid == to) {
                task.feed(&text, now);
            }
        }
    }

    pub fn services(&self) -> impl Iterator<Item = &Rc<Service>> {
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

    pub fn usage(&self) -> Usage {
        // What the image brings is not the container's own.
        let written = self.container.files.bytes_beyond(&self.container.start.image.files);
        Usage { disk_bytes: written, ..self.load() }
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

    pub fn answer(
        &mut self,
        port: u16,
        message: &Message,
        now: SimTime,
        world: &mut dyn World,
    ) -> Answer<Result<Reply, Unreachable>> {
        let serving = self.tasks.iter().filter(|_| self.exit.is_none()).find_map(|task| match &task.doing {
            Doing::Serving(service) if service.hears(port, message.protocol()) => {
                Some((service.clone(), &task.shell))
            }
            _ => None,
        });
        let Some((service, shell)) = serving else {
            return Answer { took: Duration::ZERO, result: Err(Unreachable::Refused) };
        };
        let container = &mut self.container;
        container.varies = false;
        answer((&service, shell), port, message, now, container, world)
    }

    /// Tells its processes which of them listen.
    fn show_listeners(&mut self) {
        self.container.listeners.clear();
        for task in &self.tasks {
            if let Doing::Serving(service) = &task.doing {
                self.container.listeners.push((service.clone(), task.shell.clone()));
            }
        }
    }
}

/// What a process that listens answers to a message.
pub(crate) fn answer(
    (service, shell): (&Service, &Shell),
    port: u16,
    message: &Message,
    now: SimTime,
    container: &mut Container,
    world: &mut dyn World,
) -> Answer<Result<Reply, Unreachable>> {
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
    container.log.print(now, Stream::Stdout, &out);
    container.log.print(now, Stream::Stderr, &err);
    Answer { took, result: Ok(reply) }
}

/// A command as a list of processes shows it. Of a shell with a script of several lines only the name: a line that is typed
/// within a container comes as such a script.
fn shown(command: &[Str]) -> Str {
    match command {
        [shell, flag, script] if &**flag == "-c" && script.contains('\n') => shell.clone(),
        _ => command.join(" ").into(),
    }
}
