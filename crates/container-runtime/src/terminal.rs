//! A shell at which a person sits: it takes one line after the other and keeps what it knows between them. Some programs
//! are not its own: it asks whoever holds it to run them, and goes on with what they print.

use crate::container::{Container, Start};
use crate::log::Line;
use crate::process::environment;
use crate::programs::Input;
use crate::shell::{Frame, Shell};
use crate::state::State;
use crate::task::{Cx, Doing, Task};
use crate::world::World;
use orrery_apimachinery::Str;
use orrery_sim::SimTime;
use std::rc::Rc;

/// A program that the holder of a shell is to run for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The number of the process that waits for it.
    pub pid: u32,
    /// The command line.
    pub words: Rc<[Str]>,
    /// Whether its standard input is not the keyboard.
    pub piped: bool,
}

/// The shell with everything that it has started.
#[derive(Clone, Debug)]
pub struct Terminal(State);

/// Where the lines are kept that were typed.
pub(crate) const HISTORY: &str = "/run/history";
/// What stands before a text that is to be seen instead of all that was printed before.
pub const NEW_PAGE: char = '\u{c}';
/// The process of a line.
const FOREGROUND: u32 = 1;

impl Terminal {
    /// A shell that waits for its first line.
    pub fn new(start: Rc<Start>, now: SimTime) -> Terminal {
        let container = Container::new(start);
        let mut shell = environment(&container.start);
        shell.name = "bash".into();
        shell.options.interactive = true;
        let mut task = Task::new(FOREGROUND, now, shell);
        task.doing = Doing::Ended(0);
        Terminal(State { began: now, container, tasks: vec![task], last_pid: FOREGROUND, exit: None })
    }

    /// Takes a line. What ran in the foreground is left.
    pub fn enter(&mut self, line: &str, now: SimTime, world: &mut dyn World) {
        self.interrupt();
        self.0.container.files.append(HISTORY, &[line, "\n"].concat());
        let shell = Shell { streams: Shell::default().streams, ..self.0.tasks[0].shell.clone() };
        self.0.tasks[0] = Task::new(FOREGROUND, now, shell);
        self.with(FOREGROUND, now, world, &mut |task, cx| task.run_text(line, cx));
    }

    /// Lets happen what happens until an instant.
    pub fn advance(&mut self, until: SimTime, world: &mut dyn World) {
        while self.0.due(until) {
            self.0.advance(until, world);
            // The end of a line is not the end of the shell.
            self.0.exit = None;
        }
    }

    /// Whether a line is still being worked on.
    pub fn is_busy(&self) -> bool {
        !matches!(self.0.tasks[0].doing, Doing::Ended(_))
    }

    /// Whether the line goes round in a loop that has no end.
    pub fn is_endless(&self) -> bool {
        self.0.tasks[0].is_in_endless_loop(&self.0.container)
    }

    /// The exit code of the last line.
    pub fn status(&self) -> i32 {
        self.0.tasks[0].shell.status
    }

    /// The working directory.
    pub fn directory(&self) -> &str {
        &self.0.tasks[0].shell.directory
    }

    /// The variables that are set.
    pub fn variables(&self) -> impl Iterator<Item = &Str> {
        self.0.tasks[0].shell.variables.iter().map(|(name, _)| name)
    }

    /// The programs that are waited for, that of the foreground first.
    pub fn wanted(&self) -> Vec<Wanted> {
        let asked = self.0.tasks.iter().filter_map(|task| match &task.doing {
            Doing::Asking(words) => {
                Some(Wanted { pid: task.pid, words: words.clone(), piped: task.shell.streams.input > 0 })
            }
            _ => None,
        });
        asked.collect()
    }

    /// What stands in the standard input of a program that is waited for, which reads it.
    pub fn read(&mut self, pid: u32) -> Option<Str> {
        let task = self.0.tasks.iter_mut().find(|task| task.pid == pid)?;
        // The first input is the keyboard.
        let at = task.shell.streams.input;
        task.inputs.get_mut(at).filter(|_| at > 0).map(Input::rest)
    }

    /// A program that is waited for prints; it has ended with that if there is an exit code.
    pub fn print(
        &mut self,
        pid: u32,
        (out, err): (&str, &str),
        ended: Option<i32>,
        now: SimTime,
        world: &mut dyn World,
    ) {
        self.with(pid, now, world, &mut |task, cx| {
            let streams = task.shell.streams.clone();
            task.print(&streams.out, out, cx);
            task.print(&streams.err, err, cx);
            match ended {
                None => drop(task.hand_on(cx)),
                Some(code) => {
                    task.doing = Doing::Stepping;
                    task.shell.status = code;
                    task.check_errexit();
                }
            }
        });
    }

    /// The person presses Ctrl-C: what runs in the foreground is left.
    pub fn interrupt(&mut self) {
        if !self.is_busy() {
            return;
        }
        let task = &mut self.0.tasks[0];
        let outermost = task.frames.iter().find_map(|frame| match frame {
            Frame::Leave(shell) | Frame::Capture(shell) => Some((**shell).clone()),
            _ => None,
        });
        task.shell = outermost.unwrap_or_else(|| task.shell.clone());
        task.shell.status = 130;
        task.frames.clear();
        task.doing = Doing::Ended(130);
    }

    /// What was printed since it was last asked.
    pub fn take(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.0.container.log).lines().cloned().collect()
    }

    /// Does something to a process, and lets happen what comes of it.
    fn with(
        &mut self,
        pid: u32,
        now: SimTime,
        world: &mut dyn World,
        act: &mut dyn FnMut(&mut Task, &mut Cx),
    ) {
        let State { container, tasks, last_pid, .. } = &mut self.0;
        let Some(task) = tasks.iter_mut().find(|task| task.pid == pid) else { return };
        task.at = task.at.max(now);
        let mut spawned = Vec::new();
        act(task, &mut Cx { container, world, spawned: &mut spawned, last_pid });
        tasks.append(&mut spawned);
        self.advance(now, world);
    }
}
