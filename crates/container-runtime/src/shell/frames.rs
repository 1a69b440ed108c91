//! The stack of a script that runs: what is to be done, and what follows.

use super::ast::{Join, Node};
use super::expand::{Expander, Halt};
use super::pattern::matches;
use super::{Shell, Sink, Streams};
use crate::container::Container;
use crate::programs::Input;
use crate::task::{Cx, Doing, Task};
use orrery_apimachinery::Str;
use orrery_sim::SimTime;
use std::rc::Rc;

/// Something that is left to do.
#[derive(Clone, Debug)]
pub(crate) enum Frame {
    /// A command.
    Run(Rc<Node>),
    /// The commands of a list from a place on.
    List(Rc<Node>, usize),
    /// The commands that are joined by `&&` and `||` from a place on.
    AndOr(Rc<Node>, usize),
    /// The status turns into its opposite.
    Not,
    /// The stages of a pipe from a place on, and the last status that was not zero.
    Pipe(Rc<Node>, usize, i32),
    /// The branch of an `if` whose test has just been run.
    If(Rc<Node>, usize),
    /// A loop whose test (or else whose body) has just been run, and the status of its last body.
    Loop(Rc<Node>, bool, i32),
    /// The rest of what a `for` goes through.
    For(Rc<Node>, Rc<[Str]>, usize),
    /// A command whose words need the outputs of other commands: those that are known.
    Expand(Rc<Node>, Vec<Str>),
    /// The end of a substitution, and the shell that waits for its output.
    Capture(Box<Shell>),
    /// The end of a subshell, and the shell around it.
    Leave(Box<Shell>),
    /// The end of a command with redirections: the streams around it, and how many inputs there were.
    Restore(Streams, usize),
    /// The end of a function: the arguments around it, and the values of its local variables around it.
    Call(Rc<[Str]>, Vec<(Str, Option<Str>)>),
    /// Variables that were set for one command get their values back.
    Unset(Vec<(Str, Option<Str>)>),
    /// The status becomes what it was.
    Status(i32),
    /// The end of what may take a limited time: the deadline around it, and how many buffers and inputs there were.
    Deadline(Option<SimTime>, usize, usize),
    /// Children are waited for.
    Wait(Option<u32>),
    /// A program is run.
    Invoke(Rc<[Str]>),
    /// What stands in the standard input by now is run.
    Typed,
}

impl Frame {
    /// Whether two frames leave the same to do.
    pub(crate) fn same(&self, other: &Frame) -> bool {
        match (self, other) {
            (Frame::Run(a), Frame::Run(b)) => Rc::ptr_eq(a, b),
            (Frame::List(a, i), Frame::List(b, j))
            | (Frame::AndOr(a, i), Frame::AndOr(b, j))
            | (Frame::If(a, i), Frame::If(b, j)) => Rc::ptr_eq(a, b) && i == j,
            (Frame::Loop(a, i, m), Frame::Loop(b, j, n)) => Rc::ptr_eq(a, b) && i == j && m == n,
            (Frame::For(a, _, i), Frame::For(b, _, j)) => Rc::ptr_eq(a, b) && i == j,
            (Frame::Leave(a), Frame::Leave(b)) => a.equals(b),
            (Frame::Not, Frame::Not) => true,
            (Frame::Restore(a, i), Frame::Restore(b, j)) => a == b && i == j,
            (Frame::Call(a, x), Frame::Call(b, y)) => a == b && x == y,
            _ => false,
        }
    }
}

/// How many frames a stack may have: a function that calls itself for ever ends there.
const MOST_FRAMES: usize = 2_000;
/// Processes that a container may have (upstream: `podPidsLimit`, where it is set).
const MOST_PROCESSES: usize = 500;
/// Bytes that may wait in a pipe or a substitution.
const MOST_BUFFERED: usize = 1 << 20;

impl Task {
    /// Takes the next frame off the stack and does what it says.
    pub(crate) fn step_frame(&mut self, cx: &mut Cx) {
        if let Some(action) = self.pending.pop() {
            self.frames.push(Frame::Status(self.shell.status));
            return self.run_text(&action, cx);
        }
        if self.frames.len() > MOST_FRAMES {
            self.frames.clear();
            self.shell.status = 139;
        }
        if self.buffers.last().is_some_and(|buffer| buffer.len() > MOST_BUFFERED) {
            self.overflow();
        }
        let Some(frame) = self.frames.pop() else { return self.finish(cx) };
        match frame {
            Frame::Run(node) => self.run(node, Vec::new(), cx),
            Frame::Expand(node, results) => self.run(node, results, cx),
            Frame::List(node, next) => {
                let Node::List(items) = &*node else { return };
                if let Some(item) = items.get(next) {
                    if next + 1 < items.len() {
                        self.frames.push(Frame::List(node.clone(), next + 1));
                    }
                    self.frames.push(Frame::Run(item.clone()));
                }
            }
            Frame::AndOr(node, next) => self.joined(node, next),
            Frame::Not => self.shell.status = i32::from(self.shell.status == 0),
            Frame::Pipe(node, next, failed) => self.pipe(node, next, failed),
            Frame::If(node, branch) => self.branch(node, branch),
            Frame::Loop(node, testing, status) => self.repeat(node, testing, status),
            Frame::For(node, words, next) => self.each(node, words, next),
            Frame::Capture(shell) => self.captured(*shell),
            Frame::Leave(shell) => self.leave(*shell),
            Frame::Restore(streams, inputs) => self.restore(streams, inputs),
            Frame::Call(arguments, locals) => self.returned(arguments, locals),
            Frame::Unset(variables) => {
                variables.into_iter().for_each(|(name, value)| self.shell.restore(&name, value));
            }
            Frame::Status(status) => self.shell.status = status,
            Frame::Deadline(around, ..) => self.deadline = around,
            Frame::Wait(child) => self.wait(child),
            Frame::Invoke(words) => self.invoke(words, cx),
            Frame::Typed => self.typed(cx),
        }
    }

    /// Runs a command: at once, or by frames that are put on the stack.
    fn run(&mut self, node: Rc<Node>, results: Vec<Str>, cx: &mut Cx) {
        match &*node {
            Node::Simple(_)
            | Node::For { .. }
            | Node::Case { .. }
            | Node::Redirected(..)
            | Node::Arithmetic(_) => {
                let before = self.shell.variables.clone();
                let random = cx.container.random.clone();
                match self.expand(&node, &results, cx) {
                    Ok(()) => {}
                    Err(Halt::Needs(command)) => {
                        self.shell.variables = before;
                        cx.container.random = random;
                        self.frames.push(Frame::Expand(node, results));
                        self.capture(command);
                    }
                    Err(Halt::Failed(why)) => {
                        self.complain(&why, cx);
                        self.exit(2);
                    }
                }
            }
            Node::List(_) => self.frames.push(Frame::List(node, 0)),
            Node::AndOr(items) => {
                let first = items[0].1.clone();
                self.frames.push(Frame::AndOr(node, 1));
                self.frames.push(Frame::Run(first));
            }
            Node::Not(inner) => {
                self.frames.push(Frame::Not);
                self.frames.push(Frame::Run(inner.clone()));
            }
            Node::Pipe(_) => self.pipe(node, 0, 0),
            Node::Background(inner) => self.background(inner.clone(), cx),
            Node::If(branches, _) => {
                let test = branches[0].0.clone();
                self.frames.push(Frame::If(node, 0));
                self.frames.push(Frame::Run(test));
            }
            Node::Loop { test, .. } => {
                let test = test.clone();
                self.frames.push(Frame::Loop(node, true, 0));
                self.frames.push(Frame::Run(test));
            }
            Node::Subshell(inner) => {
                self.enter_subshell();
                self.frames.push(Frame::Run(inner.clone()));
            }
            Node::Function(name, body) => {
                let functions = Rc::make_mut(&mut self.shell.functions);
                functions.retain(|(known, _)| known != name);
                functions.push((name.clone(), body.clone()));
                self.shell.status = 0;
            }
        }
    }

    /// Runs what was typed into the shell; where more may come it waits for that.
    fn typed(&mut self, cx: &mut Cx) {
        let at = self.shell.streams.input.min(self.inputs.len() - 1);
        let text = self.inputs[at].rest();
        let waits = self.inputs[at].was_wanted() && text.is_empty();
        if waits || !text.is_empty() {
            self.frames.push(Frame::Typed);
        }
        match waits {
            true => self.doing = Doing::Reading,
            false => self.run_text(&text, cx),
        }
    }

    /// Runs a command that begins with the expansion of its words.
    fn expand(&mut self, node: &Rc<Node>, results: &[Str], cx: &mut Cx) -> Result<(), Halt> {
        let mut expander =
            Expander { shell: &mut self.shell, container: cx.container, world: cx.world, results, used: 0 };
        match &**node {
            Node::Simple(simple) => {
                let command = super::command::Command::expand(simple, &mut expander)?;
                self.simple(command, !results.is_empty(), cx);
            }
            Node::For { words, .. } => {
                let words: Rc<[Str]> = match words {
                    Some(words) => {
                        let mut fields = Vec::new();
                        for word in words {
                            expander.fields(word, &mut fields)?;
                        }
                        fields.into()
                    }
                    None => expander.shell.arguments.clone(),
                };
                self.shell.status = 0;
                self.frames.push(Frame::For(node.clone(), words, 0));
            }
            Node::Case { word, arms } => {
                let value = expander.text(word)?;
                let mut chosen = None;
                'arms: for (patterns, body) in arms {
                    for pattern in patterns {
                        if matches(&expander.pattern(pattern)?, &value) {
                            chosen = Some(body.clone());
                            break 'arms;
                        }
                    }
                }
                self.shell.status = 0;
                self.frames.extend(chosen.map(Frame::Run));
            }
            Node::Redirected(inner, redirects) => {
                let mut targets = Vec::new();
                for redirect in redirects {
                    targets.push((redirect.stream, redirect.kind, expander.text(&redirect.target)?));
                }
                let around = (self.shell.streams.clone(), self.inputs.len());
                match self.redirected(&targets, cx) {
                    Some(streams) => {
                        self.shell.streams = streams;
                        self.frames.push(Frame::Restore(around.0, around.1));
                        self.frames.push(Frame::Run(inner.clone()));
                    }
                    None => self.inputs.truncate(around.1),
                }
            }
            Node::Arithmetic(word) => self.shell.status = i32::from(expander.number(word)? == 0),
            _ => {}
        }
        Ok(())
    }

    fn joined(&mut self, node: Rc<Node>, mut next: usize) {
        let Node::AndOr(items) = &*node else { return };
        while let Some((join, item)) = items.get(next) {
            next += 1;
            if (*join == Join::And) == (self.shell.status == 0) {
                if next < items.len() {
                    self.frames.push(Frame::AndOr(node.clone(), next));
                }
                return self.frames.push(Frame::Run(item.clone()));
            }
        }
    }

    fn pipe(&mut self, node: Rc<Node>, next: usize, failed: i32) {
        let Node::Pipe(stages) = &*node else { return };
        let failed = if next > 0 && self.shell.status != 0 { self.shell.status } else { failed };
        let Some(stage) = stages.get(next) else {
            self.handed_on = false;
            if self.shell.options.pipefail && self.shell.status == 0 {
                self.shell.status = failed;
            }
            return;
        };
        let before = (next > 0).then(|| self.buffers.pop()).flatten();
        self.frames.push(Frame::Pipe(node.clone(), next + 1, failed));
        self.enter_subshell();
        self.shell.options.goes_on |= self.handed_on;
        if let Some(text) = before {
            self.shell.streams.input = self.inputs.len();
            self.inputs.push(Input::new(&text));
        }
        if next + 1 < stages.len() {
            self.shell.streams.out = Sink::Buffer(self.buffers.len());
            self.buffers.push(String::new());
        }
        self.frames.push(Frame::Run(stage.clone()));
    }

    /// More was printed than is kept for the reader: it has left, or it waits for an end that may never come.
    fn overflow(&mut self) {
        match self.reader_leaves() {
            true => self.exit(141),
            false => self.buffers.last_mut().expect("it is too long").clear(),
        }
    }

    fn branch(&mut self, node: Rc<Node>, branch: usize) {
        let Node::If(branches, otherwise) = &*node else { return };
        if self.shell.status == 0 {
            return self.frames.push(Frame::Run(branches[branch].1.clone()));
        }
        match branches.get(branch + 1) {
            Some((test, _)) => {
                let test = test.clone();
                self.frames.push(Frame::If(node, branch + 1));
                self.frames.push(Frame::Run(test));
            }
            None => {
                self.shell.status = 0;
                self.frames.extend(otherwise.clone().map(Frame::Run));
            }
        }
    }

    fn repeat(&mut self, node: Rc<Node>, testing: bool, status: i32) {
        let Node::Loop { until, test, body } = &*node else { return };
        if !testing {
            let (test, status) = (test.clone(), self.shell.status);
            self.frames.push(Frame::Loop(node, true, status));
            self.frames.push(Frame::Run(test));
        } else if (self.shell.status == 0) != *until {
            let body = body.clone();
            self.frames.push(Frame::Loop(node, false, status));
            self.frames.push(Frame::Run(body));
        } else {
            self.shell.status = status;
        }
    }

    fn each(&mut self, node: Rc<Node>, words: Rc<[Str]>, next: usize) {
        let Node::For { name, body, .. } = &*node else { return };
        if let Some(word) = words.get(next) {
            self.shell.set(name, word.clone());
            let body = body.clone();
            self.frames.push(Frame::For(node, words, next + 1));
            self.frames.push(Frame::Run(body));
        }
    }

    fn enter_subshell(&mut self) {
        self.frames.push(Frame::Leave(Box::new(self.shell.clone())));
        self.shell.traps = Default::default();
    }

    /// Runs a command for its output.
    fn capture(&mut self, command: Rc<Node>) {
        self.frames.push(Frame::Capture(Box::new(self.shell.clone())));
        self.shell.streams.out = Sink::Buffer(self.buffers.len());
        self.buffers.push(String::new());
        self.frames.push(Frame::Run(command));
    }

    fn captured(&mut self, shell: Shell) {
        let mut text = self.buffers.pop().unwrap_or_default();
        text.truncate(text.trim_end_matches('\n').len());
        self.leave(shell);
        if let Some(Frame::Expand(_, results)) = self.frames.last_mut() {
            results.push(text.into());
        }
    }

    fn leave(&mut self, shell: Shell) {
        let status = self.shell.status;
        self.shell = shell;
        self.shell.status = status;
        self.check_errexit();
    }

    pub(super) fn restore(&mut self, streams: Streams, inputs: usize) {
        self.shell.streams = streams;
        self.inputs.truncate(inputs);
    }

    pub(super) fn returned(&mut self, arguments: Rc<[Str]>, locals: Vec<(Str, Option<Str>)>) {
        self.shell.arguments = arguments;
        locals.into_iter().for_each(|(name, value)| self.shell.restore(&name, value));
    }

    fn background(&mut self, inner: Rc<Node>, cx: &mut Cx) {
        if cx.container.processes.len() >= MOST_PROCESSES {
            self.complain("can't fork: Resource temporarily unavailable", cx);
            return self.exit(2);
        }
        let mut shell = self.shell.clone();
        for sink in [&mut shell.streams.out, &mut shell.streams.err] {
            if matches!(sink, Sink::Buffer(i) if *i >= 2 || self.pid == 1) {
                *sink = Sink::Null;
            }
        }
        shell.streams.input = 0;
        shell.traps = Default::default();
        let pid = cx.new_pid();
        self.shell.background = Some(pid);
        self.shell.status = 0;
        self.children.push((pid, None));
        let mut child = Task::new(pid, self.at, shell);
        child.frames.push(Frame::Run(inner));
        cx.spawned.push(child);
    }

    /// Goes on when the child (or every child) has ended, else waits.
    pub(crate) fn wait(&mut self, child: Option<u32>) {
        let runs = |(pid, code): &(u32, Option<i32>)| code.is_none() && child.is_none_or(|c| c == *pid);
        if self.children.iter().any(runs) {
            self.doing = Doing::Waiting(child);
            return;
        }
        let found = self.children.iter().find(|(pid, _)| Some(*pid) == child).and_then(|(_, code)| *code);
        self.shell.status = found.unwrap_or(if child.is_some() { 127 } else { 0 });
        self.children.retain(|(pid, _)| child.is_some_and(|c| c != *pid));
    }

    /// Whether nothing is left to do after the present command: then shells hand their process over to it.
    pub(crate) fn in_last_place(&self) -> bool {
        self.shell.traps.is_empty()
            && self.frames.iter().all(|frame| match frame {
                Frame::Restore(..) | Frame::Unset(_) | Frame::Status(_) => true,
                Frame::List(node, next) => matches!(&**node, Node::List(items) if *next >= items.len()),
                _ => false,
            })
    }

    /// The innermost loop that goes on for ever, if one does.
    pub(crate) fn is_in_endless_loop(&self, container: &Container) -> bool {
        self.frames.iter().any(|frame| match frame {
            Frame::Loop(node, ..) => super::is_endless(node, &self.shell, container),
            _ => false,
        })
    }
}
