//! `curl`.

use super::network::{CONNECT_TIME, reason, resolve, send};
use super::wget::header;
use super::{Call, Outcome, base_name, basic};
use crate::Url;
use crate::world::{Message, Reply, Target, Unreachable};
use orrery_apimachinery::Str;
use std::net::Ipv4Addr;

/// Options that take a value.
const WITH_VALUE: &str = "oXHdmwAuebTFrC";

/// What the command line says.
#[derive(Default)]
struct Options {
    urls: Vec<Str>,
    /// Letters of the options without a value.
    letters: String,
    output: Option<Str>,
    method: Option<Str>,
    headers: Vec<(Str, Str)>,
    body: Option<String>,
    max_time: Option<Str>,
    write_out: Option<Str>,
    /// `--resolve`: `host:port:address`.
    resolve: Vec<Str>,
}

impl Options {
    fn read(call: &Call) -> Options {
        let mut options = Options::default();
        let mut words = call.args[1..].iter();
        while let Some(word) = words.next() {
            let Some(letters) =
                word.strip_prefix('-').filter(|rest| !rest.is_empty() && !rest.starts_with('-'))
            else {
                match word.strip_prefix("--") {
                    Some(long) => options.long(long, &mut words),
                    None => options.urls.push(word.clone()),
                }
                continue;
            };
            let valued = letters.find(|c: char| WITH_VALUE.contains(c));
            options.letters.push_str(&letters[..valued.unwrap_or(letters.len())]);
            if let Some(at) = valued {
                let rest = &letters[at + 1..];
                let value =
                    if rest.is_empty() { words.next().cloned().unwrap_or_default() } else { rest.into() };
                options.set(&letters[at..=at], value);
            }
        }
        options
    }

    fn long(&mut self, name: &str, words: &mut std::slice::Iter<Str>) {
        let letter = match name {
            "output" => "o",
            "request" => "X",
            "header" => "H",
            "data" | "data-raw" | "data-binary" | "json" => "d",
            "max-time" | "connect-timeout" => "m",
            "write-out" => "w",
            "resolve" => "resolve",
            "cacert" => "cacert",
            "user" | "retry" | "retry-delay" | "cert" | "key" | "user-agent" | "cookie" => "u",
            "insecure" => return self.letters.push('k'),
            "silent" => return self.letters.push('s'),
            "show-error" => return self.letters.push('S'),
            "fail" | "fail-with-body" => return self.letters.push('f'),
            "head" => return self.letters.push('I'),
            "include" => return self.letters.push('i'),
            "location" => return self.letters.push('L'),
            "verbose" => return self.letters.push('v'),
            _ => return,
        };
        if let Some(value) = words.next() {
            self.set(letter, value.clone());
        }
    }

    fn set(&mut self, letter: &str, value: Str) {
        match letter {
            "o" => self.output = Some(value),
            "X" => self.method = Some(value),
            "H" => self.headers.push(header(&value)),
            "d" => {
                let body = self.body.get_or_insert_default();
                if !body.is_empty() {
                    body.push('&');
                }
                body.push_str(&value);
            }
            "m" => self.max_time = Some(value),
            "w" => self.write_out = Some(value),
            "resolve" => self.resolve.push(value),
            // Whoever brings the authority trusts what it has signed.
            "cacert" => self.letters.push('k'),
            _ => {}
        }
    }

    fn has(&self, letter: char) -> bool {
        self.letters.contains(letter)
    }

    /// The address that `--resolve` gives to a place.
    fn resolved(&self, url: &Url) -> Option<Ipv4Addr> {
        let place = format!("{}:{}:", url.host, url.port);
        self.resolve.iter().find_map(|told| told.strip_prefix(&*place)?.trim_matches(['[', ']']).parse().ok())
    }

    /// Whether the certificate that an address shows would be one of an authority that is known, or does not matter:
    /// within clusters there are none but their own.
    fn trusts(&self, url: &Url, address: Ipv4Addr) -> bool {
        !url.tls || self.has('k') || address.octets()[..3] == WORLD
    }
}

/// Where the world outside is, as the network has it: everybody there has a certificate that is known.
const WORLD: [u8; 3] = [203, 0, 113];
const UNTRUSTED: &str = "SSL certificate problem: self-signed certificate\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above.";

const METER: &str = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n";

pub(super) fn curl(call: &mut Call) -> Outcome {
    let options = Options::read(call);
    if options.urls.is_empty() {
        call.err.push_str("curl: (2) no URL specified\n");
        return Outcome::Exit(2);
    }
    let mut code = 0;
    for url in &options.urls {
        let (status, error) = fetch(call, url, &options);
        if let Some(format) = &options.write_out {
            let status = format!("{status:03}");
            let seconds = format!("{}.{:06}", call.took.as_secs(), call.took.subsec_micros());
            let text = format.replace("%{http_code}", &status).replace("%{response_code}", &status);
            call.out.push_str(&super::unescape(&text.replace("%{time_total}", &seconds)).0);
        }
        if let Some((number, why)) = error {
            code = number;
            if !options.has('s') || options.has('S') {
                call.err.push_str(&format!("curl: ({number}) {why}\n"));
            }
        }
    }
    Outcome::Exit(code)
}

/// Fetches one address: its status, and what went wrong.
fn fetch(call: &mut Call, url: &str, options: &Options) -> (u16, Option<(i32, String)>) {
    let mut url = Url::read(url);
    for _ in 0..5 {
        let timeout = options.max_time.as_deref().and_then(basic::duration);
        let Some(address) = options.resolved(&url).or_else(|| resolve(call, &url.host)) else {
            return (0, Some((6, format!("Could not resolve host: {}", url.host))));
        };
        let trusted = options.trusts(&url, address);
        let message = if trusted { request(&url, options) } else { Message::Connect };
        let target = Target { address, port: url.port };
        if options.has('v') {
            call.err.push_str(&format!("*   Trying {address}:{}...\n", url.port));
        }
        let reply = match send(call, target, &message, timeout.unwrap_or(CONNECT_TIME)) {
            Ok(reply) => reply,
            Err(why) => return (0, Some(unreachable(call, &url, why))),
        };
        if options.has('v') {
            tell(call, &url, target, &message, &reply);
        }
        if !trusted {
            return (0, Some((60, UNTRUSTED.into())));
        }
        let (status, headers, body) = match reply {
            Reply::Http { status, headers, body } => (status, headers, body),
            Reply::Bytes(text) if text.is_empty() => {
                return (0, Some((52, "Empty reply from server".into())));
            }
            _ => return (0, Some((1, "Received HTTP/0.9 when not allowed".into()))),
        };
        let location = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
        if let Some((_, to)) = location.filter(|_| options.has('L') && (300..400).contains(&status)) {
            let (host, port) = (url.host, url.port);
            url = Url::read(to);
            if to.starts_with('/') {
                (url.host, url.port, url.path) = (host, port, to.clone());
            }
            continue;
        }
        if options.has('f') && status >= 400 {
            return (status, Some((22, format!("The requested URL returned error: {status}"))));
        }
        let mut text = String::new();
        if options.has('i') || options.has('I') {
            text = format!("HTTP/1.1 {status} {}\r\n", reason(status));
            headers.iter().for_each(|(name, value)| text.push_str(&[name, ": ", value, "\r\n"].concat()));
            text.push_str("\r\n");
        }
        if !options.has('I') {
            text.push_str(&body);
        }
        return (status, save(call, &url, &text, options));
    }
    (0, Some((47, "Maximum (5) redirects followed".into())))
}

/// Tells of the connection, the request and the head of the answer (`-v`).
fn tell(call: &mut Call, url: &Url, to: Target, message: &Message, reply: &Reply) {
    let err = &mut call.err;
    err.push_str(&format!("* Connected to {} ({}) port {}\n", url.host, to.address, to.port));
    let mut lines = |sign: &str, first: String, headers: &[(Str, Str)]| {
        err.push_str(&[sign, &first, "\n"].concat());
        headers.iter().for_each(|(name, value)| err.push_str(&[sign, name, ": ", value, "\n"].concat()));
        err.push_str(&[sign.trim_end(), " \n"].concat());
    };
    if let Message::Http { method, path, host, headers, .. } = message {
        lines("> ", format!("{method} {path} HTTP/1.1\n> Host: {host}"), headers);
    }
    if let Reply::Http { status, headers, .. } = reply {
        lines("< ", format!("HTTP/1.1 {status} {}", reason(*status)), headers);
    }
}

fn request(url: &Url, options: &Options) -> Message {
    let method = match &options.method {
        Some(method) => method.clone(),
        None if options.has('I') => "HEAD".into(),
        None if options.body.is_some() => "POST".into(),
        None => "GET".into(),
    };
    let host = options.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("host"));
    let headers =
        options.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("host")).cloned().collect();
    Message::Http {
        method,
        path: url.path.clone(),
        host: host.map_or(&url.host, |(_, host)| host).clone(),
        headers,
        body: options.body.as_deref().unwrap_or_default().into(),
    }
}

fn unreachable(call: &Call, url: &Url, why: Unreachable) -> (i32, String) {
    let millis = call.took.as_millis();
    match why {
        Unreachable::TimedOut => (28, format!("Connection timed out after {millis} milliseconds")),
        _ => (
            7,
            format!(
                "Failed to connect to {} port {} after {millis} ms: Could not connect to server",
                url.host, url.port
            ),
        ),
    }
}

/// Writes what came where it is wanted.
fn save(call: &mut Call, url: &Url, text: &str, options: &Options) -> Option<(i32, String)> {
    let own = options.has('O').then(|| Str::from(base_name(&url.path)));
    let target = options.output.clone().or(own);
    if !options.has('s') {
        let size = text.len();
        call.err.push_str(METER);
        call.err.push_str(&format!("100 {size:>5}  100 {size:>5}    0     0   {size:>5}      0 --:--:-- --:--:-- --:--:-- {size:>5}\n"));
    }
    match target.as_deref() {
        None | Some("-") => call.out.push_str(text),
        Some("/dev/null") => {}
        Some(path) => {
            let path = call.path(path);
            if call.container.write(&path, text, call.world).is_err() {
                return Some((23, "Failure writing output to destination".into()));
            }
        }
    }
    None
}
