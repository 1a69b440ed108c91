//! nginx: files, fixed answers and proxying, as its configuration says.

mod config;

use super::{HTML, Page, access_line, header, reply, serve, servers, stamp, tag};
use crate::container::Container;
use crate::programs::network::reason;
use crate::programs::{Asked, Call, Outcome, Program};
use crate::world::{Message, Reply, Target, Unreachable, World};
use config::{Directive, read};
use orrery_apimachinery::Str;
use orrery_sim::Duration;

pub(crate) const PROGRAMS: &[Program] = servers!["nginx" run];

const MAIN: &str = "/etc/nginx/nginx.conf";
const PARTS: &str = "/etc/nginx/conf.d";
const DOCUMENTS: &str = "/usr/share/nginx/html";
/// What the image has where nobody has put anything else.
const USUAL: &str =
    "server { listen PORT; location / { root /usr/share/nginx/html; index index.html index.htm; } }";

/// The page that the image brings.
const WELCOME: &str = "<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href=\"http://nginx.org/\">nginx.org</a>.<br/>
Commercial support is available at
<a href=\"http://nginx.com/\">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
";

fn run(call: &mut Call) -> Outcome {
    let version = version(call.container);
    let args: Vec<&str> = call.args.iter().map(|arg| &**arg).collect();
    if args.contains(&"-v") {
        call.err.push_str(&format!("nginx version: nginx/{version}\n"));
        return Outcome::Exit(0);
    }
    let found = configuration(call.container, call.world).and_then(|all| check(all, call.world));
    let all = match found {
        Ok(all) => all,
        Err(why) => {
            let line = format!("nginx: [emerg] {why}\n");
            call.err.push_str(&line);
            return Outcome::Exit(1);
        }
    };
    if args.contains(&"-t") {
        call.err.push_str(&format!(
            "nginx: the configuration file {MAIN} syntax is ok\nnginx: configuration file {MAIN} test is successful\n"
        ));
        return Outcome::Exit(0);
    }
    if args.contains(&"-s") {
        return Outcome::Exit(0);
    }
    // Otherwise it goes to the background, and a container ends with its first process.
    let daemon_off = |d: &Directive| d.name() == "daemon" && d.argument(1) == "off";
    if !args.iter().any(|arg| arg.contains("daemon off")) && !all.iter().any(daemon_off) {
        return Outcome::Exit(0);
    }
    let at = stamp(call.container, call.now, '/');
    for what in ["using the \"epoll\" event method", &format!("nginx/{version}"), "start worker processes"] {
        call.err.push_str(&format!("{at} [notice] 1#1: {what}\n"));
    }
    let mut ports: Vec<u16> = servers_of(&all).flat_map(ports).collect();
    ports.dedup();
    serve(&ports, 9, answer)
}

/// The newest patch of the release that the image's tag names.
fn version(container: &Container) -> String {
    const NEWEST: &str = "1.29.3 1.28.0 1.27.5 1.26.3 1.25.5 1.24.0 1.23.4 1.22.1 1.21.6 1.20.2 1.19.10 1.18.0 1.17.10 1.16.1 1.15.12 1.14.2";
    let tag = tag(container).split('-').next().unwrap_or_default();
    let fits =
        |known: &&str| known.strip_prefix(tag).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    match tag.split('.').count() {
        3 => tag.to_owned(),
        _ => NEWEST.split(' ').find(fits).unwrap_or("1.29.3").to_owned(),
    }
}

/// Everything that the configuration says, with what it includes in its place.
fn configuration(container: &Container, world: &mut dyn World) -> Result<Vec<Directive>, String> {
    let emerg = |path: &str| {
        let path = path.to_owned();
        move |(why, line): (String, usize)| format!("{why} in {path}:{line}")
    };
    let main = container.read(MAIN, world);
    let mut all = match &main {
        Some(text) => read(text).map_err(emerg(MAIN))?,
        None => read("http { include /etc/nginx/conf.d/*.conf; }").map_err(emerg(MAIN))?,
    };
    for http in all.iter_mut().filter(|directive| directive.name() == "http") {
        let mut block = Vec::new();
        for directive in std::mem::take(&mut http.block) {
            let parts = directive.argument(1).starts_with(PARTS) && directive.name() == "include";
            if !parts {
                block.push(directive);
                continue;
            }
            let names = container.list(PARTS, world);
            for name in names.iter().flatten().filter(|name| name.ends_with(".conf")) {
                let path = format!("{PARTS}/{name}");
                let text = container.read(&path, world).unwrap_or_default();
                block.extend(read(&text).map_err(emerg(&path))?);
            }
            if names.is_none() {
                let port = if super::image_is(container, "unprivileged") { "8080" } else { "80" };
                block.extend(read(&USUAL.replace("PORT", port)).map_err(emerg(PARTS))?);
            }
        }
        http.block = block;
    }
    Ok(all)
}

/// Sees that every host that requests are passed on to has an address: nginx looks them up once, as it starts.
fn check(all: Vec<Directive>, world: &mut dyn World) -> Result<Vec<Directive>, String> {
    let mut hosts: Vec<(String, usize)> = Vec::new();
    let http = all.iter().filter(|directive| directive.name() == "http");
    for http in http {
        let upstreams: Vec<&str> = http.all("upstream").map(|u| u.argument(1)).collect();
        for server in http.all("upstream").flat_map(|u| u.all("server")) {
            hosts.push((host_of(server.argument(1)).into(), server.line));
        }
        for pass in http.all("server").flat_map(|s| s.all("location")).filter_map(|l| l.first("proxy_pass")) {
            let host = host_of(authority(pass.argument(1)));
            if !upstreams.contains(&host) && !host.contains('$') {
                hosts.push((host.into(), pass.line));
            }
        }
    }
    for (host, line) in hosts {
        if host.parse::<std::net::Ipv4Addr>().is_err() && world.lookup(&host).result.is_empty() {
            return Err(format!("host not found in upstream \"{host}\" in {PARTS}/default.conf:{line}"));
        }
    }
    Ok(all)
}

/// `host:port` of a URL.
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

fn host_of(authority: &str) -> &str {
    authority.split(':').next().unwrap_or(authority)
}

fn servers_of(all: &[Directive]) -> impl Iterator<Item = &Directive> {
    all.iter().filter(|directive| directive.name() == "http").flat_map(|http| http.all("server"))
}

fn ports(server: &Directive) -> Vec<u16> {
    let ports: Vec<u16> = server.all("listen").filter_map(|l| super::port_of(l.argument(1))).collect();
    if ports.is_empty() { vec![80] } else { ports }
}

fn answer(asked: &mut Asked) -> Reply {
    let Message::Http { path, .. } = asked.message else {
        return match asked.message {
            Message::Connect => Reply::Connected,
            _ => Reply::Bytes("HTTP/1.1 400 Bad Request\r\n\r\n".into()),
        };
    };
    let all = configuration(asked.container, asked.world).unwrap_or_default();
    let bare = path.split('?').next().unwrap_or("/").to_owned();
    let server = servers_of(&all).find(|server| ports(server).contains(&asked.port));
    let reply = match server {
        Some(server) => location(asked, &all, server, &bare),
        None => failure(asked, 404),
    };
    if let Reply::Http { status, body, .. } = &reply {
        let line = access_line(asked, *status, body.len());
        asked.out.push_str(&format!("{line} \"-\" \"{}\" \"-\"\n", header(asked, "User-Agent")));
    }
    reply
}

/// The answer of the location with the longest prefix of the path.
fn location(asked: &mut Asked, all: &[Directive], server: &Directive, path: &str) -> Reply {
    let mut best: Option<(&Directive, usize)> = None;
    for location in server.all("location") {
        let (exact, prefix) = match location.argument(1) {
            "=" => (true, location.argument(2)),
            "^~" => (false, location.argument(2)),
            prefix => (false, prefix),
        };
        let fits = if exact { path == prefix } else { path.starts_with(prefix) };
        let weight = if exact { usize::MAX } else { prefix.len() };
        if fits && best.is_none_or(|(_, known)| weight > known) {
            best = Some((location, weight));
        }
    }
    let here = best.map_or(server, |(location, _)| location);
    if let Some(fixed) = here.first("return").or(server.first("return")) {
        return returned(asked, fixed, path);
    }
    if let Some(pass) = here.first("proxy_pass") {
        return pass_on(asked, all, here, pass.argument(1), path);
    }
    let root = here.first("root").or(server.first("root")).map_or("/etc/nginx/html", |root| root.argument(1));
    let file = match here.first("alias") {
        Some(alias) => [alias.argument(1), path.strip_prefix(here.argument(1)).unwrap_or(path)].concat(),
        None => [root.trim_end_matches('/'), path].concat(),
    };
    let found = page(asked, &file).or_else(|| {
        let last = here.first("try_files")?.words.last()?;
        page(asked, &[root.trim_end_matches('/'), last].concat())
    });
    match found {
        Some(page) => reply(page),
        None => {
            if file.ends_with('/') {
                return failure(asked, 403);
            }
            let at = stamp(asked.container, asked.now, '/');
            asked.err.push_str(&format!(
                "{at} [error] 29#29: *1 open() \"{file}\" failed (2: No such file or directory)\n"
            ));
            failure(asked, 404)
        }
    }
}

/// A file of the container, or the index of a directory.
fn page(asked: &mut Asked, file: &str) -> Option<Page> {
    let index = file.ends_with('/');
    let path = if index { [file, "index.html"].concat() } else { file.to_owned() };
    let text = asked.container.read(&path, asked.world).or_else(|| {
        let own =
            path.strip_prefix(DOCUMENTS)? == "/index.html" && asked.container.mount(DOCUMENTS).is_none();
        own.then(|| WELCOME.to_owned())
    })?;
    let kind = match path.rsplit('.').next() {
        Some("html" | "htm") => HTML,
        Some("json") => super::JSON,
        Some("css") => "text/css",
        Some("js") => "application/javascript",
        _ => "text/plain",
    };
    Some((200, kind, text))
}

/// `return 200 "text"`, `return 301 URL`, `return 404`.
fn returned(asked: &mut Asked, fixed: &Directive, path: &str) -> Reply {
    let Ok(status) = fixed.argument(1).parse::<u16>() else { return failure(asked, 500) };
    let host = match asked.message {
        Message::Http { host, .. } => host.clone(),
        _ => "".into(),
    };
    let text = fixed
        .argument(2)
        .replace("\\n", "\n")
        .replace("$hostname", &asked.container.start.hostname)
        .replace("$host", &host)
        .replace("$request_uri", path)
        .replace("$uri", path);
    match status {
        301..=308 => Reply::Http { status, headers: vec![("Location".into(), text.into())], body: "".into() },
        _ if fixed.words.len() < 3 && status >= 400 => failure(asked, status),
        _ => reply((status, super::TEXT, text)),
    }
}

/// Passes the request on and its answer back.
fn pass_on(asked: &mut Asked, all: &[Directive], here: &Directive, url: &str, path: &str) -> Reply {
    let named = authority(url);
    let upstreams = all.iter().filter(|d| d.name() == "http").flat_map(|http| http.all("upstream"));
    let upstream = upstreams.filter(|u| u.argument(1) == named).find_map(|u| u.first("server"));
    let authority = upstream.map_or(named, |server| server.argument(1));
    let port = authority.split_once(':').and_then(|(_, port)| port.parse::<u16>().ok()).unwrap_or(80);
    let host = host_of(authority);
    let address = host.parse().ok().or_else(|| asked.world.lookup(host).result.first().copied());
    let Some(address) = address else { return failure(asked, 502) };
    let Message::Http { method, headers, body, path: whole, .. } = asked.message else {
        return Reply::Connected;
    };
    // A URL with a path takes the place of the location's.
    let (_, target) = url.split_once("://").unwrap_or(("", url));
    let path: Str = match target.find('/') {
        Some(at) => [&target[at..], path.strip_prefix(here.argument(1)).unwrap_or("")].concat().into(),
        None => whole.clone(),
    };
    let message = Message::Http {
        method: method.clone(),
        path,
        host: named.into(),
        headers: headers.clone(),
        body: body.clone(),
    };
    let answer = asked.world.send(Target { address, port }, &message, Duration::from_secs(60));
    asked.took += answer.took;
    match answer.result {
        Ok(reply) => reply,
        Err(why) => {
            let (status, what) = match why {
                Unreachable::TimedOut => (504, "upstream timed out (110: Operation timed out)"),
                Unreachable::NoRoute => (502, "connect() failed (113: Host is unreachable)"),
                Unreachable::Refused => (502, "connect() failed (111: Connection refused)"),
            };
            let at = stamp(asked.container, asked.now, '/');
            asked.err.push_str(&format!(
                "{at} [error] 29#29: *1 {what} while connecting to upstream, upstream: \"http://{address}:{port}/\"\n"
            ));
            failure(asked, status)
        }
    }
}

/// nginx's own page of an error.
fn failure(asked: &Asked, status: u16) -> Reply {
    let server = ["nginx/", &version(asked.container)].concat();
    reply((status, HTML, error_page(status, &server)))
}

/// The page of an error, or of a redirect, by which a server signs.
pub(super) fn error_page(status: u16, server: &str) -> String {
    let why = match status {
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        _ => reason(status),
    };
    format!(
        "<html>\r\n<head><title>{status} {why}</title></head>\r\n<body>\r\n<center><h1>{status} {why}</h1></center>\r\n<hr><center>{server}</center>\r\n</body>\r\n</html>\r\n"
    )
}
