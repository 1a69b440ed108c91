//! Namespaces with content of every sort, on their way out.

use super::*;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{ConfigMap, Container, Pod, PodSpec, Resource};
use orrery_apimachinery::ObjectMeta;
use orrery_client::{DeleteOptions, Propagation};
use std::rc::Rc;

type Bench = Workbench<NamespaceController>;

fn namespace_with(fill: fn(&mut Bench)) -> Bench {
    let mut bench = Bench::new();
    bench.create_namespace("doomed");
    fill(&mut bench);
    let namespace = bench.get::<Namespace>("", "doomed").expect("it was just created");
    bench.delete(&Namespace::wrap(namespace), Propagation::Background);
    bench
}

fn running_pod(bench: &mut Bench) {
    let spec = PodSpec {
        containers: vec![Container { name: "c".into(), image: Some("nginx".into()), ..Default::default() }],
        ..Default::default()
    };
    let metadata = ObjectMeta::named("doomed", "web");
    bench.create(Pod { metadata, spec: Rc::new(spec), ..Default::default() });
    let request = bench.request();
    bench.api.bind(&request, "doomed", "web", "node-1").expect("the pod is not bound");
}

/// What its kubelet does once the pod has ended.
fn confirm_end(bench: &mut Bench) {
    let request = bench.request();
    let key = Key::new(Kind::Pod, "doomed", "web");
    let uid = bench.get::<Pod>("doomed", "web").expect("the pod is there").metadata.uid.clone();
    bench.api.delete(&request, &key, &DeleteOptions::now(uid)).expect("the pod is there");
}

fn held_map(bench: &mut Bench) {
    let metadata =
        ObjectMeta { finalizers: vec!["example.com/hold".into()], ..ObjectMeta::named("doomed", "map") };
    bench.create(ConfigMap { metadata, ..Default::default() });
}

fn conditions(bench: &Bench) -> String {
    let namespace = bench.get::<Namespace>("", "doomed").expect("the namespace is there");
    let line = |c: &orrery_api::NamespaceCondition| {
        let text = |t: &Option<orrery_apimachinery::Str>| t.clone().unwrap_or_default();
        format!("{}={} {}: {}\n", c.type_, c.status, text(&c.reason), text(&c.message))
    };
    namespace.status.conditions.iter().map(line).collect()
}

#[test]
fn a_namespace_goes_when_its_content_is_gone() {
    type Row = (&'static str, fn(&mut Bench), fn(&mut Bench), Expect);
    let rows: [Row; 3] = [
        (
            "the content goes in the fifth second, and the namespace with it",
            |_| {},
            |_| {},
            expect![[r#"
                00:00:05.002 DELETE ServiceAccount doomed/default (gone)
                00:00:05.002 PUT Namespace doomed/status
                00:00:05.002 DELETE Namespace doomed (gone)
            "#]],
        ),
        (
            "a running pod gets its grace, and the namespace waits",
            running_pod,
            |bench| {
                bench.pass(Duration::from_secs(6));
                confirm_end(bench);
            },
            expect![[r#"
                00:00:05.002 DELETE ServiceAccount doomed/default (gone)
                00:00:05.202 DELETE Pod doomed/web
                00:00:05.202 PUT Namespace doomed/status
                00:00:10.204 PUT Namespace doomed/status
                00:00:10.204 DELETE Namespace doomed (gone)
            "#]],
        ),
        (
            "the namespace waits for who holds an object, and looks again after eight seconds",
            held_map,
            |bench| {
                bench.pass(Duration::from_secs(12));
                bench.modify::<ConfigMap>("doomed", "map", |map| map.metadata.finalizers.clear());
            },
            expect![[r#"
                00:00:05.002 DELETE ConfigMap doomed/map
                00:00:05.002 DELETE ServiceAccount doomed/default (gone)
                00:00:05.002 PUT Namespace doomed/status
                00:00:18.004 PUT Namespace doomed/status
                00:00:18.004 DELETE Namespace doomed (gone)
            "#]],
        ),
    ];
    for (row, fill, then, expected) in rows {
        let mut bench = namespace_with(fill);
        then(&mut bench);
        bench.pass(Duration::from_secs(60));
        expected.assert_eq(&bench.written());
        assert_eq!(bench.next(), None, "{row}: nothing is left to do");
    }
}

#[test]
fn the_status_tells_what_the_namespace_waits_for() {
    type Row = (&'static str, fn(&mut Bench), u64, Expect);
    let rows: [Row; 3] = [
        (
            "pods that may take their time",
            running_pod,
            6,
            expect![[r#"
                NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered
                NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: All legacy kube types successfully parsed
                NamespaceDeletionContentFailure=False ContentDeleted: All content successfully deleted, may be waiting on finalization
                NamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: pods. has 1 resource instances
                NamespaceFinalizersRemaining=False ContentHasNoFinalizers: All content-preserving finalizers finished
            "#]],
        ),
        (
            "pods that should be gone by now",
            running_pod,
            60,
            expect![[r#"
                NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered
                NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: All legacy kube types successfully parsed
                NamespaceDeletionContentFailure=True ContentDeletionFailed: Failed to delete all resource types, 1 remaining: unexpected items still remain in namespace: doomed for gvr: /v1, Resource=pods
                NamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: pods. has 1 resource instances
                NamespaceFinalizersRemaining=False ContentHasNoFinalizers: All content-preserving finalizers finished
            "#]],
        ),
        (
            "a finalizer",
            held_map,
            6,
            expect![[r#"
                NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered
                NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: All legacy kube types successfully parsed
                NamespaceDeletionContentFailure=False ContentDeleted: All content successfully deleted, may be waiting on finalization
                NamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances
                NamespaceFinalizersRemaining=True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances
            "#]],
        ),
    ];
    for (row, fill, seconds, expected) in rows {
        let mut bench = namespace_with(fill);
        bench.pass(Duration::from_secs(seconds));
        let told = conditions(&bench);
        assert_eq!(told.lines().count(), 5, "{row}: every condition is told");
        expected.assert_eq(&told);
    }
}
