//! One process of a container: what it does next, and when.

use crate::config::Userland;
use crate::container::Container;
use crate::programs::{Call, Found, Input, Outcome, Program, Service, base_name};
use crate::shell::{Frame, Shell, Sink, Streams, reads_in_parts};
use crate::world::World;
use orrery_apimachinery::Str;
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// What a process is doing.
#[derive(Clone, Debug)]
pub(crate) enum Doing {
    /// The next step of what it was told.
    Stepping,
    /// A program is called again, with a stage.
    Calling(&'static Program, Rc<[Str]>, u32),
    /// A program takes its time; then it has printed this, and goes on so.
    Passing(Box<Passing>),
    /// It listens.
    Serving(Rc<Service>),
    /// Nothing, until it is stopped.
    Staying,
    /// It uses so many processors (in thousandths) and bytes, until it is stopped.
    Working(u64, u64),
    /// It uses so much until an instant, and is called then with a stage.
    Busy {
        cpu_millis: u64,
        memory_bytes: u64,
        until: SimTime,
        program: &'static Program,
        args: Rc<[Str]>,
        stage: u32,
    },
    /// It goes in circles, until it is stopped.
    Burning,
    /// It prints what is added to a file.
    Following(Str, usize),
    /// For a child, or all of them.
    Waiting(Option<u32>),
    /// For what is typed next.
    Reading,
    /// For a program that whoever holds it runs.
    Asking(Rc<[Str]>),
    /// It is about to end with a code.
    Ending(i32),
    /// It has ended with a code.
    Ended(i32),
}

/// What shows when the time that a program takes is over.
#[derive(Clone, Debug)]
pub(crate) struct Passing {
    out: String,
    err: String,
    program: &'static Program,
    args: Rc<[Str]>,
    then: Outcome,
}

/// What a process reaches while it takes a step.
pub(crate) struct Cx<'a> {
    pub container: &'a mut Container,
    pub world: &'a mut dyn World,
    /// The processes that it has started.
    pub spawned: &'a mut Vec<Task>,
    /// The number that was last given to a process.
    pub last_pid: &'a mut u32,
}

impl Cx<'_> {
    pub(crate) fn new_pid(&mut self) -> u32 {
        *self.last_pid += 1;
        *self.last_pid
    }
}

/// A process of a container.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// Its number; the first of a container is 1.
    pub pid: u32,
    /// When it takes its next step.
    pub at: SimTime,
    /// What it is doing.
    pub doing: Doing,
    pub shell: Shell,
    /// What is left to do.
    pub frames: Vec<Frame>,
    /// Texts that are read from; the first is its standard input.
    pub inputs: Vec<Input>,
    /// Texts that are written for another command.
    pub buffers: Vec<String>,
    /// What traps have to do.
    pub pending: Vec<Str>,
    /// Processes that it has started, and the codes with which they have ended.
    pub children: Vec<(u32, Option<i32>)>,
    /// When what it does now has to be over (`timeout`).
    pub deadline: Option<SimTime>,
    /// Whether readers have had a part of what it prints.
    pub handed_on: bool,
    /// Commands since it last paused.
    pub busy: u32,
    /// Whether it looks again and again at the file that it follows.
    pub polls: bool,
}

/// What it takes to start a program that does nothing long.
const PROGRAM_TIME: Duration = Duration::from_millis(1);
/// What counts as a pause.
const PAUSE: Duration = Duration::from_millis(10);
/// How often `tail -f` looks (coreutils: `-s`).
const POLL: Duration = Duration::from_secs(1);

impl Task {
    /// A process with nothing to do yet.
    pub(crate) fn new(pid: u32, at: SimTime, shell: Shell) -> Self {
        Task {
            pid,
            at,
            doing: Doing::Stepping,
            shell,
            frames: Vec::new(),
            inputs: vec![Input::default()],
            buffers: Vec::new(),
            pending: Vec::new(),
            children: Vec::new(),
            deadline: None,
            handed_on: false,
            busy: 0,
            polls: false,
        }
    }

    /// When it does something by itself.
    pub(crate) fn due(&self) -> Option<SimTime> {
        let step = match self.doing {
            Doing::Ended(_) => return None,
            Doing::Stepping | Doing::Calling(..) | Doing::Passing(_) | Doing::Ending(_) => Some(self.at),
            Doing::Busy { until, .. } => Some(until),
            Doing::Following(..) if self.polls => Some(self.at),
            _ => None,
        };
        match (step, self.deadline) {
            (Some(step), Some(deadline)) => Some(step.min(deadline)),
            (step, deadline) => step.or(deadline),
        }
    }

    /// Takes one step at its instant.
    pub(crate) fn step(&mut self, cx: &mut Cx) {
        if let Some(deadline) =
            self.deadline.filter(|deadline| Some(*deadline) == self.due() && !self.ready_by(*deadline))
        {
            let gnu = cx.container.start.image.userland != Userland::Busybox;
            return self.cut_off(deadline, gnu);
        }
        match std::mem::replace(&mut self.doing, Doing::Stepping) {
            Doing::Stepping => self.step_frame(cx),
            Doing::Calling(program, args, stage) => self.call(program, args, stage, cx),
            Doing::Passing(passing) => self.shown(*passing, cx),
            Doing::Ending(code) => self.doing = Doing::Ended(code),
            Doing::Busy { until, program, args, stage, .. } => {
                self.at = until;
                self.call(program, args, stage, cx);
            }
            following @ Doing::Following(..) => {
                self.doing = following;
                self.follow(self.at, cx);
                self.at += POLL;
            }
            other => self.doing = other,
        }
    }

    /// Whether its next step comes at an instant at the latest.
    fn ready_by(&self, at: SimTime) -> bool {
        match self.doing {
            Doing::Stepping | Doing::Calling(..) | Doing::Passing(_) | Doing::Ending(_) => self.at <= at,
            Doing::Busy { until, .. } => until <= at,
            _ => false,
        }
    }

    /// Nothing is left to do.
    pub(crate) fn finish(&mut self, cx: &mut Cx) {
        match self.shell.traps.get("EXIT").cloned() {
            Some(action) => {
                self.shell.traps.remove("EXIT");
                self.frames.push(Frame::Status(self.shell.status));
                self.run_text(&action, cx);
            }
            None => self.doing = Doing::Ended(self.shell.status),
        }
    }

    /// Calls a program.
    pub(crate) fn call(&mut self, program: &'static Program, args: Rc<[Str]>, stage: u32, cx: &mut Cx) {
        let at = self.shell.streams.input.min(self.inputs.len() - 1);
        let unread = self.inputs[at].clone();
        let mut input = std::mem::take(&mut self.inputs[at]);
        let mut call = Call {
            args: &args,
            stage,
            now: self.at,
            shell: &mut self.shell,
            container: cx.container,
            world: cx.world,
            input: &mut input,
            out: String::new(),
            err: String::new(),
            took: Duration::ZERO,
        };
        let then = (program.run)(&mut call);
        let (out, err, mut took) = (call.out, call.err, call.took);
        let waits = input.was_wanted();
        self.inputs[at] = input;
        if waits {
            return self.read_on(args, (&out, &err), unread, cx);
        }
        let own = matches!(program.found, Found::Shell | Found::Both);
        if took.is_zero() && !own && matches!(then, Outcome::Exit(_)) {
            took = PROGRAM_TIME;
        }
        if took >= PAUSE {
            self.busy = 0;
            // Who is left by its readers notices when it next prints, after the pause.
            let _ = self.hand_on(cx);
        }
        let passing = Passing { out, err, program, args, then };
        if took.is_zero() {
            self.shown(passing, cx);
        } else {
            self.at += took;
            self.doing = Doing::Passing(Box::new(passing));
        }
    }

    /// A program has read all that was typed: it waits for more, and is run again then. One that needs the whole of its
    /// input has done nothing with it yet.
    fn read_on(&mut self, args: Rc<[Str]>, (out, err): (&str, &str), unread: Input, cx: &mut Cx) {
        if reads_in_parts(base_name(&args[0])) {
            let Streams { out: to, err: errors, .. } = self.shell.streams.clone();
            self.print(&to, out, cx);
            self.print(&errors, err, cx);
        } else {
            let at = self.shell.streams.input.min(self.inputs.len() - 1);
            self.inputs[at] = unread;
        }
        self.frames.push(Frame::Invoke(args));
        self.doing = Doing::Reading;
        // Who is left by its readers notices when it next prints.
        let _ = self.hand_on(cx);
    }

    /// Something is typed; what ends with Ctrl-D is the last.
    pub(crate) fn feed(&mut self, text: &str, now: SimTime) {
        let last = text.strip_suffix('\u{4}');
        self.inputs[0].feed(last.unwrap_or(text), last.is_some());
        if matches!(self.doing, Doing::Reading) {
            (self.doing, self.at) = (Doing::Stepping, self.at.max(now));
        }
    }

    fn shown(&mut self, passing: Passing, cx: &mut Cx) {
        let Streams { out, err, .. } = self.shell.streams.clone();
        self.print(&out, &passing.out, cx);
        self.print(&err, &passing.err, cx);
        let goes_on = matches!(passing.then, Outcome::Stay | Outcome::Follow(..) | Outcome::Again(_));
        if goes_on && !self.hand_on(cx) {
            return;
        }
        match passing.then {
            Outcome::Exit(code) => {
                self.shell.status = code;
                self.check_errexit();
            }
            Outcome::Again(stage) => self.doing = Doing::Calling(passing.program, passing.args, stage),
            Outcome::Serve(mut service) => {
                if service.args.is_empty() {
                    service.args = passing.args;
                }
                self.doing = Doing::Serving(Rc::new(service));
            }
            Outcome::Stay => self.doing = Doing::Staying,
            Outcome::Work { cpu_millis, memory_bytes } => {
                self.doing = Doing::Working(cpu_millis, memory_bytes)
            }
            Outcome::WorkFor { cpu_millis, memory_bytes, time } => {
                let (program, args, until) = (passing.program, passing.args, self.at + time);
                self.busy = 0;
                self.doing = Doing::Busy { cpu_millis, memory_bytes, until, program, args, stage: 2 };
            }
            Outcome::Assume => self.assume(passing.program.name, cx.container),
            Outcome::Within { limit, words } => {
                self.frames.push(Frame::Deadline(self.deadline, self.buffers.len(), self.inputs.len()));
                let deadline = self.at + limit;
                self.deadline = Some(self.deadline.map_or(deadline, |around| around.min(deadline)));
                self.frames.push(Frame::Leave(Box::new(self.shell.clone())));
                self.frames.push(Frame::Invoke(words.into()));
            }
            Outcome::Follow(path, from) => {
                // Others write to a volume without telling: somebody who looks on sees it within a second.
                self.polls =
                    cx.container.sessions.get(self.pid).is_some() && cx.container.mount(&path).is_some();
                self.doing = Doing::Following(path, from);
            }
            Outcome::Script(script) => self.run_script(*script, cx),
            Outcome::Become { words, env } => {
                self.frames.push(Frame::Leave(Box::new(self.shell.clone())));
                env.into_iter().for_each(|(name, value)| self.shell.export(&name, value));
                self.frames.push(Frame::Invoke(words.into()));
            }
        }
    }

    /// Writes to one of its streams.
    pub(crate) fn print(&mut self, sink: &Sink, text: &str, cx: &mut Cx) {
        match sink {
            _ if text.is_empty() => {}
            Sink::Null => {}
            Sink::Log(stream) => cx.container.log.print(self.at, *stream, text),
            Sink::Session(pid, stream) => cx.container.sessions.print(*pid, *stream, text),
            // What is written for nobody is lost.
            Sink::Buffer(i) => {
                if let Some(buffer) = self.buffers.get_mut(*i) {
                    buffer.push_str(text);
                }
            }
            Sink::File(path) => {
                // It was opened: all that can be wrong is that the disk is full.
                let failed = cx.container.append(path, text, cx.world).err();
                let err = self.shell.streams.err.clone();
                if let Some(why) = failed.filter(|_| err != *sink) {
                    self.print(&err, &["sh: write error: ", &why, "\n"].concat(), cx);
                }
            }
        }
    }

    /// What `tail -f` has not printed yet.
    pub(crate) fn follow(&mut self, now: SimTime, cx: &mut Cx) {
        let Doing::Following(path, from) = &mut self.doing else { return };
        let text = cx.container.read(path, cx.world).unwrap_or_default();
        if text.len() < *from {
            *from = 0;
        }
        let new = text.get(*from..).unwrap_or_default().to_owned();
        *from = text.len();
        if !new.is_empty() {
            self.at = now;
            let sink = self.shell.streams.out.clone();
            self.print(&sink, &new, cx);
            self.hand_on(cx);
        }
    }

    /// Hears SIGTERM; when it ends of it, then so.
    pub(crate) fn terminate(&mut self, now: SimTime, assumed: bool) {
        if let Some(action) = self.shell.traps.get("TERM").cloned() {
            if !action.is_empty() {
                self.pending.push(action);
            }
            // A shell hears of it when the program in its foreground has ended; only `wait` is broken off.
            if matches!(self.doing, Doing::Waiting(_)) {
                (self.doing, self.at, self.shell.status) = (Doing::Stepping, now, 143);
            }
            return;
        }
        let own = self.pid != 1 || self.in_last_place();
        let end = match &self.doing {
            Doing::Ended(_) | Doing::Ending(_) => None,
            Doing::Serving(service) if own => match service.on_term {
                None if self.pid != 1 => Some((now, 143)),
                on_term => on_term.map(|(takes, code)| (now + takes, code)),
            },
            // What is assumed is assumed to be well-behaved.
            Doing::Staying if own && assumed => Some((now, 0)),
            // The kernel protects the first process of a container from signals that it does not handle.
            _ => (self.pid != 1).then_some((now, 143)),
        };
        if let Some((at, code)) = end {
            (self.at, self.doing) = (at, Doing::Ending(code));
        }
    }
}
