//! What becomes of the claims of a StatefulSet's pods.

use super::{Bench, SOON, delete, manifest, scale, set, settled, story};
use expect_test::expect;
use orrery_api::{PersistentVolumeClaim, Pod, Resource, StatefulSet};
use orrery_apimachinery::{OwnerReference, Value};
use orrery_client::Propagation;
use orrery_sim::Duration;
use serde_json::json;
use std::rc::Rc;

fn with_claims(when_deleted: &str, when_scaled: &str) -> Value {
    json!({
        "replicas": 2,
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": when_deleted, "whenScaled": when_scaled},
        "volumeClaimTemplates": [{
            "metadata": {"name": "data", "labels": {"tier": "disk"}},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }],
    })
}

/// Every claim, and the kinds of its owners.
fn owners(bench: &Bench) -> String {
    let claim = |claim: &Rc<PersistentVolumeClaim>| {
        let owners: Vec<&str> = claim.metadata.owner_references.iter().map(|o| &*o.kind).collect();
        format!("{}[{}]", claim.metadata.name, owners.join(","))
    };
    bench.api.list::<PersistentVolumeClaim>().map(claim).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_pod_mounts_claims_of_its_own_which_stay() {
    let mut bench = settled(with_claims("Retain", "Retain"));
    let pod = bench.get::<Pod>("default", "web-1").expect("there are two");
    let volume = &pod.spec.volumes[0];
    let source = volume.persistent_volume_claim.as_ref().expect("the first volume is the claim's");
    assert_eq!((&*volume.name, &*source.claim_name), ("data", "data-web-1"));
    let claim = bench.get::<PersistentVolumeClaim>("default", "data-web-1").expect("there are two");
    assert_eq!(claim.metadata.labels, [("app", "web"), ("tier", "disk")].into_iter().collect());

    scale(&mut bench, 0);
    story(&mut bench, &|_| true);
    assert_eq!(owners(&bench), "data-web-0[] data-web-1[]");
    scale(&mut bench, 2);
    story(&mut bench, &|_| true);
    expect![[r#"
        Normal SuccessfulCreate StatefulSet/web: create Claim data-web-0 Pod web-0 in StatefulSet web success
        Normal SuccessfulCreate StatefulSet/web: create Pod web-0 in StatefulSet web successful
        Normal SuccessfulCreate StatefulSet/web: create Claim data-web-1 Pod web-1 in StatefulSet web success
        Normal SuccessfulCreate StatefulSet/web: create Pod web-1 in StatefulSet web successful
        Normal SuccessfulDelete StatefulSet/web: delete Pod web-1 in StatefulSet web successful
        Normal SuccessfulDelete StatefulSet/web: delete Pod web-0 in StatefulSet web successful
    "#]]
    .assert_eq(&bench.events());
}

#[test]
fn claims_belong_to_who_takes_them_along() {
    for (when_deleted, when_scaled, running, scaled) in [
        ("Retain", "Retain", "data-web-0[] data-web-1[]", "data-web-0[] data-web-1[]"),
        ("Retain", "Delete", "data-web-0[] data-web-1[]", "data-web-0[] data-web-1[Pod]"),
        (
            "Delete",
            "Retain",
            "data-web-0[StatefulSet] data-web-1[StatefulSet]",
            "data-web-0[StatefulSet] data-web-1[StatefulSet]",
        ),
        (
            "Delete",
            "Delete",
            "data-web-0[StatefulSet] data-web-1[StatefulSet]",
            "data-web-0[StatefulSet] data-web-1[Pod]",
        ),
    ] {
        let row = format!("deleted: {when_deleted}, scaled: {when_scaled}");
        let mut bench = settled(with_claims(when_deleted, when_scaled));
        assert_eq!(owners(&bench), running, "{row}");
        scale(&mut bench, 1);
        bench.pass(SOON);
        assert_eq!(owners(&bench), scaled, "{row}, scaled down");
        scale(&mut bench, 2);
        bench.pass(SOON);
        let policy = |set: &mut StatefulSet| {
            let policy = set.spec.persistent_volume_claim_retention_policy.as_mut().expect("it has one");
            policy.when_deleted = Some("Retain".into());
            policy.when_scaled = Some("Retain".into());
        };
        bench.modify::<StatefulSet>("default", "web", policy);
        bench.run_pods(|_| true);
        story(&mut bench, &|_| true);
        if when_scaled == "Retain" {
            assert_eq!(owners(&bench), "data-web-0[] data-web-1[]", "{row}, changed to retain all");
        }
    }
}

#[test]
fn a_pod_waits_for_the_claim_of_the_one_before_it_to_go() {
    let mut bench = settled(with_claims("Retain", "Delete"));
    scale(&mut bench, 1);
    story(&mut bench, &|_| true);
    scale(&mut bench, 2);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.pods().len(), 1, "the claim still names the pod that is gone");
    let claim =
        bench.get::<PersistentVolumeClaim>("default", "data-web-1").expect("nobody collects garbage here");
    remove(&mut bench, &claim);
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.pods().len(), 2);
    assert_eq!(owners(&bench), "data-web-0[] data-web-1[]");
}

/// Deletes a claim and lifts what holds it.
fn remove(bench: &mut Bench, claim: &Rc<PersistentVolumeClaim>) {
    bench.delete(&PersistentVolumeClaim::wrap(claim.clone()), Propagation::Background);
    lift(bench, &claim.metadata.name);
}

fn lift(bench: &mut Bench, claim: &str) {
    if bench.get::<PersistentVolumeClaim>("default", claim).is_some() {
        bench.modify::<PersistentVolumeClaim>("default", claim, |claim| claim.metadata.finalizers.clear());
    }
}

#[test]
fn a_pod_is_not_made_while_its_claim_goes_away() {
    let mut bench = settled(with_claims("Retain", "Retain"));
    bench.modify::<PersistentVolumeClaim>("default", "data-web-1", |claim| {
        claim.metadata.finalizers = vec!["example.com/hold".into()];
    });
    let claim = bench.get::<PersistentVolumeClaim>("default", "data-web-1").expect("there are two");
    bench.delete(&PersistentVolumeClaim::wrap(claim), Propagation::Background);
    delete(&mut bench, "web-1");
    bench.run_pods(|_| true);
    bench.pass(SOON);
    let told = bench.events();
    let expected = "Warning FailedCreate StatefulSet/web: create Pod web-1 in StatefulSet web failed error: pvc data-web-1 is being deleted";
    assert!(told.lines().any(|line| line == expected), "{told}");
    lift(&mut bench, "data-web-1");
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.pods().len(), 2, "claim and pod are made again");
}

#[test]
fn a_claim_that_somebody_else_manages_is_left_to_them() {
    let mut bench = Bench::new();
    bench.apply(json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data-web-0", "namespace": "default"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }));
    bench.modify::<PersistentVolumeClaim>("default", "data-web-0", |claim| {
        claim.metadata.owner_references = vec![OwnerReference {
            api_version: "example.com/v1".into(),
            kind: "Backup".into(),
            name: "nightly".into(),
            uid: "1".into(),
            controller: Some(true),
            ..Default::default()
        }];
    });
    bench.apply(manifest(with_claims("Delete", "Delete")));
    story(&mut bench, &|_| true);
    assert_eq!(owners(&bench), "data-web-0[Backup] data-web-1[StatefulSet]");
    let told = bench.events();
    assert!(
        told.contains("Warning ConflictingController StatefulSet/web: PersistentVolumeClaim data-web-0 has"),
        "{told}"
    );
    assert_eq!(set(&bench).status.ready_replicas, 2);
}
