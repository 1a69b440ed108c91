//! Services in text, addresses out.

use crate::{KubeProxy, Packet, Source, lookup, query};
use expect_test::expect;
use orrery_api::{EndpointSlice, Kind, Object};
use orrery_apimachinery::Str;
use orrery_client::{ApiServer, Component, Request};
use orrery_container_runtime::dns::RecordType;
use orrery_container_runtime::{Protocol, Target};
use orrery_sim::SimTime;
use serde_json::{Value, json};
use std::net::Ipv4Addr;

fn server() -> ApiServer {
    let mut api = ApiServer::new(Default::default());
    let mut create = |kind: Kind, value: Value| {
        let object = Object::decode(kind, &value).0;
        api.create(&Request::new(SimTime::ZERO, "test"), object).expect("valid");
    };
    for name in ["default", "shop"] {
        create(Kind::Namespace, json!({"metadata": {"name": name}}));
    }
    let mut service = |name: &str, spec: Value| {
        create(Kind::Service, json!({"metadata": {"name": name, "namespace": "shop"}, "spec": spec}));
    };
    let ports = json!([{"port": 80, "targetPort": 8080}]);
    service("web", json!({"clusterIP": "10.96.0.20", "ports": ports, "selector": {"app": "web"}}));
    service(
        "sticky",
        json!({"clusterIP": "10.96.0.21", "ports": ports, "sessionAffinity": "ClientIP", "selector": {"app": "web"}}),
    );
    service("empty", json!({"clusterIP": "10.96.0.22", "ports": ports, "selector": {"app": "none"}}));
    service(
        "near",
        json!({"clusterIP": "10.96.0.23", "ports": ports, "internalTrafficPolicy": "Local", "selector": {"app": "web"}}),
    );
    service(
        "front",
        json!({
            "type": "LoadBalancer", "clusterIP": "10.96.0.24", "externalTrafficPolicy": "Local", "selector": {"app": "web"},
            "ports": [{"port": 80, "targetPort": 8080, "nodePort": 30080}], "healthCheckNodePort": 32000,
            "loadBalancerSourceRanges": ["198.51.100.0/24"], "externalIPs": ["192.0.2.7"]
        }),
    );
    service("ports", json!({"clusterIP": "10.96.0.25", "ports": [{"name": "http", "port": 80}]}));
    service("db", json!({"clusterIP": "None", "ports": ports, "selector": {"app": "db"}}));
    service("docs", json!({"type": "ExternalName", "externalName": "web.shop.svc.cluster.local"}));
    for name in ["web", "sticky", "near", "front", "db"] {
        create(
            Kind::EndpointSlice,
            json!({
                "metadata": {"name": name, "namespace": "shop", "labels": {"kubernetes.io/service-name": name}},
                "addressType": "IPv4",
                "ports": [{"name": "", "port": 8080}],
                "endpoints": [
                    {"addresses": ["10.244.0.2"], "nodeName": "node-1", "hostname": "db-0", "conditions": {"ready": true}},
                    {"addresses": ["10.244.1.2"], "nodeName": "node-2", "hostname": "db-1", "conditions": {"ready": true}},
                    {"addresses": ["10.244.1.3"], "nodeName": "node-2", "hostname": "db-2", "conditions": {"ready": false}}
                ]
            }),
        );
    }
    api
}

#[test]
fn a_name_means_what_coredns_says() {
    let api = server();
    for (row, name, expected) in [
        ("a Service", "web.shop.svc.cluster.local", "10.96.0.20"),
        ("in capitals, with a dot", "Web.shop.svc.cluster.local.", "10.96.0.20"),
        ("a Service of another namespace", "web.default.svc.cluster.local", ""),
        ("a headless one: its ready endpoints", "db.shop.svc.cluster.local", "10.244.0.2 10.244.1.2"),
        ("one pod of a headless one", "db-1.db.shop.svc.cluster.local", "10.244.1.2"),
        ("a pod that is not ready", "db-2.db.shop.svc.cluster.local", ""),
        ("an alias", "docs.shop.svc.cluster.local", "10.96.0.20"),
        ("a pod by its address", "10-244-1-3.shop.pod.cluster.local", "10.244.1.3"),
        ("a name without a dot", "web", ""),
        ("a Service that is not there", "mydb.shop", ""),
        ("an address", "10.1.2.3", "10.1.2.3"),
    ] {
        let found: Vec<String> = lookup(&api, name, true).iter().map(Ipv4Addr::to_string).collect();
        assert_eq!(found.join(" "), expected, "{row}");
    }
    let outside = lookup(&api, "example.com", true);
    assert!(matches!(outside[..], [address] if crate::is_outside(address)), "a public name: {outside:?}");
    assert!(lookup(&api, "web.shop.svc.cluster.local", false).is_empty(), "the node's DNS knows no Services");
}

#[test]
fn a_connection_goes_where_the_rules_lead() {
    let api = server();
    let mut proxy = KubeProxy::new(1);
    proxy.restart(&api);
    let node = Str::from("node-1");
    let mut ends = |address: [u8; 4], port: u16| {
        let to = Target { address: address.into(), port };
        let source = Ipv4Addr::new(10, 244, 0, 9);
        let packet = Packet { protocol: Protocol::Tcp, source, kind: Source::Pod, to, own: false };
        let mut seen: Vec<String> = (0..16)
            .map(|_| match proxy.forward(&api, &node, &packet, SimTime::ZERO).map(|forward| forward.result) {
                Some(Ok(choice)) => choice.endpoint.target.to_string(),
                Some(Err(why)) => format!("{why:?}"),
                None => "as it is".into(),
            })
            .collect();
        seen.sort();
        seen.dedup();
        seen.join(" ")
    };
    assert_eq!(ends([10, 96, 0, 20], 80), "10.244.0.2:8080 10.244.1.2:8080", "to each ready endpoint");
    assert_eq!(ends([10, 96, 0, 22], 80), "NoEndpoints", "a Service without endpoints rejects");
    assert_eq!(ends([10, 96, 0, 20], 81), "as it is", "no rule knows the port");
    assert_eq!(ends([10, 96, 9, 9], 80), "as it is", "no rule knows the address");
    assert_eq!(ends([10, 96, 0, 23], 80), "10.244.0.2:8080", "kept to the node's own");
    assert_eq!(ends([10, 244, 1, 3], 8080), "as it is", "a pod is reached as it is");
    assert!(!ends([10, 96, 0, 21], 80).contains(' '), "a client stays with its endpoint");
}

#[test]
fn a_client_stays_with_its_endpoint_until_it_was_silent_for_three_hours() {
    let api = server();
    let mut proxy = KubeProxy::new(1);
    proxy.restart(&api);
    let to = Target { address: [10, 96, 0, 21].into(), port: 80 };
    let source = Ipv4Addr::new(10, 244, 0, 9);
    let packet = Packet { protocol: Protocol::Tcp, source, kind: Source::Pod, to, own: false };
    let mut is_kept = |seconds: u64| {
        let way = proxy.forward(&api, &"node-1".into(), &packet, SimTime::from_secs(seconds));
        way.expect("a rule knows it").result.expect("there are endpoints").kept
    };
    let kept = [0, 1, 10_799, 21_597, 32_398].map(|seconds| (seconds, is_kept(seconds)));
    assert_eq!(kept, [(0, false), (1, true), (10_799, true), (21_597, true), (32_398, false)]);
}

/// The records of a name, each as `dig` prints it.
fn records(api: &ApiServer, name: &str, kind: RecordType) -> String {
    let found = query(api, name, kind, true);
    let lines: Vec<String> = found.list.iter().map(|record| record.to_string().replace('\t', " ")).collect();
    if lines.is_empty() { found.code.name().to_owned() } else { lines.join("; ") }
}

#[test]
fn the_dns_has_records_of_every_type() {
    let api = server();
    for (row, name, kind, expected) in [
        (
            "an alias leads on",
            "docs.shop.svc.cluster.local",
            RecordType::A,
            "docs.shop.svc.cluster.local. 30 IN CNAME web.shop.svc.cluster.local.; web.shop.svc.cluster.local. 30 IN A 10.96.0.20",
        ),
        (
            "each endpoint of a headless Service has a host",
            "db.shop.svc.cluster.local",
            RecordType::Srv,
            "db.shop.svc.cluster.local. 30 IN SRV 0 50 8080 db-0.db.shop.svc.cluster.local.; db.shop.svc.cluster.local. 30 IN SRV 0 50 8080 db-1.db.shop.svc.cluster.local.",
        ),
        (
            "a port by its name",
            "_http._tcp.ports.shop.svc.cluster.local",
            RecordType::Srv,
            "_http._tcp.ports.shop.svc.cluster.local. 30 IN SRV 0 100 80 ports.shop.svc.cluster.local.",
        ),
        ("no port of that protocol", "_http._udp.ports.shop.svc.cluster.local", RecordType::Srv, "NXDOMAIN"),
        (
            "an address of a Service",
            "20.0.96.10.in-addr.arpa",
            RecordType::Ptr,
            "20.0.96.10.in-addr.arpa. 30 IN PTR web.shop.svc.cluster.local.",
        ),
        ("there is no such record of the name", "web.shop.svc.cluster.local", RecordType::Aaaa, "NOERROR"),
        ("a namespace is no host", "shop.svc.cluster.local", RecordType::A, "NOERROR"),
        ("there is no such name", "nobody.shop.svc.cluster.local", RecordType::A, "NXDOMAIN"),
    ] {
        assert_eq!(records(&api, name, kind), expected, "{row}");
    }
}

#[test]
fn rules_are_written_at_most_twice_at_once_and_then_once_a_second() {
    let mut api = server();
    let mut proxy = KubeProxy::new(1);
    proxy.restart(&api);
    let mut heard = api.revision();
    let mut seen = Vec::new();
    for (millis, ready) in
        [(10_000, [false, true]), (10_100, [false, false]), (10_200, [true, false]), (11_200, [true, false])]
    {
        let now = SimTime::from_millis(millis);
        let request = Request::new(now, "test");
        let mut slice = api.get::<EndpointSlice>("shop", "web").expect("it is there").as_ref().clone();
        for (endpoint, ready) in slice.endpoints.iter_mut().zip(ready) {
            endpoint.conditions.ready = Some(ready);
        }
        api.update(&request, slice.into()).expect("valid");
        let changes: Vec<_> = api.watch(heard).ok().into_iter().flatten().cloned().collect();
        heard = api.revision();
        changes.iter().for_each(|change| proxy.observe(change, &api, now));
        if proxy.next().is_some_and(|next| next <= now) {
            proxy.run(&mut api, now);
        }
        let ports = proxy.ports("node-1", &"shop".into(), &"web".into());
        let ready = ports[0].endpoints.iter().filter(|e| e.ready).map(|e| e.text.to_string());
        seen.push(ready.collect::<Vec<_>>().join(" "));
    }
    assert_eq!(seen, ["10.244.1.2:8080", "", "", "10.244.0.2:8080"], "the third change waits for its second");
}

#[test]
fn the_rules_of_a_node_are_those_that_iptables_save_prints() {
    let api = server();
    let mut proxy = KubeProxy::new(1);
    proxy.restart(&api);
    let text = proxy.iptables_save(&api, "node-1", None);
    let about = |service: &str| -> String {
        let quoted = [format!("\"shop/{service}"), format!(" shop/{service}")];
        let about = text.lines().filter(|line| quoted.iter().any(|name| line.contains(name)));
        about.map(|line| [line, "\n"].concat()).collect()
    };
    expect![[r#"
        -A KUBE-SEP-QIUCSNVBF37BQB4U -s 10.244.1.2/32 -m comment --comment "shop/web" -j KUBE-MARK-MASQ
        -A KUBE-SEP-QIUCSNVBF37BQB4U -p tcp -m comment --comment "shop/web" -m tcp -j DNAT --to-destination 10.244.1.2:8080
        -A KUBE-SEP-V4IYJDOPLNPUC3KP -s 10.244.0.2/32 -m comment --comment "shop/web" -j KUBE-MARK-MASQ
        -A KUBE-SEP-V4IYJDOPLNPUC3KP -p tcp -m comment --comment "shop/web" -m tcp -j DNAT --to-destination 10.244.0.2:8080
        -A KUBE-SERVICES -d 10.96.0.20/32 -p tcp -m comment --comment "shop/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-E3PXEPMWAWIUT6ZV
        -A KUBE-SVC-E3PXEPMWAWIUT6ZV ! -s 10.244.0.0/16 -d 10.96.0.20/32 -p tcp -m comment --comment "shop/web cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
        -A KUBE-SVC-E3PXEPMWAWIUT6ZV -m comment --comment "shop/web -> 10.244.0.2:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-V4IYJDOPLNPUC3KP
        -A KUBE-SVC-E3PXEPMWAWIUT6ZV -m comment --comment "shop/web -> 10.244.1.2:8080" -j KUBE-SEP-QIUCSNVBF37BQB4U
    "#]].assert_eq(&about("web"));
    expect![[r#"
        -A KUBE-SEP-6YMWDDCC4KZHAZ6F -s 10.244.1.2/32 -m comment --comment "shop/sticky" -j KUBE-MARK-MASQ
        -A KUBE-SEP-6YMWDDCC4KZHAZ6F -p tcp -m comment --comment "shop/sticky" -m recent --set --name KUBE-SEP-6YMWDDCC4KZHAZ6F --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.1.2:8080
        -A KUBE-SEP-YUEQMGRHZH5DU6JG -s 10.244.0.2/32 -m comment --comment "shop/sticky" -j KUBE-MARK-MASQ
        -A KUBE-SEP-YUEQMGRHZH5DU6JG -p tcp -m comment --comment "shop/sticky" -m recent --set --name KUBE-SEP-YUEQMGRHZH5DU6JG --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.0.2:8080
        -A KUBE-SERVICES -d 10.96.0.21/32 -p tcp -m comment --comment "shop/sticky cluster IP" -m tcp --dport 80 -j KUBE-SVC-C6YCYWI3VSGSBIFB
        -A KUBE-SVC-C6YCYWI3VSGSBIFB ! -s 10.244.0.0/16 -d 10.96.0.21/32 -p tcp -m comment --comment "shop/sticky cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
        -A KUBE-SVC-C6YCYWI3VSGSBIFB -m comment --comment "shop/sticky -> 10.244.0.2:8080" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-YUEQMGRHZH5DU6JG --mask 255.255.255.255 --rsource -j KUBE-SEP-YUEQMGRHZH5DU6JG
        -A KUBE-SVC-C6YCYWI3VSGSBIFB -m comment --comment "shop/sticky -> 10.244.1.2:8080" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-6YMWDDCC4KZHAZ6F --mask 255.255.255.255 --rsource -j KUBE-SEP-6YMWDDCC4KZHAZ6F
        -A KUBE-SVC-C6YCYWI3VSGSBIFB -m comment --comment "shop/sticky -> 10.244.0.2:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-YUEQMGRHZH5DU6JG
        -A KUBE-SVC-C6YCYWI3VSGSBIFB -m comment --comment "shop/sticky -> 10.244.1.2:8080" -j KUBE-SEP-6YMWDDCC4KZHAZ6F
    "#]].assert_eq(&about("sticky"));
    expect![[r#"
        -A KUBE-SERVICES -d 10.96.0.22/32 -p tcp -m comment --comment "shop/empty has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
    "#]].assert_eq(&about("empty"));
    expect![[r#"
        -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/front health check node port" -m tcp --dport 32000 -j ACCEPT
        -A KUBE-EXT-HMEZTNV3KF7ANPF4 -s 10.244.0.0/16 -m comment --comment "pod traffic for shop/front external destinations" -j KUBE-SVC-HMEZTNV3KF7ANPF4
        -A KUBE-EXT-HMEZTNV3KF7ANPF4 -m comment --comment "masquerade LOCAL traffic for shop/front external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
        -A KUBE-EXT-HMEZTNV3KF7ANPF4 -m comment --comment "route LOCAL traffic for shop/front external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-HMEZTNV3KF7ANPF4
        -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/front" -m tcp --dport 30080 -j KUBE-EXT-HMEZTNV3KF7ANPF4
        -A KUBE-SEP-3M56JOPU2HIPEGXS -s 10.244.0.2/32 -m comment --comment "shop/front" -j KUBE-MARK-MASQ
        -A KUBE-SEP-3M56JOPU2HIPEGXS -p tcp -m comment --comment "shop/front" -m tcp -j DNAT --to-destination 10.244.0.2:8080
        -A KUBE-SEP-DN2MZUH6TH46ZMAP -s 10.244.1.2/32 -m comment --comment "shop/front" -j KUBE-MARK-MASQ
        -A KUBE-SEP-DN2MZUH6TH46ZMAP -p tcp -m comment --comment "shop/front" -m tcp -j DNAT --to-destination 10.244.1.2:8080
        -A KUBE-SERVICES -d 10.96.0.24/32 -p tcp -m comment --comment "shop/front cluster IP" -m tcp --dport 80 -j KUBE-SVC-HMEZTNV3KF7ANPF4
        -A KUBE-SERVICES -d 192.0.2.7/32 -p tcp -m comment --comment "shop/front external IP" -m tcp --dport 80 -j KUBE-EXT-HMEZTNV3KF7ANPF4
        -A KUBE-SVC-HMEZTNV3KF7ANPF4 ! -s 10.244.0.0/16 -d 10.96.0.24/32 -p tcp -m comment --comment "shop/front cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
        -A KUBE-SVC-HMEZTNV3KF7ANPF4 -m comment --comment "shop/front -> 10.244.0.2:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-3M56JOPU2HIPEGXS
        -A KUBE-SVC-HMEZTNV3KF7ANPF4 -m comment --comment "shop/front -> 10.244.1.2:8080" -j KUBE-SEP-DN2MZUH6TH46ZMAP
        -A KUBE-SVL-HMEZTNV3KF7ANPF4 -m comment --comment "shop/front -> 10.244.0.2:8080" -j KUBE-SEP-3M56JOPU2HIPEGXS
    "#]].assert_eq(&about("front"));
}
