//! The story of claims and volumes, as the server's record of writes tells it.

mod random;
mod reclaiming;

use super::{PersistentVolumeController, why_not};
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::resources::STORAGE;
use orrery_api::{
    Event, HostPathVolumeSource, Object, ObjectReference, PersistentVolume, PersistentVolumeClaim,
    PersistentVolumeClaimSpec, PersistentVolumeSpec, StorageClass,
};
use orrery_apimachinery::{LabelSelector, ObjectMeta, Quantity};
use orrery_client::Propagation;
use orrery_client::volume::Misfit;
use orrery_sim::Duration;

type Bench = Workbench<PersistentVolumeController>;

/// What is special about a volume.
type Change = fn(&mut PersistentVolume);

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
fn a_claim_that_has_no_volume_is_told_what_is_against_each() {
    let mut bench = Bench::new();
    for (name, gi, change) in [
        ("block", 50, (|v| v.spec.volume_mode = Some("Block".into())) as Change),
        ("fast", 50, |v| v.spec.storage_class_name = Some("fast".into())),
        ("read-only", 50, |v| v.spec.access_modes = vec!["ReadOnlyMany".into()]),
        ("small", 10, |_| {}),
        ("taken", 50, |v| {
            v.spec.claim_ref = Some(ObjectReference {
                namespace: Some("shop".into()),
                name: Some("orders".into()),
                ..Default::default()
            });
        }),
        ("unlabelled", 50, |_| {}),
    ] {
        let mut pv = volume(name, gi, "Retain");
        change(&mut pv);
        bench.create(pv);
    }
    let mut data = claim("data", 20);
    data.spec.selector =
        Some(LabelSelector { match_labels: [("disk", "ssd")].into_iter().collect(), ..Default::default() });
    let data = bench.create(data);
    bench.pass(Duration::from_secs(1));
    let told: Vec<_> =
        why_not(&data, &bench.api).into_iter().map(|w| (w.volume.to_string(), w.reason)).collect();
    let gi = |gi: i64| Quantity::from_bytes(gi << 30);
    let expected = [
        ("block", Misfit::VolumeMode),
        ("fast", Misfit::Class { want: "manual".into(), has: "fast".into() }),
        ("read-only", Misfit::AccessModes),
        ("small", Misfit::TooSmall { want: gi(20), has: gi(10) }),
        ("taken", Misfit::AlreadyBoundTo("shop".into(), "orders".into())),
        ("unlabelled", Misfit::Selector),
    ];
    assert_eq!(told, expected.map(|(name, reason)| (name.to_owned(), reason)));
}

#[test]
fn a_claim_that_asks_for_one_volume_is_told_why_it_cannot_have_it() {
    for (row, change, message) in [
        (
            "it is too small",
            (|v| v.spec.capacity = [(STORAGE.into(), Quantity::from_bytes(1))].into()) as Change,
            "requested PV is too small",
        ),
        ("it is of another class", |v| v.spec.storage_class_name = None, "storageClassName does not match"),
        ("it is a block device", |v| v.spec.volume_mode = Some("Block".into()), "incompatible volumeMode"),
        (
            "it cannot be written",
            |v| v.spec.access_modes = vec!["ReadOnlyMany".into()],
            "incompatible accessMode",
        ),
    ] {
        let mut bench = Bench::new();
        let mut pv = volume("pv", 10, "Retain");
        change(&mut pv);
        bench.create(pv);
        let mut data = claim("data", 5);
        data.spec.volume_name = Some("pv".into());
        bench.create(data);
        bench.pass(Duration::from_secs(1));
        let told = format!(
            "Warning VolumeMismatch PersistentVolumeClaim/data: Cannot bind to requested volume \"pv\": {message}\n"
        );
        assert_eq!(bench.events(), told, "{row}");
    }
    let mut bench = Bench::new();
    bench.create(volume("pv", 10, "Retain"));
    bench.create(claim("first", 5));
    bench.pass(Duration::from_secs(1));
    let mut second = claim("second", 5);
    second.spec.volume_name = Some("pv".into());
    bench.create(second);
    bench.pass(Duration::from_secs(1));
    let told = "Warning FailedBinding PersistentVolumeClaim/second: volume \"pv\" already bound to a different claim.\n";
    assert_eq!(bench.events(), told);
}

#[test]
fn a_bound_volume_that_loses_its_claim_by_hand_is_bound_again_at_the_next_resync() {
    let mut bench = Bench::new();
    bench.create(volume("pv", 10, "Retain"));
    bench.create(claim("data", 5));
    bench.pass(Duration::from_secs(16));
    bench.modify::<PersistentVolume>("", "pv", |v| v.spec.claim_ref = None);
    let phase =
        |bench: &Bench| bench.get::<PersistentVolume>("", "pv").expect("it is there").status.phase.clone();
    bench.pass(Duration::from_secs(1));
    assert_eq!(phase(&bench).as_deref(), Some("Available"));
    bench.pass(Duration::from_secs(15));
    assert_eq!(phase(&bench).as_deref(), Some("Bound"));
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
