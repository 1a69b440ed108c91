//! Pipes between commands of which the first goes on for ever: what it has printed when it pauses is handed on.
//!
//! Elsewhere a stage of a pipe is run when the one before has ended, with all that it printed. One that has had enough, as
//! `head -3` of three lines has, ends what it reads from.

use super::ast::{Node, Word};
use super::command::Command;
use super::expand::Expander;
use super::{Frame, Sink};
use crate::programs::{self, Call, Input, Outcome};
use crate::task::{Cx, Doing, Task};
use orrery_apimachinery::Str;
use orrery_sim::Duration;
use std::rc::Rc;

/// Programs that do with a part of their input what they do with that part of the whole.
const BY_LINES: [&str; 10] = ["awk", "cat", "cut", "egrep", "fgrep", "grep", "nl", "sed", "tee", "tr"];
/// Programs that may stop reading before their input ends. (`grep` does with `-m`, `-q` and `-l`.)
const LEAVING: [&str; 4] = ["head", "egrep", "fgrep", "grep"];
/// Programs that do nothing but print, of what they read.
const PRINTING: [&str; 10] = ["awk", "cat", "cut", "egrep", "fgrep", "grep", "head", "nl", "sed", "tr"];

impl Task {
    /// The stages that read what is printed now, and the place of their frame.
    fn readers(&self) -> Option<(usize, &[Rc<Node>])> {
        let at =
            self.frames.iter().rposition(|frame| matches!(frame, Frame::Pipe(..) | Frame::Capture(_)))?;
        let Frame::Pipe(node, next, _) = &self.frames[at] else { return None };
        let Node::Pipe(stages) = &**node else { return None };
        Some((at, stages.get(*next..).filter(|rest| !rest.is_empty())?))
    }

    /// Whether one of the readers stops reading early.
    pub(crate) fn reader_leaves(&self) -> bool {
        self.readers().is_some_and(|(_, stages)| stages.iter().any(|stage| program(stage) == "head"))
    }

    /// Hands on what was printed so far, if the readers can do with a part of it. False if one of them has had enough: then
    /// what is being done has ended.
    pub(crate) fn hand_on(&mut self, cx: &mut Cx) -> bool {
        let Some((at, stages)) = self.readers() else { return true };
        let Some(Frame::Leave(around)) = self.frames.get(at + 1) else { return true };
        let own = |sink: &Sink| matches!(sink, Sink::Buffer(_));
        let able = stages.iter().all(|stage| reads_by_lines(stage));
        let within = own(&around.streams.out) || own(&around.streams.err);
        let (stages, mut shell) = (stages.to_vec(), (**around).clone());
        if !able {
            let left = self.has_had_enough(&stages, cx);
            if left {
                self.doing = Doing::Stepping;
                self.exit(141);
            }
            return !left;
        }
        if within {
            return true;
        }
        let Some(text) = self.buffers.last_mut().filter(|text| !text.is_empty()).map(std::mem::take) else {
            return true;
        };
        shell.streams.input = 0;
        shell.options.goes_on = std::mem::replace(&mut self.handed_on, true);
        let mut reader = Task::new(cx.new_pid(), self.at, shell);
        reader.inputs = vec![Input::new(&text)];
        reader.frames.push(Frame::Run(Rc::new(Node::Pipe(stages))));
        cx.spawned.push(reader);
        true
    }
}

impl Task {
    /// Whether one of the readers would print no more, whatever came after what was printed so far.
    fn has_had_enough(&mut self, stages: &[Rc<Node>], cx: &mut Cx) -> bool {
        let Some(mut text) = self.buffers.last().filter(|text| !text.is_empty()).cloned() else {
            return false;
        };
        for stage in stages {
            let Some((printed, status)) = self.printed_of(stage, &text, cx) else { return false };
            if status == 0 && LEAVING.contains(&program(stage)) {
                // As much again makes a difference to whoever still reads.
                let again = self.printed_of(stage, &[&*text, &*text].concat(), cx);
                if again.is_some_and(|(twice, _)| twice == printed) {
                    return true;
                }
            }
            text = printed;
        }
        false
    }

    /// What a stage prints of a text and the code that it ends with, if it does nothing else.
    fn printed_of(&self, stage: &Node, text: &str, cx: &mut Cx) -> Option<(String, i32)> {
        let Node::Simple(simple) = stage else { return None };
        if !PRINTING.contains(&program(stage)) || !simple.redirects.is_empty() {
            return None;
        }
        let (mut shell, mut input) = (self.shell.clone(), Input::new(text));
        let (container, world) = (&mut *cx.container, &mut *cx.world);
        let mut expander = Expander { shell: &mut shell, container, world, results: &[], used: 0 };
        let args: Rc<[Str]> = Command::expand(simple, &mut expander).ok()?.words.into();
        let mut call = Call {
            args: &args,
            stage: 0,
            now: self.at,
            shell: &mut shell,
            container: cx.container,
            world: cx.world,
            input: &mut input,
            out: String::new(),
            err: String::new(),
            took: Duration::ZERO,
        };
        let program = programs::find_in(&args[0], call.container)?;
        match (program.run)(&mut call) {
            Outcome::Exit(code) => Some((call.out, code)),
            _ => None,
        }
    }
}

/// Whether a program does with a part of its input what it does with that part of the whole.
pub(crate) fn reads_in_parts(program: &str) -> bool {
    BY_LINES.contains(&program)
}

fn reads_by_lines(stage: &Node) -> bool {
    match stage {
        Node::Simple(_) => reads_in_parts(program(stage)) && !leaves(stage),
        Node::Redirected(inner, _) => reads_by_lines(inner),
        // `while read line; do … done`
        Node::Loop { test, .. } => program(test) == "read",
        _ => false,
    }
}

/// Whether it is a `grep` that stops at what it has found.
fn leaves(stage: &Node) -> bool {
    let Node::Simple(simple) = stage else { return false };
    let stops = |word: &Word| {
        let letters = word.literal().and_then(|word| word.strip_prefix('-')).unwrap_or_default();
        !letters.starts_with('-') && letters.contains(['m', 'q', 'l'])
    };
    program(stage).ends_with("grep") && simple.words.iter().any(stops)
}

/// The program of a simple command, if it is told literally.
fn program(node: &Node) -> &str {
    let Node::Simple(simple) = node else { return "" };
    simple.words.first().and_then(Word::literal).unwrap_or_default()
}
