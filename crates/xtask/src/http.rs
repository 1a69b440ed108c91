//! A static file server, enough for one person at one machine: GET and HEAD, one thread per connection.

use crate::shell::Result;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::thread;

/// Serves the files under `dir` until the program is stopped.
pub fn serve(listener: &TcpListener, dir: &Path) -> Result<()> {
    for stream in listener.incoming() {
        let stream = stream.map_err(|why| format!("cannot accept a connection: {why}"))?;
        let dir = dir.to_owned();
        // A browser that hangs up early is no concern of ours.
        thread::spawn(move || answer(&stream, &dir).ok());
    }
    Ok(())
}

struct Answer {
    status: &'static str,
    kind: &'static str,
    body: Vec<u8>,
}

fn answer(mut stream: &TcpStream, dir: &Path) -> io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or("/"));
    let Answer { status, kind, body } = match method {
        "GET" | "HEAD" => find(dir, target),
        _ => Answer::text("405 Method Not Allowed"),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )?;
    if method != "HEAD" {
        stream.write_all(&body)?;
    }
    Ok(())
}

impl Answer {
    fn text(status: &'static str) -> Self {
        Answer { status, kind: "text/plain; charset=utf-8", body: status.as_bytes().to_vec() }
    }
}

fn find(dir: &Path, target: &str) -> Answer {
    let Some(path) = path_of(target) else {
        return Answer::text("400 Bad Request");
    };
    let mut file = dir.join(path);
    if file.is_dir() {
        file.push("index.html");
    }
    match fs::read(&file) {
        Ok(body) => Answer { status: "200 OK", kind: media_type(&file), body },
        Err(_) => Answer::text("404 Not Found"),
    }
}

/// The relative path a request names; nothing if it tries to leave the folder.
fn path_of(target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next().unwrap_or("");
    let path = PathBuf::from(percent_decoded(path)?.trim_start_matches('/'));
    path.components().all(|part| matches!(part, Component::Normal(_))).then_some(path)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend(parts.next()?.bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).ok()
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "yaml" | "yml" | "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_stays_inside_the_folder() {
        let rows = [
            ("the root", "/", Some("")),
            ("a file in a folder", "/a/b.wasm", Some("a/b.wasm")),
            ("a query is not part of the name", "/a.js?v=1", Some("a.js")),
            ("percent signs are decoded", "/%ED%95%9C.txt", Some("한.txt")),
            ("a climb out", "/a/../../etc/passwd", None),
            ("a climb out in disguise", "/%2e%2e/etc/passwd", None),
            ("a broken escape", "/%zz", None),
        ];
        for (row, target, want) in rows {
            assert_eq!(path_of(target), want.map(PathBuf::from), "{row}");
        }
    }

    #[test]
    fn webassembly_is_served_as_such_or_the_browser_will_not_stream_it() {
        assert_eq!(media_type(Path::new("x/app_bg.wasm")), "application/wasm");
        assert_eq!(media_type(Path::new("x/noending")), "application/octet-stream");
    }
}
