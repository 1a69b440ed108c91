//! The registries that nodes pull from. They lie outside of the cluster and are the same for all nodes.
//!
//! Which image a public registry has is said in `images/catalog.rs`. A registry of the cluster's own (`localhost:5000`)
//! has what was pushed to it. A private one has every image of its team and wants to know who asks; it believes
//! anybody whose password is not empty and does not say `wrong`. Its images, and those of Docker Hub with `private` in
//! their name, need a pull secret.

use crate::images::{Found, Image, Reference, look_up, looks_unreal};
use orrery_apimachinery::Str;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Who may pull from a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryKind {
    /// Anybody; it has what the world has put there.
    Public,
    /// Those with credentials.
    Private,
    /// Anybody; it has what was pushed to it.
    Local,
}

/// A registry.
#[derive(Clone, Debug)]
pub struct Registry {
    /// Its host, with the port where one is written.
    pub host: Str,
    /// Who may pull.
    pub kind: RegistryKind,
    /// Whether it answers.
    pub up: bool,
    /// What was pushed to it, by canonical name.
    pub pushed: BTreeMap<Str, Rc<Image>>,
}

/// A name and password for a registry, as a pull secret or `docker login` states them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The registry, as it is written there.
    pub server: Str,
    /// Who.
    pub user: Str,
    /// The password or token.
    pub password: Str,
}

/// All registries.
#[derive(Clone, Debug)]
pub struct Registries {
    /// Whether they answer at once, with an image of one size, for any name that does not look unreal: the container
    /// runtime of the conformance recordings.
    hollow: bool,
    known: Vec<Registry>,
}

/// The size of every image where pulling takes no time.
const HOLLOW_SIZE: u64 = 1 << 20;

/// The registries that are shown from the beginning.
const FIRST: [(&str, RegistryKind); 7] = [
    ("docker.io", RegistryKind::Public),
    ("registry.k8s.io", RegistryKind::Public),
    ("quay.io", RegistryKind::Public),
    ("ghcr.io", RegistryKind::Public),
    ("gcr.io", RegistryKind::Public),
    ("registry.example.com", RegistryKind::Private),
    ("localhost:5000", RegistryKind::Local),
];

/// Other names of the cluster's own registry.
const OWN_NAMES: [&str; 5] =
    ["127.0.0.1:5000", "kind-registry:5000", "registry:5000", "registry.local:5000", "k3d-registry:5000"];

/// The ends of host names that mean nothing outside of somebody's own network.
const PRIVATE_ENDS: [&str; 9] =
    [".local", ".internal", ".test", ".example", ".invalid", ".lan", ".example.com", ".example.org", ".svc"];

/// The ends of host names of registries that only their owners may pull from.
const OWNERS_ONLY: [&str; 5] = [".amazonaws.com", ".azurecr.io", ".ocir.io", "registry.redhat.io", ".icr.io"];

impl Default for Registries {
    fn default() -> Self {
        let known = FIRST.map(|(host, kind)| registry(host.into(), kind)).into();
        Registries { hollow: false, known }
    }
}

impl Registries {
    /// Registries that answer at once for any name.
    pub fn hollow() -> Registries {
        Registries { hollow: true, ..Registries::default() }
    }

    /// Whether pulling takes time.
    pub fn take_time(&self) -> bool {
        !self.hollow
    }

    /// The registries, those that people added last.
    pub fn iter(&self) -> impl Iterator<Item = &Registry> {
        self.known.iter()
    }

    /// The name under which nodes keep an image.
    pub fn name(&self, reference: &Reference) -> Str {
        if self.hollow { reference.name.clone() } else { reference.canonical() }
    }

    /// Takes a registry down or up; false when there is none.
    pub fn set_up(&mut self, host: &str, up: bool) -> bool {
        self.registry(host).map(|registry| registry.up = up).is_some()
    }

    /// Starts a registry on a port of the person's machine, which the nodes reach too.
    pub fn start_local(&mut self, port: u16) {
        let host: Str = format!("localhost:{port}").into();
        match self.known.iter_mut().find(|r| r.host == host) {
            Some(registry) => registry.up = true,
            None => self.known.push(registry(host, RegistryKind::Local)),
        }
    }

    /// The image that a node gets for a name; the error is containerd's.
    pub fn pull(&self, reference: &Reference, credentials: &[Credentials]) -> Result<Rc<Image>, Str> {
        let name = self.name(reference);
        let failed = |code: &str, why: &str| self.failed(code, reference, why);
        let not_found = || failed("rpc error: code = NotFound desc = ", &format!("{name}: not found"));
        if self.hollow {
            let there = !looks_unreal(&name);
            return there.then(|| Rc::new(Image::new(&name, HOLLOW_SIZE))).ok_or_else(not_found);
        }
        let kind = self.reach(reference).map_err(|why| failed("", &why))?;
        authorize(kind, reference, credentials).map_err(|why| failed("", &why))?;
        if let Some(image) = self.pushed(reference) {
            return Ok(image.clone());
        }
        match kind {
            RegistryKind::Local => Err(not_found()),
            RegistryKind::Private | RegistryKind::Public => match look_up(reference) {
                Found::Size(size) => Ok(Rc::new(Image::new(&reference.canonical(), size))),
                Found::NoTag => Err(not_found()),
                Found::NoRepository if &*reference.host == "docker.io" => Err(failed("", NOT_YOURS)),
                Found::NoRepository => Err(not_found()),
            },
        }
    }

    /// What a node hears that is cut off.
    pub fn out_of_reach(&self, reference: &Reference) -> Str {
        let host = reference.host.split(':').next().unwrap_or_default();
        let why = format!(
            "failed to do request: Head \"{}\": dial tcp: lookup {host}: i/o timeout",
            request(reference)
        );
        self.failed("", reference, &why)
    }

    /// What containerd says of a pull that failed.
    fn failed(&self, code: &str, reference: &Reference, why: &str) -> Str {
        let name = self.name(reference);
        format!(
            "{code}failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": {why}"
        )
        .into()
    }

    /// Puts an image into its registry; the error is docker's.
    pub fn push(
        &mut self,
        reference: &Reference,
        image: Rc<Image>,
        credentials: &[Credentials],
    ) -> Result<(), String> {
        let kind = self.reach(reference)?;
        let trusted =
            kind == RegistryKind::Local || credentials.iter().any(|c| c.open(reference) && c.good());
        let library = &*reference.host == "docker.io" && reference.path.starts_with("library/");
        if !trusted || library {
            return Err("denied: requested access to the resource is denied".into());
        }
        if let Some(registry) = self.registry(&reference.host) {
            registry.pushed.insert(pushed_name(reference), image);
        }
        Ok(())
    }

    /// Whether a registry believes these credentials; the error is docker's.
    pub fn login(&self, credentials: &Credentials) -> Result<(), String> {
        let host = server_of(&credentials.server).0;
        let failed = |why: &str| format!("Error response from daemon: Get \"{}/v2/\": {why}", url(host));
        let known = self.known.iter().find(|r| &*r.host == own_name(host));
        if known.is_none() && assumed(host).is_none() {
            return Err(failed(&format!("dial tcp: lookup {host}: no such host")));
        }
        match credentials.good() {
            true => Ok(()),
            false => Err(failed("unauthorized: incorrect username or password")),
        }
    }

    /// The registry of this host. One of which nothing was known is remembered.
    fn registry(&mut self, host: &str) -> Option<&mut Registry> {
        let host = own_name(host);
        if let Some(i) = self.known.iter().position(|r| &*r.host == host) {
            return self.known.get_mut(i);
        }
        let kind = assumed(host)?;
        self.known.push(registry(host.into(), kind));
        self.known.last_mut()
    }

    /// The image of this name that somebody pushed.
    fn pushed(&self, reference: &Reference) -> Option<&Rc<Image>> {
        let host = own_name(&reference.host);
        let pushed = &self.known.iter().find(|r| &*r.host == host)?.pushed;
        match &reference.digest {
            Some(digest) => pushed.values().find(|image| image.digest == *digest),
            None => pushed.get(&pushed_name(reference)),
        }
    }

    /// The kind of an image's registry, if that answers.
    fn reach(&self, reference: &Reference) -> Result<RegistryKind, String> {
        let asked = &*reference.host;
        let host = own_name(asked);
        let known = self.known.iter().find(|r| &*r.host == host);
        let kind = known.map_or_else(|| assumed(host), |registry| Some(registry.kind));
        let up = known.is_none_or(|registry| registry.up);
        let request = request(reference);
        let (name, port) = asked.split_once(':').unwrap_or((asked, "443"));
        match kind {
            Some(kind) if up => Ok(kind),
            Some(RegistryKind::Public) => {
                Err(format!("unexpected status from HEAD request to {request}: 503 Service Unavailable"))
            }
            None if !is_this_machine(name) => Err(format!(
                "failed to do request: Head \"{request}\": dial tcp: lookup {name}: no such host"
            )),
            _ => {
                let address = if is_this_machine(name) { "127.0.0.1" } else { "172.18.0.1" };
                Err(format!(
                    "failed to do request: Head \"{request}\": dial tcp {address}:{port}: connect: connection refused"
                ))
            }
        }
    }
}

impl Credentials {
    /// Whether they are for the registry of this image (upstream: `credentialprovider.URLsMatch`).
    fn open(&self, reference: &Reference) -> bool {
        let (host, path) = server_of(&self.server);
        host == &*reference.host && reference.path.starts_with(path)
    }

    fn good(&self) -> bool {
        !self.user.is_empty() && !self.password.is_empty() && !self.password.contains("wrong")
    }
}

fn registry(host: Str, kind: RegistryKind) -> Registry {
    Registry { host, kind, up: true, pushed: BTreeMap::new() }
}

/// Whether somebody with these credentials may pull; the error is containerd's.
fn authorize(kind: RegistryKind, reference: &Reference, credentials: &[Credentials]) -> Result<(), String> {
    let hub = &*reference.host == "docker.io";
    let open = match kind {
        RegistryKind::Private => false,
        RegistryKind::Public => !(hub && reference.path.contains("private")),
        RegistryKind::Local => true,
    };
    let mut fitting = credentials.iter().filter(|c| c.open(reference)).peekable();
    if open && fitting.peek().is_none() || fitting.peek().is_some() && fitting.any(Credentials::good) {
        return Ok(());
    }
    let refused = credentials.iter().any(|c| c.open(reference));
    Err(match (refused, hub) {
        (true, _) => {
            let (host, service) = match hub {
                true => ("auth.docker.io", "registry.docker.io"),
                false => (&*reference.host, &*reference.host),
            };
            let scope = ["repository%3A", &reference.path.replace('/', "%2F"), "%3Apull"].concat();
            format!(
                "failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://{host}/token?scope={scope}&service={service}: 401 Unauthorized"
            )
        }
        (false, true) => NOT_YOURS.into(),
        (false, false) => "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials".into(),
    })
}

/// What Docker Hub says of a repository that is not there for who asks.
const NOT_YOURS: &str = "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed";

/// The host and path that credentials are for, as they are written: `https://index.docker.io/v1/`.
fn server_of(server: &str) -> (&str, &str) {
    let server = server.split_once("://").map_or(server, |(_, rest)| rest);
    let (host, path) = server.split_once('/').unwrap_or((server, ""));
    let host = if host == "index.docker.io" || host == "registry-1.docker.io" { "docker.io" } else { host };
    let path = ["v1/", "v2/", "v1", "v2"].iter().find_map(|v| path.strip_prefix(v)).unwrap_or(path);
    (host, path)
}

/// Where requests to a registry go.
fn url(host: &str) -> String {
    match host {
        "docker.io" => "https://registry-1.docker.io".into(),
        // What has no certificate: containerd's configuration of a development cluster says so.
        _ if host.contains(":5") => ["http://", host].concat(),
        _ => ["https://", host].concat(),
    }
}

/// The request for an image.
fn request(reference: &Reference) -> String {
    format!("{}/v2/{}/manifests/{}", url(&reference.host), reference.path, reference.version())
}

fn is_this_machine(name: &str) -> bool {
    name == "localhost" || name == "127.0.0.1"
}

/// The name that the cluster's own registry goes by here; others are as they are.
fn own_name(host: &str) -> &str {
    if OWN_NAMES.contains(&host) { "localhost:5000" } else { host }
}

/// The kind of a registry that nothing is known of; `None` when its name means nothing.
fn assumed(host: &str) -> Option<RegistryKind> {
    let name = host.split(':').next().unwrap_or_default();
    if !name.contains('.') || name == "127.0.0.1" || PRIVATE_ENDS.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    let owners = OWNERS_ONLY.iter().any(|end| name.ends_with(end));
    Some(if owners { RegistryKind::Private } else { RegistryKind::Public })
}

/// The name of a pushed image within its registry.
fn pushed_name(reference: &Reference) -> Str {
    [&*reference.path, ":", reference.version()].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(image: &str) -> Reference {
        Reference::parse(image).expect(image)
    }

    fn credentials(server: &str, password: &str) -> Credentials {
        Credentials { server: server.into(), user: "jane".into(), password: password.into() }
    }

    #[test]
    fn a_pull_that_fails_says_why_in_the_words_of_containerd() {
        let mut registries = Registries::default();
        assert!(registries.set_up("quay.io", false));
        let before = |image: &str| {
            let name = reference(image).canonical();
            format!("failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": ")
        };
        for (image, secret, expected) in [
            ("nginx:1.25", None, None),
            (
                "nginx:nosuchtag",
                None,
                Some("rpc error: code = NotFound desc = … docker.io/library/nginx:nosuchtag: not found"),
            ),
            (
                "my-app:1",
                None,
                Some(
                    "… pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
                ),
            ),
            (
                "localhost:5000/app:1",
                None,
                Some("rpc error: code = NotFound desc = … localhost:5000/app:1: not found"),
            ),
            (
                "localhost:5001/app:1",
                None,
                Some(
                    "… failed to do request: Head \"http://localhost:5001/v2/app/manifests/1\": dial tcp 127.0.0.1:5001: connect: connection refused",
                ),
            ),
            (
                "my-registry:5000/app:1",
                None,
                Some(
                    "… failed to do request: Head \"http://my-registry:5000/v2/app/manifests/1\": dial tcp: lookup my-registry: no such host",
                ),
            ),
            (
                "quay.io/app/app:1",
                None,
                Some(
                    "… unexpected status from HEAD request to https://quay.io/v2/app/app/manifests/1: 503 Service Unavailable",
                ),
            ),
            (
                "registry.example.com/team/app:1",
                None,
                Some(
                    "… pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials",
                ),
            ),
            (
                "registry.example.com/team/app:1",
                Some(("https://registry.example.com", "wrong")),
                Some(
                    "… failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://registry.example.com/token?scope=repository%3Ateam%2Fapp%3Apull&service=registry.example.com: 401 Unauthorized",
                ),
            ),
            (
                "registry.example.com/team/app:1",
                Some(("registry.example.org", "secret")),
                Some(
                    "… pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials",
                ),
            ),
            ("registry.example.com/team/app:1", Some(("registry.example.com", "secret")), None),
            ("janedoe/jdoe-private:v1", Some(("https://index.docker.io/v1/", "secret")), None),
        ] {
            let secrets: Vec<Credentials> = secret.iter().map(|(s, p)| credentials(s, p)).collect();
            let said = registries.pull(&reference(image), &secrets).err();
            assert_eq!(
                said.as_deref(),
                expected.map(|e| e.replace("… ", &before(image))).as_deref(),
                "{image}"
            );
        }
    }

    #[test]
    fn what_was_pushed_can_be_pulled_by_tag_and_by_digest() {
        let mut registries = Registries::default();
        let image = Rc::new(Image::new("mine", 10_000_000));
        let pushed = reference("localhost:5000/app:1");
        assert_eq!(registries.push(&pushed, image.clone(), &[]), Ok(()));
        for name in [
            "localhost:5000/app:1",
            "kind-registry:5000/app:1",
            &format!("localhost:5000/app@{}", image.digest),
        ] {
            assert_eq!(registries.pull(&reference(name), &[]), Ok(image.clone()), "{name}");
        }
        let denied = Err("denied: requested access to the resource is denied".to_owned());
        assert_eq!(registries.push(&reference("nginx:1"), image.clone(), &[]), denied);
        assert_eq!(registries.push(&reference("jane/app:1"), image.clone(), &[]), denied);
        assert_eq!(
            registries.push(&reference("jane/app:1"), image.clone(), &[credentials("docker.io", "x")]),
            Ok(())
        );
        assert_eq!(registries.pull(&reference("jane/app:1"), &[]), Ok(image));
    }

    #[test]
    fn the_runtime_of_the_recordings_has_every_image_but_those_that_say_they_are_not_there() {
        let registries = Registries::hollow();
        assert_eq!(registries.pull(&reference("UPPER/case:1"), &[]).map(|i| i.size), Ok(1 << 20));
        assert_eq!(
            registries.pull(&reference("nosuch/image:1"), &[]).err().as_deref(),
            Some(
                "rpc error: code = NotFound desc = failed to pull and unpack image \"nosuch/image:1\": failed to resolve reference \"nosuch/image:1\": nosuch/image:1: not found"
            )
        );
    }
}
