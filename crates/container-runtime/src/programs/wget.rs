//! `wget`, as busybox's.

use super::lines::{has, operands, value};
use super::network::{CONNECT_TIME, reason, resolve, send, words};
use super::{Call, Outcome, base_name, basic};
use crate::Url;
use crate::world::{Message, Reply, Target, Unreachable};
use orrery_apimachinery::Str;
use std::net::Ipv4Addr;

/// The values of an option that may come several times, in its long form or the short one.
pub(super) fn long_values(call: &Call, short: &str, long: &str) -> Vec<Str> {
    let mut found = Vec::new();
    let mut rest = call.args[1..].iter();
    while let Some(word) = rest.next() {
        if &**word == short || &**word == long {
            found.extend(rest.next().cloned());
        } else if let Some(value) = word.strip_prefix(long).and_then(|value| value.strip_prefix('=')) {
            found.push(value.into());
        }
    }
    found
}

/// `Name: value` as a header.
pub(super) fn header(text: &str) -> (Str, Str) {
    let (name, value) = text.split_once(':').unwrap_or((text, ""));
    (name.trim().into(), value.trim().into())
}

pub(super) fn wget(call: &mut Call) -> Outcome {
    let Some(text) = operands(call, "OTtPU").first().cloned() else {
        return call.fail(1, &["missing URL"]);
    };
    let url = Url::read(&text);
    let Some(address) = resolve(call, &url.host) else {
        return call.fail(1, &["bad address '", &url.host, "'"]);
    };
    let quiet = has(call, 'q');
    if !quiet {
        call.err.push_str(&format!("Connecting to {} ({address}:{})\n", where_to(&url), url.port));
    }
    let seconds = value(call, 'T')
        .map(str::to_owned)
        .or(long_values(call, "", "--timeout").first().map(|t| (**t).into()));
    let timeout = seconds.as_deref().and_then(basic::duration);
    let body: Str = long_values(call, "", "--post-data").pop().unwrap_or_default();
    let headers = long_values(call, "", "--header").iter().map(|text| header(text)).collect();
    let method = if body.is_empty() { "GET" } else { "POST" };
    let message = Message::Http {
        method: method.into(),
        path: url.path.clone(),
        host: url.host.clone(),
        headers,
        body,
    };
    let target = Target { address, port: url.port };
    let reply = send(call, target, &message, timeout.unwrap_or(CONNECT_TIME));
    if let Ok(reply) = &reply {
        show_response(call, reply);
    }
    match reply {
        Ok(Reply::Http { status, body, .. }) if status < 400 => save(call, &url, &body, quiet),
        Ok(Reply::Http { status, .. }) => {
            call.fail(1, &["server returned error: HTTP/1.1 ", &status.to_string(), " ", reason(status)])
        }
        Ok(_) => call.fail(1, &["error getting response: Connection reset by peer"]),
        Err(Unreachable::TimedOut) if timeout.is_some() => call.fail(1, &["download timed out"]),
        Err(why) => unreachable(call, address, why),
    }
}

/// `-S`: the lines with which the server answered, set apart by two blanks.
fn show_response(call: &mut Call, reply: &Reply) {
    let asked = has(call, 'S') || call.args[1..].iter().any(|word| &**word == "--server-response");
    let Reply::Http { status, headers, .. } = reply else { return };
    if asked {
        call.err.push_str(&format!("  HTTP/1.1 {status} {}\n", reason(*status)));
        for (name, value) in headers {
            call.err.push_str(&["  ", name, ": ", value, "\n"].concat());
        }
    }
}

fn where_to(url: &Url) -> String {
    if url.port == 80 { (*url.host).into() } else { format!("{}:{}", url.host, url.port) }
}

fn unreachable(call: &mut Call, address: Ipv4Addr, why: Unreachable) -> Outcome {
    call.fail(1, &["can't connect to remote host (", &address.to_string(), "): ", words(why)])
}

/// Writes what came where it is wanted.
fn save(call: &mut Call, url: &Url, body: &str, quiet: bool) -> Outcome {
    if call.args[1..].iter().any(|word| &**word == "--spider") {
        if !quiet {
            call.err.push_str("remote file exists\n");
        }
        return Outcome::Exit(0);
    }
    let name = base_name(&url.path);
    let own = if name.is_empty() { "index.html" } else { name.split('?').next().unwrap_or(name) };
    // `-qO-` and `-qO file`: the letter may stand at the end of others.
    let combined = call.args[1..]
        .iter()
        .position(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('O'));
    let target = combined.and_then(|at| {
        let (_, rest) = call.args[1 + at].split_once('O')?;
        if rest.is_empty() { call.args.get(2 + at).cloned() } else { Some(rest.into()) }
    });
    let target = target.unwrap_or_else(|| own.into());
    let (shown, place) = if &*target == "-" { ("-", "stdout") } else { (&*target, &*target) };
    if !quiet {
        let place = if place == "stdout" { place.to_owned() } else { ["'", place, "'"].concat() };
        let saved = if shown == "-" { "written to stdout".to_owned() } else { [&place, " saved"].concat() };
        let (opening, size) = (if shown == "-" { "writing to " } else { "saving to " }, body.len());
        call.err.push_str(&format!(
            "{opening}{place}\n{shown:<20} 100% |********************************|{size:>6}  0:00:00 ETA\n{saved}\n"
        ));
    }
    if shown == "-" {
        call.out.push_str(body);
        return Outcome::Exit(0);
    }
    let path = call.path(&target);
    match call.container.write(&path, body, call.world) {
        _ if path == "/dev/null" => Outcome::Exit(0),
        Ok(()) => Outcome::Exit(0),
        Err(why) => call.fail(1, &["can't open '", &target, "': ", &why]),
    }
}
