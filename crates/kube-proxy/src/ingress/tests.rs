//! Ingresses in text, routes out.

use super::{Balancers, Incoming, route};
use orrery_api::{Kind, Object};
use orrery_client::{ApiServer, IngressController, Request};
use orrery_container_runtime::Route;
use orrery_sim::SimTime;
use serde_json::{Value, json};

struct World {
    api: ApiServer,
    balancers: Balancers,
    controller: IngressController,
    seconds: u64,
}

impl World {
    /// Services `web`, `cart`, `old` and `empty`, the first of two endpoints, the last of none.
    fn new() -> Self {
        let mut world = World {
            api: ApiServer::new(Default::default()),
            balancers: Balancers::new(),
            controller: IngressController::of(&[]),
            seconds: 0,
        };
        world.create(Kind::Namespace, json!({"metadata": {"name": "shop"}}));
        world.create(
            Kind::IngressClass,
            json!({"metadata": {"name": "nginx"}, "spec": {"controller": "k8s.io/ingress-nginx"}}),
        );
        for (name, addresses) in [
            ("web", json!(["10.1.0.1", "10.1.0.2"])),
            ("cart", json!(["10.1.0.3"])),
            ("old", json!(["10.1.0.4"])),
            ("empty", json!([])),
        ] {
            let ports =
                json!([{"name": "http", "port": 80, "targetPort": 8080}, {"name": "admin", "port": 81}]);
            let meta =
                json!({"name": name, "namespace": "shop", "labels": {"kubernetes.io/service-name": name}});
            world.create(
                Kind::Service,
                json!({"metadata": meta, "spec": {"ports": ports, "selector": {"a": "b"}}}),
            );
            let endpoints: Vec<Value> = addresses
                .as_array()
                .expect("a list")
                .iter()
                .map(|address| json!({"addresses": [address], "conditions": {"ready": true}}))
                .collect();
            world.create(
                Kind::EndpointSlice,
                json!({
                    "metadata": meta, "addressType": "IPv4", "endpoints": endpoints,
                    "ports": [{"name": "http", "port": 8080}, {"name": "admin", "port": 81}]
                }),
            );
        }
        world
    }

    fn create(&mut self, kind: Kind, value: Value) {
        let (object, errors) = Object::decode(kind, &value);
        assert!(errors.is_empty(), "{errors:?}");
        self.seconds += 1;
        self.api.create(&Request::new(SimTime::from_secs(self.seconds), "test"), object).expect("valid");
    }

    /// An Ingress of class nginx with these rules: `host Type path service`.
    fn ingress(&mut self, name: &str, annotations: Value, rules: &[&str]) {
        let rules: Vec<Value> = rules
            .iter()
            .map(|rule| {
                let words: Vec<&str> = rule.split(' ').collect();
                let backend = json!({"service": {"name": words[3], "port": {"number": 80}}});
                let paths = json!([{"path": words[2], "pathType": words[1], "backend": backend}]);
                match words[0] {
                    "-" => json!({"http": {"paths": paths}}),
                    host => json!({"host": host, "http": {"paths": paths}}),
                }
            })
            .collect();
        self.create(
            Kind::Ingress,
            json!({
                "metadata": {"name": name, "namespace": "shop", "annotations": annotations},
                "spec": {"ingressClassName": "nginx", "rules": rules}
            }),
        );
    }

    /// Where `http://host/path` or `https://host/path` goes: to a Service as a path, elsewhere, or nowhere.
    fn goes(&mut self, url: &str) -> String {
        let routing = self.routing(url);
        match routing.route {
            Route::Backend { name, targets, path } if !targets.is_empty() => format!("{name} {path}"),
            Route::Backend { name, .. } => format!("{name} 503"),
            Route::Redirect(status, to) => format!("{status} {to}"),
            Route::NotFound => "404".into(),
        }
    }

    fn routing(&mut self, url: &str) -> super::Routing {
        let (scheme, rest) = url.split_once("://").expect("a scheme");
        let (host, path) = rest.split_at(rest.find('/').expect("a path"));
        let incoming = Incoming { tls: scheme == "https", host, path };
        route(&self.api, &self.controller, &mut self.balancers, &incoming)
    }
}

/// The examples of the concept page "Ingress": a kind and paths, a request, and which path takes it.
#[test]
fn paths_match_as_the_documentation_says() {
    for (kind, paths, request, expected) in [
        ("Prefix", "/", "/any/path", "/"),
        ("Exact", "/foo", "/foo", "/foo"),
        ("Exact", "/foo", "/bar", ""),
        ("Exact", "/foo", "/foo/", ""),
        ("Exact", "/foo/", "/foo", ""),
        ("Prefix", "/foo", "/foo", "/foo"),
        ("Prefix", "/foo", "/foo/", "/foo"),
        ("Prefix", "/foo/", "/foo", "/foo/"),
        ("Prefix", "/foo/", "/foo/", "/foo/"),
        ("Prefix", "/aaa/bb", "/aaa/bbb", ""),
        ("Prefix", "/aaa/bbb", "/aaa/bbb", "/aaa/bbb"),
        ("Prefix", "/aaa/bbb/", "/aaa/bbb", "/aaa/bbb/"),
        ("Prefix", "/aaa/bbb", "/aaa/bbb/", "/aaa/bbb"),
        ("Prefix", "/aaa/bbb", "/aaa/bbb/ccc", "/aaa/bbb"),
        ("Prefix", "/aaa/bbb", "/aaa/bbbxyz", ""),
        ("Prefix", "/ /aaa", "/aaa/ccc", "/aaa"),
        ("Prefix", "/ /aaa /aaa/bbb", "/aaa/bbb", "/aaa/bbb"),
        ("Prefix", "/ /aaa /aaa/bbb", "/ccc", "/"),
        ("Prefix", "/aaa", "/ccc", ""),
        ("ImplementationSpecific", "/aaa", "/aaab", "/aaa"),
    ] {
        let mut world = World::new();
        let rules: Vec<String> =
            paths.split(' ').map(|path| format!("a.example {kind} {path} web")).collect();
        let rules: Vec<&str> = rules.iter().map(|rule| &**rule).collect();
        world.ingress("web", json!({}), &rules);
        let routing = world.routing(&format!("http://a.example{request}?q=1"));
        let taken =
            routing.rule.split_once(": ").map_or("", |(_, rule)| rule.rsplit(' ').next().unwrap_or(""));
        assert_eq!(taken, expected, "{kind} {paths}, asked for {request}");
    }
}

#[test]
fn hosts_and_kinds_of_paths_have_their_order() {
    let mut world = World::new();
    world.ingress(
        "old",
        json!({}),
        &[
            "a.example Prefix /cart web",
            "*.example Prefix / old",
            "- Prefix / empty",
            "b.example Prefix / empty",
        ],
    );
    world.ingress("new", json!({}), &["a.example Exact /cart cart", "a.example Prefix /cart old"]);
    for (row, url, expected) in [
        ("Exact before Prefix", "http://a.example/cart", "shop-cart-80 /cart"),
        ("the oldest of two alike", "http://a.example/cart/1?x=2", "shop-web-80 /cart/1?x=2"),
        ("a host's server is not helped by others", "http://a.example/", "404"),
        ("a wildcard is one label", "http://c.example/", "shop-old-80 /"),
        ("and not two", "http://d.c.example/x", "shop-empty-80 503"),
        ("nor none", "http://example/x", "shop-empty-80 503"),
        ("an exact host before the wildcard", "http://b.example/", "shop-empty-80 503"),
        ("a port is not of the host", "http://c.example:8080/", "shop-old-80 /"),
        ("hosts have no case", "http://A.Example/cart", "shop-cart-80 /cart"),
        ("an address is no host of a rule", "http://192.168.49.2/", "shop-empty-80 503"),
    ] {
        assert_eq!(world.goes(url), expected, "{row}");
    }
}

#[test]
fn who_answers_what_no_rule_takes() {
    let mut world = World::new();
    assert_eq!(world.goes("http://a.example/"), "404", "nobody");
    let service = |name: &str| json!({"service": {"name": name, "port": {"name": "http"}}});
    let rules = json!([{"host": "a.example", "http": {"paths": [{"path": "/x", "pathType": "Prefix", "backend": service("cart")}]}}]);
    world.create(
        Kind::Ingress,
        json!({
            "metadata": {"name": "own", "namespace": "shop"},
            "spec": {"ingressClassName": "nginx", "defaultBackend": service("web"), "rules": rules}
        }),
    );
    assert_eq!(world.goes("http://a.example/y"), "shop-web-http /y", "the Ingress's own");
    assert_eq!(world.goes("http://b.example/y"), "404", "it is for its hosts alone");
    world.create(
        Kind::Ingress,
        json!({
            "metadata": {"name": "all", "namespace": "shop"},
            "spec": {"ingressClassName": "nginx", "defaultBackend": service("old")}
        }),
    );
    assert_eq!(
        world.goes("http://b.example/y"),
        "shop-old-http /y",
        "an Ingress without rules is for the others"
    );
    let bucket =
        json!({"resource": {"apiGroup": "k8s.example.com", "kind": "StorageBucket", "name": "static"}});
    let rules = json!([{"host": "c.example", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": bucket}]}}]);
    world.create(
        Kind::Ingress,
        json!({"metadata": {"name": "bucket", "namespace": "shop"}, "spec": {"ingressClassName": "nginx", "rules": rules}}),
    );
    assert_eq!(world.goes("http://c.example/"), "404", "what is no Service is not served");
}

#[test]
fn an_ingress_belongs_to_the_controller_of_its_class() {
    for (row, class, annotation, args, expected) in [
        ("its class", Some("nginx"), None, &[][..], true),
        ("a class of another controller", Some("other"), None, &[], false),
        ("a class that is not there", Some("ghost"), None, &[], false),
        ("the annotation of old", None, Some("nginx"), &[], true),
        ("another one's", None, Some("traefik"), &[], false),
        ("no class", None, None, &[], false),
        ("no class, and it is told to take such", None, None, &["--watch-ingress-without-class=true"], true),
        ("not its namespace", Some("nginx"), None, &["--watch-namespace=ops"], false),
    ] {
        let mut world = World::new();
        world.create(
            Kind::IngressClass,
            json!({"metadata": {"name": "other"}, "spec": {"controller": "e.io/c"}}),
        );
        let annotations = annotation.map_or(json!({}), |class| json!({"kubernetes.io/ingress.class": class}));
        let args: Vec<_> = args.iter().map(|arg| (*arg).into()).collect();
        world.controller = IngressController::of(&args);
        let backend = json!({"service": {"name": "web", "port": {"number": 80}}});
        world.create(
            Kind::Ingress,
            json!({
                "metadata": {"name": "i", "namespace": "shop", "annotations": annotations},
                "spec": {"ingressClassName": class, "defaultBackend": backend}
            }),
        );
        assert_eq!(world.goes("http://a.example/") != "404", expected, "{row}");
    }
}

#[test]
fn annotations_rewrite_and_redirect() {
    let note = |name: &str, value: &str| json!({format!("nginx.ingress.kubernetes.io/{name}"): value});
    for (row, annotations, rule, url, expected) in [
        (
            "a rewrite",
            note("rewrite-target", "/"),
            "a.example Prefix /api web",
            "http://a.example/api/v1?q=1",
            "shop-web-80 /?q=1",
        ),
        (
            "with what a group has taken",
            note("rewrite-target", "/$2"),
            "a.example ImplementationSpecific /something(/|$)(.*) web",
            "http://a.example/something/new?q=1",
            "shop-web-80 /new?q=1",
        ),
        (
            "the root of it",
            note("rewrite-target", "/$2"),
            "a.example ImplementationSpecific /something(/|$)(.*) web",
            "http://a.example/something",
            "shop-web-80 /",
        ),
        (
            "no word begins so",
            note("rewrite-target", "/$2"),
            "a.example ImplementationSpecific /something(/|$)(.*) web",
            "http://a.example/somethingelse",
            "404",
        ),
        (
            "a rewrite to the path itself is none",
            note("rewrite-target", "/api"),
            "a.example Prefix /api web",
            "http://a.example/api/v1",
            "shop-web-80 /api/v1",
        ),
        (
            "a regular expression",
            note("use-regex", "true"),
            "a.example ImplementationSpecific /v[0-9]+/cart web",
            "http://a.example/v12/cart",
            "shop-web-80 /v12/cart",
        ),
        (
            "elsewhere for good",
            note("permanent-redirect", "https://www.example.org"),
            "a.example Prefix / web",
            "http://a.example/",
            "301 https://www.example.org",
        ),
        (
            "another root",
            note("app-root", "/app"),
            "a.example Prefix / web",
            "http://a.example/",
            "302 http://a.example/app",
        ),
        (
            "TLS by force",
            note("force-ssl-redirect", "true"),
            "a.example Prefix / web",
            "http://a.example/x?y",
            "308 https://a.example/x?y",
        ),
    ] {
        let mut world = World::new();
        world.ingress("web", annotations, &[rule]);
        assert_eq!(world.goes(url), expected, "{row}");
    }
}

#[test]
fn tls_has_a_secret_or_the_fake_certificate_and_redirects() {
    let mut world = World::new();
    let backend = json!({"service": {"name": "web", "port": {"number": 80}}});
    let rule = |host: &str| json!({"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}});
    world.create(
        Kind::Ingress,
        json!({
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {
                "ingressClassName": "nginx",
                "tls": [{"hosts": ["a.example"], "secretName": "a"}, {"hosts": ["b.example"], "secretName": "b"}],
                "rules": [rule("a.example"), rule("b.example"), rule("c.example")]
            }
        }),
    );
    world.create(
        Kind::Secret,
        json!({"metadata": {"name": "a", "namespace": "shop"}, "type": "kubernetes.io/tls", "stringData": {"tls.crt": "c", "tls.key": "k"}}),
    );
    assert_eq!(world.goes("http://a.example/x"), "308 https://a.example/x", "plain requests are sent to TLS");
    for (url, expected) in [
        ("https://a.example/", "The certificate is that of Secret shop/a."),
        (
            "https://b.example/",
            "Secret shop/b was not found: the certificate is the Kubernetes Ingress Controller Fake Certificate.",
        ),
        (
            "https://c.example/",
            "No Secret of spec.tls is for host c.example: the certificate is the Kubernetes Ingress Controller Fake Certificate.",
        ),
        (
            "https://d.example/",
            "No rule has a certificate for the host: it is the Kubernetes Ingress Controller Fake Certificate.",
        ),
    ] {
        let what = world.routing(url).what;
        assert!(what.ends_with(expected), "{url}: {what}");
    }
    assert_eq!(world.goes("https://b.example/"), "shop-web-80 /", "and it is served all the same");
}

#[test]
fn endpoints_take_turns_and_faults_are_told() {
    let mut world = World::new();
    world.ingress(
        "web",
        json!({}),
        &["a.example Prefix / web", "a.example Prefix /empty empty", "a.example Prefix /ghost ghost"],
    );
    let first = |world: &mut World| match world.routing("http://a.example/").route {
        Route::Backend { targets, .. } => targets[0].address.to_string(),
        other => format!("{other:?}"),
    };
    let turns = [first(&mut world), first(&mut world), first(&mut world)];
    assert_eq!(turns, ["10.1.0.1", "10.1.0.2", "10.1.0.1"]);
    for (path, expected) in [
        (
            "/",
            "Service shop/web, port 80: the controller goes to its 2 endpoints in turn, past the Service's address.",
        ),
        ("/empty", "Service shop/empty, port 80 has no endpoint that is ready. The controller answers 503."),
        ("/ghost", "Service shop/ghost, port 80: there is no such Service. The controller answers 503."),
    ] {
        assert_eq!(&*world.routing(&["http://a.example", path].concat()).what, expected, "{path}");
    }
}
