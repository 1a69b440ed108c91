//! `orrery sh`: the console of the page at a terminal. Virtual time passes while a command goes on, as fast as it can.

mod desk;
mod editor;

use crate::{apply, link};
use clap::Args;
use desk::Desk;
use orrery_run::{Run, SEED};
use orrery_share::Link;
use orrery_sim::{Duration, SimTime};
use orrery_workstation::console::{Console, Machine, NEW_PAGE, is_unfinished};
use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

/// How far virtual time goes between two looks at what goes on, in nanoseconds.
const LOOK: u64 = 100_000_000;

/// On which cluster, and how long things are followed.
#[derive(Args)]
pub struct Options {
    /// A link, or a file with a saved run or with manifests; without it the cluster is new.
    given: Option<String>,
    /// How many nodes a cluster has that does not come with its own number of them.
    #[arg(long, default_value_t = orrery_run::NODES)]
    nodes: u32,
    /// How long the cluster works before the first line, unless the link says so.
    #[arg(long, default_value = "30s")]
    at: String,
    /// How long, in virtual time, a command is followed that does not end by itself: then Ctrl-C is pressed.
    #[arg(long, default_value = "60s")]
    follow: String,
}

/// Reads lines until there are no more.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let follow = apply::duration(&options.follow)?;
    let mut link = match &options.given {
        Some(given) => {
            let saved = link::given(given)?;
            saved.link(saved.branch)
        }
        None => Link { seed: SEED, nodes: options.nodes, speed: 1.0, ..Link::default() },
    };
    if link.at == 0 {
        link.at = instant(apply::duration(&options.at)?);
    }
    let mut shell = Shell::new(&link, follow);
    let stdin = io::stdin();
    let typing = stdin.is_terminal();
    let (mut line, mut whole) = (String::new(), String::new());
    loop {
        if typing {
            print!("{}", if whole.is_empty() { shell.console.prompt() } else { "> " });
            // A terminal that shows no prompt takes lines all the same.
            let _ = io::stdout().flush();
        }
        line.clear();
        if stdin.lock().read_line(&mut line).map_err(|error| error.to_string())? == 0 {
            if shell.end_input(&mut print_piece) {
                continue;
            }
            break;
        }
        whole += &line;
        if !is_unfinished(whole.trim_end_matches('\n')) {
            let entered = std::mem::take(&mut whole);
            if entered.trim() == "exit" && !shell.is_inside() {
                break;
            }
            shell.enter(entered.trim_end_matches('\n'), &mut print_piece);
        }
    }
    Ok(ExitCode::from(u8::try_from(shell.console.status()).unwrap_or(1)))
}

/// The instant so long after the beginning.
fn instant(after: Duration) -> u64 {
    (SimTime::ZERO + after).as_nanos()
}

fn print_piece(error: bool, text: &str) {
    if error {
        eprint!("{text}");
    } else {
        print!("{text}");
    }
}

/// A console, and the run that it is at.
pub struct Shell {
    console: Console,
    desk: Desk,
    follow: Duration,
}

impl Shell {
    /// A console at the instant of a link.
    pub fn new(link: &Link, follow: Duration) -> Shell {
        let mut run = Run::of(link);
        run.seek(link.at, &mut || true);
        let desk = Desk { run };
        Shell { console: Console::new(desk.now()), desk, follow }
    }

    /// The run, with everything that was done in it.
    pub fn run(&self) -> &Run {
        &self.desk.run
    }

    /// Whether the person sits in a container.
    fn is_inside(&self) -> bool {
        self.console.prompt() != "$ "
    }

    /// Ends what is typed into a program that reads it; false when none does.
    fn end_input(&mut self, print: &mut dyn FnMut(bool, &str)) -> bool {
        let reads = |console: &Console| console.prompt().is_empty();
        let read = reads(&self.console);
        if read {
            self.console.end_input(&mut self.desk);
            self.wait(print);
        }
        read && !reads(&self.console)
    }

    /// Takes a line, and lets time pass until it is done with.
    pub fn enter(&mut self, line: &str, print: &mut dyn FnMut(bool, &str)) {
        self.console.enter(line, &mut self.desk);
        self.wait(print);
    }

    /// Lets time pass until a line is done with.
    fn wait(&mut self, print: &mut dyn FnMut(bool, &str)) {
        let until = self.desk.now() + self.follow;
        loop {
            // Here every answer is left to be read.
            self.console
                .take()
                .iter()
                .for_each(|(error, text)| print(*error, text.trim_start_matches(NEW_PAGE)));
            if !self.console.is_busy() {
                return;
            }
            if self.console.is_endless() && self.desk.now() >= until {
                print(true, "^C\n");
                self.console.interrupt(&mut self.desk);
                continue;
            }
            let run = &mut self.desk.run;
            run.run(run.now() + LOOK, &mut || true);
            self.console.look(&mut self.desk);
        }
    }
}

#[cfg(test)]
mod tests;
