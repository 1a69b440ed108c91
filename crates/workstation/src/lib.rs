//! The person's own machine: what can be typed at the prompt of the console. Beside kubectl that is what brings an
//! image to a cluster: `docker`, with a daemon beside the cluster, and `minikube` and `kind`, which load its images
//! onto the nodes; `curl`, which asks from outside, and `hey`, which asks often; `jq`, which asks what others print; and
//! `etcdctl`, for what lies below the API server. A program is a file.

pub mod console;
mod curl;
mod docker;
mod etcdctl;
mod fuser;
mod hey;
mod jq;
mod kind;
mod minikube;
mod node;

use orrery_apimachinery::Str;
use orrery_apiserver::Session;
use orrery_container_runtime::DockerHost;
use orrery_container_runtime::images::{Image, Reference};
use orrery_kubectl::{Files, Following, Output};
use orrery_sim::Duration;
use std::rc::Rc;

/// Everything that a person's programs reach.
pub trait Workstation: Session + DockerHost {
    /// What kubectl reaches of it.
    fn session(&mut self) -> &mut dyn Session;
}

impl<T: Session + DockerHost> Workstation for T {
    fn session(&mut self) -> &mut dyn Session {
        self
    }
}

/// How long these programs take before they do anything.
const START_UP: Duration = Duration::from_millis(50);

/// Whether a command line is for another program than kubectl.
pub fn is_program(argv: &[String]) -> bool {
    matches!(
        argv.first().map(String::as_str),
        Some(
            "curl"
                | "docker"
                | "etcdctl"
                | "etcdutl"
                | "fuser"
                | "hey"
                | "jq"
                | "kind"
                | "minikube"
                | "nerdctl"
                | "podman"
        )
    )
}

/// Runs a command line. Without the name of another program in front it is kubectl's.
pub fn run(argv: &[String], files: &dyn Files, station: &mut dyn Workstation) -> Output {
    let rest = argv.get(1..).unwrap_or_default();
    if !is_program(argv) {
        return orrery_kubectl::run(argv, files, station.session());
    }
    station.pass(START_UP);
    let mut desk = Desk { station, files, output: Output::default() };
    let done = match argv.first().map_or("", |word| word) {
        "curl" => curl::run(&mut desk, None, rest),
        "docker" | "podman" | "nerdctl" => docker::run(&mut desk, rest),
        "etcdctl" | "etcdutl" => etcdctl::run(&mut desk, rest),
        "fuser" => fuser::run(&mut desk, rest),
        "hey" => hey::run(&mut desk, rest),
        "jq" => jq::run(&mut desk, rest),
        "kind" => kind::run(&mut desk, rest),
        _ => minikube::run(&mut desk, rest),
    };
    let mut output = desk.output;
    if let Err(failure) = done {
        output.tell(&failure);
        output.tell("\n");
        output.code = 1;
    }
    output
}

/// As [`run`], but a command that goes on is handed over, to be looked at while time passes. It has changed nothing.
pub fn start(
    argv: &[String],
    files: &dyn Files,
    station: &mut dyn Workstation,
) -> (Output, Option<Following>) {
    match is_program(argv) {
        true => (run(argv, files, station), None),
        false => orrery_kubectl::start(argv, files, station.session()),
    }
}

/// What a program works with.
struct Desk<'a> {
    station: &'a mut dyn Workstation,
    files: &'a dyn Files,
    output: Output,
}

impl Desk<'_> {
    /// Prints a line.
    fn say(&mut self, line: &str) {
        self.output.stdout.push_str(line);
        self.output.stdout.push('\n');
    }

    /// Prints a line of what is going on, to standard error.
    fn note(&mut self, line: &str) {
        self.output.tell(line);
        self.output.tell("\n");
    }

    /// An image of the docker daemon.
    fn image(&mut self, name: &str) -> Option<(Reference, Rc<Image>)> {
        let reference = Reference::parse(name).ok()?;
        let image = self.station.docker().0.images.get(&reference.canonical())?.clone();
        Some((reference, image))
    }

    /// Puts an image on every node.
    fn load(&mut self, name: &Str, image: &Rc<Image>) {
        for node in self.station.nodes() {
            self.station.load_image(&node, name, image);
        }
    }
}

/// The words of a command line that are not flags, and the value of each flag: `-t NAME`, `--name=x`. Flags in
/// `alone` have no value.
struct Words<'a> {
    plain: Vec<&'a str>,
    flags: Vec<(&'a str, &'a str)>,
}

impl<'a> Words<'a> {
    fn of(argv: &'a [String], alone: &[&str]) -> Words<'a> {
        let mut words = Words { plain: Vec::new(), flags: Vec::new() };
        let mut argv = argv.iter();
        while let Some(word) = argv.next() {
            match word.split_once('=') {
                _ if !word.starts_with('-') || word == "-" => words.plain.push(word),
                Some((flag, value)) => words.flags.push((flag, value)),
                None if alone.contains(&word.as_str()) => words.flags.push((word, "")),
                None => words.flags.push((word, argv.next().map_or("", |value| value))),
            }
        }
        words
    }

    fn flag(&self, names: &[&str]) -> Option<&'a str> {
        self.flags.iter().find(|(flag, _)| names.contains(flag)).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests;
