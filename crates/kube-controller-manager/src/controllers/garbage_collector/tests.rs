//! Who follows whom into deletion, and who is spared.

use super::*;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{ConfigMap, Resource, Secret};
use orrery_apimachinery::ObjectMeta;
use orrery_sim::Duration;
use std::rc::Rc;

type Bench = Workbench<GarbageCollector>;

/// A ConfigMap stands for an object of any kind.
fn map(bench: &mut Bench, name: &str, owners: &[OwnerReference]) -> Rc<ConfigMap> {
    let metadata = ObjectMeta { owner_references: owners.to_vec(), ..ObjectMeta::named("default", name) };
    bench.create(ConfigMap { metadata, ..Default::default() })
}

/// A reference to `owner`, for which `owner` waits.
fn owned_by<R: Resource>(owner: &R) -> OwnerReference {
    let meta = owner.metadata();
    OwnerReference {
        api_version: R::KIND.api_version().into(),
        kind: R::KIND.name().into(),
        name: meta.name.clone(),
        uid: meta.uid.clone(),
        block_owner_deletion: Some(true),
        ..Default::default()
    }
}

fn delete(bench: &mut Bench, name: &str, propagation: Propagation) {
    let object = ConfigMap::wrap(bench.get("default", name).expect("the test made it"));
    bench.delete(&object, propagation);
}

/// A grandparent, its child and its grandchild.
fn family(bench: &mut Bench) {
    let owner = map(bench, "owner", &[]);
    let child = map(bench, "child", &[owned_by(&*owner)]);
    map(bench, "grandchild", &[owned_by(&*child)]);
}

#[test]
fn dependents_follow_their_owners() {
    type Row = (&'static str, fn(&mut Bench), Expect);
    let rows: [Row; 9] = [
        (
            "background: the owner is gone at once, its dependents follow generation by generation",
            |bench| {
                family(bench);
                delete(bench, "owner", Propagation::Background);
            },
            expect![[r#"
                00:00:00.002 DELETE ConfigMap default/child (gone)
                00:00:00.004 DELETE ConfigMap default/grandchild (gone)
            "#]],
        ),
        (
            "foreground: the youngest go first",
            |bench| {
                family(bench);
                delete(bench, "owner", Propagation::Foreground);
            },
            expect![[r#"
                00:00:00.002 DELETE ConfigMap default/child
                00:00:00.004 DELETE ConfigMap default/grandchild (gone)
                00:00:00.004 DELETE ConfigMap default/child (gone)
                00:00:00.006 DELETE ConfigMap default/owner (gone)
            "#]],
        ),
        (
            "foreground: a dependent that does not block its owner is not waited for",
            |bench| {
                let owner = map(bench, "owner", &[]);
                let loose = OwnerReference { block_owner_deletion: None, ..owned_by(&*owner) };
                map(bench, "child", &[loose]);
                delete(bench, "owner", Propagation::Foreground);
            },
            expect![[r#"
                00:00:00.002 DELETE ConfigMap default/child (gone)
                00:00:00.002 DELETE ConfigMap default/owner (gone)
            "#]],
        ),
        (
            "orphan: the dependents forget their owner, which then goes",
            |bench| {
                family(bench);
                delete(bench, "owner", Propagation::Orphan);
            },
            expect![[r#"
                00:00:00.002 PUT ConfigMap default/child
                00:00:00.002 DELETE ConfigMap default/owner (gone)
            "#]],
        ),
        (
            "of several owners, those that are gone are forgotten",
            |bench| {
                let (one, two) = (map(bench, "one", &[]), map(bench, "two", &[]));
                map(bench, "child", &[owned_by(&*one), owned_by(&*two)]);
                delete(bench, "one", Propagation::Background);
            },
            expect![[r#"
                00:00:00.002 PUT ConfigMap default/child
            "#]],
        ),
        (
            "foreground: a dependent that has another owner is only released",
            |bench| {
                let (one, two) = (map(bench, "one", &[]), map(bench, "two", &[]));
                map(bench, "child", &[owned_by(&*one), owned_by(&*two)]);
                delete(bench, "one", Propagation::Foreground);
            },
            expect![[r#"
                00:00:00.002 PUT ConfigMap default/child
                00:00:00.002 DELETE ConfigMap default/one (gone)
            "#]],
        ),
        (
            "another object has the owner's name: the owner counts as gone",
            |bench| {
                let owner = map(bench, "owner", &[]);
                map(bench, "child", &[OwnerReference { uid: "another".into(), ..owned_by(&*owner) }]);
            },
            expect![[r#"
                00:00:00.002 DELETE ConfigMap default/child (gone)
            "#]],
        ),
        (
            "an owner in another namespace counts as gone",
            |bench| {
                bench.create_namespace("other");
                let metadata = ObjectMeta::named("other", "owner");
                let owner = bench.create(Secret { metadata, ..Default::default() });
                map(bench, "child", &[owned_by(&*owner)]);
            },
            expect![[r#"
                00:00:00.002 DELETE ConfigMap default/child (gone)
            "#]],
        ),
        (
            "an owner of a kind that is not served is left alone",
            |bench| {
                let reference = OwnerReference {
                    api_version: "example.com/v1".into(),
                    kind: "Widget".into(),
                    name: "w".into(),
                    uid: "1".into(),
                    ..Default::default()
                };
                map(bench, "child", &[reference]);
            },
            expect![[""]],
        ),
    ];
    for (row, act, expected) in rows {
        let mut bench = Bench::new();
        act(&mut bench);
        bench.pass(Duration::from_secs(1));
        expected.assert_eq(&bench.written());
        assert_eq!(bench.next(), None, "{row}: nothing is left to do");
    }
}

#[test]
fn owners_that_wait_for_each_other_do_not_wait_for_ever() {
    let mut bench = Bench::new();
    let (one, two) = (map(&mut bench, "one", &[]), map(&mut bench, "two", &[]));
    bench.modify::<ConfigMap>("default", "one", |m| m.metadata.owner_references = vec![owned_by(&*two)]);
    bench.modify::<ConfigMap>("default", "two", |m| m.metadata.owner_references = vec![owned_by(&*one)]);
    delete(&mut bench, "one", Propagation::Foreground);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.get::<ConfigMap>("default", "one"), None);
    assert_eq!(bench.get::<ConfigMap>("default", "two"), None);
}

#[test]
fn an_owner_in_another_namespace_is_none() {
    let mut bench = Bench::new();
    bench.create_namespace("other");
    let owner = owned_by(&*map(&mut bench, "owner", &[]));
    let metadata =
        ObjectMeta { owner_references: vec![owner.clone()], ..ObjectMeta::named("other", "child") };
    bench.create(ConfigMap { metadata, ..Default::default() });
    bench.pass(Duration::from_secs(1));
    let uid = &owner.uid;
    let event = format!(
        "Warning OwnerRefInvalidNamespace ConfigMap/child: ownerRef [v1/ConfigMap, namespace: other, name: owner, uid: {uid}] does not exist in namespace \"other\"\n"
    );
    assert_eq!(bench.events(), event);
    assert_eq!(bench.get::<ConfigMap>("other", "child"), None, "it has no owner that could be there");
}
