//! Requests that are followed: the way that each takes, by the rules of kube-proxy, and how it ends.

use expect_test::{Expect, expect};
use orrery_api::{Kind, Object, Pod};
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config, End, Failure, Journey, Origin, Place};
use orrery_sim::SimTime;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn create(cluster: &mut Cluster, kind: Kind, object: Value) {
    let (object, problems) = Object::decode(kind, &object);
    assert_eq!(problems, vec![]);
    let (api, request) = cluster.send();
    api.create(&request, object).expect("the object is valid and new");
}

fn pod(name: &str, node: &str, image: &str) -> Value {
    json!({
        "metadata": {"name": name, "namespace": "shop", "labels": {"app": name.split('-').next()}},
        "spec": {"nodeName": node, "containers": [{"name": "main", "image": image}]},
    })
}

/// Three nodes; two pods of `web` on the first two, a client on the first, and Services of every type.
fn shop(seed: u64) -> Cluster {
    let mut cluster = Cluster::new(Config { seed, ..Config::lively(3) });
    cluster.run(SimTime::from_secs(5), &mut || true);
    create(&mut cluster, Kind::Namespace, json!({"metadata": {"name": "shop"}}));
    // Its service account comes.
    cluster.run(SimTime::from_secs(6), &mut || true);
    for (name, node, image) in [
        ("web-0", "node-1", "nginx:1.27"),
        ("web-1", "node-2", "nginx:1.27"),
        ("client", "node-1", "nginx:1.27"),
    ] {
        create(&mut cluster, Kind::Pod, pod(name, node, image));
    }
    let mut service = |name: &str, address: &str, spec: Value| {
        let mut spec = spec;
        spec["clusterIP"] = address.into();
        spec["ports"] = json!([{"port": 80}]);
        create(
            &mut cluster,
            Kind::Service,
            json!({"metadata": {"name": name, "namespace": "shop"}, "spec": spec}),
        );
    };
    let web = json!({"app": "web"});
    service("web", "10.96.0.20", json!({"selector": web}));
    service("sticky", "10.96.0.21", json!({"selector": web, "sessionAffinity": "ClientIP"}));
    service("empty", "10.96.0.22", json!({"selector": {"app": "none"}}));
    service("near", "10.96.0.23", json!({"selector": web, "internalTrafficPolicy": "Local"}));
    service("db", "None", json!({"selector": web}));
    service("mine", "10.96.0.24", json!({"selector": {"app": "client"}}));
    let mut open = |name: &str, address: &str, spec: Value, port: u16| {
        let mut spec = spec;
        spec["clusterIP"] = address.into();
        spec["selector"] = web.clone();
        spec["ports"] = json!([{"port": 80, "nodePort": port}]);
        create(
            &mut cluster,
            Kind::Service,
            json!({"metadata": {"name": name, "namespace": "shop"}, "spec": spec}),
        );
    };
    open("port", "10.96.0.30", json!({"type": "NodePort"}), 30080);
    open("local", "10.96.0.31", json!({"type": "NodePort", "externalTrafficPolicy": "Local"}), 30081);
    open("front", "10.96.0.32", json!({"type": "LoadBalancer"}), 30082);
    open("outer", "10.96.0.33", json!({"externalIPs": ["192.0.2.7"]}), 0);
    cluster.run(SimTime::from_secs(90), &mut || true);
    let running = |pod: &&std::rc::Rc<Pod>| pod.status.phase.as_deref() == Some("Running");
    assert_eq!(cluster.api().list_in::<Pod>(&"shop".into()).filter(running).count(), 3);
    cluster
}

fn origin(text: &str) -> Origin {
    text.parse().expect("an origin")
}

/// The journey as text, without how long it took.
fn followed(cluster: &mut Cluster, from: &str, url: &str) -> String {
    cluster.request(&origin(from), url).to_string()
}

fn check(cluster: &mut Cluster, from: &str, url: &str, expected: Expect) {
    expected.assert_eq(&followed(cluster, from, url));
}

#[test]
fn each_type_of_service_has_its_way() {
    let cluster = &mut shop(1);
    check(
        cluster,
        "pod/shop/client",
        "http://web",
        expect![[r#"
            pod/shop/client asks for http://web
              dns: 10.244.0.3 -> 10.96.0.10:53
                  web.shop.svc.cluster.local A: NOERROR
                  web.shop.svc.cluster.local. 30 IN A 10.96.0.20
              service/shop/web:80: 10.244.0.3 -> 10.244.0.2:80
                  cluster IP of shop/web: endpoint 1 of 2, by chance
                  -A KUBE-SERVICES -d 10.96.0.20/32 -p tcp -m comment --comment "shop/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-E3PXEPMWAWIUT6ZV
                  -A KUBE-SVC-E3PXEPMWAWIUT6ZV -m comment --comment "shop/web -> 10.244.0.2:80" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-Z7JNVJB5JLTBQAC2
                  -A KUBE-SEP-Z7JNVJB5JLTBQAC2 -p tcp -m comment --comment "shop/web" -m tcp -j DNAT --to-destination 10.244.0.2:80
              node/node-1: 10.244.0.3 -> 10.244.0.2:80
                  10.244.0.2 is on node-1 itself: over its bridge
                  10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1
              pod/shop/web-0:80: 10.244.0.3 -> 10.244.0.2:80
                  arrives at 10.244.0.2:80
            answered with 200 after 2.0 ms
        "#]],
    );
    check(
        cluster,
        "pod/shop/client",
        "http://near",
        expect![[r#"
            pod/shop/client asks for http://near
              dns: 10.244.0.3 -> 10.96.0.10:53
                  near.shop.svc.cluster.local A: NOERROR
                  near.shop.svc.cluster.local. 30 IN A 10.96.0.23
              service/shop/near:80: 10.244.0.3 -> 10.244.0.2:80
                  cluster IP of shop/near: endpoint 1 of 1, the only one
                  -A KUBE-SERVICES -d 10.96.0.23/32 -p tcp -m comment --comment "shop/near cluster IP" -m tcp --dport 80 -j KUBE-SVL-52B5P3MC7366RWHF
                  -A KUBE-SVL-52B5P3MC7366RWHF -m comment --comment "shop/near -> 10.244.0.2:80" -j KUBE-SEP-3GOTK3P7S7UBN4WJ
                  -A KUBE-SEP-3GOTK3P7S7UBN4WJ -p tcp -m comment --comment "shop/near" -m tcp -j DNAT --to-destination 10.244.0.2:80
              node/node-1: 10.244.0.3 -> 10.244.0.2:80
                  10.244.0.2 is on node-1 itself: over its bridge
                  10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1
              pod/shop/web-0:80: 10.244.0.3 -> 10.244.0.2:80
                  arrives at 10.244.0.2:80
            answered with 200 after 2.0 ms
        "#]],
    );
    check(
        cluster,
        "pod/shop/client",
        "http://empty",
        expect![[r#"
            pod/shop/client asks for http://empty
              dns: 10.244.0.3 -> 10.96.0.10:53
                  empty.shop.svc.cluster.local A: NOERROR
                  empty.shop.svc.cluster.local. 30 IN A 10.96.0.22
              service/shop/empty:80: 10.244.0.3 -> 10.96.0.22:80
                  shop/empty has no endpoints: rejected
                  -A KUBE-SERVICES -d 10.96.0.22/32 -p tcp -m comment --comment "shop/empty has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
            failed after 2.0 ms: shop/empty has no endpoints: rejected
        "#]],
    );
    check(
        cluster,
        "pod/shop/client",
        "http://web:81",
        expect![[r#"
        pod/shop/client asks for http://web:81
          dns: 10.244.0.3 -> 10.96.0.10:53
              web.shop.svc.cluster.local A: NOERROR
              web.shop.svc.cluster.local. 30 IN A 10.96.0.20
          node/node-1: 10.244.0.3 -> 10.96.0.20:81
              no rule is about 10.96.0.20:81: it leaves for where nobody has the address, and nothing comes back
        failed after 127000.0 ms: no rule is about 10.96.0.20:81: it leaves for where nobody has the address, and nothing comes back
    "#]],
    );
    check(
        cluster,
        "pod/shop/client",
        "http://nobody",
        expect![[r#"
        pod/shop/client asks for http://nobody
          dns: 10.244.0.3 -> 10.96.0.10:53
              nobody.shop.svc.cluster.local A: NXDOMAIN
          dns: 10.244.0.3 -> 10.96.0.10:53
              nobody.svc.cluster.local A: NXDOMAIN
          dns: 10.244.0.3 -> 10.96.0.10:53
              nobody.cluster.local A: NXDOMAIN
          dns: 10.244.0.3 -> 10.96.0.10:53
              nobody A: NXDOMAIN
        failed after 4.0 ms: nobody A: NXDOMAIN
    "#]],
    );
    check(
        cluster,
        "pod/shop/client",
        "http://mine",
        expect![[r#"
        pod/shop/client asks for http://mine
          dns: 10.244.0.3 -> 10.96.0.10:53
              mine.shop.svc.cluster.local A: NOERROR
              mine.shop.svc.cluster.local. 30 IN A 10.96.0.24
          service/shop/mine:80: 10.244.0.3 -> 10.244.0.3:80
              cluster IP of shop/mine: endpoint 1 of 1, the only one
              -A KUBE-SERVICES -d 10.96.0.24/32 -p tcp -m comment --comment "shop/mine cluster IP" -m tcp --dport 80 -j KUBE-SVC-2DXY5FP5US7M32Q3
              -A KUBE-SVC-2DXY5FP5US7M32Q3 -m comment --comment "shop/mine -> 10.244.0.3:80" -j KUBE-SEP-Q3EBPFVCONYDR3KM
              -A KUBE-SEP-Q3EBPFVCONYDR3KM -s 10.244.0.3/32 -m comment --comment "shop/mine" -j KUBE-MARK-MASQ
              -A KUBE-SEP-Q3EBPFVCONYDR3KM -p tcp -m comment --comment "shop/mine" -m tcp -j DNAT --to-destination 10.244.0.3:80
          node/node-1: 10.244.0.1 -> 10.244.0.3:80
              source 10.244.0.3 becomes 10.244.0.1: a pod that reaches itself through a Service would take its own address for an answer's
              -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
          node/node-1: 10.244.0.1 -> 10.244.0.3:80
              10.244.0.3 is on node-1 itself: over its bridge
              10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1
          pod/shop/client:80: 10.244.0.1 -> 10.244.0.3:80
              arrives at 10.244.0.3:80
        answered with 200 after 2.0 ms
    "#]],
    );
    check(
        cluster,
        "pod/shop/client",
        "http://10.244.1.2",
        expect![[r#"
        pod/shop/client asks for http://10.244.1.2
          node/node-1: 10.244.0.3 -> 10.244.1.2:80
              10.244.1.0/24 are the pods of node-2
              10.244.1.0/24 via 172.18.0.4 dev eth0
          pod/shop/web-1:80: 10.244.0.3 -> 10.244.1.2:80
              arrives at 10.244.1.2:80
        answered with 200 after 1.0 ms
    "#]],
    );
    check(
        cluster,
        "pod/shop/client",
        "http://10.244.1.2:81",
        expect![[r#"
        pod/shop/client asks for http://10.244.1.2:81
          node/node-1: 10.244.0.3 -> 10.244.1.2:81
              10.244.1.0/24 are the pods of node-2
              10.244.1.0/24 via 172.18.0.4 dev eth0
          pod/shop/web-1:81: 10.244.0.3 -> 10.244.1.2:81
              arrives at 10.244.1.2:81
        failed after 1.0 ms: nobody listens on 10.244.1.2:81
    "#]],
    );
    check(
        cluster,
        "outside",
        "http://172.18.0.5:30080",
        expect![[r#"
        outside asks for http://172.18.0.5:30080
          outside: 198.51.100.10 -> 172.18.0.5:30080
              172.18.0.5 is an address of node-3
          node/node-3: 198.51.100.10 -> 172.18.0.5:30080
              arrives at node-3
              -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
          service/shop/port:80: 198.51.100.10 -> 10.244.0.2:80
              node port of shop/port: endpoint 1 of 2, by chance
              -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/port" -m tcp --dport 30080 -j KUBE-EXT-UEXINUAXBHQYVWU5
              -A KUBE-EXT-UEXINUAXBHQYVWU5 -m comment --comment "masquerade traffic for shop/port external destinations" -j KUBE-MARK-MASQ
              -A KUBE-EXT-UEXINUAXBHQYVWU5 -j KUBE-SVC-UEXINUAXBHQYVWU5
              -A KUBE-SVC-UEXINUAXBHQYVWU5 -m comment --comment "shop/port -> 10.244.0.2:80" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-XTIJ7ZVSMKXXTJV2
              -A KUBE-SEP-XTIJ7ZVSMKXXTJV2 -p tcp -m comment --comment "shop/port" -m tcp -j DNAT --to-destination 10.244.0.2:80
          node/node-3: 172.18.0.5 -> 10.244.0.2:80
              source 198.51.100.10 becomes 172.18.0.5: traffic from without can leave for another node: its answer has to come back here
              -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
          node/node-3: 172.18.0.5 -> 10.244.0.2:80
              10.244.0.0/24 are the pods of node-1
              10.244.0.0/24 via 172.18.0.3 dev eth0
          pod/shop/web-0:80: 172.18.0.5 -> 10.244.0.2:80
              arrives at 10.244.0.2:80
        answered with 200 after 0.0 ms
    "#]],
    );
    check(
        cluster,
        "outside",
        "http://172.18.0.4:30081",
        expect![[r#"
        outside asks for http://172.18.0.4:30081
          outside: 198.51.100.10 -> 172.18.0.4:30081
              172.18.0.4 is an address of node-2
          node/node-2: 198.51.100.10 -> 172.18.0.4:30081
              arrives at node-2
              -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
          service/shop/local:80: 198.51.100.10 -> 10.244.1.2:80
              node port of shop/local: endpoint 1 of 1, the only one
              -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/local" -m tcp --dport 30081 -j KUBE-EXT-4MOXV5YISAWHCCOH
              -A KUBE-EXT-4MOXV5YISAWHCCOH -j KUBE-SVL-4MOXV5YISAWHCCOH
              -A KUBE-SVL-4MOXV5YISAWHCCOH -m comment --comment "shop/local -> 10.244.1.2:80" -j KUBE-SEP-QBHRBCC2QWUBVFKF
              -A KUBE-SEP-QBHRBCC2QWUBVFKF -p tcp -m comment --comment "shop/local" -m tcp -j DNAT --to-destination 10.244.1.2:80
          node/node-2: 198.51.100.10 -> 10.244.1.2:80
              10.244.1.2 is on node-2 itself: over its bridge
              10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1
          pod/shop/web-1:80: 198.51.100.10 -> 10.244.1.2:80
              arrives at 10.244.1.2:80
        answered with 200 after 0.0 ms
    "#]],
    );
    check(
        cluster,
        "outside",
        "http://172.18.0.5:30081",
        expect![[r#"
        outside asks for http://172.18.0.5:30081
          outside: 198.51.100.10 -> 172.18.0.5:30081
              172.18.0.5 is an address of node-3
          node/node-3: 198.51.100.10 -> 172.18.0.5:30081
              arrives at node-3
              -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
          service/shop/local:80: 198.51.100.10 -> 172.18.0.5:30081
              shop/local has no local endpoints: dropped
              -A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment "shop/local has no local endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30081 -j DROP
        failed after 127000.0 ms: shop/local has no local endpoints: dropped
    "#]],
    );
    check(
        cluster,
        "outside",
        "http://192.0.2.7",
        expect![[r#"
        outside asks for http://192.0.2.7
          outside: 198.51.100.10 -> 192.0.2.7:80
              the network outside is assumed to lead 192.0.2.7 to node-1
          node/node-1: 198.51.100.10 -> 192.0.2.7:80
              arrives at node-1
              -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
          service/shop/outer:80: 198.51.100.10 -> 10.244.0.2:80
              external IP of shop/outer: endpoint 1 of 2, by chance
              -A KUBE-SERVICES -d 192.0.2.7/32 -p tcp -m comment --comment "shop/outer external IP" -m tcp --dport 80 -j KUBE-EXT-D24HFODA57U2CORL
              -A KUBE-EXT-D24HFODA57U2CORL -m comment --comment "masquerade traffic for shop/outer external destinations" -j KUBE-MARK-MASQ
              -A KUBE-EXT-D24HFODA57U2CORL -j KUBE-SVC-D24HFODA57U2CORL
              -A KUBE-SVC-D24HFODA57U2CORL -m comment --comment "shop/outer -> 10.244.0.2:80" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-BQLLKFKIBAGCP74B
              -A KUBE-SEP-BQLLKFKIBAGCP74B -p tcp -m comment --comment "shop/outer" -m tcp -j DNAT --to-destination 10.244.0.2:80
          node/node-1: 10.244.0.1 -> 10.244.0.2:80
              source 198.51.100.10 becomes 10.244.0.1: traffic from without can leave for another node: its answer has to come back here
              -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
          node/node-1: 10.244.0.1 -> 10.244.0.2:80
              10.244.0.2 is on node-1 itself: over its bridge
              10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1
          pod/shop/web-0:80: 10.244.0.1 -> 10.244.0.2:80
              arrives at 10.244.0.2:80
        answered with 200 after 0.0 ms
    "#]],
    );
    check(
        cluster,
        "outside",
        "http://10.96.0.20",
        expect![[r#"
        outside asks for http://10.96.0.20
          outside: 198.51.100.10 -> 10.96.0.20:80
              nobody outside the cluster knows a way to 10.96.0.20
        failed after 127000.0 ms: nobody outside the cluster knows a way to 10.96.0.20
    "#]],
    );
    check(
        cluster,
        "node/node-3",
        "http://10.96.0.20",
        expect![[r#"
        node/node-3 asks for http://10.96.0.20
          service/shop/web:80: 172.18.0.5 -> 10.244.0.2:80
              cluster IP of shop/web: endpoint 1 of 2, by chance
              -A KUBE-SERVICES -d 10.96.0.20/32 -p tcp -m comment --comment "shop/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-E3PXEPMWAWIUT6ZV
              -A KUBE-SVC-E3PXEPMWAWIUT6ZV ! -s 10.244.0.0/16 -d 10.96.0.20/32 -p tcp -m comment --comment "shop/web cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
              -A KUBE-SVC-E3PXEPMWAWIUT6ZV -m comment --comment "shop/web -> 10.244.0.2:80" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-Z7JNVJB5JLTBQAC2
              -A KUBE-SEP-Z7JNVJB5JLTBQAC2 -p tcp -m comment --comment "shop/web" -m tcp -j DNAT --to-destination 10.244.0.2:80
          node/node-3: 172.18.0.5 -> 10.244.0.2:80
              10.244.0.0/24 are the pods of node-1
              10.244.0.0/24 via 172.18.0.3 dev eth0
          pod/shop/web-0:80: 172.18.0.5 -> 10.244.0.2:80
              arrives at 10.244.0.2:80
        answered with 200 after 1.0 ms
    "#]],
    );
    check(
        cluster,
        "node/node-3",
        "http://172.18.0.4:30081",
        expect![[r#"
        node/node-3 asks for http://172.18.0.4:30081
          node/node-3: 172.18.0.5 -> 172.18.0.4:30081
              to node-2's own address
              172.18.0.0/16 dev eth0 proto kernel scope link
          service/shop/local:80: 172.18.0.5 -> 10.244.1.2:80
              node port of shop/local: endpoint 1 of 1, the only one
              -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/local" -m tcp --dport 30081 -j KUBE-EXT-4MOXV5YISAWHCCOH
              -A KUBE-EXT-4MOXV5YISAWHCCOH -j KUBE-SVL-4MOXV5YISAWHCCOH
              -A KUBE-SVL-4MOXV5YISAWHCCOH -m comment --comment "shop/local -> 10.244.1.2:80" -j KUBE-SEP-QBHRBCC2QWUBVFKF
              -A KUBE-SEP-QBHRBCC2QWUBVFKF -p tcp -m comment --comment "shop/local" -m tcp -j DNAT --to-destination 10.244.1.2:80
          node/node-2: 172.18.0.5 -> 10.244.1.2:80
              10.244.1.2 is on node-2 itself: over its bridge
              10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1
          pod/shop/web-1:80: 172.18.0.5 -> 10.244.1.2:80
              arrives at 10.244.1.2:80
        answered with 200 after 0.0 ms
    "#]],
    );
}

#[test]
fn a_load_balancer_leads_to_a_node_and_its_rules() {
    let mut cluster = shop(1);
    let service = cluster.api().get::<orrery_api::Service>("shop", "front").expect("it was made");
    let ingress = &service.status.load_balancer.ingress;
    let address = ingress.first().and_then(|point| point.ip.clone()).expect("the cloud has given one");
    let journey = cluster.request(&Origin::Outside, &format!("http://{address}"));
    assert_eq!(journey.end, End::Answered(Some(200)), "{journey}");
    assert_eq!(journey.hops[0].at, Place::LoadBalancer(address), "{journey}");
    assert!(matches!(journey.hops[1].at, Place::Node(_)), "{journey}");
    assert_eq!(journey.hops[2].at, Place::Service("shop".into(), "front".into(), 80), "{journey}");
}

/// The pod that a journey ended at.
fn reached(journey: &Journey) -> Option<&str> {
    match journey.hops.last().map(|hop| &hop.at) {
        Some(Place::Pod(_, name, _)) => Some(name),
        _ => None,
    }
}

#[test]
fn requests_are_spread_evenly_over_ready_endpoints_and_stay_where_they_are_to() {
    for seed in 1..=3 {
        let mut cluster = shop(seed);
        let mut counts = BTreeMap::<String, i64>::new();
        for _ in 0..400 {
            let journey = cluster.request(&origin("pod/shop/client"), "http://web");
            let name = reached(&journey).unwrap_or_else(|| panic!("{journey}"));
            assert!(name.starts_with("web-"), "only endpoints are reached: {journey}");
            *counts.entry(name.to_owned()).or_default() += 1;
        }
        // Chi-square with one degree of freedom: above 10.8 once in a thousand runs.
        let off: i64 = counts.values().map(|count| (count - 200) * (count - 200)).sum();
        assert!(counts.len() == 2 && off < 11 * 200, "{counts:?}");
        let first = cluster.request(&origin("pod/shop/client"), "http://sticky");
        for _ in 0..20 {
            let next = cluster.request(&origin("pod/shop/client"), "http://sticky");
            assert_eq!(reached(&first), reached(&next), "the client stays");
        }
    }
}

#[test]
fn every_journey_ends_and_each_step_leads_to_the_next() {
    let urls = ["http://web", "http://near", "http://empty", "http://db", "http://nobody", "http://front"];
    let addresses =
        ["10.96.0.30", "172.18.0.3:30080", "172.18.0.4:30081", "172.18.0.5:30081", "10.244.0.2:81"];
    let urls = urls.map(str::to_owned).into_iter().chain(addresses.map(|a| format!("http://{a}")));
    let urls: Vec<String> = urls.collect();
    let run = || {
        let mut cluster = shop(7);
        let mut told = Vec::new();
        for from in ["outside", "node/node-2", "pod/shop/client", "pod/shop/web-1"] {
            for url in &urls {
                let journey = cluster.request(&origin(from), url);
                // Where packets go, they arrive: a place that has an address is where the step before led.
                let steps: Vec<_> = journey.hops.iter().filter(|hop| hop.at != Place::Dns).collect();
                for pair in steps.windows(2) {
                    if matches!(pair[1].at, Place::Pod(..)) {
                        assert_eq!(pair[0].destination, pair[1].destination, "{journey}");
                        assert_eq!(pair[0].source, pair[1].source, "{journey}");
                    }
                }
                if matches!(journey.end, End::Answered(_)) {
                    assert!(reached(&journey).is_some_and(|name| name.starts_with("web-")), "{journey}");
                }
                told.push(journey.to_string());
            }
        }
        told
    };
    assert_eq!(run(), run(), "the same seed, the same ways");
}

#[test]
fn a_node_that_is_cut_off_or_without_power_answers_nobody() {
    let mut cluster = shop(1);
    let failure =
        |cluster: &mut Cluster, url: &str| match &cluster.request(&origin("pod/shop/client"), url).end {
            End::Failed(failure, _) => Some(*failure),
            End::Answered(_) => None,
        };
    assert_eq!(failure(&mut cluster, "http://10.244.1.2"), None);
    cluster.cut_node("node-2");
    assert_eq!(failure(&mut cluster, "http://10.244.1.2"), Some(Failure::TimedOut));
    assert!(cluster.kube_proxy().is_behind("node-2"));
    cluster.join_node("node-2");
    assert_eq!(failure(&mut cluster, "http://10.244.1.2"), None);
    cluster.stop_node("node-2");
    assert_eq!(failure(&mut cluster, "http://10.244.1.2"), Some(Failure::TimedOut));
}

#[test]
fn the_host_of_an_ingress_is_nobodys_while_the_ingress_has_no_address() {
    let cluster = &mut shop(1);
    let ingress = json!({
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": {
            "ingressClassName": "nginx",
            "rules": [{"host": "shop.example.com", "http": {"paths": [{
                "path": "/", "pathType": "Prefix",
                "backend": {"service": {"name": "web", "port": {"number": 80}}},
            }]}}],
        },
    });
    check(
        cluster,
        "outside",
        "http://shop.example.com",
        expect![[r#"
        outside asks for http://shop.example.com
          dns: 198.51.100.10 -> 172.18.0.1:53
              shop.example.com is 203.0.113.197
              shop.example.com. IN A 203.0.113.197
          outside: 198.51.100.10 -> 203.0.113.197:80
              no host of this cluster: it is taken to answer 200 to everybody
        answered with 200 after 1.0 ms
    "#]],
    );
    create(cluster, Kind::Ingress, ingress);
    check(
        cluster,
        "outside",
        "http://shop.example.com",
        expect![[r#"
        outside asks for http://shop.example.com
          dns: 198.51.100.10 -> 172.18.0.1:53
              there is no shop.example.com
              NXDOMAIN
        failed after 1.0 ms: there is no shop.example.com
    "#]],
    );
}
