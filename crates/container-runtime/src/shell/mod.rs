//! A shell, as far as people write scripts into manifests: what POSIX says, and what busybox's ash and bash add.
//!
//! A script runs as a stack of frames that any step may leave and take up again, so that a process can be cloned,
//! compared and resumed at every instant.

mod arithmetic;
mod ast;
mod builtins;
mod command;
mod compound;
mod endless;
mod expand;
mod frames;
mod parser;
mod pattern;
mod redirects;
mod streaming;
mod unwind;
mod words;

pub(crate) use arithmetic::evaluate;
pub(crate) use ast::Node;
pub(crate) use builtins::PROGRAMS;
pub(crate) use endless::is_endless;
pub(crate) use frames::Frame;
pub(crate) use parser::parse;
pub(crate) use pattern::matches;
pub(crate) use streaming::reads_in_parts;

use crate::log::Stream;
use orrery_apimachinery::{Str, StrMap};
use std::rc::Rc;

/// What a shell process knows: a subshell gets a clone.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Its variables.
    pub variables: StrMap,
    /// The names of those that programs inherit.
    pub exported: StrMap,
    /// The working directory.
    pub directory: Str,
    /// `$?`
    pub status: i32,
    /// `$0`
    pub name: Str,
    /// `$1` and so on.
    pub arguments: Rc<[Str]>,
    /// `$$`
    pub(crate) pid: u32,
    /// `$!`
    pub(crate) background: Option<u32>,
    pub(crate) options: Options,
    pub(crate) streams: Streams,
    pub(crate) functions: Rc<Vec<(Str, Rc<Node>)>>,
    /// What is done on a signal, by its name; on `EXIT` at the end.
    pub(crate) traps: StrMap,
}

/// What `set` sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub errexit: bool,
    pub nounset: bool,
    pub xtrace: bool,
    pub pipefail: bool,
    /// It reads the next part of an input of which it has read before.
    pub goes_on: bool,
    /// A person types what it reads.
    pub interactive: bool,
    /// It is bash, which knows more than the others.
    pub bash: bool,
}

/// Where an output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sink {
    /// To the container's log.
    Log(Stream),
    /// To whoever runs the command of this process from outside.
    Session(u32, Stream),
    /// To the end of a file.
    File(Str),
    /// To whoever waits for it: one of the process's buffers.
    Buffer(usize),
    /// Nowhere.
    Null,
}

/// The standard streams of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Streams {
    /// One of the process's inputs.
    pub input: usize,
    pub out: Sink,
    pub err: Sink,
}

impl Default for Shell {
    fn default() -> Self {
        Shell {
            variables: StrMap::default(),
            exported: StrMap::default(),
            directory: "/".into(),
            status: 0,
            name: "sh".into(),
            arguments: Rc::default(),
            pid: 1,
            background: None,
            options: Options::default(),
            streams: Streams { input: 0, out: Sink::Log(Stream::Stdout), err: Sink::Log(Stream::Stderr) },
            functions: Rc::default(),
            traps: StrMap::default(),
        }
    }
}

impl Shell {
    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Str> {
        self.variables.get(name)
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: impl Into<Str>) {
        self.variables.insert(name, value);
    }

    /// Sets a variable that programs inherit.
    pub fn export(&mut self, name: &str, value: impl Into<Str>) {
        self.variables.insert(name, value);
        self.exported.insert(name, "");
    }

    /// Gives a variable the value that it had before.
    pub(crate) fn restore(&mut self, name: &str, value: Option<Str>) {
        match value {
            Some(value) => drop(self.variables.insert(name, value)),
            None => drop(self.variables.remove(name)),
        }
    }

    pub(crate) fn function(&self, name: &str) -> Option<Rc<Node>> {
        self.functions.iter().find(|(known, _)| &**known == name).map(|(_, body)| body.clone())
    }

    /// The shell of a program that this one starts: it inherits the exported variables only.
    pub(crate) fn child(&self) -> Shell {
        let exported = self.variables.iter().filter(|(name, _)| self.exported.contains_key(name));
        Shell {
            variables: exported.map(|(name, value)| (name.clone(), value.clone())).collect(),
            options: Options::default(),
            functions: Rc::default(),
            traps: StrMap::default(),
            status: 0,
            background: None,
            ..self.clone()
        }
    }

    /// Whether two shells will do the same from here on, as far as their variables tell.
    pub(crate) fn equals(&self, other: &Shell) -> bool {
        self.variables == other.variables
            && self.directory == other.directory
            && self.status == other.status
            && self.arguments == other.arguments
            && self.options == other.options
            && self.traps == other.traps
            && self.background == other.background
            && Rc::ptr_eq(&self.functions, &other.functions)
    }
}
