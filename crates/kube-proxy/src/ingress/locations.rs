//! The server of a host, and its locations (upstream: `createServers`, `getBackendServers`, `updateServerLocations`).

use super::{annotation, is_set};
use orrery_api::{Ingress, IngressServiceBackend};
use orrery_apimachinery::{Order, Str};
use orrery_client::{ApiServer, IngressController};
use orrery_container_runtime::Regex;
use std::rc::Rc;

/// What the controller serves for a host.
pub(super) struct Server {
    /// The host as the rules write it; empty for all other hosts.
    pub host: Str,
    /// The Ingresses with rules for it, the oldest first.
    pub ingresses: Vec<Rc<Ingress>>,
    /// What is asked when no location takes a path, and by which Ingress.
    pub default_backend: Option<(Rc<Ingress>, IngressServiceBackend)>,
    locations: Vec<Location>,
    /// Whether all locations are regular expressions: one rewrite or one `use-regex` does it.
    regex: bool,
}

/// A path of a server.
pub(super) struct Location {
    pub ingress: Rc<Ingress>,
    /// The numbers of the rule and of its path.
    pub at: (usize, usize),
    pub kind: Str,
    pub path: Str,
    pub backend: IngressServiceBackend,
    /// Whether its rule is for every host.
    pub every_host: bool,
}

impl Server {
    /// The server for a host: that of its name, of a wildcard for one label before its domain, or that of all others.
    pub fn of(api: &ApiServer, controller: &IngressController, host: &str) -> Server {
        let mut all: Vec<Rc<Ingress>> = Vec::new();
        for ingress in api.list::<Ingress>().filter(|ingress| controller.serves(api, ingress)) {
            all.push(ingress.clone());
        }
        all.order_by_key(|ingress| ingress.metadata.creation_timestamp.map_or(0, |date| date.0));
        let wildcard = host.split_once('.').map_or(String::new(), |(_, domain)| ["*.", domain].concat());
        let named = |name: &str| {
            let mut rules = all.iter().flat_map(|ingress| &ingress.spec.rules);
            !name.is_empty() && rules.any(|r| r.host.as_ref().is_some_and(|h| h.eq_ignore_ascii_case(name)))
        };
        let host = [host, &*wildcard].into_iter().find(|name| named(name)).unwrap_or_default();
        let mut server = Server {
            host: host.into(),
            ingresses: Vec::new(),
            default_backend: None,
            locations: Vec::new(),
            regex: false,
        };
        all.iter().for_each(|ingress| server.add(ingress));
        server
    }

    /// Adds what an Ingress says of the host.
    fn add(&mut self, ingress: &Rc<Ingress>) {
        let spec = &ingress.spec;
        let before = self.locations.len();
        let mut concerned = spec.rules.is_empty() && self.host.is_empty();
        for (number, rule) in spec.rules.iter().enumerate() {
            if !rule.host.as_deref().unwrap_or_default().eq_ignore_ascii_case(&self.host) {
                continue;
            }
            concerned = true;
            for (place, path) in rule.http.iter().flat_map(|http| &http.paths).enumerate() {
                // What is no Service is not served.
                let Some(backend) = &path.backend.service else { continue };
                self.locations.push(Location {
                    ingress: ingress.clone(),
                    at: (number, place),
                    kind: path.path_type.clone().unwrap_or_default(),
                    path: path.path.clone().unwrap_or_else(|| "/".into()),
                    backend: backend.clone(),
                    every_host: self.host.is_empty(),
                });
            }
        }
        if !concerned {
            return;
        }
        let target = annotation(ingress, "rewrite-target");
        let rewrites = |location: &Location| target.is_some_and(|target| *target != *location.path);
        self.regex |= is_set(ingress, "use-regex") || self.locations[before..].iter().any(rewrites);
        // Of the hosts that no rule names, only an Ingress without rules is asked.
        let own = !self.host.is_empty() || spec.rules.is_empty();
        let service = spec.default_backend.as_ref().and_then(|backend| backend.service.as_ref());
        if let (None, Some(service), true) = (&self.default_backend, service, own) {
            self.default_backend = Some((ingress.clone(), service.clone()));
        }
        self.ingresses.push(ingress.clone());
    }

    /// The location that takes a path: the exact one, else the longest.
    pub fn location(&self, path: &str) -> Option<&Location> {
        let mut best: Option<(&Location, usize)> = None;
        for location in &self.locations {
            let weight = self.weight(location, path);
            if weight > best.map_or(0, |(_, weight)| weight) {
                best = Some((location, weight));
            }
        }
        best.map(|(location, _)| location)
    }

    /// How well a location takes a path; 0 if not at all.
    fn weight(&self, location: &Location, path: &str) -> usize {
        let own = &*location.path;
        if self.regex {
            let there = Regex::new(&["^", own].concat(), true, true).is_some_and(|regex| regex.is_in(path));
            return if there { own.len() } else { 0 };
        }
        let exact = usize::from(own == path) * usize::MAX;
        match &*location.kind {
            "Exact" => exact,
            "Prefix" => {
                let bare = own.trim_end_matches('/');
                let rest = path.strip_prefix(bare);
                let takes = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                if takes { own.len() * 2 } else { 0 }
            }
            // Whatever begins so: what nginx's own locations do.
            _ if path.starts_with(own) => own.len() * 2,
            _ => 0,
        }
    }

    /// What the backend is asked for instead of the path, if that is rewritten (upstream: `buildProxyPass`).
    pub fn rewrite(&self, location: &Location, path: &str) -> Option<String> {
        let target = annotation(&location.ingress, "rewrite-target").filter(|t| *t != &*location.path)?;
        let groups = Regex::new(&location.path, true, true)?.find(path, 0)?;
        let (mut rewritten, mut rest) = (String::new(), target);
        while let Some((text, after)) = rest.split_once('$') {
            rewritten.push_str(text);
            let digits = after.bytes().take_while(u8::is_ascii_digit).count().min(1);
            match after[..digits].parse::<usize>() {
                Ok(number) => {
                    let group = groups.get(number).copied().flatten();
                    rewritten.push_str(group.map_or("", |(start, end)| &path[start..end]));
                }
                Err(_) => rewritten.push('$'),
            }
            rest = &after[digits..];
        }
        rewritten.push_str(rest);
        Some(rewritten)
    }
}
