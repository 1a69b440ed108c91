//! Interpreters: their built-in servers are known; of somebody's own program it is assumed that it listens on the ports
//! that are declared, and answers well.

use super::{HTML, TEXT, access_line, http, serve, servers};
use crate::programs::{Asked, Call, Outcome, Program};

pub(crate) const PROGRAMS: &[Program] = servers![
    "python3" python,
    "python" python,
    "node" interpreter,
    "npm" interpreter,
    "npx" interpreter,
    "yarn" interpreter,
    "java" interpreter,
    "ruby" interpreter,
    "bundle" interpreter,
    "php" interpreter,
    "php-fpm" | _call | serve(&[9000], 30, super::databases::binary),
    "perl" interpreter,
    "go" interpreter,
    "cargo" interpreter,
    "gunicorn" gunicorn,
    "uvicorn" interpreter,
    "flask" interpreter,
    "irb" | _call | Outcome::Exit(0),
    "jshell" | _call | Outcome::Exit(0),
    "perl5" | _call | Outcome::Exit(0),
];

/// `python3 -m http.server [PORT] [--directory DIRECTORY]`, and what every interpreter does.
fn python(call: &mut Call) -> Outcome {
    let args: Vec<&str> = call.args.iter().map(|arg| &**arg).collect();
    let Some(at) = args.iter().position(|arg| *arg == "http.server") else { return interpreter(call) };
    let given = args[at + 1..].iter().find_map(|arg| arg.parse::<u16>().ok());
    let port = given.unwrap_or(8000);
    // Where nobody looks on, Python keeps what it prints until there is more of it.
    if call.shell.get("PYTHONUNBUFFERED").is_some() || args.contains(&"-u") {
        call.out.push_str(&format!("Serving HTTP on 0.0.0.0 port {port} (http://0.0.0.0:{port}/) ...\n"));
    }
    let server = serve(&[port], 14, |asked| {
        let reply = http(asked, file);
        if let crate::world::Reply::Http { status, .. } = &reply {
            let line = access_line(asked, *status, 0).replace(" +0000]", "]");
            asked.err.push_str(line.strip_suffix('0').unwrap_or(&line));
            asked.err.push_str("-\n");
        }
        reply
    });
    // Python does nothing about SIGTERM, and as the first process it does not feel it.
    let Outcome::Serve(service) = server else { return server };
    Outcome::Serve(crate::programs::Service { on_term: None, ..service })
}

/// A file below the directory that is served, or what is in it.
fn file(asked: &mut Asked, path: &str) -> super::Page {
    let root = super::flag(asked.args, "directory").or(super::flag(asked.args, "d"));
    let root = root.map_or_else(|| asked.shell.directory.to_string(), str::to_owned);
    let at = crate::files::normal(&root, path.trim_start_matches('/'));
    let index = [at.trim_end_matches('/'), "/index.html"].concat();
    if let Some(text) = asked.container.read(&index, asked.world) {
        return (200, HTML, text);
    }
    if let Some(names) = asked.container.list(&at, asked.world) {
        let items: String =
            names.iter().map(|name| format!("<li><a href=\"{name}\">{name}</a></li>\n")).collect();
        let title = format!("Directory listing for {path}");
        return (
            200,
            HTML,
            format!(
                "<!DOCTYPE HTML>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n<hr>\n<ul>\n{items}</ul>\n<hr>\n</body>\n</html>\n"
            ),
        );
    }
    match asked.container.read(&at, asked.world) {
        Some(text) => (200, TEXT, text),
        None => (404, HTML, "<!DOCTYPE HTML>\n<html lang=\"en\">\n    <head>\n        <meta charset=\"utf-8\">\n        <title>Error response</title>\n    </head>\n    <body>\n        <h1>Error response</h1>\n        <p>Error code: 404</p>\n        <p>Message: File not found.</p>\n        <p>Error code explanation: 404 - Nothing matches the given URI.</p>\n    </body>\n</html>\n".into()),
    }
}

/// Without a program nobody types, and it ends. With one it is assumed to serve; without ports, to work on.
fn interpreter(call: &mut Call) -> Outcome {
    let name = call.name().to_owned();
    let Some(program) = call.args.get(1).cloned() else {
        // At a terminal somebody may type.
        return if call.input.is_open() { Outcome::Stay } else { Outcome::Exit(0) };
    };
    if let Some(outcome) = crate::programs::one_liner(call) {
        return outcome;
    }
    match &*program {
        "--version" | "-V" | "-v" | "version" => {
            call.out.push_str(&format!(
                "{name} {}\n",
                super::tag(call.container).split('-').next().unwrap_or_default()
            ));
            return Outcome::Exit(0);
        }
        // One-liners compute something and end.
        "-c" | "-e" | "-p" | "-r" | "-n" | "-E" | "install" | "ci" | "build" | "test" => {
            call.container.assume(&name, "end well");
            call.took = orrery_sim::Duration::from_secs(1);
            return Outcome::Exit(0);
        }
        _ => {}
    }
    assume(call, &program)
}

/// Somebody's own program: it listens where `PORT` and the image say.
fn assume(call: &mut Call, program: &str) -> Outcome {
    let mut ports = call.container.start.image.exposed_ports.clone();
    if let Some(port) = call.shell.get("PORT").and_then(|port| port.parse::<u16>().ok()) {
        ports.insert(0, port);
    }
    if ports.is_empty() && call.container.start.completes {
        call.container.assume(program, "end well after two seconds");
        call.took = orrery_sim::Duration::from_secs(2);
        return Outcome::Exit(0);
    }
    call.container.assume(program, "listen on its ports and answer 200");
    super::assumed(&ports)
}

/// httpbin and the voting app are known; other applications are somebody's own.
fn gunicorn(call: &mut Call) -> Outcome {
    let bound = super::flag(call.args, "b").or(super::flag(call.args, "bind")).and_then(super::port_of);
    let port = bound.unwrap_or(8000);
    if super::image_is(call.container, "httpbin") {
        return serve(&[port], 60, |asked| http(asked, super::web::httpbin));
    }
    if !super::image_is(call.container, "examplevotingapp_vote") {
        call.container.assume("gunicorn", "listen on its ports and answer 200");
    }
    super::assumed(&[port])
}
