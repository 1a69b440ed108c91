//! kubectl: arguments in, standard output, standard error and exit code out. A command is a file.
//!
//! It reaches the cluster as the real one does: through the API server, one request after another,
//! while virtual time passes.

pub mod apply;
mod args;
mod command;
mod cordon;
mod create;
mod delete;
mod explain;
mod fields;
mod get;
mod label;
mod rollout;
mod scale;
mod set;
mod sort;
mod taint;
mod target;

pub use args::Args;
pub use command::{Failure, Output};

use command::Cx;
use orrery_apiserver::Session;
use orrery_schema::Schema;
use orrery_sim::Duration;

/// How long a request travels to the server and back.
pub const ROUND_TRIP: Duration = Duration::from_millis(10);

/// How long the program takes before its first request.
const START_UP: Duration = Duration::from_millis(100);

/// What lies beside the program: files by name, as `-f` finds them, and what the API says of its fields.
pub trait Files {
    /// The text of the file called `name`; `-` is standard input.
    fn read(&self, name: &str) -> Option<String>;

    /// The table of fields; none while it is not here.
    fn schema(&self) -> Option<&Schema> {
        None
    }
}

/// No files at all but a standard input.
#[derive(Clone, Debug, Default)]
pub struct Stdin(pub String);

impl Files for Stdin {
    fn read(&self, name: &str) -> Option<String> {
        (name == "-").then(|| self.0.clone())
    }
}

type Command = fn(&mut Cx<'_>, &Args) -> Result<(), Failure>;

/// The commands, by name.
const COMMANDS: &[(&str, Command)] = &[
    ("apply", apply::run),
    ("cordon", cordon::cordon),
    ("create", create::run),
    ("delete", delete::run),
    ("explain", explain::run),
    ("get", get::run),
    ("label", label::run),
    ("rollout", rollout::run),
    ("scale", scale::run),
    ("set", set::run),
    ("taint", taint::run),
    ("uncordon", cordon::uncordon),
];

/// Runs one command line, without the leading `kubectl`.
pub fn run(argv: &[String], files: &dyn Files, session: &mut dyn Session) -> Output {
    session.pass(START_UP);
    let mut cx = Cx { session, files, output: Output::default() };
    let outcome = Args::parse(argv).map_err(Failure::usage).and_then(|args| {
        let name = args.words.first().cloned().unwrap_or_default();
        match COMMANDS.iter().find(|(n, _)| *n == name) {
            Some((_, command)) => command(&mut cx, &args),
            None => Err(Failure::usage(format!("unknown command \"{name}\" for \"kubectl\""))),
        }
    });
    let mut output = cx.output;
    if let Err(failure) = outcome {
        output.stderr.push_str(&failure.text);
        output.stderr.push('\n');
        output.code = failure.code;
    }
    output
}
