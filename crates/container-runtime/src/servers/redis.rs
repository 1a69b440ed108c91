//! Redis: its protocol as far as people try it by hand, and its client.

use super::{flag, serve, servers, stamp};
use crate::container::Container;
use crate::programs::network::{self, resolve, send};
use crate::programs::{Asked, Call, Outcome, Program};
use crate::world::{Message, Reply, Target};
use orrery_apimachinery::Str;
use orrery_sim::Duration;

pub(crate) const PROGRAMS: &[Program] = servers!["redis-server" server, "redis-cli" client];

/// Where it keeps its keys: a line for each, the key and its value.
const KEYS: &str = "/run/redis.keys";

fn server(call: &mut Call) -> Outcome {
    let port = flag(call.args, "port").and_then(super::port_of).unwrap_or(6379);
    let at = stamp(call.container, call.now, '-');
    for what in [
        "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo",
        "Server initialized",
        "Ready to accept connections tcp",
    ] {
        call.out.push_str(&format!("1:M {at}.000 * {what}\n"));
    }
    serve(&[port], 8, |asked| match asked.message {
        Message::Connect => Reply::Connected,
        // A request line with a slash after its verb is what redis takes for an attack from a browser.
        Message::Http { .. } => Reply::Bytes("".into()),
        Message::Bytes(text) | Message::Datagram(text) => {
            let text = text.clone();
            Reply::Bytes(text.lines().map(|line| command(asked, line)).collect::<String>().into())
        }
    })
}

/// The answer to one command, as the protocol writes it.
fn command(asked: &mut Asked, line: &str) -> String {
    let mut words = line.split_whitespace();
    let Some(name) = words.next() else { return String::new() };
    let args: Vec<&str> = words.collect();
    let first = args.first().copied().unwrap_or_default();
    let bulk = |text: &str| format!("${}\r\n{text}\r\n", text.len());
    match (&*name.to_ascii_uppercase(), args.len()) {
        ("PING", 0) => "+PONG\r\n".into(),
        ("PING", _) => bulk(first),
        ("SET", 2..) => {
            store(asked, first, Some(args[1].trim_matches('"')));
            "+OK\r\n".into()
        }
        ("GET", 1) => get(asked.container, first).map_or("$-1\r\n".into(), |value| bulk(&value)),
        ("DEL", 1..) => {
            let there = get(asked.container, first).is_some();
            store(asked, first, None);
            format!(":{}\r\n", i32::from(there))
        }
        ("EXISTS", 1) => format!(":{}\r\n", i32::from(get(asked.container, first).is_some())),
        ("INCR", 1) => {
            let next = get(asked.container, first).and_then(|n| n.parse::<i64>().ok()).unwrap_or(0) + 1;
            store(asked, first, Some(&next.to_string()));
            format!(":{next}\r\n")
        }
        ("DBSIZE", 0) => format!(":{}\r\n", keys(asked.container).lines().count()),
        ("INFO", _) => bulk("# Replication\r\nrole:master\r\nconnected_slaves:0"),
        ("CONFIG" | "AUTH" | "SELECT" | "FLUSHALL" | "CLIENT", _) => "+OK\r\n".into(),
        _ => format!("-ERR unknown command '{name}', with args beginning with: \r\n"),
    }
}

fn keys(container: &Container) -> String {
    container.files.read(KEYS).map(|text| (*text).clone()).unwrap_or_default()
}

fn get(container: &Container, key: &str) -> Option<String> {
    keys(container).lines().find_map(|line| Some(line.strip_prefix(key)?.strip_prefix('\t')?.to_owned()))
}

/// Keeps a value, or forgets it.
fn store(asked: &mut Asked, key: &str, value: Option<&str>) {
    let mut text = String::new();
    for line in keys(asked.container).lines().filter(|line| line.split('\t').next() != Some(key)) {
        text.push_str(line);
        text.push('\n');
    }
    if let Some(value) = value {
        text.push_str(&[key, "\t", value, "\n"].concat());
    }
    asked.container.files.write(KEYS, &text);
}

/// `redis-cli [-h HOST] [-p PORT] [-a PASSWORD] COMMAND…`
fn client(call: &mut Call) -> Outcome {
    let (mut host, mut port, mut words): (Str, u16, Vec<&str>) = ("127.0.0.1".into(), 6379, Vec::new());
    let mut args = call.args[1..].iter();
    while let Some(arg) = args.next() {
        match &**arg {
            "-h" => host = args.next().cloned().unwrap_or_default(),
            "-p" => port = args.next().and_then(|port| port.parse::<u16>().ok()).unwrap_or(port),
            "-a" | "-n" | "-u" | "--user" | "--pass" => drop(args.next()),
            flag if flag.starts_with('-') && words.is_empty() => {}
            word => words.push(word),
        }
    }
    let message = Message::Bytes([&words.join(" "), "\r\n"].concat().into());
    let Some(address) = resolve(call, &host) else {
        call.err
            .push_str(&format!("Could not connect to Redis at {host}:{port}: Name or service not known\n"));
        return Outcome::Exit(1);
    };
    match send(call, Target { address, port }, &message, Duration::from_secs(10)) {
        Ok(Reply::Bytes(text)) => {
            call.out.push_str(&readable(&text));
            Outcome::Exit(0)
        }
        Ok(_) => Outcome::Exit(0),
        Err(why) => {
            let text = format!("Could not connect to Redis at {host}:{port}: {}\n", network::words(why));
            call.err.push_str(&text);
            Outcome::Exit(1)
        }
    }
}

/// An answer as redis-cli prints it where nobody looks on.
fn readable(text: &str) -> String {
    let rest = text.get(1..).unwrap_or_default();
    match text.as_bytes().first() {
        Some(b'$') if rest.starts_with("-1") => "\n".into(),
        Some(b'$') => rest.split_once("\r\n").map_or("", |(_, text)| text).replace("\r\n", "\n"),
        _ => rest.replace("\r\n", "\n"),
    }
}
