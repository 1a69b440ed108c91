//! Slices and what changes in them.

use super::EndpointSliceController;
use crate::testing::Workbench;
use expect_test::expect;
use orrery_api::{EndpointSlice, Node, Pod, Resource, Service};
use orrery_apimachinery::{ObjectMeta, Value};
use orrery_sim::Duration;
use serde_json::json;
use std::rc::Rc;

type Bench = Workbench<EndpointSliceController>;

const SOON: Duration = Duration::from_millis(50);

/// Three nodes in two zones, a service and this many pods behind it.
fn bench(pods: usize) -> Bench {
    let mut bench = Bench::new();
    for (name, zone) in [("node-1", "east"), ("node-2", "west"), ("node-3", "east")] {
        let mut metadata = ObjectMeta::named("", name);
        metadata.labels.insert("topology.kubernetes.io/zone", zone);
        bench.create(Node { metadata, ..Default::default() });
    }
    bench.apply(json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"app": "web"}, "ports": [
            {"name": "http", "port": 80}, {"name": "https", "port": 443, "targetPort": 8443}, {"name": "dns", "port": 80, "protocol": "UDP"},
        ]},
    }));
    bench.pass(SOON);
    (0..pods).for_each(|i| bench.apply(pod(&format!("pod-{i:03}"))));
    bench.run_pods(|_| true);
    bench.pass(SOON);
    bench
}

fn pod(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default", "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "c", "image": "nginx"}]},
    })
}

fn slices(bench: &Bench) -> Vec<Rc<EndpointSlice>> {
    bench.api.list::<EndpointSlice>().cloned().collect()
}

fn sizes(bench: &Bench) -> Vec<usize> {
    let mut sizes: Vec<usize> = slices(bench).iter().map(|s| s.endpoints.len()).collect();
    sizes.sort_unstable();
    sizes
}

fn delete_pod(bench: &mut Bench, name: &str) {
    let pod = bench.get::<Pod>("default", name).expect("it was created");
    bench.remove_pod(&pod);
    bench.pass(SOON);
}

#[test]
fn an_endpoint_tells_its_pod_its_node_its_zone_and_whether_it_serves() {
    let mut bench = bench(1);
    let leaving = bench.get::<Pod>("default", "pod-000").expect("it was created");
    bench.drop_object(&leaving);
    bench.pass(SOON);
    let [slice] = <[Rc<EndpointSlice>; 1]>::try_from(slices(&bench)).expect("one slice");
    let mut value = EndpointSlice::wrap(slice).to_value();
    for path in [
        "/metadata/uid",
        "/metadata/ownerReferences/0/uid",
        "/endpoints/0/targetRef/uid",
        "/metadata/name",
        "/metadata/resourceVersion",
    ] {
        *value.pointer_mut(path).expect("all have one") = json!("*");
    }
    expect![[r#"
        {
          "addressType": "IPv4",
          "apiVersion": "discovery.k8s.io/v1",
          "endpoints": [
            {
              "addresses": [
                "10.244.0.1"
              ],
              "conditions": {
                "ready": false,
                "serving": true,
                "terminating": true
              },
              "nodeName": "node-1",
              "targetRef": {
                "kind": "Pod",
                "name": "pod-000",
                "namespace": "default",
                "uid": "*"
              },
              "zone": "east"
            }
          ],
          "kind": "EndpointSlice",
          "metadata": {
            "annotations": {
              "endpoints.kubernetes.io/last-change-trigger-time": "2025-01-01T00:00:00Z"
            },
            "creationTimestamp": "2025-01-01T00:00:00Z",
            "generateName": "web-",
            "generation": 3,
            "labels": {
              "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
              "kubernetes.io/service-name": "web"
            },
            "name": "*",
            "namespace": "default",
            "ownerReferences": [
              {
                "apiVersion": "v1",
                "blockOwnerDeletion": true,
                "controller": true,
                "kind": "Service",
                "name": "web",
                "uid": "*"
              }
            ],
            "resourceVersion": "*",
            "uid": "*"
          },
          "ports": [
            {
              "name": "http",
              "port": 80,
              "protocol": "TCP"
            },
            {
              "name": "dns",
              "port": 80,
              "protocol": "UDP"
            },
            {
              "name": "https",
              "port": 8443,
              "protocol": "TCP"
            }
          ]
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&value).expect("text keys"));
}

#[test]
fn endpoints_are_spread_over_slices_of_a_hundred_and_few_slices_change() {
    let mut bench = bench(250);
    assert_eq!(sizes(&bench), [50, 100, 100]);
    let revisions =
        |bench: &Bench| slices(bench).iter().map(|s| s.metadata.resource_version).collect::<Vec<_>>();
    let before = revisions(&bench);
    delete_pod(&mut bench, "pod-000");
    let changed = before.iter().zip(revisions(&bench)).filter(|(a, b)| *a != b).count();
    assert_eq!((sizes(&bench), changed), (vec![50, 99, 100], 1), "only the slice that it was in");
    bench.apply(pod("pod-900"));
    bench.run_pods(|_| true);
    bench.pass(SOON);
    assert_eq!(sizes(&bench), [50, 100, 100], "a new one goes where it just fits");
}

#[test]
fn a_service_without_pods_keeps_one_empty_slice() {
    let mut bench = bench(0);
    let name = |bench: &Bench| slices(bench)[0].metadata.name.clone();
    let first = name(&bench);
    assert_eq!(sizes(&bench), [0]);
    bench.apply(pod("pod-000"));
    bench.run_pods(|_| true);
    bench.pass(SOON);
    assert_eq!((sizes(&bench), name(&bench)), (vec![1], first.clone()), "it is filled");
    delete_pod(&mut bench, "pod-000");
    assert_eq!((sizes(&bench), name(&bench)), (vec![0], first), "and emptied");
}

#[test]
fn slices_that_others_spoil_are_mended() {
    let mut bench = bench(2);
    let slice = slices(&bench)[0].clone();
    bench.modify::<EndpointSlice>("default", &slice.metadata.name, |s| s.endpoints.truncate(1));
    bench.pass(SOON);
    assert_eq!(sizes(&bench), [2]);
    bench.drop_object(&slice);
    bench.pass(SOON);
    assert_eq!(sizes(&bench), [2]);
    bench.modify::<Service>("default", "web", |s| {
        s.metadata.labels.insert("tier", "front");
    });
    bench.pass(SOON);
    assert_eq!(
        slices(&bench)[0].metadata.labels.get("tier").map(|t| &**t),
        Some("front"),
        "labels are the service's"
    );
}

#[test]
fn slices_that_cannot_be_written_are_told_of_and_tried_again() {
    let mut bench = Bench::new();
    bench.apply(json!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q", "namespace": "default"},
        "spec": {"hard": {"count/endpointslices.discovery.k8s.io": "0"}},
    }));
    bench.modify_status::<orrery_api::ResourceQuota>("default", "q", |q| {
        q.status.hard = q.spec.hard.clone();
        q.status.used = q.spec.hard.clone();
    });
    bench.apply(json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    }));
    bench.pass(Duration::from_millis(2_500));
    let events = bench.events();
    let head = "Warning FailedToUpdateEndpointSlices Service/web: Error updating Endpoint Slices for Service default/web: failed to create EndpointSlice for Service default/web: endpointslices.discovery.k8s.io \"web-";
    assert!(events.starts_with(head), "{events}");
    let tries = bench.written().len();
    assert_eq!((tries, events.lines().count()), (0, 2), "at once and after a second; each name is another");
}

/// The zones of the endpoints, and for which zone each is, by pod: `east>west` is an endpoint in the east for the west.
fn hints(bench: &Bench) -> String {
    let mut told = Vec::new();
    for slice in slices(bench) {
        for endpoint in &slice.endpoints {
            let pod = endpoint.target_ref.as_ref().and_then(|pod| pod.name.clone()).unwrap_or_default();
            let zones = endpoint.hints.iter().flat_map(|hints| &hints.for_zones);
            let zones: Vec<&str> = zones.map(|zone| &*zone.name).collect();
            told.push((pod, format!("{}>{}", endpoint.zone.as_deref().unwrap_or("-"), zones.join(","))));
        }
    }
    told.sort_unstable();
    told.into_iter().map(|(_, told)| told).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_service_that_prefers_what_is_close_says_so_of_every_ready_endpoint() {
    let mut bench = bench(3);
    assert_eq!(hints(&bench), "east> west> east>");
    let prefer = |bench: &mut Bench, what: Option<&str>| {
        bench.modify::<Service>("default", "web", |s| s.spec.traffic_distribution = what.map(Into::into));
        bench.pass(SOON);
    };
    prefer(&mut bench, Some("PreferClose"));
    assert_eq!(hints(&bench), "east>east west>west east>east");
    let revision = slices(&bench)[0].metadata.resource_version;
    bench.modify::<Service>("default", "web", |s| s.spec.session_affinity = Some("ClientIP".into()));
    bench.pass(SOON);
    assert_eq!(slices(&bench)[0].metadata.resource_version, revision, "hints that are right stay");
    let pod = bench.get::<Pod>("default", "pod-001").expect("it was created");
    bench.set_ready(&pod, "10.244.0.2", false);
    bench.pass(SOON);
    assert_eq!(hints(&bench), "east>east west> east>east", "only ready ones have any");
    prefer(&mut bench, None);
    assert_eq!(hints(&bench), "east> west> east>");
    assert_eq!(bench.events(), "");
}

#[test]
fn hints_by_annotation_follow_the_shares_of_the_zones() {
    let auto = |bench: &mut Bench, mode: &str| {
        bench.modify::<Service>("default", "web", |s| {
            s.metadata.annotations.insert("service.kubernetes.io/topology-mode", mode);
        });
        bench.pass(SOON);
    };
    let with_processors = |count: usize, east: i64| {
        let mut bench = bench(count);
        for (name, cpu) in [("node-1", east), ("node-2", 4), ("node-3", east)] {
            bench.modify_status::<Node>("", name, |node| {
                node.status.allocatable.insert("cpu".into(), orrery_apimachinery::Quantity::from_units(cpu));
                node.status.conditions.push(orrery_api::NodeCondition {
                    type_: "Ready".into(),
                    status: "True".into(),
                    ..Default::default()
                });
            });
        }
        auto(&mut bench, "Auto");
        bench
    };
    for (row, mut bench, hinted, said) in [
        (
            "nothing is known of the nodes",
            {
                let mut bench = bench(3);
                auto(&mut bench, "Auto");
                bench
            },
            "east> west> east>",
            "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes",
        ),
        (
            "fewer endpoints than zones",
            with_processors(1, 2),
            "east>",
            "Insufficient number of endpoints (1 endpoints, 2 zones)",
        ),
        (
            "shares that cannot be met",
            with_processors(3, 2),
            "east> west> east>",
            "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (3 endpoints, 2 zones)",
        ),
        (
            "shares as the endpoints have them",
            with_processors(3, 4),
            "east>east west>west east>east",
            "Topology Aware Hints has been enabled",
        ),
        (
            "an endpoint too many in the east",
            with_processors(6, 2),
            "east>west west>west east>east east>east west>west east>east",
            "Topology Aware Hints has been enabled",
        ),
    ] {
        assert_eq!(hints(&bench), hinted, "{row}");
        let kind = if said.ends_with("enabled") {
            "Normal TopologyAwareHintsEnabled"
        } else {
            "Warning TopologyAwareHintsDisabled"
        };
        assert_eq!(bench.events(), format!("{kind} Service/web: {said}, addressType: IPv4\n"), "{row}");
        auto(&mut bench, "Disabled");
        assert!(!hints(&bench).contains(">e") && !hints(&bench).contains(">w"), "{row}: they go");
    }
}
