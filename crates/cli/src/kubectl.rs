//! `orrery kubectl`: kubectl against the saved state of a cluster in which nothing works but the API server.

use crate::files::Disk;
use clap::Args;
use orrery_api::{Kind, Object};
use orrery_apimachinery::{MicroTime, Time};
use orrery_apiserver::{Config, Request, Still};
use orrery_kubectl::{Files, KUBECONFIG, Output, START_UP};
use orrery_schema::Schema;
use orrery_sim::{Duration, SimTime};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How long after its start the first request of a recorded command arrived.
const ON_ITS_WAY: Duration = Duration::from_millis(80);

/// What state, and which commands.
#[derive(Args)]
pub struct Options {
    /// A file with the objects of a cluster, `resources` by name, and the date `at` which it was saved.
    #[arg(long)]
    state: PathBuf,
    /// A file with many commands, each at a date of its own; prints a line of JSON for each.
    #[arg(long)]
    batch: Option<PathBuf>,
    /// The date of the command; that of the state unless told.
    #[arg(long)]
    now: Option<String>,
    /// The arguments of kubectl.
    #[arg(last = true)]
    argv: Vec<String>,
}

/// A saved state.
#[derive(Deserialize)]
struct State {
    at: String,
    resources: BTreeMap<String, Vec<Value>>,
}

/// One command of a batch.
#[derive(Deserialize)]
struct Command {
    n: u64,
    argv: Vec<String>,
    at: String,
}

/// The server with what was saved.
struct Alone {
    server: Still,
    epoch: Time,
}

impl Alone {
    fn new(state: &State) -> Result<Self, String> {
        let at = date(&state.at)?;
        // The day on which it was saved, so that all dates of the commands lie behind the beginning.
        let epoch = Time(at.seconds().0.div_euclid(86_400) * 86_400);
        let mut alone = Alone { server: Still::new(Config { seed: 1, epoch }), epoch };
        alone.set(at);
        let mut objects = Vec::new();
        for item in state.resources.values().flatten() {
            objects.extend(object(item)?);
        }
        alone.server.api.restore(&Request::new(alone.server.now, "etcd"), objects);
        Ok(alone)
    }

    /// The date at which a program was started; its first request arrives a little later.
    fn begin(&mut self, at: MicroTime) {
        let micros = |duration: Duration| duration.as_nanos() as i64 / 1_000;
        self.set(MicroTime(at.0 + micros(ON_ITS_WAY) - micros(START_UP)));
    }

    fn set(&mut self, at: MicroTime) {
        let micros = u64::try_from(at.0 - self.epoch.0 * 1_000_000).unwrap_or(0);
        self.server.now = SimTime::from_nanos(micros * 1_000);
    }
}

fn date(text: &str) -> Result<MicroTime, String> {
    MicroTime::parse(text).ok_or_else(|| format!("'{text}' is not a date"))
}

/// The object that a tree states, if its kind is known here.
fn object(tree: &Value) -> Result<Option<Object>, String> {
    let word = |field: &str| tree[field].as_str().unwrap_or_default();
    let Some(kind) = Kind::by_gvk(word("apiVersion"), word("kind")) else { return Ok(None) };
    let (object, problems) = Object::decode(kind, tree);
    match problems.first() {
        None => Ok(Some(object)),
        Some(problem) => Err(format!("{} {}: {problem}", kind.name(), object.metadata().name)),
    }
}

fn load(path: &Path) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = std::fs::read(path).map_err(failed)?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&*bytes).read_to_end(&mut text).map_err(failed)?;
    Ok(text)
}

fn parse<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, String> {
    serde_json::from_slice(&load(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

/// The configuration with which states are saved.
const SAVED_WITH: &str = "\
apiVersion: v1
kind: Config
preferences: {}
current-context: o
clusters: [{name: o, cluster: {server: 'https://127.0.0.1:6443'}}]
contexts: [{name: o, context: {cluster: o, user: u}}]
users: [{name: u, user: {}}]
";

/// Files beside a saved state.
struct Beside<'f>(&'f dyn Files);

impl Files for Beside<'_> {
    fn read(&self, name: &str) -> Option<String> {
        if name == KUBECONFIG { Some(SAVED_WITH.into()) } else { self.0.read(name) }
    }

    fn schema(&self) -> Option<&Schema> {
        self.0.schema()
    }

    fn help(&self) -> Option<&str> {
        self.0.help()
    }
}

/// What kubectl answers to every command of a batch, by its number. They find their files in `files`.
pub fn batch(state: &Path, commands: &Path, files: &dyn Files) -> Result<Vec<(u64, Output)>, String> {
    let mut session = Alone::new(&parse(state)?)?;
    let mut answers = Vec::new();
    for command in parse::<Vec<Command>>(commands)? {
        session.begin(date(&command.at)?);
        let argv = command.argv.get(1..).unwrap_or_default();
        answers.push((command.n, orrery_kubectl::run(argv, &Beside(files), &mut session.server)));
    }
    Ok(answers)
}

/// Runs one command, or all of a batch.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    if let Some(commands) = &options.batch {
        for (n, output) in batch(&options.state, commands, &Disk)? {
            let (rc, stdout, stderr) = (output.code, output.stdout, output.stderr);
            println!("{}", json!({"n": n, "rc": rc, "stdout": stdout, "stderr": stderr}));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut session = Alone::new(&parse(&options.state)?)?;
    if let Some(now) = &options.now {
        session.begin(date(now)?);
    }
    let output = orrery_kubectl::run(&options.argv, &Beside(&Disk), &mut session.server);
    for (name, text) in output.files.iter().filter(|(name, _)| name != KUBECONFIG) {
        std::fs::write(name, text).map_err(|error| format!("{name}: {error}"))?;
    }
    for (printed, told) in output.in_order() {
        print!("{printed}");
        eprint!("{told}");
    }
    Ok(ExitCode::from(u8::try_from(output.code).unwrap_or(1)))
}
