//! Policies and connections in text, decisions out.

use super::{Direction, Peer, decide};
use orrery_api::{Kind, Object, Pod};
use orrery_client::{ApiServer, Request};
use orrery_sim::SimTime;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::rc::Rc;

/// Two namespaces, three nodes, and a pod of each kind that matters.
struct World {
    api: ApiServer,
}

impl World {
    fn new() -> Self {
        let mut world = World { api: ApiServer::new(Default::default()) };
        for (name, team) in [("shop", "red"), ("ops", "blue")] {
            world.create(Kind::Namespace, json!({"metadata": {"name": name, "labels": {"team": team}}}));
            world.create(Kind::ServiceAccount, json!({"metadata": {"name": "default", "namespace": name}}));
        }
        for (namespace, name, app, node, address) in [
            ("shop", "web", "web", "node-1", "10.244.1.2"),
            ("shop", "db", "db", "node-2", "10.244.2.2"),
            ("ops", "monitor", "web", "node-2", "10.244.2.3"),
            ("ops", "client", "client", "node-1", "10.244.1.3"),
            ("ops", "agent", "web", "node-2", "host"),
        ] {
            world.create(
                Kind::Pod,
                json!({
                    "metadata": {"name": name, "namespace": namespace, "labels": {"app": app}},
                    "spec": {
                        "nodeName": node,
                        "hostNetwork": address == "host",
                        "containers": [{"name": "c", "image": "i", "ports": [{"name": "http", "containerPort": 8080}]}]
                    },
                    "status": {"podIP": address}
                }),
            );
        }
        world
    }

    fn create(&mut self, kind: Kind, value: Value) {
        let (object, errors) = Object::decode(kind, &value);
        assert!(errors.is_empty(), "{errors:?}");
        self.api.create(&Request::new(SimTime::ZERO, "test"), object).expect("valid");
    }

    fn policy(&mut self, name: &str, spec: &Value) {
        self.create(
            Kind::NetworkPolicy,
            json!({"metadata": {"name": name, "namespace": "shop"}, "spec": spec}),
        );
    }

    /// A pod as `shop/web`, a node as `node-1`, or an address.
    fn verdict(&self, from: &str, to: &str, port: u16, protocol: &str) -> super::Verdict {
        let (from_pod, from_peer) = self.end(from);
        let (to_pod, to_peer) = self.end(to);
        let (from, to) =
            (Peer { pod: from_pod.as_deref(), ..from_peer }, Peer { pod: to_pod.as_deref(), ..to_peer });
        decide(&self.api, &from, &to, port, protocol)
    }

    fn end<'a>(&self, text: &'a str) -> (Option<Rc<Pod>>, Peer<'a>) {
        let nodes =
            [("node-1", [192, 168, 0, 1]), ("node-2", [192, 168, 0, 2]), ("node-3", [192, 168, 0, 3])];
        let node = |name: &str| nodes.iter().find(|(n, _)| *n == name);
        if let Some((name, address)) = node(text) {
            return (None, Peer { pod: None, node: Some(name), address: (*address).into() });
        }
        let Some((namespace, name)) = text.split_once('/') else {
            return (None, Peer { pod: None, node: None, address: text.parse().expect("an address") });
        };
        let pod = self.api.get::<Pod>(namespace, name).expect("known").clone();
        let (node, address) = node(pod.node_name.as_deref().expect("bound")).expect("known");
        // The server keeps no status of what is created.
        let own: &[(&str, [u8; 4])] = &[
            ("web", [10, 244, 1, 2]),
            ("db", [10, 244, 2, 2]),
            ("monitor", [10, 244, 2, 3]),
            ("client", [10, 244, 1, 3]),
        ];
        let address = own.iter().find(|(n, _)| *n == name).map_or(*address, |(_, address)| *address);
        (Some(pod), Peer { pod: None, node: Some(node), address: Ipv4Addr::from(address) })
    }
}

/// Whether a connection to `shop/web` on TCP 8080 (or the port that is told) is allowed under one policy of `shop`.
fn allows(spec: &Value, from: &str, to: &str, (port, protocol): (u16, &str)) -> bool {
    let mut world = World::new();
    world.policy("policy", spec);
    world.verdict(from, to, port, protocol).denied().is_none()
}

#[test]
fn rules_pick_the_other_end() {
    let from =
        |peers: Value| json!({"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": peers}]});
    let (web, db) = (json!({"matchLabels": {"app": "web"}}), json!({"matchLabels": {"app": "db"}}));
    let blue = json!({"matchLabels": {"team": "blue"}});
    let named = json!({"matchLabels": {"kubernetes.io/metadata.name": "ops"}});
    let everywhere =
        json!([{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.244.2.0/24", "198.51.100.0/24"]}}]);
    for (row, spec, from, expected) in [
        ("pods of the policy's namespace", from(json!([{"podSelector": db}])), "shop/db", true),
        ("other pods of the namespace", from(json!([{"podSelector": web}])), "shop/db", false),
        ("such pods elsewhere are not meant", from(json!([{"podSelector": web}])), "ops/monitor", false),
        ("an empty selector: all of the namespace", from(json!([{"podSelector": {}}])), "shop/db", true),
        ("and nobody else", from(json!([{"podSelector": {}}])), "ops/client", false),
        ("all pods of a namespace", from(json!([{"namespaceSelector": blue}])), "ops/client", true),
        ("a namespace by its name", from(json!([{"namespaceSelector": named}])), "ops/client", true),
        ("every namespace", from(json!([{"namespaceSelector": {}}])), "shop/db", true),
        (
            "both in one peer: and",
            from(json!([{"namespaceSelector": blue, "podSelector": web}])),
            "ops/client",
            false,
        ),
        ("both true", from(json!([{"namespaceSelector": blue, "podSelector": web}])), "ops/monitor", true),
        (
            "each a peer: or",
            from(json!([{"namespaceSelector": blue}, {"podSelector": db}])),
            "ops/client",
            true,
        ),
        ("or the other", from(json!([{"namespaceSelector": blue}, {"podSelector": db}])), "shop/db", true),
        ("no peers: everyone", from(json!([])), "203.0.113.9", true),
        ("an address in the range", from(everywhere.clone()), "203.0.113.9", true),
        ("an address in a hole", from(everywhere.clone()), "198.51.100.7", false),
        ("a pod by its address", from(everywhere.clone()), "ops/client", true),
        ("a pod in a hole", from(everywhere), "ops/monitor", false),
        ("pods do not pick addresses", from(json!([{"podSelector": {}}])), "203.0.113.9", false),
        ("the pod's own node", from(json!([{"podSelector": db}])), "node-1", true),
        ("another node", from(json!([{"podSelector": db}])), "node-3", false),
        (
            "a pod in the network of another node",
            from(json!([{"namespaceSelector": {}}])),
            "ops/agent",
            false,
        ),
        (
            "its node's address lets it in",
            from(json!([{"ipBlock": {"cidr": "192.168.0.2/32"}}])),
            "ops/agent",
            true,
        ),
        ("the pod itself", from(json!([{"podSelector": db}])), "shop/web", true),
    ] {
        assert_eq!(allows(&spec, from, "shop/web", (8080, "TCP")), expected, "{row}");
    }
}

#[test]
fn rules_pick_ports() {
    let ports = |ports: Value| json!({"podSelector": {}, "ingress": [{"ports": ports}]});
    for (row, spec, port, expected) in [
        ("the number", ports(json!([{"port": 8080}])), (8080, "TCP"), true),
        ("another number", ports(json!([{"port": 8080}])), (8081, "TCP"), false),
        ("another protocol", ports(json!([{"port": 8080}])), (8080, "UDP"), false),
        ("told UDP", ports(json!([{"port": 53, "protocol": "UDP"}])), (53, "UDP"), true),
        ("the pod's name for it", ports(json!([{"port": "http"}])), (8080, "TCP"), true),
        ("a name that the pod does not know", ports(json!([{"port": "https"}])), (8080, "TCP"), false),
        (
            "a name is of one protocol",
            ports(json!([{"port": "http", "protocol": "UDP"}])),
            (8080, "UDP"),
            false,
        ),
        ("in a range", ports(json!([{"port": 8000, "endPort": 8090}])), (8090, "TCP"), true),
        ("beyond it", ports(json!([{"port": 8000, "endPort": 8090}])), (8091, "TCP"), false),
        ("every port of a protocol", ports(json!([{"protocol": "UDP"}])), (9, "UDP"), true),
        ("and not of another", ports(json!([{"protocol": "UDP"}])), (9, "TCP"), false),
        ("no ports: all", ports(json!([])), (9, "SCTP"), true),
    ] {
        assert_eq!(allows(&spec, "ops/client", "shop/web", port), expected, "{row}");
    }
}

#[test]
fn a_policy_isolates_in_the_directions_it_speaks_of() {
    let dns = json!({
        "podSelector": {}, "policyTypes": ["Egress"],
        "egress": [{
            "to": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "client"}}}],
            "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]
        }]
    });
    let internet = json!({"podSelector": {}, "egress": [{"to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}]}]});
    let deny = |types: Value| json!({"podSelector": {}, "policyTypes": types});
    for (row, spec, from, to, port, expected) in [
        ("default deny of ingress", deny(json!(["Ingress"])), "ops/client", "shop/web", 8080, false),
        ("it stops nothing that leaves", deny(json!(["Ingress"])), "shop/web", "ops/client", 8080, true),
        ("nor other namespaces", deny(json!(["Ingress"])), "ops/client", "ops/monitor", 8080, true),
        ("default deny of egress", deny(json!(["Egress"])), "shop/web", "ops/client", 8080, false),
        ("it stops nothing that comes", deny(json!(["Egress"])), "ops/client", "shop/web", 8080, true),
        ("no types: ingress", json!({"podSelector": {}}), "ops/client", "shop/web", 8080, false),
        ("no types, no egress", json!({"podSelector": {}}), "shop/web", "ops/client", 8080, true),
        ("no types, with egress: both", internet.clone(), "shop/web", "ops/client", 8080, false),
        ("what egress allows", internet.clone(), "shop/web", "203.0.113.7", 443, true),
        ("and ingress denies", internet, "ops/client", "shop/web", 8080, false),
        (
            "allow all",
            json!({"podSelector": {}, "ingress": [{}], "egress": [{}], "policyTypes": ["Ingress", "Egress"]}),
            "shop/web",
            "shop/db",
            8080,
            true,
        ),
        (
            "other pods are not isolated",
            json!({"podSelector": {"matchLabels": {"app": "db"}}}),
            "ops/client",
            "shop/web",
            8080,
            true,
        ),
        ("to the own node", deny(json!(["Egress"])), "shop/web", "node-1", 10250, true),
        ("a name needs DNS", dns.clone(), "shop/web", "ops/client", 53, true),
        ("and only that", dns, "shop/web", "ops/client", 80, false),
    ] {
        assert_eq!(allows(&spec, from, to, (port, "TCP")), expected, "{row}");
    }
}

#[test]
fn policies_add_up_and_both_ends_must_agree() {
    let mut world = World::new();
    let text = |world: &World| {
        let verdict = world.verdict("shop/db", "shop/web", 8080, "TCP");
        let told: Vec<String> =
            verdict.0.iter().map(|d| format!("{} {}: {}", d.policy(), d.rule(), d.sentence())).collect();
        told.join("\n")
    };
    assert_eq!(text(&world), "", "nobody is isolated");
    world.policy("a-deny", &json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}));
    assert_eq!(
        text(&world),
        "a-deny spec.podSelector: Pod shop/db is isolated for Egress by a-deny, and no rule allows TCP 8080 to Pod shop/web (10.244.1.2)."
    );
    let to_web = json!([{"to": [{"podSelector": {"matchLabels": {"app": "web"}}}]}]);
    world.policy("b-out", &json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": to_web}));
    let denied = world.verdict("shop/db", "shop/web", 8080, "TCP").denied().map(|d| d.direction);
    assert_eq!(denied, Some(Direction::Ingress), "the caller may, the called may not");
    let in_ = json!([{"from": [{"ipBlock": {"cidr": "203.0.113.0/24"}}]}, {"ports": [{"port": "http"}]}]);
    world.policy("c-in", &json!({"podSelector": {"matchLabels": {"app": "web"}}, "ingress": in_}));
    assert_eq!(
        text(&world),
        "b-out spec.egress[0]: Egress rule 1 of NetworkPolicy b-out allows TCP 8080 to Pod shop/web (10.244.1.2).\n\
         c-in spec.ingress[1]: Ingress rule 2 of NetworkPolicy c-in allows TCP 8080 from Pod shop/db (10.244.2.2)."
    );
}
