//! Simple commands: redirections, the shell's own commands that change what follows, functions, programs.

use super::ast::{RedirectKind, Simple};
use super::expand::{Expander, Halt};
use super::{Frame, Shell, Sink, Streams, parse};
use crate::config::Userland;
use crate::container::Container;
use crate::files::normal;
use crate::log::Stream;
use crate::programs::{self, Input, Outcome};
use crate::servers;
use crate::task::{Cx, Doing, Task};
use crate::world::{Message, Target};
use orrery_apimachinery::Str;
use orrery_sim::Duration;
use std::rc::Rc;

/// A redirection whose target is known: stream, kind, target.
type Redirection = (u8, RedirectKind, Str);

/// A simple command whose words are known.
pub(super) struct Command {
    assignments: Vec<(Str, Str)>,
    pub(super) words: Vec<Str>,
    redirections: Vec<Redirection>,
}

impl Command {
    pub fn expand(simple: &Simple, expander: &mut Expander) -> Result<Command, Halt> {
        let mut words = Vec::with_capacity(simple.words.len());
        // In `[[ ]]` nothing is split, and what is compared with is a pattern.
        let double = simple.words.first().is_some_and(|word| word.is("[["));
        for (i, word) in simple.words.iter().enumerate() {
            let compared = i > 1 && ["=", "==", "!="].iter().any(|sign| simple.words[i - 1].is(sign));
            match double {
                true if compared => words.push(expander.pattern(word)?.into()),
                true => words.push(expander.text(word)?),
                false => expander.fields(word, &mut words)?,
            }
        }
        let mut redirections = Vec::new();
        for redirect in &simple.redirects {
            redirections.push((redirect.stream, redirect.kind, expander.text(&redirect.target)?));
        }
        let mut assignments = Vec::new();
        for (name, word) in &simple.assignments {
            let value = expander.text(word)?;
            if words.is_empty() {
                // The next may use it.
                expander.shell.set(name, value);
            } else {
                assignments.push((name.clone(), value));
            }
        }
        Ok(Command { assignments, words, redirections })
    }
}

/// Commands in a row without a pause after which a loop that cannot end is taken to be busy.
const BUSY: u32 = 2_000;
/// Commands in a row without a pause after which any process is taken to be busy for ever.
const BUSY_FOR_EVER: u32 = 50_000;

impl Task {
    /// Runs a command; `substituted` tells whether another command has just set the status.
    pub(super) fn simple(&mut self, command: Command, substituted: bool, cx: &mut Cx) {
        self.busy += 1;
        let endless = self.busy == BUSY && self.is_in_endless_loop(cx.container);
        if (endless || self.busy > BUSY_FOR_EVER) && self.reader_leaves() {
            return self.exit(141);
        }
        if endless || self.busy > BUSY_FOR_EVER {
            self.doing = Doing::Burning;
            return;
        }
        let inputs = self.inputs.len();
        let Some(streams) = self.redirected(&command.redirections, cx) else {
            self.inputs.truncate(inputs);
            return self.check_errexit();
        };
        if command.words.is_empty() {
            self.inputs.truncate(inputs);
            if !substituted {
                self.shell.status = 0;
            }
            return self.check_errexit();
        }
        if self.shell.options.xtrace {
            let line = ["+ ", &command.words.join(" "), "\n"].concat();
            let sink = self.shell.streams.err.clone();
            self.print(&sink, &line, cx);
        }
        if !command.redirections.is_empty() {
            let around = std::mem::replace(&mut self.shell.streams, streams);
            match &*command.words {
                // Without a command, `exec` redirects the shell itself.
                [exec] if &**exec == "exec" => return self.shell.status = 0,
                _ => self.frames.push(Frame::Restore(around, inputs)),
            }
        }
        if !command.assignments.is_empty() {
            let mut before = Vec::new();
            for (name, value) in command.assignments {
                before.push((name.clone(), self.shell.get(&name).cloned()));
                self.shell.export(&name, value);
            }
            self.frames.push(Frame::Unset(before));
        }
        self.dispatch(command.words, cx);
    }

    fn dispatch(&mut self, words: Vec<Str>, cx: &mut Cx) {
        let number = |i: usize| words.get(i).and_then(|word| word.parse::<i32>().ok());
        match &*words[0] {
            "break" => self.leave_loops(number(1).unwrap_or(1).max(1) as u32, false),
            "continue" => self.leave_loops(number(1).unwrap_or(1).max(1) as u32, true),
            "return" => self.leave_function(number(1).unwrap_or(self.shell.status)),
            "exit" => self.exit(number(1).unwrap_or(self.shell.status) & 0xff),
            "exec" => {
                // The program takes the place of the shell: nothing follows.
                let shell = self.shell.clone();
                self.exit(0);
                self.shell = shell;
                self.frames.push(Frame::Invoke(words[1..].into()));
            }
            "eval" => {
                let text = words[1..].join(" ");
                self.run_text(&text, cx);
            }
            "." | "source" => {
                let path = normal(&self.shell.directory, words.get(1).map_or("", |path| path));
                match cx.container.read(&path, cx.world) {
                    Some(text) => self.run_text(&text, cx),
                    None => {
                        self.complain(
                            &[".: can't open '", &path, "': No such file or directory"].concat(),
                            cx,
                        );
                        self.exit(2);
                    }
                }
            }
            "wait" => self.wait(number(1).map(|pid| pid as u32)),
            "local" | "declare" | "typeset" => self.local(&words[1..]),
            _ => match self.shell.function(&words[0]) {
                Some(body) => {
                    let around = std::mem::replace(&mut self.shell.arguments, words[1..].into());
                    self.frames.push(Frame::Call(around, Vec::new()));
                    self.frames.push(Frame::Run(body));
                }
                None => self.invoke(words.into(), cx),
            },
        }
    }

    fn local(&mut self, words: &[Str]) {
        let mut before = Vec::new();
        for word in words.iter().filter(|word| !word.starts_with('-')) {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            before.push((name.into(), self.shell.get(name).cloned()));
            self.shell.set(name, value);
        }
        let call = self.frames.iter_mut().rev().find_map(|frame| match frame {
            Frame::Call(_, locals) => Some(locals),
            _ => None,
        });
        if let Some(locals) = call {
            locals.extend(before);
        }
        self.shell.status = 0;
    }

    /// Runs a text as a part of the script.
    pub(crate) fn run_text(&mut self, text: &str, cx: &mut Cx) {
        match parse(text) {
            Ok(script) => self.frames.push(Frame::Run(script)),
            // bash knows more than is read here: what it may well understand is not called an error.
            Err(_) if self.shell.options.bash => self.assume("bash", cx.container),
            Err(why) => {
                self.complain(&why, cx);
                self.exit(2);
            }
        }
    }

    /// Runs a program.
    pub(crate) fn invoke(&mut self, words: Rc<[Str]>, cx: &mut Cx) {
        let Some(name) = words.first().cloned() else { return };
        if cx.container.start.hosted.contains(&&*name) {
            self.doing = Doing::Asking(words);
        } else if let Some(program) = programs::find_in(&name, cx.container) {
            self.call(program, words, 0, cx);
        } else if name.contains('/') && self.run_file(&name, &words, cx) {
        } else if cx.container.is_known() && !name.contains('/') {
            let shell = cx.container.start.image.userland == Userland::Gnu;
            let line = if shell && !self.shell.options.interactive { "1: " } else { "" };
            let what = if self.shell.options.interactive { ": command not found" } else { ": not found" };
            self.complain(&[line, &name, what].concat(), cx);
            self.shell.status = 127;
            self.check_errexit();
        } else {
            self.assume(&name, cx.container);
        }
    }

    /// Runs a file of the container as a script; false when there is no such script.
    fn run_file(&mut self, name: &str, words: &[Str], cx: &mut Cx) -> bool {
        let path = normal(&self.shell.directory, name);
        let Some(text) = cx.container.read(&path, cx.world) else { return false };
        let first = text.lines().next().unwrap_or_default();
        if text.is_empty() || (first.starts_with("#!") && !first.contains("sh")) {
            return false;
        }
        let script =
            programs::Script { text, name: name.into(), arguments: words[1..].into(), ..Default::default() };
        self.run_script(script, cx);
        true
    }

    /// Runs a script in a shell of its own.
    pub(crate) fn run_script(&mut self, script: programs::Script, cx: &mut Cx) {
        let child = Shell {
            name: script.name,
            arguments: script.arguments,
            options: script.options,
            ..self.shell.child()
        };
        let around = std::mem::replace(&mut self.shell, child);
        if !self.frames.is_empty() || around.options.interactive {
            self.frames.push(Frame::Leave(Box::new(around)));
        }
        match script.typed {
            true => self.frames.push(Frame::Typed),
            false => self.run_text(&script.text, cx),
        }
    }

    /// Nothing is known of a program: what stands last is taken to be what the container is there for.
    pub(crate) fn assume(&mut self, name: &str, container: &mut Container) {
        let last = self.pid == 1 && self.in_last_place();
        let runs = last && !container.start.completes;
        let ports = container.start.image.exposed_ports.clone();
        let what = match (runs, last) {
            (true, _) if !ports.is_empty() => "listen on its ports and answer 200",
            (true, _) => "run until it is stopped",
            (false, true) => "end well after two seconds",
            (false, false) => "end well at once",
        };
        container.assume(name, what);
        self.shell.status = 0;
        if runs {
            self.doing = match servers::assumed(&ports) {
                Outcome::Serve(service) if !ports.is_empty() => Doing::Serving(Rc::new(service)),
                _ => Doing::Staying,
            };
        } else if last {
            self.at += Duration::from_secs(2);
        }
    }

    /// The streams of a command with redirections; `None` when one cannot be opened, which is said.
    pub(super) fn redirected(&mut self, redirections: &[Redirection], cx: &mut Cx) -> Option<Streams> {
        let mut streams = self.shell.streams.clone();
        for (stream, kind, target) in redirections {
            if let Err(why) = self.redirect(*stream, *kind, target, &mut streams, cx) {
                self.complain(&why, cx);
                self.shell.status = 1;
                return None;
            }
        }
        Some(streams)
    }

    fn redirect(
        &mut self,
        stream: u8,
        kind: RedirectKind,
        target: &Str,
        streams: &mut Streams,
        cx: &mut Cx,
    ) -> Result<(), String> {
        if kind == RedirectKind::Here || (kind == RedirectKind::In && !target.starts_with("/dev/tcp/")) {
            let path = normal(&self.shell.directory, target);
            let input = match kind {
                RedirectKind::Here => Input::new(target),
                _ => match cx.container.read(&path, cx.world) {
                    Some(text) => Input::new(&text),
                    None => return Err(["can't open ", target, ": no such file"].concat()),
                },
            };
            if stream == 0 {
                streams.input = self.inputs.len();
                self.inputs.push(input);
            }
            return Ok(());
        }
        let sink = match (kind, &**target) {
            (RedirectKind::Same, "1") => streams.out.clone(),
            (RedirectKind::Same, "2") => streams.err.clone(),
            (RedirectKind::Same, _) => Sink::Null,
            _ => self.open(kind, target, streams, cx)?,
        };
        match stream {
            1 => streams.out = sink,
            2 => streams.err = sink,
            3 => (streams.out, streams.err) = (sink.clone(), sink),
            _ => {}
        }
        Ok(())
    }

    /// Opens a file that is written to, or one of the paths that mean something else.
    fn open(
        &mut self,
        kind: RedirectKind,
        target: &str,
        streams: &Streams,
        cx: &mut Cx,
    ) -> Result<Sink, String> {
        let path = normal(&self.shell.directory, target);
        Ok(match &*path {
            "/dev/null" | "/dev/tty" => Sink::Null,
            "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" => streams.out.clone(),
            "/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2" => streams.err.clone(),
            "/proc/1/fd/1" => Sink::Log(Stream::Stdout),
            "/proc/1/fd/2" => Sink::Log(Stream::Stderr),
            path if path.starts_with("/dev/tcp/") => self.connect(&path["/dev/tcp/".len()..], cx)?,
            path => {
                let opened = match kind {
                    RedirectKind::Append => cx.container.append(path, "", cx.world),
                    _ => cx.container.write(path, "", cx.world),
                };
                opened.map_err(|why| {
                    let why =
                        if &*why == "No such file or directory" { "nonexistent directory" } else { &why };
                    ["can't create ", target, ": ", why].concat()
                })?;
                Sink::File(path.into())
            }
        })
    }

    /// bash's `/dev/tcp/host/port`.
    fn connect(&mut self, target: &str, cx: &mut Cx) -> Result<Sink, String> {
        let (host, port) = target.split_once('/').unwrap_or((target, ""));
        let port = port.parse().unwrap_or(0);
        let addresses = cx.world.lookup(host);
        self.at += addresses.took;
        let Some(address) = addresses.result.first().copied() else {
            return Err([host, ": Name or service not known"].concat());
        };
        let to = Target { address, port };
        let answer = cx.world.send(to, &Message::Connect, Duration::from_secs(127));
        self.at += answer.took;
        match answer.result {
            Ok(_) => Ok(Sink::Null),
            Err(_) => {
                Err(["connect: Connection refused\n/dev/tcp/", target, ": Connection refused"].concat())
            }
        }
    }

    /// Says on standard error what is wrong.
    pub(crate) fn complain(&mut self, why: &str, cx: &mut Cx) {
        let line = [&*self.shell.name, ": ", why, "\n"].concat();
        let sink = self.shell.streams.err.clone();
        self.print(&sink, &line, cx);
    }
}
