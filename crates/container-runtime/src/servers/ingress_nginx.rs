//! ingress-nginx: its controller, which passes on what comes to it as the Ingresses say, and what is installed beside
//! it (upstream: `kubernetes/ingress-nginx`, `rootfs/etc/nginx/template/nginx.tmpl`).

use super::nginx::error_page;
use super::{HTML, Page, TEXT, access_line, client, flag, header, http, reply, serve, servers, stamp, tag};
use crate::container::Container;
use crate::programs::{Asked, Call, Outcome, Program};
use crate::world::{Message, Reply, Route, Target, Unreachable};
use orrery_apimachinery::Str;
use orrery_sim::{Duration, SimTime};

pub(crate) const PROGRAMS: &[Program] = servers![
    "nginx-ingress-controller" controller,
    "wait-shutdown" |call| {
        call.took = Duration::from_secs(1);
        Outcome::Exit(0)
    },
    "kube-webhook-certgen" certgen,
    "defaultbackend" |_call| serve(&[8080], 4, |asked| http(asked, |_, path| match path {
        "/healthz" => (200, TEXT, "ok".into()),
        _ => (404, TEXT, "default backend - 404".into()),
    })),
];

/// From its start until it listens: it waits for its caches.
const START_UP: Duration = Duration::from_millis(1_500);
/// How long it waits for an answer of a backend (upstream: `proxy-read-timeout`).
const PATIENCE: Duration = Duration::from_secs(60);
/// How many endpoints it tries (upstream: `proxy-next-upstream-tries`).
const TRIES: usize = 3;

fn controller(call: &mut Call) -> Outcome {
    let port = |name: &str, usual: u16| flag(call.args, name).and_then(super::port_of).unwrap_or(usual);
    let ports = [port("http-port", 80), port("https-port", 443), port("healthz-port", 10254), 8443];
    if call.stage < 8 {
        let release = tag(call.container).split('@').next().unwrap_or("").to_owned();
        let rule = "-".repeat(79);
        call.out.push_str(&format!(
            "{rule}\nNGINX Ingress controller\n  Release:       {release}\n  Repository:    https://github.com/kubernetes/ingress-nginx\n  nginx version: nginx/1.25.5\n\n{rule}\n\n"
        ));
        let line = klog(
            call.container,
            call.now,
            'I',
            "main.go:205] \"Creating API client\" host=\"https://10.96.0.1:443\"",
        );
        call.err.push_str(&line);
        call.took = START_UP;
        return Outcome::Again(8);
    }
    for what in [
        "nginx.go:317] \"Starting NGINX process\"",
        "controller.go:193] \"Configuration changes detected, backend reload required\"",
        "controller.go:213] \"Backend successfully reloaded\"",
    ] {
        let line = klog(call.container, call.now, 'I', what);
        call.err.push_str(&line);
    }
    serve(&ports, 90, answer)
}

/// A line as klog writes it.
fn klog(container: &Container, now: SimTime, level: char, what: &str) -> String {
    let at = stamp(container, now, '-');
    format!("{level}{}{} {}.000000       7 {what}\n", &at[5..7], &at[8..10], &at[11..])
}

fn answer(asked: &mut Asked) -> Reply {
    let plain = flag(asked.args, "http-port").and_then(super::port_of).unwrap_or(80);
    let tls = flag(asked.args, "https-port").and_then(super::port_of).unwrap_or(443);
    if asked.port != plain && asked.port != tls {
        return http(asked, own_page);
    }
    match asked.message {
        Message::Connect => Reply::Connected,
        Message::Bytes(_) | Message::Datagram(_) => Reply::Bytes("HTTP/1.1 400 Bad Request\r\n\r\n".into()),
        Message::Http { .. } => pass(asked, asked.port == tls),
    }
}

/// What it answers about itself.
fn own_page(_asked: &mut Asked, path: &str) -> Page {
    match path {
        "/healthz" | "/is-dynamic-lb-initialized" => (200, TEXT, String::new()),
        "/metrics" => (200, TEXT, "nginx_ingress_controller_success 1\n".into()),
        _ => (404, TEXT, "404 page not found\n".into()),
    }
}

/// Answers a request by the Ingresses.
fn pass(asked: &mut Asked, tls: bool) -> Reply {
    let Message::Http { host, path, .. } = asked.message else { return Reply::Connected };
    let (name, upstream, reply) = match asked.world.route(asked.args, tls, host, path) {
        Route::NotFound => {
            let reply = reply((404, HTML, error_page(404, "nginx")));
            ("upstream-default-backend".into(), "127.0.0.1:8181".into(), reply)
        }
        Route::Redirect(status, to) => {
            let body = error_page(status, "nginx").into();
            let headers = vec![("Content-Type".into(), HTML.into()), ("Location".into(), to)];
            (Str::from(""), Str::from("-"), Reply::Http { status, headers, body })
        }
        Route::Backend { name, targets, path } => {
            let (upstream, reply) = forward(asked, tls, &targets, &path);
            (name, upstream, reply)
        }
    };
    if let Reply::Http { status, body, .. } = &reply {
        let line = access_line(asked, *status, body.len());
        let (agent, took) = (header(asked, "User-Agent"), asked.took);
        let seconds = format!("{}.{:03}", took.as_secs(), took.subsec_millis());
        let line = format!(
            "{line} \"-\" \"{agent}\" {} {seconds} [{name}] [] {upstream} {} {seconds} {status}\n",
            body.len(),
            body.len()
        );
        asked.out.push_str(&line);
    }
    reply
}

/// Asks the endpoints, one after the other until one answers: which one did, and its answer.
fn forward(asked: &mut Asked, tls: bool, targets: &[Target], path: &Str) -> (Str, Reply) {
    let message = forwarded(asked, tls, path);
    let (mut upstream, mut status) = (Str::from("-"), 503);
    for target in targets.iter().take(TRIES) {
        let place = format!("{}:{}", target.address, target.port);
        let answer = asked.world.send(*target, &message, PATIENCE);
        asked.took += answer.took;
        upstream = place.as_str().into();
        let (code, what) = match answer.result {
            Ok(reply @ Reply::Http { .. }) => return (upstream, reply),
            Ok(_) => {
                (502, "upstream sent no valid HTTP/1.0 header while reading response header from upstream")
            }
            Err(Unreachable::TimedOut) => {
                (504, "upstream timed out (110: Operation timed out) while connecting to upstream")
            }
            Err(Unreachable::NoRoute) => {
                (502, "connect() failed (113: Host is unreachable) while connecting to upstream")
            }
            Err(Unreachable::Refused) => {
                (502, "connect() failed (111: Connection refused) while connecting to upstream")
            }
        };
        status = code;
        let at = stamp(asked.container, asked.now, '/');
        asked.err.push_str(&format!("{at} [error] 29#29: *1 {what}, upstream: \"http://{place}{path}\"\n"));
    }
    (upstream, reply((status, HTML, error_page(status, "nginx"))))
}

/// The request as a backend gets it.
fn forwarded(asked: &Asked, tls: bool, onward: &Str) -> Message {
    let Message::Http { method, host, headers, body, .. } = asked.message else { return Message::Connect };
    let (scheme, port) = if tls { ("https", "443") } else { ("http", "80") };
    let client = client(asked);
    let mut headers = headers.clone();
    for (name, value) in [
        ("X-Real-IP", &*client),
        ("X-Forwarded-For", &*client),
        ("X-Forwarded-Host", &**host),
        ("X-Forwarded-Port", port),
        ("X-Forwarded-Proto", scheme),
        ("X-Forwarded-Scheme", scheme),
        ("X-Scheme", scheme),
    ] {
        headers.push((name.into(), value.into()));
    }
    let (method, host, body) = (method.clone(), host.clone(), body.clone());
    Message::Http { method, path: onward.clone(), host, headers, body }
}

/// The Job that makes the certificate of the webhook, and the one that tells the API server of it. What they do there
/// the control loop of the add-on does.
fn certgen(call: &mut Call) -> Outcome {
    let lines: &[&str] = match call.args.get(1).map_or("", |verb| verb) {
        "create" => &["no secret found", "creating new secret"],
        "patch" => &["patching webhook configurations", "Patched hook(s)"],
        _ => return Outcome::Exit(1),
    };
    for line in lines {
        call.out.push_str(&["{\"level\":\"info\",\"msg\":\"", line, "\"}\n"].concat());
    }
    call.took = Duration::from_millis(300);
    Outcome::Exit(0)
}
