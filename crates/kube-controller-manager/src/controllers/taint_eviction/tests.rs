//! Pods on tainted nodes, with tolerations of every sort.

use super::*;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{Container, PodSpec, Toleration};
use std::rc::Rc;

type Bench = Workbench<TaintEvictionController>;

const MAINTENANCE: &str = "example.com/maintenance";

fn no_execute_taint(key: &str) -> Taint {
    Taint { key: key.into(), effect: "NoExecute".into(), ..Default::default() }
}

fn tolerates(key: &str, seconds: Option<i64>) -> Toleration {
    Toleration {
        key: Some(key.into()),
        operator: Some("Exists".into()),
        effect: Some("NoExecute".into()),
        toleration_seconds: seconds,
        ..Default::default()
    }
}

fn pod_on_node(bench: &mut Bench, tolerations: &[Toleration]) {
    bench.create(Node { metadata: ObjectMeta::named("", "node-1"), ..Default::default() });
    let spec = PodSpec {
        containers: vec![Container { name: "c".into(), image: Some("nginx".into()), ..Default::default() }],
        tolerations: tolerations.to_vec(),
        ..Default::default()
    };
    bench.create(Pod {
        metadata: ObjectMeta::named("default", "web"),
        spec: Rc::new(spec),
        ..Default::default()
    });
    let request = bench.request();
    bench.api.bind(&request, "default", "web", "node-1").expect("the pod is not bound");
}

fn taint(bench: &mut Bench, keys: &[&str]) {
    bench.pass(Duration::from_secs(1));
    bench
        .modify::<Node>("", "node-1", |n| n.spec.taints = keys.iter().map(|k| no_execute_taint(k)).collect());
}

#[test]
fn pods_leave_when_they_do_not_tolerate_a_taint_any_longer() {
    type Row = (&'static str, fn(&mut Bench), Expect);
    let rows: [Row; 9] = [
        (
            "a taint that the pod does not tolerate: at once",
            |bench| {
                pod_on_node(bench, &[]);
                taint(bench, &[MAINTENANCE]);
            },
            expect![[r#"
                00:00:01.002 PUT Pod default/web/status
                00:00:01.002 DELETE Pod default/web
                Normal TaintManagerEviction Pod/web: Marking for deletion Pod default/web
            "#]],
        ),
        (
            "an unreachable node: after five minutes, by the default toleration",
            |bench| {
                pod_on_node(bench, &[]);
                taint(bench, &["node.kubernetes.io/unreachable"]);
            },
            expect![[r#"
                00:05:01.002 PUT Pod default/web/status
                00:05:01.002 DELETE Pod default/web
                Normal TaintManagerEviction Pod/web: Marking for deletion Pod default/web
            "#]],
        ),
        (
            "of two tolerations the shorter decides",
            |bench| {
                pod_on_node(
                    bench,
                    &[tolerates("a", Some(60)), tolerates("b", Some(20)), tolerates("c", None)],
                );
                taint(bench, &["a", "b", "c"]);
            },
            expect![[r#"
                00:00:21.002 PUT Pod default/web/status
                00:00:21.002 DELETE Pod default/web
                Normal TaintManagerEviction Pod/web: Marking for deletion Pod default/web
            "#]],
        ),
        (
            "a taint that goes in time cancels the eviction",
            |bench| {
                pod_on_node(bench, &[tolerates(MAINTENANCE, Some(60))]);
                taint(bench, &[MAINTENANCE]);
                taint(bench, &[]);
            },
            expect![[r#"
                Normal TaintManagerEviction Pod/web: Cancelling deletion of Pod default/web
            "#]],
        ),
        (
            "a second taint that is not tolerated makes the pod leave at once",
            |bench| {
                pod_on_node(bench, &[tolerates(MAINTENANCE, Some(60))]);
                taint(bench, &[MAINTENANCE]);
                taint(bench, &[MAINTENANCE, "fire"]);
            },
            expect![[r#"
                00:00:02.002 PUT Pod default/web/status
                00:00:02.002 DELETE Pod default/web
                Normal TaintManagerEviction Pod/web: Cancelling deletion of Pod default/web
                Normal TaintManagerEviction Pod/web: Marking for deletion Pod default/web
            "#]],
        ),
        (
            "a toleration without an end is for ever",
            |bench| {
                pod_on_node(bench, &[tolerates(MAINTENANCE, None)]);
                taint(bench, &[MAINTENANCE]);
            },
            expect![[""]],
        ),
        (
            "zero seconds are none",
            |bench| {
                pod_on_node(bench, &[tolerates(MAINTENANCE, Some(0))]);
                taint(bench, &[MAINTENANCE]);
            },
            expect![[r#"
                00:00:01.002 PUT Pod default/web/status
                00:00:01.002 DELETE Pod default/web
                Normal TaintManagerEviction Pod/web: Marking for deletion Pod default/web
            "#]],
        ),
        (
            "a pod that comes to a tainted node",
            |bench| {
                pod_on_node(bench, &[tolerates(MAINTENANCE, Some(60))]);
                bench.modify::<Node>("", "node-1", |n| n.spec.taints = vec![no_execute_taint(MAINTENANCE)]);
            },
            expect![[r#"
                00:01:00.002 PUT Pod default/web/status
                00:01:00.002 DELETE Pod default/web
                Normal TaintManagerEviction Pod/web: Marking for deletion Pod default/web
            "#]],
        ),
        (
            "a pod that goes by itself cancels its eviction",
            |bench| {
                pod_on_node(bench, &[tolerates(MAINTENANCE, Some(60))]);
                taint(bench, &[MAINTENANCE]);
                bench.pass(Duration::from_secs(1));
                let request = bench.request();
                let options = DeleteOptions { grace_period_seconds: Some(0), ..Default::default() };
                let key = Key::new(Kind::Pod, "default", "web");
                bench.api.delete(&request, &key, &options).expect("the pod is there");
            },
            expect![[r#"
                Normal TaintManagerEviction Pod/web: Cancelling deletion of Pod default/web
            "#]],
        ),
    ];
    for (row, act, expected) in rows {
        let mut bench = Bench::new();
        act(&mut bench);
        bench.pass(Duration::from_secs(600));
        expected.assert_eq(&(bench.written() + &bench.events()));
        assert_eq!(bench.next(), None, "{row}: nothing is left to do");
    }
}

#[test]
fn an_evicted_pod_says_why() {
    let mut bench = Bench::new();
    pod_on_node(&mut bench, &[]);
    taint(&mut bench, &[MAINTENANCE]);
    bench.pass(Duration::from_secs(1));
    let pod = bench.get::<Pod>("default", "web").expect("the pod has its grace period");
    let condition =
        pod.status.conditions.iter().find(|c| &*c.type_ == "DisruptionTarget").expect("it was set");
    assert_eq!(condition.reason.as_deref(), Some("DeletionByTaintManager"));
    assert_eq!(condition.message.as_deref(), Some("Taint manager: deleting due to NoExecute taint"));
}
