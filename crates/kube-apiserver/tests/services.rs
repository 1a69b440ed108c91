//! What becomes of a Service's addresses, families and ports, when it is made and when it changes.

use orrery_api::{Kind, Object};
use orrery_apimachinery::{Status, patch};
use orrery_apiserver::{ApiServer, Config, Request};
use orrery_sim::SimTime;
use serde_json::{Value, json};

fn request() -> Request {
    Request::new(SimTime::from_secs(10), "test")
}

fn server() -> ApiServer {
    let mut api = ApiServer::new(Config::default());
    let (namespace, _) = Object::decode(Kind::Namespace, &json!({"metadata": {"name": "default"}}));
    api.create(&request(), namespace).expect("valid");
    api
}

fn create(api: &mut ApiServer, name: &str, spec: Value) -> Result<Value, Status> {
    let tree = json!({"metadata": {"name": name, "namespace": "default"}, "spec": spec});
    let (object, problems) = Object::decode(Kind::Service, &tree);
    assert_eq!(problems, [], "{tree}");
    api.create(&request(), object).map(|made| made.to_value())
}

/// Changes the stored object by a merge patch of its spec.
fn change(api: &mut ApiServer, known: &Value, spec: &Value) -> Result<Value, Status> {
    let mut tree = known.clone();
    patch::json_merge(&mut tree, &json!({"spec": spec}));
    let (object, problems) = Object::decode(Kind::Service, &tree);
    assert_eq!(problems, [], "{tree}");
    api.update(&request(), object).map(|made| made.to_value())
}

/// The fields of `wanted` as the spec has them.
fn part(spec: &Value, wanted: &Value) -> Value {
    let fields = wanted.as_object().expect("what is wanted is an object");
    fields.keys().map(|field| (field.clone(), spec[field].clone())).collect()
}

#[test]
fn a_new_service_gets_what_it_leaves_open() {
    let ports = json!([{"port": 80}]);
    for (row, spec, wanted) in [
        (
            "a service of one family, which is all that there is",
            json!({"ports": ports, "selector": {"app": "x"}}),
            json!({"ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"}),
        ),
        (
            "who prefers two families gets the one that there is",
            json!({"ports": ports, "ipFamilyPolicy": "PreferDualStack"}),
            json!({"ipFamilies": ["IPv4"], "ipFamilyPolicy": "PreferDualStack"}),
        ),
        (
            "no address and a selector",
            json!({"clusterIP": "None", "selector": {"app": "x"}}),
            json!({"clusterIPs": ["None"], "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"}),
        ),
        (
            "no address and no selector: whoever writes the endpoints may use both families",
            json!({"clusterIP": "None"}),
            json!({"clusterIPs": ["None"], "ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "RequireDualStack"}),
        ),
        (
            "another name has no address",
            json!({"type": "ExternalName", "externalName": "example.com"}),
            json!({"clusterIP": null, "ipFamilies": null, "ipFamilyPolicy": null}),
        ),
        (
            "one number for two protocols has one port on the nodes",
            json!({"type": "NodePort", "ports": [
                {"name": "t", "port": 53, "nodePort": 30053}, {"name": "u", "port": 53, "protocol": "UDP"}]}),
            json!({"ports": [
                {"name": "t", "port": 53, "nodePort": 30053, "protocol": "TCP", "targetPort": 53},
                {"name": "u", "port": 53, "nodePort": 30053, "protocol": "UDP", "targetPort": 53}]}),
        ),
        (
            "a load balancer that needs no ports on the nodes gets none",
            json!({"type": "LoadBalancer", "allocateLoadBalancerNodePorts": false, "ports": ports}),
            json!({"ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}]}),
        ),
    ] {
        let made = create(&mut server(), "a", spec).expect(row);
        assert_eq!(part(&made["spec"], &wanted), wanted, "{row}");
    }
    let local = json!({"type": "LoadBalancer", "externalTrafficPolicy": "Local", "ports": ports});
    let made = create(&mut server(), "a", local).expect("valid");
    let port = made["spec"]["healthCheckNodePort"].as_i64();
    assert!(port.is_some_and(|port| (30_000..=32_767).contains(&port)), "{port:?}");
}

#[test]
fn what_the_network_cannot_give_is_refused() {
    let ports = json!([{"port": 80}]);
    for (row, spec, said) in [
        (
            "two families where there is one",
            json!({"ports": ports, "ipFamilyPolicy": "RequireDualStack"}),
            "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services",
        ),
        (
            "a family that there is not",
            json!({"ports": ports, "ipFamilies": ["IPv6"]}),
            "spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster",
        ),
        (
            "an address of that family",
            json!({"ports": ports, "clusterIP": "fd00::1"}),
            "spec.clusterIPs[0]: Invalid value: []string{\"fd00::1\"}: IPv6 is not configured on this cluster",
        ),
        (
            "an address of the other family",
            json!({"ports": ports, "clusterIP": "10.96.0.9", "ipFamilies": ["IPv6"]}),
            "spec.clusterIPs[0]: Invalid value: \"10.96.0.9\": expected an IPv6 value as indicated by `ipFamilies[0]`",
        ),
        (
            "a list of addresses without the first",
            json!({"ports": ports, "clusterIPs": ["10.96.0.9"]}),
            "spec.clusterIPs: Invalid value: []string{\"10.96.0.9\"}: must be empty when `clusterIP` is not specified",
        ),
        (
            "two addresses of one family",
            json!({"ports": ports, "clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9", "10.96.0.10"]}),
            "spec.clusterIPs: Invalid value: []string{\"10.96.0.9\", \"10.96.0.10\"}: may specify no more than one IP for each IP family",
        ),
        (
            "two families with a policy for one",
            json!({"ports": ports, "ipFamilies": ["IPv4", "IPv6"]}),
            "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
        ),
    ] {
        let message = create(&mut server(), "a", spec).expect_err(row).message;
        assert_eq!(message, format!("Service \"a\" is invalid: {said}"), "{row}");
    }
}

#[test]
fn a_changed_service_keeps_what_it_has_while_its_type_has_it() {
    let ports = json!([{"name": "a", "port": 80}]);
    let node_port = json!({"type": "NodePort", "clusterIP": "10.96.0.9",
        "ports": [{"name": "a", "port": 80, "nodePort": 30080}]});
    let balanced = json!({"type": "LoadBalancer", "externalTrafficPolicy": "Local", "loadBalancerClass": "x.y/z",
        "healthCheckNodePort": 30090, "ports": [{"name": "a", "port": 80, "nodePort": 30080}]});
    for (row, spec, patch, wanted) in [
        (
            "the address and the port stay though they are left out",
            node_port.clone(),
            json!({"clusterIP": null, "clusterIPs": null, "ports": [{"name": "a", "port": 81}]}),
            json!({"clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9"],
                "ports": [{"name": "a", "port": 81, "nodePort": 30080, "protocol": "TCP", "targetPort": 81}]}),
        ),
        (
            "a service that is no longer reached through nodes has no ports there",
            node_port.clone(),
            json!({"type": "ClusterIP"}),
            json!({"clusterIP": "10.96.0.9", "externalTrafficPolicy": null,
                "ports": [{"name": "a", "port": 80, "protocol": "TCP", "targetPort": 80}]}),
        ),
        (
            "a service that becomes another name has no address",
            node_port.clone(),
            json!({"type": "ExternalName", "externalName": "example.com"}),
            json!({"clusterIP": null, "clusterIPs": null, "ipFamilies": null, "ipFamilyPolicy": null}),
        ),
        (
            "no load balancer, nothing that only it has",
            balanced,
            json!({"type": "NodePort", "externalTrafficPolicy": "Cluster"}),
            json!({"healthCheckNodePort": null, "loadBalancerClass": null, "allocateLoadBalancerNodePorts": null}),
        ),
        (
            "another name that becomes a service gets an address",
            json!({"type": "ExternalName", "externalName": "example.com"}),
            json!({"type": "ClusterIP", "clusterIP": "10.96.0.9", "ports": ports}),
            json!({"clusterIPs": ["10.96.0.9"], "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"}),
        ),
    ] {
        let mut api = server();
        let made = create(&mut api, "a", spec).expect(row);
        let changed = change(&mut api, &made, &patch).expect(row);
        assert_eq!(part(&changed["spec"], &wanted), wanted, "{row}");
    }
}

#[test]
fn what_a_service_was_given_cannot_become_another() {
    let address = json!({"clusterIP": "10.96.0.9", "ports": [{"port": 80}]});
    let balanced = json!({"type": "LoadBalancer", "externalTrafficPolicy": "Local", "loadBalancerClass": "x.y/z",
        "healthCheckNodePort": 30090, "ports": [{"port": 80}]});
    for (row, spec, patch, said) in [
        (
            "its address",
            address.clone(),
            json!({"clusterIP": "10.96.0.10"}),
            "spec.clusterIPs[0]: Invalid value: []string{\"10.96.0.10\"}: may not change once set",
        ),
        (
            "its address for none",
            address.clone(),
            json!({"clusterIP": "None"}),
            "spec.clusterIPs[0]: Invalid value: []string{\"None\"}: may not change once set",
        ),
        (
            "its family",
            address,
            json!({"ipFamilies": ["IPv6"]}),
            "spec.clusterIPs[0]: Invalid value: \"10.96.0.9\": expected an IPv6 value as indicated by `ipFamilies[0]`",
        ),
        (
            "who makes its load balancer",
            balanced.clone(),
            json!({"loadBalancerClass": "a.b/c"}),
            "spec.loadBalancerClass: Invalid value: \"a.b/c\": may not change once set",
        ),
        (
            "where its load balancer asks for pods",
            balanced,
            json!({"healthCheckNodePort": 30091}),
            "spec.healthCheckNodePort: Forbidden: field is immutable",
        ),
    ] {
        let mut api = server();
        let made = create(&mut api, "a", spec).expect(row);
        let message = change(&mut api, &made, &patch).expect_err(row).message;
        assert_eq!(message, format!("Service \"a\" is invalid: {said}"), "{row}");
    }
}

#[test]
fn what_a_changed_service_gave_back_is_free() {
    let mut api = server();
    let spec =
        json!({"type": "NodePort", "clusterIP": "10.96.0.9", "ports": [{"port": 80, "nodePort": 30080}]});
    let made = create(&mut api, "a", spec.clone()).expect("free");
    let said = create(&mut api, "b", spec.clone()).expect_err("taken").message;
    assert!(said.contains("provided IP is already allocated"), "{said}");
    change(&mut api, &made, &json!({"type": "ExternalName", "externalName": "example.com"})).expect("valid");
    create(&mut api, "b", spec).expect("given back");
}

#[test]
fn what_is_taken_or_out_of_range_is_refused() {
    let ports = |first: Value, second: Value| {
        json!([
            {"name": "a", "port": 80, "nodePort": first}, {"name": "b", "port": 81, "nodePort": second, "protocol": "UDP"},
        ])
    };
    let node_port = |port: i32| json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": port}]});
    let address = |ip: &str| json!({"clusterIP": ip, "ports": [{"port": 80}]});
    let balanced = |port: i32| {
        json!({"type": "LoadBalancer", "externalTrafficPolicy": "Local",
        "healthCheckNodePort": port, "ports": [{"port": 80}]})
    };
    let range = "provided port is not in the valid range. The range of valid ports is 30000-32767";
    let invalid = |what: &str| format!("Service \"b\" is invalid: {what}");
    let out_of_range = |ip: &str| {
        invalid(&format!(
            "spec.clusterIPs: Invalid value: []string{{\"{ip}\"}}: failed to allocate IP {ip}: the provided IP ({ip}) is not in the valid range. The range of valid IPs is 10.96.0.0/12"
        ))
    };
    let port = |at: usize, port: i32, why: &str| {
        invalid(&format!("spec.ports[{at}].nodePort: Invalid value: {port}: {why}"))
    };
    for (row, spec, said) in [
        (
            "an address that another has",
            address("10.96.0.9"),
            invalid("spec.clusterIPs: Invalid value: []string{\"10.96.0.9\"}: failed to allocate IP 10.96.0.9: provided IP is already allocated"),
        ),
        ("an address of another network", address("10.0.0.1"), out_of_range("10.0.0.1")),
        ("the network's own address", address("10.96.0.0"), out_of_range("10.96.0.0")),
        ("the address of everybody in it", address("10.111.255.255"), out_of_range("10.111.255.255")),
        ("a port that another has", node_port(30080), port(0, 30080, "provided port is already allocated")),
        ("a port below the range", node_port(80), port(0, 80, range)),
        ("a port above the range", node_port(32768), port(0, 32768, range)),
        (
            "one port for two numbers, though of two protocols",
            json!({"type": "NodePort", "ports": ports(json!(30100), json!(30100))}),
            port(1, 30100, "provided port is already allocated"),
        ),
        (
            "a health check port that another has",
            balanced(30080),
            "Internal error occurred: failed to allocate requested HealthCheck NodePort 30080: provided port is already allocated".into(),
        ),
        (
            "a health check port out of range",
            balanced(80),
            format!("Internal error occurred: failed to allocate requested HealthCheck NodePort 80: {range}"),
        ),
    ] {
        let mut api = server();
        let taken = json!({"type": "NodePort", "clusterIP": "10.96.0.9", "ports": [{"port": 80, "nodePort": 30080}]});
        create(&mut api, "a", taken).expect("free");
        assert_eq!(create(&mut api, "b", spec).expect_err(row).message, said, "{row}");
        let rest = json!({"type": "NodePort", "ports": ports(json!(30100), json!(30101))});
        create(&mut api, "c", rest).expect("what was refused has taken nothing");
    }
}

#[test]
fn a_changed_service_may_not_name_a_port_on_the_nodes_twice() {
    let mut api = server();
    let spec = json!({"type": "NodePort", "ports": [{"name": "a", "port": 80, "nodePort": 30080}]});
    let made = create(&mut api, "a", spec).expect("free");
    let twice = json!({"ports": [
        {"name": "a", "port": 80, "nodePort": 30080}, {"name": "b", "port": 81, "nodePort": 30080}]});
    let said = change(&mut api, &made, &twice).expect_err("twice").message;
    assert_eq!(said, "duplicate nodePort: {TCP 30080}");
    let both = json!({"ports": [{"name": "a", "port": 80, "nodePort": 30080},
        {"name": "b", "port": 81, "nodePort": 30080, "protocol": "UDP"}]});
    change(&mut api, &made, &both).expect("of two protocols");
}

#[test]
fn a_status_tells_of_entrances_only_what_can_be() {
    let balanced = json!({"type": "LoadBalancer", "ports": [{"port": 80}]});
    for (row, spec, entrance, outcome) in [
        ("an address has the usual mode", balanced.clone(), json!({"ip": "192.0.2.1"}), Ok("VIP")),
        ("or another", balanced.clone(), json!({"ip": "192.0.2.1", "ipMode": "Proxy"}), Ok("Proxy")),
        (
            "no load balancer",
            json!({"ports": [{"port": 80}]}),
            json!({"ip": "192.0.2.1"}),
            Err(
                "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
            ),
        ),
        (
            "no address",
            balanced.clone(),
            json!({"ip": "here"}),
            Err(
                "status.loadBalancer.ingress[0].ip: Invalid value: \"here\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
            ),
        ),
        (
            "a mode of nothing",
            balanced.clone(),
            json!({"hostname": "a.example", "ipMode": "VIP"}),
            Err(
                "status.loadBalancer.ingress[0].ipMode: Forbidden: may not be specified when `ip` is not set",
            ),
        ),
        (
            "an address for a name",
            balanced,
            json!({"hostname": "192.0.2.1"}),
            Err(
                "status.loadBalancer.ingress[0].hostname: Invalid value: \"192.0.2.1\": must be a DNS name, not an IP address",
            ),
        ),
    ] {
        let mut api = server();
        let mut made = create(&mut api, "a", spec).expect(row);
        made["status"]["loadBalancer"]["ingress"] = json!([entrance]);
        let (object, problems) = Object::decode(Kind::Service, &made);
        assert_eq!(problems, [], "{row}");
        let written = api.update_status(&request(), object);
        match outcome {
            Ok(mode) => {
                let tree = written.expect(row).to_value();
                assert_eq!(tree["status"]["loadBalancer"]["ingress"][0]["ipMode"], mode, "{row}");
            }
            Err(said) => {
                let message = written.expect_err(row).message;
                assert_eq!(message, format!("Service \"a\" is invalid: {said}"), "{row}");
            }
        }
    }
}

#[test]
fn a_dry_run_is_given_stand_ins() {
    let spec = json!({"type": "NodePort", "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 81}]});
    let tree = json!({"metadata": {"name": "a", "namespace": "default"}, "spec": spec});
    let mut api = server();
    let (object, _) = Object::decode(Kind::Service, &tree);
    let dry = Request { dry_run: true, ..request() };
    let made = api.create(&dry, object).expect("valid").to_value();
    assert_eq!(made["spec"]["clusterIP"], "10.96.0.0");
    let ports: Vec<_> = (0..2).map(|i| made["spec"]["ports"][i]["nodePort"].as_i64()).collect();
    assert_eq!(ports, [Some(32_769), Some(32_770)]);
}
