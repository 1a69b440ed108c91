//! What the eye wants of a layout: nothing overlaps, nothing leaves the sheet, every pod has its place.

use super::*;
use crate::scene::*;

fn pod(i: usize) -> PodMark {
    PodMark {
        id: ObjectRef::new("Pod", "default", &format!("p{i}")),
        uid: format!("u{i}").as_str().into(),
        label: "p".into(),
        hue: 0,
        state: PodState::Ready,
        countdown: None,
        reason: "Running".into(),
    }
}

fn scene(nodes: usize, pods_each: usize, lanes: usize) -> Scene {
    let node = |n: usize| NodeCard {
        countdown: None,
        id: ObjectRef::new("Node", "", &format!("node-{n}")),
        state: NodeState::Ready,
        stopped: false,
        cordoned: false,
        cpu: Meter::default(),
        memory: Meter::default(),
        pod_cidr: "10.244.0.0/24".into(),
        max_pods: 110,
        pods: (0..pods_each).map(|i| pod(n * 1000 + i)).collect(),
        kubelet: Lamp::default(),
    };
    let service = |i: usize| ServiceBox {
        id: ObjectRef::new("Service", "default", &format!("s{i}")),
        ports: "ClusterIP 80".into(),
        external: i == 0,
        hue: Some(0),
        endpoints: vec![Endpoint { pod: "u0".into(), ready: true }],
        ghost: false,
    };
    let volume = |i: usize| VolumeTrack {
        id: ObjectRef::new("PersistentVolumeClaim", "default", &format!("c{i}")),
        size: "5Gi".into(),
        class: "".into(),
        volume: None,
        stage: None,
        why: None,
        ghost: false,
        hue: None,
    };
    let rollout = |i: usize| RolloutLane {
        id: ObjectRef::new("Deployment", "default", &format!("d{i}")),
        hue: 0,
        sides: vec![],
        available: 0,
        total: 0,
        desired: 0,
        min_available: 0,
        max_total: 0,
        partition: None,
        note: None,
    };
    Scene {
        nodes: (0..nodes).map(node).collect(),
        services: (0..lanes).map(service).collect(),
        waiting: Waiting { pods: (0..lanes * 3).map(|i| pod(90_000 + i)).collect(), why: Some("x".into()) },
        volumes: (0..lanes).map(volume).collect(),
        rollouts: (0..lanes).map(rollout).collect(),
        ..Scene::default()
    }
}

#[test]
fn nothing_overlaps_and_nothing_leaves_the_sheet() {
    for width in [320.0, 390.0, 539.0, 540.0, 752.0, 1100.0, 2400.0] {
        for (nodes, pods, lanes) in [(0, 0, 0), (1, 0, 1), (3, 6, 4), (3, 24, 9), (5, 110, 2), (40, 20, 3)] {
            let scene = scene(nodes, pods, lanes);
            let l = arrange(&scene, width);
            let mut boxes = vec![l.etcd, l.scheduler, l.controllers, l.rail, l.outside];
            for group in [&l.services, &l.nodes, &l.volumes, &l.rollouts] {
                boxes.extend(group);
            }
            boxes.extend(l.waiting);
            let case = format!("width {width}, {nodes} nodes of {pods} pods, {lanes} lanes");
            assert_apart(&boxes, &case);
            assert_apart(&l.pods, &case);
            for b in boxes.iter().chain(&l.pods) {
                assert!(b.x >= 0.0 && b.right() <= l.width + 0.01 && b.bottom() <= l.height, "{case}: {b:?}");
            }
        }
    }
}

fn assert_apart(boxes: &[Spot], case: &str) {
    for (i, a) in boxes.iter().enumerate() {
        for b in &boxes[i + 1..] {
            assert!(!a.overlaps(b), "{case}: {a:?} overlaps {b:?}");
        }
    }
}

/// The pods of the scene in families of each shape.
fn with_families(mut scene: Scene) -> Scene {
    use crate::owners::{Branch, Family, Slot, SlotClaim};
    let id = |name: &str| ObjectRef::new("Deployment", "default", name);
    let claim = SlotClaim { id: id("c"), template: "data".into(), exists: true, volume: Some("pv-1".into()) };
    let branch = |name: &str, pods: Vec<PodMark>, claims: usize| Branch {
        id: id(name),
        note: "web:2".into(),
        counts: (0, 0),
        slots: pods
            .into_iter()
            .map(Some)
            .chain([None])
            .map(|pod| Slot { pod, claims: vec![claim.clone(); claims], ..Slot::default() })
            .collect(),
        job: None,
    };
    let pods: Vec<PodMark> = scene.pods().cloned().collect();
    let (some, rest) = pods.split_at(pods.len() / 3);
    let (more, rest) = rest.split_at(rest.len() / 2);
    let family = |name: &str, branches: Vec<Branch>| Family {
        id: id(name),
        hue: 0,
        counts: (1, 2),
        branches,
        runs: None,
        autoscaler: None,
    };
    scene.families = Some(vec![
        family("a", vec![branch("a1", some.to_vec(), 0), branch("a2", vec![], 0)]),
        family("b", vec![branch("b", more.to_vec(), 2)]),
        family("c", vec![branch("c1", rest.to_vec(), 0)]),
        family("d", vec![]),
    ]);
    scene
}

#[test]
fn in_the_owners_view_nothing_overlaps_and_every_pod_has_its_place() {
    for width in [320.0, 539.0, 540.0, 752.0, 1100.0] {
        for (nodes, pods, lanes) in [(0, 0, 0), (1, 0, 1), (3, 6, 2), (3, 24, 9), (5, 60, 0)] {
            let scene = with_families(scene(nodes, pods, lanes));
            let l = arrange(&scene, width);
            let mut boxes = vec![l.rail];
            boxes.extend(&l.rollouts);
            for family in &l.families {
                boxes.push(family.head);
                for branch in &family.branches {
                    boxes.extend(branch.slots.iter().chain(&branch.head));
                }
            }
            let case = format!("width {width}, {nodes} nodes of {pods} pods, {lanes} lanes");
            assert_apart(&boxes, &case);
            assert_apart(&l.pods, &case);
            for b in boxes.iter().chain(&l.pods) {
                assert!(b.w > 0.0 && b.right() <= l.width + 0.01 && b.bottom() <= l.height, "{case}: {b:?}");
            }
        }
    }
}

#[test]
fn a_pod_stands_inside_its_node() {
    let scene = scene(7, 20, 2);
    let l = arrange(&scene, 900.0);
    for (i, pod) in l.pods.iter().take(140).enumerate() {
        let card = l.nodes[i / 20];
        assert!(pod.x > card.x && pod.right() < card.right() && pod.bottom() < card.bottom(), "pod {i}");
    }
}
