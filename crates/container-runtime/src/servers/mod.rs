//! What the servers of well-known images do: what they print as they start, on which ports they answer, and what. Each
//! is a program like any other; which image runs which is said in `images/catalog.rs`.

use crate::container::Container;
use crate::programs::{Asked, Outcome, Service, Usage};
use crate::world::{Message, Reply};
use orrery_apimachinery::{Str, Time};
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

pub(crate) mod agnhost;
pub(crate) mod clients;
pub(crate) mod databases;
pub(crate) mod entrypoint;
pub(crate) mod ingress_nginx;
pub(crate) mod languages;
pub(crate) mod nginx;
pub(crate) mod plain;
pub(crate) mod redis;
pub(crate) mod web;

#[cfg(test)]
mod tests;

/// Programs that are found where an image says so, and that reach others.
macro_rules! servers {
    ($($name:literal $run:expr),* $(,)?) => {
        &[$(crate::programs::Program {
            name: $name,
            found: crate::programs::Found::Apart,
            reach: crate::programs::Reach::Others,
            run: $run,
        }),*]
    };
}
use servers;

/// A page: its status, the kind of its content, and that.
type Page = (u16, &'static str, String);

const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html";
const JSON: &str = "application/json";

/// The processor time that a small server takes to answer.
pub(crate) const LIGHT: Duration = Duration::from_micros(500);

/// A program that listens on ports, takes memory, and ends well at SIGTERM.
fn serve(ports: &[u16], megabytes: u64, answer: fn(&mut Asked) -> Reply) -> Outcome {
    Outcome::Serve(Service {
        ports: ports.into(),
        datagrams: Vec::new(),
        answer,
        usage: Usage { cpu_millis: 1, memory_bytes: megabytes << 20, disk_bytes: 0 },
        request: LIGHT,
        on_term: Some((Duration::from_millis(20), 0)),
        args: Rc::new([]),
    })
}

/// The same, when an answer takes more of a processor.
fn heavy(outcome: Outcome, millis: u64) -> Outcome {
    match outcome {
        Outcome::Serve(service) => {
            Outcome::Serve(Service { request: Duration::from_millis(millis), ..service })
        }
        other => other,
    }
}

/// Answers HTTP with pages.
fn http(asked: &mut Asked, page: fn(&mut Asked, &str) -> Page) -> Reply {
    let path = match asked.message {
        Message::Connect => return Reply::Connected,
        Message::Bytes(_) | Message::Datagram(_) => {
            return Reply::Bytes("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".into());
        }
        Message::Http { path, .. } => path.clone(),
    };
    let path = path.split(['?', '#']).next().unwrap_or("/");
    reply(page(asked, path))
}

fn reply((status, kind, body): Page) -> Reply {
    Reply::Http { status, headers: vec![("Content-Type".into(), kind.into())], body: body.into() }
}

fn not_found() -> Page {
    (404, TEXT, "404 page not found\n".into())
}

/// The value of a parameter of the request: `3` of `/exit?code=3`.
fn parameter<'a>(asked: &Asked<'a>, name: &str) -> Option<&'a str> {
    let Message::Http { path, .. } = asked.message else { return None };
    let query = path.split_once('?')?.1;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// The value of a flag: `-text=hello`, `--text hello`.
fn flag<'a>(args: &'a [Str], name: &str) -> Option<&'a str> {
    args.iter().enumerate().find_map(|(i, arg)| {
        let arg = arg.strip_prefix('-')?;
        let rest = arg.strip_prefix('-').unwrap_or(arg).strip_prefix(name)?;
        match rest.strip_prefix('=') {
            Some(value) => Some(value),
            None if rest.is_empty() => args.get(i + 1).map(|value| &**value),
            None => None,
        }
    })
}

/// The port at the end of an address: `8080`, `:8080`, `0.0.0.0:8080`.
fn port_of(address: &str) -> Option<u16> {
    address.rsplit(':').next()?.parse::<u16>().ok()
}

/// The tag of the container's image.
fn tag(container: &Container) -> &str {
    container.start.image.name.rsplit(':').next().unwrap_or("latest")
}

/// `2026-11-21 20:15:00`, with another sign between the parts of the day.
fn stamp(container: &Container, now: SimTime, sign: char) -> String {
    let (year, month, day, hour, minute, second) = date(container, now).civil();
    format!("{year}{sign}{month:02}{sign}{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// The date within a container.
fn date(container: &Container, now: SimTime) -> Time {
    Time(container.start.epoch.0 + now.as_secs() as i64)
}

/// The line that web servers log of a request, in the common format.
fn access_line(asked: &Asked, status: u16, bytes: usize) -> String {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let Message::Http { method, path, .. } = asked.message else { return String::new() };
    let (year, month, day, hour, minute, second) = date(asked.container, asked.now).civil();
    let at = (month as usize - 1) * 3;
    format!(
        "{} - - [{day:02}/{}/{year}:{hour:02}:{minute:02}:{second:02} +0000] \"{method} {path} HTTP/1.1\" {status} {bytes}",
        client(asked),
        &MONTHS[at..at + 3],
    )
}

/// The value of a header of the request; `-` without one, as logs show it.
fn header<'a>(asked: &Asked<'a>, name: &str) -> &'a str {
    let Message::Http { headers, .. } = asked.message else { return "-" };
    let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map_or("-", |(_, value)| value)
}

/// The address of who asks. What comes from the node itself, such as probes, comes from the first one of its pods'.
fn client(asked: &Asked) -> String {
    if let Some(client) = asked.world.client() {
        return client.to_string();
    }
    let [a, b, c, _] = asked.container.start.address.map_or([127, 0, 0, 1], |address| address.octets());
    format!("{a}.{b}.{c}.1")
}

/// The method of gRPC's health service.
pub(crate) const HEALTH_CHECK: &str = "/grpc.health.v1.Health/Check";

/// What a program does of which only the ports are known: it answers well on them.
pub(crate) fn assumed(ports: &[u16]) -> Outcome {
    serve(ports, 32, |asked| {
        http(asked, |_, path| {
            (200, TEXT, if path == HEALTH_CHECK { "SERVING".into() } else { "OK\n".into() })
        })
    })
}

/// Whether the container's image is of this repository.
fn image_is(container: &Container, part: &str) -> bool {
    container.start.image.name.contains(part)
}
