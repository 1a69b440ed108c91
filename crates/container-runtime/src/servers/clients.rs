//! Clients of databases, as probes and init containers use them: they tell whether somebody answers.

use super::servers;
use crate::programs::network::{resolve, send};
use crate::programs::{Call, Outcome, Program};
use crate::world::{Message, Target};
use orrery_apimachinery::Str;
use orrery_sim::Duration;

pub(crate) const PROGRAMS: &[Program] = servers![
    "pg_isready" | call | client(call, 5432, 2),
    "psql" | call | client(call, 5432, 2),
    "mysql" | call | client(call, 3306, 1),
    "mysqladmin" | call | client(call, 3306, 1),
    "mariadb" | call | client(call, 3306, 1),
    "mariadb-admin" | call | client(call, 3306, 1),
    "mongosh" | call | client(call, 27017, 1),
    "mongo" | call | client(call, 27017, 1),
    "rabbitmq-diagnostics" | call | client(call, 5672, 69),
    "rabbitmqctl" | call | client(call, 5672, 69),
];

/// Whether a client of a database is given something to ask.
fn is_asked(call: &mut Call) -> bool {
    !call.input.is_empty()
        || call.input.is_open()
        || call.args.iter().any(|arg| arg.starts_with("-c") || arg.starts_with("-e"))
}

/// Connects to `-h HOST -p PORT` (or `--host`, `--port`), this container without them, and says what the program says.
fn client(call: &mut Call, usual: u16, failure: i32) -> Outcome {
    let value = |names: [&str; 2]| -> Option<Str> {
        call.args.iter().enumerate().find_map(|(i, arg)| {
            let name = names.iter().find(|name| arg.starts_with(**name))?;
            match arg[name.len()..].trim_start_matches('=') {
                "" => call.args.get(i + 1).cloned(),
                // `-h` begins other words too, but `-P3306` and `-hdb` are written so.
                rest => Some(rest.into()),
            }
        })
    };
    let name = call.name().to_owned();
    let port_flag = if name.starts_with("my") || name.starts_with("ma") { "-P" } else { "-p" };
    let host = value(["-h", "--host"]).unwrap_or_else(|| "127.0.0.1".into());
    let port = value([port_flag, "--port"]).and_then(|port| port.parse::<u16>().ok()).unwrap_or(usual);
    let there = resolve(call, &host).is_some_and(|address| {
        send(call, Target { address, port }, &Message::Connect, Duration::from_secs(3)).is_ok()
    });
    let local = &*host == "127.0.0.1";
    let text = match (&*name, there) {
        ("pg_isready", true) if local => "/var/run/postgresql:5432 - accepting connections\n".into(),
        ("pg_isready", false) if local => "/var/run/postgresql:5432 - no response\n".into(),
        ("pg_isready", true) => format!("{host}:{port} - accepting connections\n"),
        ("pg_isready", false) => format!("{host}:{port} - no response\n"),
        ("mysqladmin" | "mariadb-admin", true) => "mysqld is alive\n".into(),
        ("mongosh" | "mongo", true) => "{ ok: 1 }\n".into(),
        ("rabbitmq-diagnostics", true) => "Ping succeeded\n".into(),
        ("psql" | "mysql" | "mariadb", true) if is_asked(call) => {
            call.err.push_str(&format!("{name}: connected; what a query answers is not simulated\n"));
            String::new()
        }
        (_, true) => String::new(),
        (_, false) => {
            call.err
                .push_str(&format!("{name}: error: could not connect to server \"{host}\" at port {port}\n"));
            String::new()
        }
    };
    call.out.push_str(&text);
    Outcome::Exit(if there { 0 } else { failure })
}
