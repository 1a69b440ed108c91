//! `cargo xtask serve`: build the page, then serve it until interrupted.

use crate::dist::{self, Effort};
use crate::shell::{Result, say};
use crate::{args, http};
use std::net::TcpListener;

/// Reads the flags, takes the port before the long build, builds, serves.
pub fn run(words: &[String]) -> Result<()> {
    let mut words = words.to_vec();
    let port = args::value(&mut words, "--port")?.unwrap_or_else(|| "8080".to_owned());
    let port: u16 = port.parse().map_err(|_| format!("--port {port} is not a port number"))?;
    let host = args::value(&mut words, "--host")?.unwrap_or_else(|| "127.0.0.1".to_owned());
    let release = args::flag(&mut words, "--release");
    args::none(&words)?;

    let listener = TcpListener::bind((host.as_str(), port))
        .map_err(|why| format!("cannot listen on {host} port {port}: {why}"))?;
    dist::build(if release { Effort::Release } else { Effort::Development })?;
    let address = listener.local_addr().map_err(|why| format!("cannot tell the address: {why}"))?;
    say(&format!("serving on http://{address}/ (Ctrl-C stops)"));
    http::serve(&listener, &dist::dir())
}
