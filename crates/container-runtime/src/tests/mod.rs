//! Containers as a person meets them: a script goes in; what it prints, its code and its time come out.

mod examples;
mod lives;
mod programs;
mod scripts;
mod sessions;

use crate::{
    Answer, Files, ImageConfig, Message, Process, Reply, Start, Target, Unreachable, Userland, World,
};
use orrery_apimachinery::{Str, Time};
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// A small outside: names, one web server for all addresses, and a volume.
#[derive(Default)]
pub(crate) struct Village {
    pub names: BTreeMap<&'static str, Ipv4Addr>,
    /// Ports that answer, with which status and body.
    pub ports: BTreeMap<u16, (u16, &'static str)>,
    pub volume: BTreeMap<String, Str>,
    /// How often it was reached.
    pub reached: u32,
}

const MILLISECOND: Duration = Duration::from_millis(1);

impl World for Village {
    fn lookup(&mut self, name: &str) -> Answer<Vec<Ipv4Addr>> {
        self.reached += 1;
        Answer { took: MILLISECOND, result: self.names.get(name).copied().into_iter().collect() }
    }

    fn send(
        &mut self,
        to: Target,
        message: &Message,
        timeout: Duration,
    ) -> Answer<Result<Reply, Unreachable>> {
        self.reached += 1;
        if !self.names.values().any(|address| *address == to.address) {
            return Answer { took: timeout, result: Err(Unreachable::TimedOut) };
        }
        let result = match (self.ports.get(&to.port), message) {
            (None, _) => Err(Unreachable::Refused),
            (Some(_), Message::Connect) => Ok(Reply::Connected),
            (Some((status, body)), Message::Http { .. }) => {
                Ok(Reply::Http { status: *status, headers: Vec::new(), body: (*body).into() })
            }
            (Some((_, body)), Message::Bytes(_) | Message::Datagram(_)) => Ok(Reply::Bytes((*body).into())),
        };
        Answer { took: MILLISECOND, result }
    }

    fn read(&mut self, path: &str) -> Option<Str> {
        self.reached += 1;
        self.volume.get(path).cloned()
    }

    fn write(&mut self, path: &str, content: &str) -> Result<(), Str> {
        self.reached += 1;
        self.volume.insert(path.into(), content.into());
        Ok(())
    }

    fn append(&mut self, path: &str, content: &str) -> Result<(), Str> {
        self.reached += 1;
        let old = self.volume.get(path).cloned().unwrap_or_default();
        self.volume.insert(path.into(), [&*old, content].concat().into());
        Ok(())
    }

    fn size(&mut self, path: &str) -> u64 {
        self.volume.get(path).map_or(0, |text| text.len() as u64)
    }

    fn grow(&mut self, _: &str, _: u64) -> Result<(), Str> {
        Ok(())
    }

    fn make_directory(&mut self, _: &str) -> Result<(), Str> {
        Ok(())
    }

    fn remove(&mut self, path: &str) -> bool {
        self.volume.remove(path).is_some()
    }

    fn list(&mut self, path: &str) -> Option<Vec<Str>> {
        let below = [path, "/"].concat();
        let names = self.volume.keys().filter_map(|other| Some(Str::from(other.strip_prefix(&below)?)));
        let names: Vec<Str> = names.collect();
        (!names.is_empty() || path == "/data").then_some(names)
    }
}

/// A container of busybox that runs a script.
pub(crate) fn start(script: &str) -> Start {
    let image = ImageConfig {
        name: "busybox".into(),
        userland: Userland::Busybox,
        files: Files::default(),
        ..ImageConfig::default()
    };
    Start {
        image: Rc::new(image),
        command: ["sh", "-c", script].map(Str::from).into(),
        hostname: "web-0".into(),
        epoch: Time::parse("2025-01-01T00:00:00Z").expect("it is a date"),
        seed: 7,
        ..Start::default()
    }
}

pub(crate) fn run(start: Start, world: &mut dyn World) -> Process {
    let mut process = Process::start(Rc::new(start), SimTime::ZERO).expect("it starts");
    process.advance(SimTime::from_secs(100_000), world);
    process
}

/// `code after ms: output`.
pub(crate) fn outcome(process: &Process) -> String {
    let printed: String = process.log().lines().map(|line| &*line.text).collect();
    match process.ended() {
        Some(exit) => format!("{} after {} ms: {printed}", exit.code, exit.at.as_millis()),
        None => format!("runs: {printed}"),
    }
}

pub(crate) fn check(rows: &[(&str, &str, &str)]) {
    let mut wrong = String::new();
    for (row, script, expected) in rows {
        let mut village = Village::default();
        let mut found = outcome(&run(start(script), &mut village));
        found.truncate(400);
        if found != *expected {
            wrong.push_str(&format!(
                "{row}\n  script   {script:?}\n  found    {found:?}\n  expected {expected:?}\n"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn words(command: &[&str]) -> Vec<Str> {
    command.iter().map(|word| Str::from(*word)).collect()
}
