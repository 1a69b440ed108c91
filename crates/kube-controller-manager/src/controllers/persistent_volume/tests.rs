//! The story of claims and volumes, as the server's record of writes tells it.

use super::PersistentVolumeController;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::resources::STORAGE;
use orrery_api::{
    Event, HostPathVolumeSource, Object, ObjectReference, PersistentVolume, PersistentVolumeClaim,
    PersistentVolumeClaimSpec, PersistentVolumeSpec, StorageClass,
};
use orrery_apimachinery::{ObjectMeta, Quantity};
use orrery_client::Propagation;
use orrery_sim::Duration;

type Bench = Workbench<PersistentVolumeController>;

/// A claim in the namespace `default` of so many Gi, of the class `manual`.
pub(crate) fn claim(name: &str, gi: i64) -> PersistentVolumeClaim {
    let mut spec = PersistentVolumeClaimSpec {
        access_modes: vec!["ReadWriteOnce".into()],
        storage_class_name: Some("manual".into()),
        ..Default::default()
    };
    spec.resources.requests.insert(STORAGE.into(), Quantity::from_bytes(gi << 30));
    PersistentVolumeClaim { metadata: ObjectMeta::named("default", name), spec, ..Default::default() }
}

fn volume(name: &str, gi: i64, policy: &str) -> PersistentVolume {
    let host_path = HostPathVolumeSource { path: "/mnt/data".into(), ..Default::default() };
    let spec = PersistentVolumeSpec {
        access_modes: vec!["ReadWriteOnce".into()],
        capacity: [(STORAGE.into(), Quantity::from_bytes(gi << 30))].into(),
        host_path: Some(Box::new(host_path)),
        persistent_volume_reclaim_policy: Some(policy.into()),
        storage_class_name: Some("manual".into()),
        ..Default::default()
    };
    PersistentVolume { metadata: ObjectMeta::named("", name), spec, ..Default::default() }
}

fn class(name: &str, provisioner: &str, mode: &str) -> StorageClass {
    StorageClass {
        metadata: ObjectMeta::named("", name),
        provisioner: provisioner.into(),
        volume_binding_mode: Some(mode.into()),
        reclaim_policy: Some("Delete".into()),
        ..Default::default()
    }
}

/// What the controller did in the second that follows, and every event so far.
fn check(bench: &mut Bench, expected: Expect) {
    let before = bench.written().len();
    bench.pass(Duration::from_secs(1));
    expected.assert_eq(&format!("{}{}", &bench.written()[before..], bench.events()));
}

/// The claim without the finalizer that another controller would lift.
fn unprotected(bench: &mut Bench, name: &str) {
    bench.modify::<PersistentVolumeClaim>("default", name, |claim| claim.metadata.finalizers.clear());
}

fn delete_claim(bench: &mut Bench, name: &str) {
    unprotected(bench, name);
    let claim = bench.get::<PersistentVolumeClaim>("default", name).expect("it is there");
    bench.delete(&Object::PersistentVolumeClaim(claim), Propagation::Background);
}

#[test]
fn a_claim_takes_the_smallest_volume_that_fits_and_leaves_it_released() {
    let mut bench = Bench::new();
    bench.create(volume("pv-100", 100, "Retain"));
    bench.create(volume("pv-10", 10, "Retain"));
    bench.pass(Duration::from_secs(1));
    bench.create(claim("small", 5));
    check(
        &mut bench,
        expect![[r#"
            00:00:01.006 PUT PersistentVolume pv-10
            00:00:01.006 PUT PersistentVolume pv-10/status
            00:00:01.006 PUT PersistentVolumeClaim default/small
            00:00:01.006 PUT PersistentVolumeClaim default/small/status
        "#]],
    );
    let small = bench.get::<PersistentVolumeClaim>("default", "small").expect("it is there");
    assert_eq!(small.status.capacity[STORAGE].to_string(), "10Gi", "a claim gets the whole volume");
    delete_claim(&mut bench, "small");
    check(
        &mut bench,
        expect![[r#"
        00:00:02.002 PUT PersistentVolume pv-10/status
    "#]],
    );
    bench.create(claim("another", 5));
    bench.pass(Duration::from_secs(1));
    let another = bench.get::<PersistentVolumeClaim>("default", "another").expect("it is there");
    assert_eq!(another.spec.volume_name.as_deref(), Some("pv-100"), "a released volume is not taken again");
}

#[test]
fn what_becomes_of_a_released_volume_is_up_to_its_policy() {
    for (row, policy, change, phase, event) in [
        ("retained", "Retain", None, Some("Released"), ""),
        ("deleted", "Delete", None, None, ""),
        ("emptied and available again", "Recycle", None, Some("Available"), "Normal VolumeRecycled"),
        (
            "nothing can delete it",
            "Delete",
            Some((|v| v.spec.host_path = None) as fn(&mut PersistentVolume)),
            Some("Failed"),
            "Warning VolumeFailedDelete",
        ),
    ] {
        let mut bench = Bench::new();
        let mut pv = volume("pv", 10, policy);
        if let Some(change) = change {
            change(&mut pv);
            pv.spec.local =
                Some(Box::new(orrery_api::LocalVolumeSource { path: "/mnt".into(), ..Default::default() }));
            let term = orrery_api::NodeSelectorTerm {
                match_expressions: vec![orrery_api::NodeSelectorRequirement {
                    key: "kubernetes.io/hostname".into(),
                    operator: "Exists".into(),
                    ..Default::default()
                }],
                ..Default::default()
            };
            let required = orrery_api::NodeSelector { node_selector_terms: vec![term] };
            pv.spec.node_affinity = Some(orrery_api::VolumeNodeAffinity { required: Some(required) });
        }
        bench.create(pv);
        bench.pass(Duration::from_secs(1));
        bench.modify::<PersistentVolume>("", "pv", |v| v.metadata.finalizers.clear());
        bench.create(claim("data", 5));
        bench.pass(Duration::from_secs(1));
        delete_claim(&mut bench, "data");
        bench.pass(Duration::from_secs(1));
        let found = bench.get::<PersistentVolume>("", "pv").and_then(|v| v.status.phase.clone());
        assert_eq!(found.as_deref(), phase, "{row}");
        assert!(bench.events().starts_with(event), "{row}: {}", bench.events());
    }
}

#[test]
fn a_claim_that_finds_nothing_says_why_every_fifteen_seconds() {
    let class_of = |name: Option<&str>| {
        let mut claim = claim("data", 5);
        claim.spec.storage_class_name = name.map(Into::into);
        claim
    };
    for (row, claim, event) in [
        (
            "its class is not there",
            class_of(Some("manual")),
            "Warning ProvisioningFailed PersistentVolumeClaim/data: storageclass.storage.k8s.io \"manual\" not found",
        ),
        (
            "it wants no class",
            class_of(Some("")),
            "Normal FailedBinding PersistentVolumeClaim/data: no persistent volumes available for this claim and no storage class is set",
        ),
        (
            "its class waits for a pod",
            class_of(Some("late")),
            "Normal WaitForFirstConsumer PersistentVolumeClaim/data: waiting for first consumer to be created before binding",
        ),
        (
            "its class never makes volumes",
            class_of(Some("never")),
            "Warning ProvisioningFailed PersistentVolumeClaim/data: no volume plugin matched name: kubernetes.io/no-provisioner",
        ),
        (
            "its class has a provisioner",
            class_of(Some("fast")),
            "Normal ExternalProvisioning PersistentVolumeClaim/data: Waiting for a volume to be created either by the external provisioner 'ebs.csi.aws.com' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
        ),
    ] {
        let mut bench = Bench::new();
        bench.create(class("late", "ebs.csi.aws.com", "WaitForFirstConsumer"));
        bench.create(class("never", "kubernetes.io/no-provisioner", "Immediate"));
        bench.create(class("fast", "kubernetes.io/aws-ebs", "Immediate"));
        bench.create(claim);
        bench.pass(Duration::from_secs(31));
        assert_eq!(bench.events(), format!("{event}\n"), "{row}");
        let counts: Vec<i32> = bench.api.list::<Event>().map(|e| e.count).collect();
        assert_eq!(counts, [3], "{row}");
    }
}

#[test]
fn a_claim_without_a_class_takes_up_a_default_that_appears_later() {
    let mut bench = Bench::new();
    let mut data = claim("data", 5);
    data.spec.storage_class_name = None;
    bench.create(data);
    bench.pass(Duration::from_secs(1));
    let mut standard = class("standard", "ebs.csi.aws.com", "Immediate");
    standard.metadata.annotations.insert("storageclass.kubernetes.io/is-default-class", "true");
    bench.create(standard);
    bench.pass(Duration::from_secs(15));
    let data = bench.get::<PersistentVolumeClaim>("default", "data").expect("it is there");
    assert_eq!(data.spec.storage_class_name.as_deref(), Some("standard"));
}

#[test]
fn a_volume_that_waits_for_a_claim_is_given_to_no_other() {
    let mut bench = Bench::new();
    let mut reserved = volume("reserved", 10, "Retain");
    reserved.spec.claim_ref = Some(ObjectReference {
        namespace: Some("default".into()),
        name: Some("mine".into()),
        ..Default::default()
    });
    bench.create(reserved);
    bench.create(claim("other", 5));
    bench.create(claim("mine", 5));
    bench.pass(Duration::from_secs(1));
    let phase = |name: &str| {
        bench.get::<PersistentVolumeClaim>("default", name).expect("it is there").status.phase.clone()
    };
    assert_eq!((phase("other").as_deref(), phase("mine").as_deref()), (Some("Pending"), Some("Bound")));
}

#[test]
fn a_claim_whose_volume_vanishes_is_lost() {
    let mut bench = Bench::new();
    bench.create(volume("pv", 10, "Retain"));
    bench.create(claim("data", 5));
    bench.pass(Duration::from_secs(16));
    bench.modify::<PersistentVolume>("", "pv", |v| v.metadata.finalizers.clear());
    let pv = bench.get::<PersistentVolume>("", "pv").expect("it is there");
    bench.delete(&Object::PersistentVolume(pv), Propagation::Background);
    bench.pass(Duration::from_secs(1));
    let data = bench.get::<PersistentVolumeClaim>("default", "data").expect("it is there");
    assert_eq!(data.status.phase.as_deref(), Some("Lost"));
    assert!(bench.events().contains("Warning ClaimLost"), "{}", bench.events());
}
