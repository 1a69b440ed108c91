//! Small web servers of tutorials, and Apache.

use super::{
    HTML, JSON, Page, TEXT, access_line, client, flag, heavy, http, image_is, not_found, parameter, port_of,
    serve, servers, stamp, tag,
};
use crate::programs::{Asked, Call, Outcome, Program};
use crate::world::{Message, Reply};
use orrery_sim::Duration;

pub(crate) const PROGRAMS: &[Program] = servers![
    "httpd-foreground" httpd,
    "apache2-foreground" apache,
    "hello-app" hello_app,
    "bootcamp" | call | {
        call.out.push_str("Kubernetes Bootcamp App Started At: ");
        call.out.push_str(&stamp(call.container, call.now, '-'));
        call.out.push_str(" | Running On:  ");
        call.out.push_str(&call.container.start.hostname);
        call.out.push_str(" \n\n");
        serve(&[8080], 30, |asked| http(asked, bootcamp))
    },
    "http-echo" http_echo,
    "whoami" | call | {
        let port = flag(call.args, "port").and_then(port_of).unwrap_or(80);
        call.out.push_str(&format!("{} Starting up on port {port}\n", stamp(call.container, call.now, '/')));
        serve(&[port], 5, |asked| http(asked, whoami))
    },
    "kuard" | call | {
        call.out.push_str(&format!("{} Serving on HTTP on :8080\n", stamp(call.container, call.now, '/')));
        serve(&[8080], 8, |asked| http(asked, kuard))
    },
    "podinfo" podinfo,
    "echoserver" |_call| serve(&[8080], 8, |asked| http(asked, echoserver)),
    "go-httpbin" |_call| serve(&[8080], 8, |asked| http(asked, httpbin)),
];

/// Serves pages below a directory, as Apache does; without an own page the directory has `usual`.
fn documents(asked: &mut Asked, path: &str, root: &str, usual: &str) -> Page {
    let file = match path.ends_with('/') {
        true => [root, path, "index.html"].concat(),
        false => [root, path].concat(),
    };
    if let Some(text) = asked.container.read(&file, asked.world) {
        return (200, if file.ends_with(".html") { HTML } else { TEXT }, text);
    }
    match path {
        "/" | "/index.html" if asked.container.mount(root).is_none() => (200, HTML, usual.into()),
        _ => (
            404,
            "text/html; charset=iso-8859-1",
            "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n".into(),
        ),
    }
}

/// Says how Apache begins.
fn apache_begins(call: &mut Call) {
    let address = call.container.start.address.map_or("127.0.0.1".into(), |address| address.to_string());
    let at = date_of_apache(call);
    call.err.push_str(&format!(
        "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using {address}. Set the 'ServerName' directive globally to suppress this message\n[{at}] [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'\n"
    ));
}

fn date_of_apache(call: &Call) -> String {
    stamp(call.container, call.now, '-') + ".000000"
}

fn with_access_log(asked: &mut Asked, page: fn(&mut Asked, &str) -> Page) -> Reply {
    let reply = http(asked, page);
    if let Reply::Http { status, body, .. } = &reply {
        let line = access_line(asked, *status, body.len());
        asked.out.push_str(&line);
        asked.out.push('\n');
    }
    reply
}

fn httpd(call: &mut Call) -> Outcome {
    apache_begins(call);
    serve(&[80], 10, |asked| {
        with_access_log(asked, |asked, path| {
            documents(
                asked,
                path,
                "/usr/local/apache2/htdocs",
                "<html><body><h1>It works!</h1></body></html>\n",
            )
        })
    })
}

/// Apache with PHP: whose pages it serves depends on the image.
fn apache(call: &mut Call) -> Outcome {
    apache_begins(call);
    // The example computes a million square roots for each answer.
    let (megabytes, millis) = if image_is(call.container, "hpa-example") { (12, 60) } else { (60, 5) };
    heavy(serve(&[80], megabytes, |asked| with_access_log(asked, php)), millis)
}

fn php(asked: &mut Asked, path: &str) -> Page {
    let container = &*asked.container;
    if image_is(container, "hpa-example") {
        return (200, HTML, "OK!".into());
    }
    if image_is(container, "wordpress") {
        return match asked.shell.get("WORDPRESS_DB_HOST") {
            // It sets itself up as soon as its database answers; that is taken to be so.
            Some(_) if path == "/" => (302, HTML, String::new()),
            Some(_) => {
                (200, HTML, "<!DOCTYPE html>\n<title>WordPress &rsaquo; Installation</title>\n".into())
            }
            None => (500, HTML, "<h1>Error establishing a database connection</h1>\n".into()),
        };
    }
    if image_is(container, "gb-frontend") {
        return match path {
            "/guestbook.php" => (200, JSON, "{\"data\": \"\"}".into()),
            _ => (
                200,
                HTML,
                "<html ng-app=\"redis\">\n  <head>\n    <title>Guestbook</title>\n  </head>\n</html>\n"
                    .into(),
            ),
        };
    }
    if image_is(container, "php") && !image_is(container, "phpmyadmin") {
        return documents(asked, path, "/var/www/html", "");
    }
    let name = container.start.image.name.split(':').next().unwrap_or_default().to_owned();
    (200, HTML, format!("<!DOCTYPE html>\n<title>{name}</title>\n"))
}

fn hello_app(call: &mut Call) -> Outcome {
    let port = call.shell.get("PORT").and_then(|port| port.parse::<u16>().ok()).unwrap_or(8080);
    call.err.push_str(&format!("{} Server listening on port {port}\n", stamp(call.container, call.now, '/')));
    serve(&[port], 5, |asked| {
        http(asked, |asked, path| {
            let at = stamp(asked.container, asked.now, '/');
            asked.err.push_str(&format!("{at} Serving request: {path}\n"));
            let version = tag(asked.container).split('.').next().unwrap_or("1");
            let host = &asked.container.start.hostname;
            (200, TEXT, format!("Hello, world!\nVersion: {version}.0.0\nHostname: {host}\n"))
        })
    })
}

fn bootcamp(asked: &mut Asked, _path: &str) -> Page {
    let host = &asked.container.start.hostname;
    let version = tag(asked.container).trim_start_matches('v').to_owned();
    (200, TEXT, format!("Hello Kubernetes bootcamp! | Running on: {host} | v={version}\n"))
}

fn http_echo(call: &mut Call) -> Outcome {
    if flag(call.args, "text").is_none() && call.shell.get("ECHO_TEXT").is_none() {
        call.err.push_str("Missing -text option!\n");
        return Outcome::Exit(127);
    }
    let port = flag(call.args, "listen").and_then(port_of).unwrap_or(5678);
    call.out.push_str(&format!(
        "{} [INFO] server is listening on :{port}\n",
        stamp(call.container, call.now, '/')
    ));
    serve(&[port], 5, |asked| {
        http(asked, |asked, path| {
            let text = flag(asked.args, "text").or(asked.shell.get("ECHO_TEXT").map(|text| &**text));
            match path {
                "/health" => (200, JSON, "{\"status\":\"ok\"}\n".into()),
                _ => (200, TEXT, [text.unwrap_or_default(), "\n"].concat()),
            }
        })
    })
}

/// The request as servers that echo it print it.
fn request(asked: &Asked) -> String {
    let Message::Http { method, path, host, headers, .. } = asked.message else { return String::new() };
    let mut text = format!("{method} {path} HTTP/1.1\nHost: {host}\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text
}

fn whoami(asked: &mut Asked, path: &str) -> Page {
    let host = asked.container.start.hostname.to_string();
    let address = asked.container.start.address.map_or(String::new(), |address| format!("IP: {address}\n"));
    match path {
        "/health" => (200, TEXT, String::new()),
        "/api" => (200, JSON, format!("{{\"hostname\":\"{host}\"}}\n")),
        _ => (
            200,
            TEXT,
            format!(
                "Hostname: {host}\nIP: 127.0.0.1\n{address}RemoteAddr: {}:50000\n{}\n",
                client(asked),
                request(asked)
            ),
        ),
    }
}

fn kuard(asked: &mut Asked, path: &str) -> Page {
    match path {
        "/healthy" | "/ready" => (200, TEXT, "ok".into()),
        "/" => (200, HTML, "<!doctype html>\n<html lang=\"en\">\n<title>KUAR Demo</title>\n</html>\n".into()),
        "/env/api" => (200, JSON, format!("{{\"hostname\":\"{}\"}}", asked.container.start.hostname)),
        _ => not_found(),
    }
}

fn podinfo(call: &mut Call) -> Outcome {
    let port = flag(call.args, "port").and_then(port_of).unwrap_or(9898);
    call.out.push_str(&format!(
        "{{\"level\":\"info\",\"msg\":\"Starting HTTP Server.\",\"addr\":\":{port}\"}}\n"
    ));
    serve(&[port, 9999], 20, |asked| {
        http(asked, |asked, path| {
            let (host, version) = (&asked.container.start.hostname, tag(asked.container));
            match path {
                super::HEALTH_CHECK => (200, TEXT, "SERVING".into()),
                "/healthz" | "/readyz" => (200, JSON, "{\n  \"status\": \"OK\"\n}".into()),
                "/version" => (200, JSON, format!("{{\n  \"version\": \"{version}\"\n}}")),
                "/env" | "/headers" | "/metrics" => (200, TEXT, request(asked)),
                "/" => (
                    200,
                    JSON,
                    format!(
                        "{{\n  \"hostname\": \"{host}\",\n  \"version\": \"{version}\",\n  \"message\": \"greetings from podinfo v{version}\"\n}}"
                    ),
                ),
                _ => match path.strip_prefix("/status/").and_then(|code| code.parse::<u16>().ok()) {
                    Some(code) => (code, JSON, format!("{{\n  \"status\": {code}\n}}")),
                    None => not_found(),
                },
            }
        })
    })
}

fn echoserver(asked: &mut Asked, _path: &str) -> Page {
    let host = asked.container.start.hostname.to_string();
    let text = request(asked);
    let (first, headers) = text.split_once('\n').unwrap_or((&text, ""));
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let headers: String = headers.lines().map(|line| format!("\t{}\n", line.replace(": ", "="))).collect();
    (
        200,
        TEXT,
        format!(
            "\n\nHostname: {host}\n\nPod Information:\n\t-no pod information available-\n\nRequest Information:\n\tclient_address={}\n\tmethod={method}\n\treal path={path}\n\trequest_version=1.1\n\nRequest Headers:\n{headers}\nRequest Body:\n\t-no body in request-\n\n",
            client(asked)
        ),
    )
}

/// The endpoints of httpbin that people try.
pub(super) fn httpbin(asked: &mut Asked, path: &str) -> Page {
    let number = |prefix: &str| path.strip_prefix(prefix).and_then(|rest| rest.parse::<u16>().ok());
    if let Some(status) = number("/status/") {
        return (status, TEXT, String::new());
    }
    if let Some(seconds) = number("/delay/") {
        asked.took = Duration::from_secs(u64::from(seconds.min(10)));
    }
    let Message::Http { host, headers, .. } = asked.message else { return not_found() };
    let mut all = format!("    \"Host\": \"{host}\"");
    for (name, value) in headers {
        all.push_str(&format!(", \n    \"{name}\": \"{value}\""));
    }
    let origin = client(asked);
    match path {
        "/" => (200, HTML, "<!DOCTYPE html>\n<html lang=\"en\">\n<title>httpbin.org</title>\n</html>\n".into()),
        "/headers" => (200, JSON, format!("{{\n  \"headers\": {{\n{all}\n  }}\n}}\n")),
        "/ip" => (200, JSON, format!("{{\n  \"origin\": \"{origin}\"\n}}\n")),
        "/uuid" => (200, JSON, format!("{{\n  \"uuid\": \"{}\"\n}}\n", asked.container.random.uuid())),
        "/get" | "/post" | "/anything" => {
            let argument = parameter(asked, "show_env").map_or("", |_| "\"show_env\": \"1\"");
            (200, JSON, format!(
                "{{\n  \"args\": {{{argument}}}, \n  \"headers\": {{\n{all}\n  }}, \n  \"origin\": \"{origin}\", \n  \"url\": \"http://{host}{path}\"\n}}\n"
            ))
        }
        _ if path.starts_with("/delay/") => (200, JSON, "{}\n".into()),
        _ => (404, HTML, "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n".into()),
    }
}
