//! agnhost, the test image of Kubernetes' own documentation, and `registry.k8s.io/liveness`, which came before it
//! (upstream: `test/images/agnhost`).

use super::{Page, TEXT, flag, http, not_found, parameter, port_of, serve, servers};
use crate::programs::network::{resolve, send};
use crate::programs::{Asked, Call, Outcome, Program};
use crate::world::{Message, Reply, Target, Unreachable};
use orrery_apimachinery::{Str, duration};
use orrery_sim::{Duration, SimTime};

pub(crate) const PROGRAMS: &[Program] = servers!["agnhost" run, "server" liveness];

/// Where a server remembers since when it runs, in milliseconds.
const SINCE: &str = "_SINCE";

fn run(call: &mut Call) -> Outcome {
    let command = call.args.get(1).cloned().unwrap_or_else(|| "help".into());
    let port = |usual: u16, names: &[&str]| -> u16 {
        names.iter().find_map(|name| flag(call.args, name).and_then(port_of)).unwrap_or(usual)
    };
    match &*command {
        "pause" => {
            call.out.push_str("Paused\n");
            Outcome::Serve(crate::programs::Service {
                on_term: Some((Duration::ZERO, 2)),
                ..listener(&[], super::databases::binary)
            })
        }
        "netexec" => {
            let http_port = port(8080, &["http-port"]);
            let udp_port = port(8081, &["udp-port"]);
            call.out.push_str(&format!(
                "Started HTTP server on port {http_port}\nStarted UDP server on port  {udp_port}\n"
            ));
            let server = serve(&[http_port], 12, |asked| match asked.message {
                Message::Datagram(text) => Reply::Bytes(datagram(asked, text).into()),
                _ => http(asked, netexec),
            });
            match server {
                Outcome::Serve(service) => {
                    Outcome::Serve(crate::programs::Service { datagrams: vec![udp_port], ..service })
                }
                other => other,
            }
        }
        "serve-hostname" => {
            let port = port(9376, &["port"]);
            call.out.push_str(&format!("Serving on port {port}.\n"));
            serve(&[port], 8, |asked| {
                http(asked, |asked, _| (200, TEXT, asked.container.start.hostname.to_string()))
            })
        }
        "liveness" => liveness(call),
        "porter" => {
            let ports: Vec<u16> = call
                .shell
                .exported
                .iter()
                .filter_map(|(name, _)| name.strip_prefix("SERVE_PORT_")?.parse::<u16>().ok())
                .collect();
            serve(&ports, 8, |asked| {
                http(asked, |asked, _| {
                    let name = format!("SERVE_PORT_{}", asked.port);
                    (200, TEXT, asked.shell.get(&name).map_or(String::new(), |text| text.to_string()))
                })
            })
        }
        "guestbook" => {
            let port = port(80, &["http-port"]);
            serve(&[port], 12, |asked| http(asked, |_, _| (200, TEXT, "{\"data\": \"\"}".into())))
        }
        "grpc-health-checking" => {
            serve(&[port(5000, &["port"]), port(8080, &["http-port"])], 10, |asked| http(asked, health))
        }
        "connect" => connect(call),
        "dns-suffix" | "etc-hosts" | "help" => Outcome::Exit(0),
        // Its other commands run until they are stopped.
        _ => Outcome::Stay,
    }
}

/// What the UDP server of `netexec` says to a command.
fn datagram(asked: &Asked, text: &str) -> String {
    match text.trim().split_once(' ').unwrap_or((text.trim(), "")) {
        ("hostname" | "hostName", _) => asked.container.start.hostname.to_string(),
        ("echo", rest) => rest.to_owned(),
        _ => String::new(),
    }
}

fn listener(ports: &[u16], answer: fn(&mut Asked) -> Reply) -> crate::programs::Service {
    match serve(ports, 6, answer) {
        Outcome::Serve(service) => service,
        _ => unreachable!("serve makes a server"),
    }
}

/// The health service of `grpc-health-checking`, and the pages that turn it.
fn health(asked: &mut Asked, path: &str) -> Page {
    match path {
        "/make-not-serving" => asked.container.files.write(UNWELL, ""),
        "/make-serving" => drop(asked.container.files.remove(UNWELL)),
        super::HEALTH_CHECK if asked.container.files.read(UNWELL).is_some() => {
            return (200, TEXT, "NOT_SERVING".into());
        }
        super::HEALTH_CHECK => return (200, TEXT, "SERVING".into()),
        _ => {}
    }
    (200, TEXT, "ok".into())
}

/// Well for ten seconds, then not: the documentation's example of a liveness probe.
fn liveness(call: &mut Call) -> Outcome {
    call.shell.set(SINCE, call.now.as_millis().to_string());
    serve(&[8080], 6, |asked| {
        http(asked, |asked, path| {
            // Who asks again may hear something else.
            asked.container.varies = true;
            let since = asked.shell.get(SINCE).and_then(|at| at.parse::<u64>().ok()).unwrap_or_default();
            let age = asked.now.since(SimTime::from_millis(since));
            match path {
                "/started" => (200, TEXT, age_of(age)),
                "/healthz" if age > Duration::from_secs(10) => (500, TEXT, format!("error: {}", age_of(age))),
                "/healthz" => (200, TEXT, "ok".into()),
                "/redirect" => (302, TEXT, String::new()),
                _ => not_found(),
            }
        })
    })
}

/// The endpoints of `netexec`.
fn netexec(asked: &mut Asked, path: &str) -> Page {
    let host = asked.container.start.hostname.to_string();
    let gateway = super::client(asked);
    match path {
        "/" => (200, TEXT, format!("NOW: {} UTC", super::stamp(asked.container, asked.now, '-'))),
        "/hostname" | "/hostName" => (200, TEXT, host),
        "/clientip" => (200, TEXT, format!("{gateway}:50000")),
        "/echo" => {
            let code = parameter(asked, "code").and_then(|code| code.parse::<u16>().ok()).unwrap_or(200);
            (code, TEXT, parameter(asked, "msg").unwrap_or_default().to_owned())
        }
        "/healthz" => match asked.container.files.read(UNWELL) {
            Some(_) => (412, TEXT, String::new()),
            None => (200, TEXT, String::new()),
        },
        "/header" => {
            (200, TEXT, parameter(asked, "key").map_or("", |key| super::header(asked, key)).to_owned())
        }
        _ => not_found(),
    }
}

/// A file that makes `netexec` unwell.
const UNWELL: &str = "/tmp/unhealthy";

/// `connect HOST:PORT --timeout=1s`.
fn connect(call: &mut Call) -> Outcome {
    let target: Str = call.args.get(2).cloned().unwrap_or_default();
    let (host, port) = target.rsplit_once(':').unwrap_or((&target, "80"));
    let Some(address) = resolve(call, host) else {
        call.err.push_str("DNS\n");
        return Outcome::Exit(1);
    };
    let target = Target { address, port: port.parse::<u16>().unwrap_or(80) };
    let word = match send(call, target, &Message::Connect, Duration::from_secs(1)) {
        Ok(_) => return Outcome::Exit(0),
        Err(Unreachable::TimedOut) => "TIMEOUT\n",
        Err(Unreachable::Refused) => "REFUSED\n",
        Err(Unreachable::NoRoute) => "OTHER\n",
    };
    call.err.push_str(word);
    Outcome::Exit(1)
}

/// An age as Go prints it.
fn age_of(age: Duration) -> String {
    duration::print(age.as_nanos() as u64)
}
