//! What a StatefulSet does, told by its pods, its claims, its status and its events.

mod claims;
mod random;
mod revisions;

use super::StatefulSetController;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{Pod, PodTemplateSpec, StatefulSet};
use orrery_apimachinery::Value;
use orrery_sim::Duration;
use serde_json::json;
use std::rc::Rc;

type Bench = Workbench<StatefulSetController>;

const SOON: Duration = Duration::from_millis(200);

/// A StatefulSet of three pods of image `app:1`, with `more` in its spec.
fn manifest(more: Value) -> Value {
    let mut manifest = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": 3, "serviceName": "web", "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "c", "image": "app:1"}]},
            },
        },
    });
    for (field, value) in more.as_object().expect("what a spec has more is a map") {
        manifest["spec"][field] = value.clone();
    }
    manifest
}

fn bench(more: Value) -> Bench {
    let mut bench = Bench::new();
    bench.apply(manifest(more));
    bench
}

/// A cluster in which all pods of the StatefulSet are ready.
fn settled(more: Value) -> Bench {
    let mut bench = bench(more);
    story(&mut bench, &|_| true);
    bench
}

fn set(bench: &Bench) -> Rc<StatefulSet> {
    bench.get::<StatefulSet>("default", "web").expect("the StatefulSet is there")
}

fn change(bench: &mut Bench, change: impl FnOnce(&mut StatefulSet)) {
    bench.modify::<StatefulSet>("default", "web", change);
}

fn scale(bench: &mut Bench, replicas: i32) {
    change(bench, |set| set.spec.replicas = Some(replicas));
}

fn roll(bench: &mut Bench, tag: &str) {
    change(bench, |set| {
        let template: &mut PodTemplateSpec = Rc::make_mut(&mut set.spec.template);
        Rc::make_mut(&mut template.spec).containers[0].image = Some(format!("app:{tag}").into());
    });
}

fn tag(pod: &Pod) -> &str {
    pod.spec.containers[0].image.as_deref().and_then(|image| image.strip_prefix("app:")).unwrap_or_default()
}

fn delete(bench: &mut Bench, name: &str) {
    let pod = bench.get::<Pod>("default", name).expect("the pod is there");
    bench.drop_object(&pod);
}

/// Every pod: its name, its image's tag, and whether it is ready (+), not (-), ended (!) or going (x).
fn picture(bench: &Bench) -> String {
    let pod = |pod: &Rc<Pod>| {
        let sign = match pod.status.phase.as_deref() {
            _ if pod.metadata.terminating() => 'x',
            Some("Failed" | "Succeeded") => '!',
            _ if crate::pods::is_ready(pod) => '+',
            _ => '-',
        };
        format!("{}:{}{sign}", pod.metadata.name, tag(pod))
    };
    bench.pods().iter().map(pod).collect::<Vec<_>>().join(" ")
}

/// Lets the controller and the nodes act in turn until nothing moves, and tells a line for each turn.
fn story(bench: &mut Bench, ready: &dyn Fn(&Pod) -> bool) -> String {
    let mut lines = vec![picture(bench)];
    for _ in 0..40 {
        let count = lines.len();
        bench.pass(SOON);
        lines.push(picture(bench));
        bench.run_pods(ready);
        lines.push(picture(bench));
        lines.dedup();
        if lines.len() == count {
            break;
        }
    }
    lines.join("\n") + "\n"
}

/// replicas, ready, available, current, updated
fn numbers(bench: &Bench) -> [i32; 5] {
    let set = set(bench);
    let s = &set.status;
    [s.replicas, s.ready_replicas, s.available_replicas, s.current_replicas, s.updated_replicas]
}

#[test]
fn pods_come_and_go_in_order_unless_the_policy_is_parallel() {
    type Change = fn(&mut Bench);
    let two_not_ready: Change = |bench| {
        for name in ["web-1", "web-2"] {
            let pod = bench.get::<Pod>("default", name).expect("there are three");
            bench.set_ready(&pod, "10.0.0.9", false);
        }
        scale(bench, 1);
    };
    let rows: &[(&str, Value, Change, Expect)] = &[
        (
            "in order, each when the one before is ready",
            json!({"replicas": 1}),
            |b| scale(b, 3),
            expect![[r#"
            in order, each when the one before is ready
            web-0:1+
            web-0:1+ web-1:1-
            web-0:1+ web-1:1+
            web-0:1+ web-1:1+ web-2:1-
            web-0:1+ web-1:1+ web-2:1+
        "#]],
        ),
        (
            "the last goes first, and is gone before the next",
            json!({}),
            |b| scale(b, 1),
            expect![[r#"
            the last goes first, and is gone before the next
            web-0:1+ web-1:1+ web-2:1+
            web-0:1+ web-1:1+ web-2:1x
            web-0:1+ web-1:1+
            web-0:1+ web-1:1x
            web-0:1+
        "#]],
        ),
        (
            "of two that are not ready the last waits for the first",
            json!({}),
            two_not_ready,
            expect![[r#"
            of two that are not ready the last waits for the first
            web-0:1+ web-1:1- web-2:1-
        "#]],
        ),
        (
            "a parallel one makes all at once",
            json!({"replicas": 1, "podManagementPolicy": "Parallel"}),
            |b| scale(b, 3),
            expect![[r#"
                a parallel one makes all at once
                web-0:1+
                web-0:1+ web-1:1- web-2:1-
                web-0:1+ web-1:1+ web-2:1+
            "#]],
        ),
        (
            "and removes all at once",
            json!({"podManagementPolicy": "Parallel"}),
            |b| scale(b, 1),
            expect![[r#"
            and removes all at once
            web-0:1+ web-1:1+ web-2:1+
            web-0:1+ web-1:1x web-2:1x
            web-0:1+
        "#]],
        ),
        (
            "the numbers may start elsewhere",
            json!({"replicas": 2, "ordinals": {"start": 5}}),
            |b| {
                change(b, |set| set.spec.ordinals.as_mut().expect("it has ordinals").start = 4);
            },
            expect![[r#"
                the numbers may start elsewhere
                web-5:1+ web-6:1+
                web-4:1- web-5:1+ web-6:1+
                web-4:1+ web-5:1+ web-6:1+
                web-4:1+ web-5:1+ web-6:1x
                web-4:1+ web-5:1+
            "#]],
        ),
    ];
    for (row, spec, act, told) in rows {
        let mut bench = settled(spec.clone());
        act(&mut bench);
        told.assert_eq(&format!("{row}\n{}", story(&mut bench, &|_| true)));
    }
}

#[test]
fn a_pod_that_is_not_ready_holds_up_those_after_it() {
    let mut bench = bench(json!({}));
    let told = story(&mut bench, &|pod| &*pod.metadata.name != "web-1");
    expect![[r#"

        web-0:1-
        web-0:1+
        web-0:1+ web-1:1-
    "#]]
    .assert_eq(&told);
    assert_eq!(numbers(&bench), [2, 1, 1, 2, 2]);
}

#[test]
fn an_update_replaces_the_last_pod_first() {
    let parallel = json!({"podManagementPolicy": "Parallel"});
    let partition = json!({"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}});
    let on_delete = json!({"updateStrategy": {"type": "OnDelete"}});
    let rows: &[(&str, Value, Expect)] = &[
        (
            "one after the other",
            json!({}),
            expect![[r#"
            one after the other
            web-0:1+ web-1:1+ web-2:1+
            web-0:1+ web-1:1+ web-2:1x
            web-0:1+ web-1:1+
            web-0:1+ web-1:1+ web-2:2-
            web-0:1+ web-1:1+ web-2:2+
            web-0:1+ web-1:1x web-2:2+
            web-0:1+ web-2:2+
            web-0:1+ web-1:2- web-2:2+
            web-0:1+ web-1:2+ web-2:2+
            web-0:1x web-1:2+ web-2:2+
            web-1:2+ web-2:2+
            web-0:2- web-1:2+ web-2:2+
            web-0:2+ web-1:2+ web-2:2+
        "#]],
        ),
        (
            "also if it is parallel",
            parallel,
            expect![[r#"
            also if it is parallel
            web-0:1+ web-1:1+ web-2:1+
            web-0:1+ web-1:1+ web-2:1x
            web-0:1+ web-1:1+
            web-0:1+ web-1:1+ web-2:2-
            web-0:1+ web-1:1+ web-2:2+
            web-0:1+ web-1:1x web-2:2+
            web-0:1+ web-2:2+
            web-0:1+ web-1:2- web-2:2+
            web-0:1+ web-1:2+ web-2:2+
            web-0:1x web-1:2+ web-2:2+
            web-1:2+ web-2:2+
            web-0:2- web-1:2+ web-2:2+
            web-0:2+ web-1:2+ web-2:2+
        "#]],
        ),
        (
            "only from the partition on",
            partition,
            expect![[r#"
            only from the partition on
            web-0:1+ web-1:1+ web-2:1+
            web-0:1+ web-1:1+ web-2:1x
            web-0:1+ web-1:1+
            web-0:1+ web-1:1+ web-2:2-
            web-0:1+ web-1:1+ web-2:2+
        "#]],
        ),
        (
            "or none at all",
            on_delete,
            expect![[r#"
            or none at all
            web-0:1+ web-1:1+ web-2:1+
        "#]],
        ),
    ];
    for (row, spec, told) in rows {
        let mut bench = settled(spec.clone());
        roll(&mut bench, "2");
        told.assert_eq(&format!("{row}\n{}", story(&mut bench, &|_| true)));
    }
}

#[test]
fn a_pod_that_is_deleted_comes_back_with_the_revision_of_its_place() {
    let rolling =
        |partition: i32| json!({"type": "RollingUpdate", "rollingUpdate": {"partition": partition}});
    for (row, strategy, expected) in [
        ("below the partition with the old one", rolling(1), "web-0:1+ web-1:2+ web-2:2+"),
        ("on deletion with the new one", json!({"type": "OnDelete"}), "web-0:2+ web-1:1+ web-2:1+"),
    ] {
        let mut bench = settled(json!({"updateStrategy": strategy}));
        roll(&mut bench, "2");
        story(&mut bench, &|_| true);
        delete(&mut bench, "web-0");
        story(&mut bench, &|_| true);
        assert_eq!(picture(&bench), expected, "{row}");
    }
}

#[test]
fn a_pod_stuck_on_a_bad_template_stays_until_it_is_deleted() {
    let mut bench = settled(json!({"replicas": 2}));
    let good = |pod: &Pod| tag(pod) != "bad";
    roll(&mut bench, "bad");
    story(&mut bench, &good);
    roll(&mut bench, "3");
    story(&mut bench, &good);
    assert_eq!(picture(&bench), "web-0:1+ web-1:bad-", "the mended template does not help");
    delete(&mut bench, "web-1");
    story(&mut bench, &good);
    assert_eq!(picture(&bench), "web-0:3+ web-1:3+");
}

#[test]
fn pods_that_end_are_deleted_and_made_again() {
    for phase in ["Failed", "Succeeded"] {
        let mut bench = settled(json!({"replicas": 2}));
        bench.modify_status::<Pod>("default", "web-0", |pod| pod.status.phase = Some(phase.into()));
        let told = story(&mut bench, &|_| true);
        assert_eq!(told, "web-0:1! web-1:1+\nweb-0:1- web-1:1+\nweb-0:1+ web-1:1+\n", "{phase}");
        assert!(bench.events().contains("delete Pod web-0 in StatefulSet web successful"), "{phase}");
    }
}

#[test]
fn a_pod_counts_as_available_after_a_while_and_the_next_waits_for_it() {
    let mut bench = bench(json!({"replicas": 2, "minReadySeconds": 10}));
    story(&mut bench, &|_| true);
    assert_eq!((picture(&bench).as_str(), numbers(&bench)), ("web-0:1+", [1, 1, 0, 1, 1]));
    bench.pass(Duration::from_secs(12));
    assert_eq!((picture(&bench).as_str(), numbers(&bench)), ("web-0:1+ web-1:1-", [2, 1, 1, 2, 2]));
    story(&mut bench, &|_| true);
    bench.pass(Duration::from_secs(12));
    assert_eq!(numbers(&bench), [2; 5]);
}

#[test]
fn a_pod_says_who_it_is() {
    let mut bench = settled(json!({"replicas": 1, "ordinals": {"start": 7}}));
    let pod = bench.get::<Pod>("default", "web-7").expect("it is there");
    let revision = set(&bench).status.update_revision.clone().expect("there is one");
    let labels = [
        ("app", "web"),
        ("apps.kubernetes.io/pod-index", "7"),
        ("controller-revision-hash", &revision),
        ("statefulset.kubernetes.io/pod-name", "web-7"),
    ];
    assert_eq!(pod.metadata.labels, labels.into_iter().collect());
    assert_eq!((pod.spec.hostname.as_deref(), pod.spec.subdomain.as_deref()), (Some("web-7"), Some("web")));

    bench.modify::<Pod>("default", "web-7", |pod| {
        pod.metadata.labels.remove("statefulset.kubernetes.io/pod-name");
    });
    bench.pass(SOON);
    let mended = bench.get::<Pod>("default", "web-7").expect("it stays");
    assert_eq!(mended.metadata.labels, pod.metadata.labels);
    expect![[r#"
        Normal SuccessfulCreate StatefulSet/web: create Pod web-7 in StatefulSet web successful
        Normal SuccessfulUpdate StatefulSet/web: update Pod web-7 in StatefulSet web successful
    "#]]
    .assert_eq(&bench.events());
}

#[test]
fn pods_of_its_names_are_adopted_and_pods_that_no_longer_fit_are_released() {
    let pod = |name: &str| {
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "default", "labels": {"app": "web"}},
            "spec": {"containers": [{"name": "c", "image": "app:1"}]},
        })
    };
    let mut bench = Bench::new();
    bench.apply(pod("web-1"));
    bench.apply(pod("other-1"));
    bench.apply(manifest(json!({"replicas": 1})));
    bench.pass(SOON);
    let owned = |bench: &Bench, name: &str| {
        bench.get::<Pod>("default", name).map(|pod| pod.metadata.controller().is_some())
    };
    assert_eq!((owned(&bench, "web-1"), owned(&bench, "other-1")), (Some(true), Some(false)));
    story(&mut bench, &|_| true);
    assert_eq!(owned(&bench, "web-1"), None, "there is to be no such pod");

    bench.modify::<Pod>("default", "web-0", |pod| {
        pod.metadata.labels.insert("app", "debug");
    });
    bench.pass(SOON);
    assert_eq!(owned(&bench, "web-0"), Some(false), "released");
    bench.modify::<Pod>("default", "web-0", |pod| {
        pod.metadata.labels.insert("app", "web");
    });
    bench.pass(Duration::from_secs(60));
    assert_eq!(owned(&bench, "web-0"), Some(true), "and taken back: nothing else can bear its name");
}
