//! Pods whose kubelet will never speak of them again.

use super::*;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{Container, NodeCondition, PodSpec, Resource, Taint};
use orrery_apimachinery::ObjectMeta;
use orrery_client::Propagation;
use std::rc::Rc;

type Bench = Workbench<PodGarbageCollector>;

fn node(bench: &mut Bench, name: &str) {
    bench.create(Node { metadata: ObjectMeta::named("", name), ..Default::default() });
}

fn pod(bench: &mut Bench, finalizers: &[&str], node: Option<&str>) {
    let metadata = ObjectMeta {
        finalizers: finalizers.iter().map(|f| (*f).into()).collect(),
        ..ObjectMeta::named("default", "web")
    };
    let spec = PodSpec {
        containers: vec![Container { name: "c".into(), image: Some("nginx".into()), ..Default::default() }],
        ..Default::default()
    };
    bench.create(Pod { metadata, spec: Rc::new(spec), ..Default::default() });
    if let Some(node) = node {
        let request = bench.request();
        bench.api.bind(&request, "default", "web", node).expect("the pod is not bound");
    }
}

fn delete_pod(bench: &mut Bench) {
    let pod = bench.get::<Pod>("default", "web").expect("the pod is there");
    bench.delete(&Pod::wrap(pod), Propagation::Background);
}

fn delete_node(bench: &mut Bench) {
    let node = bench.get::<Node>("", "node-1").expect("the node is there");
    bench.delete(&Node::wrap(node), Propagation::Background);
}

#[test]
fn pods_that_no_kubelet_removes_are_removed() {
    type Row = (&'static str, fn(&mut Bench), Expect);
    let rows: [Row; 5] = [
        (
            "a node that is gone for 40 seconds is gone for good",
            |bench| {
                node(bench, "node-1");
                pod(bench, &[], Some("node-1"));
                bench.pass(Duration::from_secs(5));
                delete_node(bench);
            },
            expect![[r#"
                00:01:00.002 PUT Pod default/web/status
                00:01:00.002 DELETE Pod default/web (gone)
            "#]],
        ),
        (
            "a node that comes back in time keeps its pods",
            |bench| {
                node(bench, "node-1");
                pod(bench, &[], Some("node-1"));
                delete_node(bench);
                bench.pass(Duration::from_secs(30));
                node(bench, "node-1");
            },
            expect![[""]],
        ),
        (
            "a pod that is bound to a node which never was",
            |bench| pod(bench, &[], Some("nowhere")),
            expect![[r#"
                00:01:00.002 PUT Pod default/web/status
                00:01:00.002 DELETE Pod default/web (gone)
            "#]],
        ),
        (
            "a pod without a node that is being deleted is marked as failed",
            |bench| {
                pod(bench, &["example.com/hold"], None);
                delete_pod(bench);
            },
            expect![[r#"
                00:00:20.002 PUT Pod default/web/status
            "#]],
        ),
        (
            "a person says that the node will not come back",
            |bench| {
                node(bench, "node-1");
                pod(bench, &[], Some("node-1"));
                delete_pod(bench);
                bench.pass(Duration::from_secs(50));
                bench.modify::<Node>("", "node-1", |node| {
                    let taint = Taint {
                        key: OUT_OF_SERVICE.into(),
                        effect: "NoExecute".into(),
                        ..Default::default()
                    };
                    node.spec.taints.push(taint);
                });
            },
            expect![[r#"
                00:01:00.002 PUT Pod default/web/status
                00:01:00.002 DELETE Pod default/web (gone)
            "#]],
        ),
    ];
    for (row, act, expected) in rows {
        let mut bench = Bench::new();
        act(&mut bench);
        bench.pass(Duration::from_secs(300));
        expected.assert_eq(&bench.written());
        assert_eq!(bench.next(), None, "{row}: nothing is left to do");
    }
}

#[test]
fn a_ready_node_is_in_service_whatever_its_taints_say() {
    let mut bench = Bench::new();
    node(&mut bench, "node-1");
    pod(&mut bench, &[], Some("node-1"));
    bench.modify_status::<Node>("", "node-1", |node| {
        node.status.conditions.push(NodeCondition {
            type_: "Ready".into(),
            status: "True".into(),
            ..Default::default()
        });
    });
    bench.modify::<Node>("", "node-1", |node| {
        node.spec.taints.push(Taint {
            key: OUT_OF_SERVICE.into(),
            effect: "NoExecute".into(),
            ..Default::default()
        });
    });
    delete_pod(&mut bench);
    bench.pass(Duration::from_secs(120));
    assert_eq!(bench.written(), "");
}
