//! What the traffic view says of small clusters that really ran, and of requests that were followed through them.

mod common;

use orrery_api::Pod;
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Origin};
use orrery_view::journey::{Ending, Failure, journeys};
use orrery_view::layout::{Layout, Spot, arrange, route};
use orrery_view::requests::offers;
use orrery_view::scene::{NodeCard, Scene, View, scene};
use orrery_view::traffic::Door;

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1.25', ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {type: NodePort, selector: {app: web}, ports: [{name: http, port: 8080, targetPort: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: typo, namespace: default}
spec: {selector: {app: wbe}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: default}
spec:
  rules:
  - host: shop.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 8080}}}}, {path: /cart, pathType: Prefix, backend: {service: {name: cart, port: {number: 80}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web-only, namespace: default}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}]}]}
";

fn cluster(seconds: u64) -> Cluster {
    common::cluster(3, WEB, seconds)
}

fn looked_at(cluster: &Cluster, width: f64) -> (Scene, Layout) {
    let scene = scene(cluster, None, None, View::Traffic);
    let layout = arrange(&scene, width);
    (scene, layout)
}

#[test]
fn a_port_of_the_persons_machine_leads_into_its_pod_until_it_is_closed() {
    let mut cluster = cluster(20);
    let pod = cluster.api().list::<Pod>().next().expect("one runs").metadata.name.to_string();
    cluster.forward("default", &pod, 8080, 80).expect("it is there");
    for width in [1200.0, 360.0] {
        let (scene, layout) = looked_at(&cluster, width);
        let open = &scene.traffic.as_ref().expect("it is looked at").entrances[0];
        assert_eq!((open.door, &*open.name), (Door::PortForward, "8080 → 80"));
        let pod = scene.pods().position(|pod| pod.id == open.id).expect("the pod is in the picture");
        let way = &layout.traffic.as_ref().expect("it is placed").forwards[0];
        assert!(way.path.ends_with(&format!("V{}", layout.pods[pod].y)), "{way:?} ends at the pod");
        let ([server, kubelet], rail) = (way.stops, layout.rail);
        assert!(server.1 == rail.bottom() && (rail.x..rail.right()).contains(&server.0), "{way:?}");
        let of = |card: &NodeCard| card.pods.iter().any(|pod| pod.id == open.id);
        let node = layout.nodes[scene.nodes.iter().position(of).expect("it is on a node")];
        assert!([node.x, node.right()].contains(&kubelet.0) && kubelet.1 > node.y, "{way:?} {node:?}");
    }
    cluster.close(8080);
    let (scene, layout) = looked_at(&cluster, 1200.0);
    assert_eq!(scene.traffic.expect("it is looked at").entrances[0].door, Door::Ingress);
    assert!(layout.traffic.expect("it is placed").forwards.is_empty());
}

#[test]
fn ports_selectors_and_what_is_missing_are_told() {
    let (scene, _) = looked_at(&cluster(60), 760.0);
    let traffic = scene.traffic.expect("it is looked at");
    let told: Vec<String> = scene
        .services
        .iter()
        .zip(&traffic.services)
        .map(|(shown, s)| {
            let ports: Vec<String> = s
                .ports
                .iter()
                .map(|p| format!("{} {}\u{2192}{} {}", p.name, p.port, p.target, p.node_port))
                .collect();
            format!(
                "{} {} {} {:?} ghost={} {}",
                shown.id.name,
                s.kind,
                ports.join(","),
                s.ready,
                shown.ghost,
                s.wanted_by.as_deref().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "typo ClusterIP  80\u{2192}80 0 (0, 0) ghost=true ",
            "web NodePort http 8080\u{2192}80 30080 (3, 3) ghost=false ",
            "cart   (0, 0) ghost=true Ingress shop",
        ]
    );
    let doors: Vec<Door> = traffic.entrances.iter().map(|e| e.door).collect();
    assert_eq!(doors, [Door::Ingress, Door::Node, Door::Node, Door::Node]);
    assert_eq!(
        traffic.entrances[0].ways.iter().map(|w| (&*w.asked, w.service)).collect::<Vec<_>>(),
        [("shop.example.com/", 1), ("shop.example.com/cart", 2),]
    );
    assert_eq!(traffic.shields.len(), 3);
    assert!(traffic.shields.iter().all(|s| s.ingress && !s.egress && &*s.policies[0].name == "web-only"));
}

#[test]
fn nothing_overlaps_and_nothing_leaves_the_sheet() {
    let cluster = cluster(60);
    for width in [320.0, 390.0, 560.0, 760.0, 1200.0, 2000.0] {
        let (_, l) = looked_at(&cluster, width);
        let places = l.traffic.as_ref().expect("it is looked at");
        let all: Vec<_> = [l.outside]
            .iter()
            .chain(&places.entrances)
            .chain([&places.dns])
            .chain(&l.services)
            .chain(&l.nodes)
            .copied()
            .collect();
        for (i, a) in all.iter().enumerate() {
            assert!(a.x >= 0.0 && a.right() <= width && a.bottom() <= l.height, "{width}: {a:?}");
            assert!(all[i + 1..].iter().all(|b| !a.overlaps(b)), "{width}: {a:?} of {all:?}");
        }
        let passes = |spot: &Spot| l.narrow || spot.y > places.dns.cy() || spot.x > places.dns.x;
        assert!(places.entrances.iter().all(passes), "{width}: the way to DNS passes over none of {all:?}");
        assert!(l.pods.iter().all(|p| {
            l.nodes.iter().any(|n| p.x >= n.x && p.right() <= n.right() && p.bottom() <= n.bottom())
        }));
    }
}

#[test]
fn a_request_from_outside_is_followed_through_the_node_port_to_the_pod_whose_policy_stops_it() {
    let mut cluster = cluster(60);
    let target = offers(&cluster, None)
        .targets
        .iter()
        .find(|t| t.url.ends_with(":30080"))
        .cloned()
        .expect("the node port is offered");
    cluster.request(&Origin::Outside, &target.url);
    let all = journeys(&cluster, 1);
    let last = &all[0];
    assert!(
        matches!(last.ending, Ending::Failed(Failure::Denied, _)),
        "the policy lets in pods alone: {last:?}"
    );
    assert!(last.steps.iter().any(|s| s.rewritten.1), "a node rewrites where it goes: {last:?}");
    let (scene, l) = looked_at(&cluster, 760.0);
    let legs = route(&l, &scene, &last.from, &last.stops());
    assert_eq!(legs.len(), last.steps.len());
    let end = legs.last().expect("it went somewhere").at;
    assert!(l.pods.iter().any(|p| (p.x + 4.0, p.bottom() - 2.0) == end), "it ends at a pod: {legs:?}");
    assert!(legs.iter().filter(|leg| !leg.path.is_empty()).count() >= 2, "{legs:?}");
}

#[test]
fn a_request_to_a_service_without_pods_says_so() {
    let mut cluster = cluster(60);
    cluster.request(&Origin::Node("node-1".into()), "http://typo.default");
    let from_pod = offers(&cluster, None)
        .origins
        .iter()
        .find(|o| o.starts_with("pod/default/web"))
        .cloned()
        .expect("pods are offered");
    cluster.request(&from_pod.parse().expect("what is offered can be read"), "http://typo.default");
    let last = &journeys(&cluster, 1)[0];
    assert!(matches!(last.ending, Ending::Failed(Failure::NoEndpoints, _)), "{last:?}");
    assert!(last.command.starts_with("kubectl exec web-"), "{}", last.command);
}
