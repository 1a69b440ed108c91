//! Which backend a request goes to that comes to an Ingress controller, as ingress-nginx decides it (upstream:
//! `internal/ingress/controller/controller.go`, `template.go` and the Lua of `rootfs/etc/nginx/lua`).
//!
//! A host has one server: rules without a host are not asked for a host that other rules name. Of several rules for
//! one path the oldest Ingress's counts.

mod locations;
mod upstream;

#[cfg(test)]
mod tests;

pub use upstream::Balancers;

use locations::{Location, Server};
use orrery_api::{Ingress, IngressServiceBackend, Secret};
use orrery_apimachinery::Str;
use orrery_client::{ApiServer, IngressController};
use orrery_container_runtime::Route;
use std::rc::Rc;

/// What the annotations that are understood begin with.
const ANNOTATION: &str = "nginx.ingress.kubernetes.io/";
/// The subject of the certificate that the controller makes for itself.
pub const FAKE_CERTIFICATE: &str = "Kubernetes Ingress Controller Fake Certificate";

/// A request as the controller gets it.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// Whether it came over TLS.
    pub tls: bool,
    /// The host that is asked for, perhaps with a port.
    pub host: &'a str,
    /// The path, with its query.
    pub path: &'a str,
}

/// What was decided, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    /// The namespace and the name of the Ingress whose rule took it, if one did.
    pub ingress: Option<(Str, Str)>,
    /// The rule, as a place in the Ingress with what it says: `spec.rules[0].http.paths[1]: Prefix /cart`.
    pub rule: Str,
    /// What it did, in sentences.
    pub what: Str,
    /// Where the request goes.
    pub route: Route,
}

/// Decides a request that comes to a controller.
pub fn route(
    api: &ApiServer,
    controller: &IngressController,
    balancers: &mut Balancers,
    incoming: &Incoming<'_>,
) -> Routing {
    let server = Server::of(api, controller, host_of(incoming.host));
    let (path, query) = incoming.path.split_at(incoming.path.find('?').unwrap_or(incoming.path.len()));
    let found = server.location(path);
    let certificate = certificate(api, &server);
    let mut routing = match &found {
        Some(location) => taken(api, location, &certificate, incoming, balancers),
        None => by_default(api, controller, &server, incoming, balancers),
    };
    if let (Route::Backend { path: onward, .. }, Some(location)) = (&mut routing.route, &found)
        && let Some(rewritten) = server.rewrite(location, path)
    {
        *onward = [&rewritten, query].concat().into();
        routing.what = [&routing.what, " It is asked for ", onward, "."].concat().into();
    }
    if incoming.tls {
        let shown = match &certificate {
            Some(Ok(secret)) => [" The certificate is that of Secret ", secret, "."].concat(),
            Some(Err(why)) => [" ", why, ": the certificate is the ", FAKE_CERTIFICATE, "."].concat(),
            None => [" No rule has a certificate for the host: it is the ", FAKE_CERTIFICATE, "."].concat(),
        };
        routing.what = [&*routing.what, &shown].concat().into();
    }
    routing
}

/// A host without its port, as it is compared.
fn host_of(host: &str) -> &str {
    host.split(':').next().unwrap_or(host)
}

/// An annotation of ingress-nginx.
fn annotation<'a>(ingress: &'a Ingress, name: &str) -> Option<&'a str> {
    let value = ingress.metadata.annotations.get(&[ANNOTATION, name].concat())?;
    Some(value).filter(|value| !value.is_empty()).map(|value| &**value)
}

fn is_set(ingress: &Ingress, name: &str) -> bool {
    annotation(ingress, name) == Some("true")
}

/// The Secret with the certificate of a host, or why the controller's own stands in; `None` when no rule asks for TLS
/// (upstream: `createServers`, `extractTLSSecretName`).
fn certificate(api: &ApiServer, server: &Server) -> Option<Result<Str, Str>> {
    let ingress = server.ingresses.iter().find(|ingress| !ingress.spec.tls.is_empty())?;
    let listed = ingress.spec.tls.iter().find(|tls| {
        // Without hosts a certificate is compared by what it says of itself: it is taken at its word.
        tls.hosts.is_empty() || tls.hosts.iter().any(|host| host.eq_ignore_ascii_case(&server.host))
    });
    let Some(name) = listed.and_then(|tls| tls.secret_name.as_ref()) else {
        return Some(Err(["No Secret of spec.tls is for host ", &server.host].concat().into()));
    };
    let key: Str = [&ingress.metadata.namespace, "/", name].concat().into();
    let secret: Option<&Rc<Secret>> = api.get(&ingress.metadata.namespace, name);
    let whole = secret.is_some_and(|s| ["tls.crt", "tls.key"].iter().all(|part| s.data.contains_key(*part)));
    Some(match (secret, whole) {
        (None, _) => Err(["Secret ", &key, " was not found"].concat().into()),
        (_, false) => Err(["Secret ", &key, " has no tls.crt and tls.key"].concat().into()),
        _ => Ok(key),
    })
}

/// A rule takes the request.
fn taken(
    api: &ApiServer,
    location: &Location,
    certificate: &Option<Result<Str, Str>>,
    incoming: &Incoming<'_>,
    balancers: &mut Balancers,
) -> Routing {
    let ingress = &location.ingress;
    let meta = &ingress.metadata;
    let rule = format!(
        "spec.rules[{}].http.paths[{}]: {} {}",
        location.at.0, location.at.1, location.kind, location.path
    );
    let (what, route) = match redirect(ingress, location, certificate.is_some(), incoming) {
        Some((what, status, to)) => (what, Route::Redirect(status, to.into())),
        None => backend(api, ingress, &location.backend, incoming.path, balancers),
    };
    Routing {
        ingress: Some((meta.namespace.clone(), meta.name.clone())),
        rule: rule.into(),
        what: what.into(),
        route,
    }
}

/// Where annotations, or TLS, send the client instead.
fn redirect(
    ingress: &Ingress,
    location: &Location,
    has_certificate: bool,
    incoming: &Incoming<'_>,
) -> Option<(String, u16, String)> {
    // Rules for every host know no host to redirect to, unless they are told to.
    let by_itself =
        has_certificate && !location.every_host && annotation(ingress, "ssl-redirect") != Some("false");
    if !incoming.tls && (by_itself || is_set(ingress, "force-ssl-redirect")) {
        let to = ["https://", host_of(incoming.host), incoming.path].concat();
        return Some((format!("The host has TLS: the client is sent to {to}."), 308, to));
    }
    for (name, status) in [("permanent-redirect", 301), ("temporal-redirect", 302)] {
        if let Some(to) = annotation(ingress, name) {
            return Some((format!("Annotation {name} sends the client to {to}."), status, to.into()));
        }
    }
    let root = annotation(ingress, "app-root").filter(|_| incoming.path == "/")?;
    let to = [if incoming.tls { "https://" } else { "http://" }, incoming.host, root].concat();
    Some((format!("Annotation app-root sends the client to {to}."), 302, to))
}

/// What a backend of an Ingress means at the moment.
fn backend(
    api: &ApiServer,
    ingress: &Ingress,
    backend: &IngressServiceBackend,
    path: &str,
    balancers: &mut Balancers,
) -> (String, Route) {
    let namespace = &ingress.metadata.namespace;
    let port: Str = match &backend.port.name {
        Some(name) => name.clone(),
        None => backend.port.number.to_string().into(),
    };
    upstream::backend(api, (namespace, &backend.name, &port), path, balancers)
}

/// No rule takes the path: the default backend of the host's Ingress, of an Ingress without rules, or the controller's.
fn by_default(
    api: &ApiServer,
    controller: &IngressController,
    server: &Server,
    incoming: &Incoming<'_>,
    balancers: &mut Balancers,
) -> Routing {
    if let Some((ingress, service)) = &server.default_backend {
        let (what, route) = backend(api, ingress, service, incoming.path, balancers);
        let meta = &ingress.metadata;
        return Routing {
            ingress: Some((meta.namespace.clone(), meta.name.clone())),
            rule: "spec.defaultBackend".into(),
            what: ["No rule takes it. ", &what].concat().into(),
            route,
        };
    }
    let host = host_of(incoming.host);
    let why = match server.ingresses.is_empty() {
        true => format!("No rule is for host {host}"),
        false => format!("No rule of host {host} takes path {}", incoming.path),
    };
    let (rest, route) = match controller.default_backend.as_deref().and_then(|name| name.split_once('/')) {
        Some((namespace, name)) => {
            let place = (&namespace.into(), &name.into(), &"".into());
            let (what, route) = upstream::backend(api, place, incoming.path, balancers);
            ([": the controller's default backend answers. ", &what].concat(), route)
        }
        None => (": the controller itself answers 404.".into(), Route::NotFound),
    };
    Routing { ingress: None, rule: "upstream-default-backend".into(), what: (why + &rest).into(), route }
}
