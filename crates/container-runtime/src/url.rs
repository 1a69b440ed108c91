//! The address of a page, as clients of HTTP read it.

use orrery_apimachinery::Str;

/// Where a page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// A name or an address.
    pub host: Str,
    /// The port: the scheme's, unless another one is stated.
    pub port: u16,
    /// The path with its query, never empty.
    pub path: Str,
    /// Whether it is reached through TLS.
    pub tls: bool,
}

impl Url {
    /// Reads `[scheme://][user@]host[:port][/path]`.
    pub fn read(text: &str) -> Url {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (place, path) = rest.split_at(at);
        let place = place.rsplit('@').next().unwrap_or(place);
        let tls = scheme == "https";
        let default = if tls { 443 } else { 80 };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().unwrap_or(default)),
            None => (place, default),
        };
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') { path.into() } else { ["/", path].concat() };
        Url { host: host.into(), port, path: path.into(), tls }
    }
}
