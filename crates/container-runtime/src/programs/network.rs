//! Programs that ask other machines: `wget`, `curl` and those that ask the DNS are in their own files.

use super::lines::{has, operands, value};
use super::{Asked, Call, Found, Outcome, Program, Reach, Service, Usage, basic};
use crate::servers::LIGHT;
use crate::state::answer;
use crate::world::{Message, Reply, Target, Unreachable};
use orrery_apimachinery::Str;
use orrery_sim::Duration;
use std::net::Ipv4Addr;
use std::rc::Rc;

const fn program(name: &'static str, found: Found, run: fn(&mut Call) -> Outcome) -> Program {
    Program { name, found, reach: Reach::Others, run }
}

pub(super) const PROGRAMS: &[Program] = &[
    program("curl", Found::Apart, super::curl::curl),
    program("dig", Found::Apart, super::lookup::dig),
    program("getent", Found::Everywhere, super::lookup::getent),
    program("host", Found::Apart, super::lookup::host),
    program("httpd", Found::Busybox, httpd),
    program("nc", Found::Busybox, nc),
    program("ncat", Found::Apart, nc),
    program("netcat", Found::Apart, nc),
    program("nslookup", Found::Busybox, super::lookup::nslookup),
    program("ping", Found::Busybox, ping),
    program("telnet", Found::Busybox, nc),
    program("wget", Found::Busybox, super::wget::wget),
];

/// How long a connection is tried for when nobody says (Linux: `tcp_syn_retries` of 6).
pub(super) const CONNECT_TIME: Duration = Duration::from_secs(127);

/// The first address of a name; the program waits for it.
pub(crate) fn resolve(call: &mut Call, name: &str) -> Option<Ipv4Addr> {
    if let Ok(address) = name.trim_matches(['[', ']']).parse() {
        return Some(address);
    }
    if name == "localhost" {
        return Some(Ipv4Addr::LOCALHOST);
    }
    let answer = call.world.lookup(name);
    call.took += answer.took;
    answer.result.first().copied()
}

/// Sends a message; the program waits for the answer.
pub(crate) fn send(
    call: &mut Call,
    to: Target,
    message: &Message,
    timeout: Duration,
) -> Result<Reply, Unreachable> {
    let own = to.address.is_loopback() || call.container.start.address == Some(to.address);
    let mut listeners = call.container.listeners.iter().filter(|_| own);
    let listener = listeners.find(|(service, _)| service.hears(to.port, message.protocol())).cloned();
    let answered = match &listener {
        Some((service, shell)) => {
            answer((service, shell), to.port, message, call.now, call.container, call.world)
        }
        None => call.world.send(to, message, timeout),
    };
    call.took += answered.took;
    answered.result
}

/// The kernel's words.
pub(crate) fn words(why: Unreachable) -> &'static str {
    match why {
        Unreachable::Refused => "Connection refused",
        Unreachable::NoRoute => "No route to host",
        Unreachable::TimedOut => "Connection timed out",
    }
}

fn nc(call: &mut Call) -> Outcome {
    let telnet = call.name() == "telnet";
    let words_given = operands(call, "wpies");
    if has(call, 'l') && !telnet {
        return listen(call, &words_given);
    }
    let [host, port] = &*words_given else { return call.fail(1, &["no host and port given"]) };
    let Ok(port) = port.parse::<u16>() else { return call.fail(1, &["bad port '", port, "'"]) };
    let timeout = value(call, 'w').and_then(basic::duration).unwrap_or(CONNECT_TIME);
    let Some(address) = resolve(call, host) else { return call.fail(1, &["bad address '", host, "'"]) };
    let text = if has(call, 'z') { "".into() } else { call.input.rest() };
    let message = match text.is_empty() {
        _ if has(call, 'u') && !telnet => Message::Datagram(text),
        true => Message::Connect,
        false => spoken(&text),
    };
    let place = format!("{host} ({address}:{port})");
    match send(call, Target { address, port }, &message, timeout) {
        Ok(reply) => {
            if has(call, 'v') {
                call.err.push_str(&[&place, " open\n"].concat());
            }
            if telnet {
                call.out.push_str(&format!("Connected to {host}\n"));
            }
            match reply {
                Reply::Connected => {}
                Reply::Bytes(text) => call.out.push_str(&text),
                Reply::Http { status, body, .. } => {
                    call.out.push_str(&format!("HTTP/1.1 {status} {}\r\n\r\n{body}", reason(status)));
                }
            }
            Outcome::Exit(0)
        }
        // With `-w` a silent host is a timeout of the program's own.
        Err(Unreachable::TimedOut) if has(call, 'w') => call.fail(1, &["timed out"]),
        Err(why) => call.fail(1, &[&place, ": ", words(why)]),
    }
}

/// What is typed at a server: a request, or other bytes.
fn spoken(text: &str) -> Message {
    let first: Vec<&str> = text.lines().next().unwrap_or_default().split(' ').collect();
    match *first {
        [method, path, version] if version.starts_with("HTTP/") => Message::Http {
            method: method.into(),
            path: path.into(),
            host: "".into(),
            headers: Vec::new(),
            body: "".into(),
        },
        _ => Message::Bytes(text.into()),
    }
}

/// `nc -l -p 8080`: whoever connects is told what came in. Scripts run it in a loop, so it does not end.
fn listen(call: &mut Call, words: &[Str]) -> Outcome {
    let port =
        value(call, 'p').or(words.last().map(|word| &**word)).and_then(|port| port.parse::<u16>().ok());
    let Some(port) = port else { return call.fail(1, &["no port given"]) };
    let text = call.input.rest();
    let usage = Usage { memory_bytes: 1 << 19, ..Usage::default() };
    let (ports, datagrams) = if has(call, 'u') { (vec![], vec![port]) } else { (vec![port], vec![]) };
    Outcome::Serve(Service {
        ports,
        datagrams,
        answer: tell,
        usage,
        request: LIGHT,
        on_term: None,
        args: Rc::new([text]),
    })
}

/// Tells a client what a listening `nc` was given.
fn tell(asked: &mut Asked) -> Reply {
    let text = asked.args.first().map_or("", |text| text);
    match asked.message {
        Message::Connect => Reply::Connected,
        Message::Bytes(_) | Message::Datagram(_) => Reply::Bytes(text.into()),
        Message::Http { .. } => {
            let (head, body) = text.split_once("\r\n\r\n").or(text.split_once("\n\n")).unwrap_or(("", text));
            let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(200);
            Reply::Http { status, headers: Vec::new(), body: body.into() }
        }
    }
}

/// `httpd -f -p 8080 -h /www`, as busybox's: files of a directory.
fn httpd(call: &mut Call) -> Outcome {
    let port = value(call, 'p').and_then(|port| port.rsplit(':').next()?.parse::<u16>().ok()).unwrap_or(80);
    let directory = value(call, 'h').map(str::to_owned);
    let root = call.path(directory.as_deref().unwrap_or("."));
    let usage = Usage { memory_bytes: 1 << 19, ..Usage::default() };
    Outcome::Serve(Service {
        ports: vec![port],
        datagrams: Vec::new(),
        answer: file,
        usage,
        request: LIGHT,
        on_term: None,
        args: Rc::new([root.into()]),
    })
}

fn file(asked: &mut Asked) -> Reply {
    let Message::Http { path, .. } = asked.message else { return Reply::Connected };
    let root = asked.args.first().map_or("/", |root| root);
    let path = path.split('?').next().unwrap_or_default().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let (status, body) = match asked.container.read(&crate::files::normal(root, path), asked.world) {
        Some(text) => (200, text),
        None => (404, "<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\nThe requested URL was not found\n</BODY></HTML>\n".into()),
    };
    Reply::Http { status, headers: vec![("Content-type".into(), "text/html".into())], body: body.into() }
}

/// What HTTP calls a status.
pub(crate) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}

fn ping(call: &mut Call) -> Outcome {
    let Some(name) = operands(call, "cwWi").first().cloned() else { return call.fail(1, &["no host given"]) };
    let count = value(call, 'c').and_then(|count| count.parse::<u32>().ok());
    let Some(address) = resolve(call, &name) else { return call.fail(1, &["bad address '", &name, "'"]) };
    let sent = call.stage;
    if sent == 0 {
        call.out = format!("PING {name} ({address}): 56 data bytes\n");
    } else {
        call.took = Duration::from_secs(1);
    }
    call.out.push_str(&format!("64 bytes from {address}: seq={sent} ttl=64 time=0.100 ms\n"));
    if count.is_some_and(|count| sent + 1 >= count) {
        let sent = sent + 1;
        call.out.push_str(&format!(
            "\n--- {name} ping statistics ---\n{sent} packets transmitted, {sent} packets received, 0% packet loss\nround-trip min/avg/max = 0.100/0.100/0.100 ms\n"
        ));
        return Outcome::Exit(0);
    }
    Outcome::Again(sent + 1)
}
