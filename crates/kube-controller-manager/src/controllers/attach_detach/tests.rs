//! Pods and nodes in, VolumeAttachments out.

use super::*;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{
    CSIDriver, CSIPersistentVolumeSource, ContainerState, ContainerStateRunning, ContainerStatus,
    NodeCondition, PersistentVolume, Taint, Volume, resources,
};
use orrery_apimachinery::{ObjectMeta, Quantity};
use orrery_client::DeleteOptions;
use orrery_client::volume::{BIND_COMPLETED, reference_to};

type Bench = Workbench<AttachDetachController>;
const VOLUME: &str = "kubernetes.io/csi/ebs.csi.aws.com^vol-1";

/// Two nodes, and a claim with its volume of this mode.
fn bench(mode: &str) -> Bench {
    let mut bench = Bench::new();
    for name in ["node-1", "node-2"] {
        bench.create(Node { metadata: ObjectMeta::named("", name), ..Default::default() });
        set_ready(&mut bench, name, "True");
    }
    let mut claim =
        PersistentVolumeClaim { metadata: ObjectMeta::named("default", "data"), ..Default::default() };
    claim.spec.access_modes = vec![mode.into()];
    claim.spec.volume_name = Some("pv".into());
    claim.spec.resources.requests.insert(resources::STORAGE.into(), Quantity::from_bytes(1 << 30));
    claim.metadata.annotations.insert(BIND_COMPLETED, "yes");
    let claim = bench.create(claim);
    let mut volume = PersistentVolume { metadata: ObjectMeta::named("", "pv"), ..Default::default() };
    volume.spec.access_modes = vec![mode.into()];
    volume.spec.capacity.insert(resources::STORAGE.into(), Quantity::from_bytes(1 << 30));
    volume.spec.claim_ref = Some(reference_to(&claim));
    volume.spec.csi = Some(Box::new(CSIPersistentVolumeSource {
        driver: "ebs.csi.aws.com".into(),
        volume_handle: "vol-1".into(),
        ..Default::default()
    }));
    bench.create(volume);
    bench.modify_status::<PersistentVolumeClaim>("default", "data", |claim| {
        claim.status.phase = Some("Bound".into());
    });
    bench
}

fn set_ready(bench: &mut Bench, node: &str, status: &str) {
    bench.modify_status::<Node>("", node, |node| {
        let (type_, status) = ("Ready".into(), status.into());
        node.status.conditions = vec![NodeCondition { type_, status, ..Default::default() }];
    });
}

/// A pod that runs on a node and uses the claim.
fn pod(bench: &mut Bench, name: &str, node: &str) {
    let mut pod = Pod { metadata: ObjectMeta::named("default", name), ..Default::default() };
    let spec = Rc::make_mut(&mut pod.spec);
    spec.containers =
        vec![orrery_api::Container { name: "c".into(), image: Some("redis".into()), ..Default::default() }];
    let claim = orrery_api::PersistentVolumeClaimVolumeSource { claim_name: "data".into(), read_only: false };
    spec.volumes = vec![Volume {
        name: "v".into(),
        persistent_volume_claim: Some(Box::new(claim)),
        ..Default::default()
    }];
    bench.create(pod);
    let request = bench.request();
    bench.api.bind(&request, "default", name, node).expect("an unbound pod");
    bench.modify_status::<Pod>("default", name, |pod| {
        pod.status.phase = Some("Running".into());
        let running = Some(ContainerStateRunning::default());
        let state = ContainerState { running, ..Default::default() };
        pod.status.container_statuses =
            vec![ContainerStatus { name: "c".into(), state, ..Default::default() }];
    });
}

/// The attacher does what it is asked to.
fn attacher(bench: &mut Bench) {
    let all: Vec<_> = bench.api.list::<VolumeAttachment>().cloned().collect();
    for attachment in all.iter().filter(|attachment| !attachment.status.attached) {
        bench.modify_status::<VolumeAttachment>("", &attachment.metadata.name, |a| a.status.attached = true);
    }
    bench.pass(Duration::from_secs(1));
}

/// The kubelet says that it has the volume mounted, or not.
fn mounted(bench: &mut Bench, node: &str, is_mounted: bool) {
    bench.modify_status::<Node>("", node, |node| {
        node.status.volumes_in_use = if is_mounted { vec![VOLUME.into()] } else { Vec::new() };
    });
    bench.pass(Duration::from_secs(1));
}

fn delete_pod(bench: &mut Bench, name: &str) {
    let request = bench.request();
    let key = Key::new(Kind::Pod, "default", name);
    let options = DeleteOptions { grace_period_seconds: Some(0), ..Default::default() };
    bench.api.delete(&request, &key, &options).expect("it is there");
    bench.pass(Duration::from_secs(1));
}

fn at(bench: &Bench) -> String {
    let mut text = String::new();
    for node in bench.api.list::<Node>() {
        let attached: Vec<&str> = node.status.volumes_attached.iter().map(|volume| &*volume.name).collect();
        text.push_str(&format!("{}: {}\n", node.metadata.name, attached.join(" ")));
    }
    text
}

fn expect_story(bench: &Bench, expected: &Expect) {
    expected.assert_eq(&[&*bench.events(), &*bench.written(), &*at(bench)].concat());
}

#[test]
fn a_volume_is_attached_for_its_pod_and_detached_once_it_is_unmounted() {
    let mut bench = bench("ReadWriteOnce");
    pod(&mut bench, "db", "node-1");
    bench.pass(Duration::from_secs(1));
    attacher(&mut bench);
    mounted(&mut bench, "node-1", true);
    delete_pod(&mut bench, "db");
    assert!(at(&bench).contains(VOLUME), "it is still mounted");
    mounted(&mut bench, "node-1", false);
    expect_story(
        &bench,
        &expect![[r#"
        Normal SuccessfulAttachVolume Pod/db: AttachVolume.Attach succeeded for volume "pv" 
        00:00:00.002 POST VolumeAttachment csi-58932ddfc9a6504f794af09a26429db947138ba3d683dee3d975aa932cb39f48
        00:00:01.002 PUT Node node-1/status
        00:00:04.002 PUT Node node-1/status
        00:00:04.002 DELETE VolumeAttachment csi-58932ddfc9a6504f794af09a26429db947138ba3d683dee3d975aa932cb39f48 (gone)
        node-1: 
        node-2: 
    "#]],
    );
}

#[test]
fn a_volume_of_one_node_goes_to_no_second_one_before_it_is_let_go() {
    let mut bench = bench("ReadWriteOnce");
    pod(&mut bench, "one", "node-1");
    bench.pass(Duration::from_secs(1));
    attacher(&mut bench);
    mounted(&mut bench, "node-1", true);
    pod(&mut bench, "two", "node-2");
    bench.pass(Duration::from_secs(10));
    delete_pod(&mut bench, "one");
    pod(&mut bench, "three", "node-2");
    mounted(&mut bench, "node-1", false);
    attacher(&mut bench);
    expect_story(
        &bench,
        &expect![[r#"
        Normal SuccessfulAttachVolume Pod/one: AttachVolume.Attach succeeded for volume "pv" 
        Normal SuccessfulAttachVolume Pod/three: AttachVolume.Attach succeeded for volume "pv" 
        Warning FailedAttachVolume Pod/two: Multi-Attach error for volume "pv" Volume is already used by pod(s) one
        Normal SuccessfulAttachVolume Pod/two: AttachVolume.Attach succeeded for volume "pv" 
        00:00:00.002 POST VolumeAttachment csi-58932ddfc9a6504f794af09a26429db947138ba3d683dee3d975aa932cb39f48
        00:00:01.002 PUT Node node-1/status
        00:00:14.002 PUT Node node-1/status
        00:00:14.002 DELETE VolumeAttachment csi-58932ddfc9a6504f794af09a26429db947138ba3d683dee3d975aa932cb39f48 (gone)
        00:00:14.004 POST VolumeAttachment csi-8b13f977380e615b8ad392e8b272cc86ddd325c52a11bc882e641cc7ea319a01
        00:00:15.002 PUT Node node-2/status
        node-1: 
        node-2: kubernetes.io/csi/ebs.csi.aws.com^vol-1
    "#]],
    );
}

#[test]
fn what_many_may_use_is_attached_to_many() {
    let mut bench = bench("ReadWriteMany");
    pod(&mut bench, "one", "node-1");
    pod(&mut bench, "two", "node-2");
    bench.pass(Duration::from_secs(1));
    attacher(&mut bench);
    assert_eq!(at(&bench), format!("node-1: {VOLUME}\nnode-2: {VOLUME}\n"));
}

#[test]
fn a_volume_is_taken_from_a_lost_node_after_six_minutes_or_when_the_node_is_out_of_service() {
    for (row, taint, waits) in [("it does not answer", false, 362), ("it is out of service", true, 2)] {
        let mut bench = bench("ReadWriteOnce");
        pod(&mut bench, "db", "node-1");
        bench.pass(Duration::from_secs(1));
        attacher(&mut bench);
        mounted(&mut bench, "node-1", true);
        set_ready(&mut bench, "node-1", "Unknown");
        if taint {
            let key = "node.kubernetes.io/out-of-service".into();
            let taint = Taint { key, effect: "NoExecute".into(), ..Default::default() };
            bench.modify::<Node>("", "node-1", |node| node.spec.taints.push(taint));
        }
        delete_pod(&mut bench, "db");
        if !taint {
            bench.pass(Duration::from_secs(350));
            assert_eq!(bench.api.count(Kind::VolumeAttachment), 1, "{row}: it may still write");
        }
        bench.pass(Duration::from_secs(waits));
        assert_eq!(bench.api.count(Kind::VolumeAttachment), 0, "{row}");
        assert!(!at(&bench).contains(VOLUME), "{row}");
    }
}

#[test]
fn nothing_is_attached_for_a_driver_that_does_not_want_it() {
    let mut bench = bench("ReadWriteOnce");
    let mut driver = CSIDriver { metadata: ObjectMeta::named("", "ebs.csi.aws.com"), ..Default::default() };
    driver.spec.attach_required = Some(false);
    bench.create(driver);
    pod(&mut bench, "db", "node-1");
    bench.pass(Duration::from_secs(1));
    assert_eq!((bench.written(), bench.events()), (String::new(), String::new()));
}

#[test]
fn a_driver_that_does_nothing_is_waited_for_and_told_of() {
    let mut bench = bench("ReadWriteOnce");
    pod(&mut bench, "db", "node-1");
    bench.pass(Duration::from_secs(121));
    let expected = "AttachVolume.Attach failed for volume \"pv\" : timed out waiting for external-attacher of ebs.csi.aws.com CSI driver to attach volume vol-1";
    assert!(bench.events().contains(expected), "{}", bench.events());
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.events().lines().count(), 1, "it is tried again, and waited for");
}
