//! One process of a container: what it does next, and when.

use crate::container::Container;
use crate::log::Stream;
use crate::programs::{self, Call, Input, Outcome, Program, Service};
use crate::shell::Shell;
use crate::world::World;
use orrery_apimachinery::Str;
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// What a process is doing.
#[derive(Clone, Debug)]
pub(crate) enum Doing {
    /// The next step of what it was told.
    Stepping,
    /// A program runs, and is called (again) with a stage.
    Calling(&'static Program, Rc<[Str]>, u32),
    /// A program takes its time; then it has printed this, and goes on so.
    Passing(Box<Passing>),
    /// It listens.
    Serving(Rc<Service>),
    /// Nothing, until it is stopped.
    Staying,
    /// It uses the processor, until it is stopped.
    Burning,
    /// It prints what is added to a file.
    Following(Str, usize),
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

/// A process of a container.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// Its number; the first of a container is 1.
    pub pid: u32,
    /// When it takes its next step.
    pub at: SimTime,
    /// What it is doing.
    pub doing: Doing,
    shell: Shell,
    input: Input,
}

impl Task {
    /// A process that runs a command line.
    pub(crate) fn new(pid: u32, at: SimTime, words: &[Str], shell: Shell, container: &mut Container) -> Self {
        let mut task = Task { pid, at, doing: Doing::Stepping, shell, input: Input::default() };
        task.invoke(words.into(), container);
        task
    }

    /// Whether it takes steps by itself.
    pub(crate) fn steps(&self) -> bool {
        matches!(self.doing, Doing::Stepping | Doing::Calling(..) | Doing::Passing(_))
    }

    /// Runs a command line.
    fn invoke(&mut self, words: Rc<[Str]>, container: &mut Container) {
        let name = words.first().map_or("", |name| name);
        self.doing = match programs::find(name, &container.start.image) {
            Some(program) => Doing::Calling(program, words, 0),
            None => {
                container.assume(
                    name,
                    if container.start.completes { "end well after two seconds" } else { "run" },
                );
                if container.start.completes {
                    self.at += Duration::from_secs(2);
                    Doing::Ended(0)
                } else {
                    Doing::Staying
                }
            }
        };
    }

    /// Takes one step at its instant.
    pub(crate) fn step(&mut self, container: &mut Container, world: &mut dyn World) {
        match std::mem::replace(&mut self.doing, Doing::Stepping) {
            Doing::Calling(program, args, stage) => self.call(program, args, stage, container, world),
            Doing::Passing(passing) => self.shown(*passing, container),
            Doing::Stepping => self.doing = Doing::Ended(self.shell.status),
            other => self.doing = other,
        }
    }

    fn call(
        &mut self,
        program: &'static Program,
        args: Rc<[Str]>,
        stage: u32,
        container: &mut Container,
        world: &mut dyn World,
    ) {
        let mut call = Call {
            args: &args,
            stage,
            now: self.at,
            shell: &mut self.shell,
            container,
            world,
            input: &mut self.input,
            out: String::new(),
            err: String::new(),
            took: Duration::ZERO,
        };
        let then = (program.run)(&mut call);
        let (out, err, took) = (call.out, call.err, call.took);
        let passing = Passing { out, err, program, args, then };
        if took.is_zero() {
            self.shown(passing, container);
        } else {
            self.at += took;
            self.doing = Doing::Passing(Box::new(passing));
        }
    }

    fn shown(&mut self, passing: Passing, container: &mut Container) {
        container.log.print(self.at, Stream::Stdout, &passing.out);
        container.log.print(self.at, Stream::Stderr, &passing.err);
        self.doing = match passing.then {
            Outcome::Exit(code) => {
                self.shell.status = code;
                Doing::Stepping
            }
            Outcome::Again(stage) => Doing::Calling(passing.program, passing.args, stage),
            Outcome::Serve(mut service) => {
                service.args = passing.args;
                Doing::Serving(Rc::new(service))
            }
            Outcome::Stay => Doing::Staying,
            Outcome::Burn => Doing::Burning,
            Outcome::Follow(path, from) => Doing::Following(path, from),
        };
    }

    /// Its shell state.
    pub(crate) fn shell(&self) -> &Shell {
        &self.shell
    }
}
