//! What provisioners make, and what they refuse.

use super::*;
use crate::testing::Workbench;
use orrery_apimachinery::ObjectMeta;
use serde_json::json;

type Bench = Workbench<PersistentVolumeProvisioner>;

/// A cluster with a node in each of two zones, and a class `fast`.
fn cluster(provisioner: &str, mode: &str) -> Bench {
    let mut bench = Bench::new();
    for (name, zone) in [("node-1", "east"), ("node-2", "west")] {
        let mut metadata = ObjectMeta::named("", name);
        metadata.labels.insert("kubernetes.io/hostname", name);
        metadata.labels.insert("topology.kubernetes.io/zone", zone);
        bench.create(Node { metadata, ..Default::default() });
    }
    bench.create(StorageClass {
        metadata: ObjectMeta::named("", "fast"),
        provisioner: provisioner.into(),
        volume_binding_mode: Some(mode.into()),
        ..Default::default()
    });
    bench
}

/// A claim of the class, for which the controller manager has asked the provisioner; the name of its volume to be.
fn ask(bench: &mut Bench, provisioner: &str, name: &str, mode: &str) -> String {
    bench.apply(
        json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": name, "namespace": "default", "annotations": {PROVISIONER: provisioner}},
            "spec": {"accessModes": [mode], "storageClassName": "fast", "resources": {"requests": {"storage": "5Gi"}}},
        }),
    );
    let claim = bench.get::<PersistentVolumeClaim>("default", name).expect("it is there");
    format!("pvc-{}", claim.metadata.uid)
}

fn select(bench: &mut Bench, node: &'static str) {
    bench.modify::<PersistentVolumeClaim>("default", "data", |claim| {
        claim.metadata.annotations.insert(SELECTED_NODE, node);
    });
}

/// The label and value of the nodes that reach a volume.
fn place(volume: &PersistentVolume) -> Option<(String, String)> {
    let required = volume.spec.node_affinity.as_ref()?.required.as_ref()?;
    let rule = &required.node_selector_terms[0].match_expressions[0];
    Some((rule.key.to_string(), rule.values[0].to_string()))
}

#[test]
fn a_volume_is_made_where_the_scheduler_chose_and_goes_with_its_claim() {
    for (row, provisioner, label) in [
        (
            "a disk is in the zone of the node",
            "ebs.csi.aws.com",
            Some(("topology.kubernetes.io/zone", "west")),
        ),
        ("a directory is on the node", "rancher.io/local-path", Some(("kubernetes.io/hostname", "node-2"))),
        ("a share is everywhere", "efs.csi.aws.com", None),
    ] {
        let mut bench = cluster(provisioner, "WaitForFirstConsumer");
        let name = ask(&mut bench, provisioner, "data", "ReadWriteOnce");
        bench.pass(Duration::from_secs(5));
        assert!(bench.get::<PersistentVolume>("", &name).is_none(), "{row}: it waits for the scheduler");
        select(&mut bench, "node-2");
        bench.pass(Duration::from_secs(5));
        let volume = bench.get::<PersistentVolume>("", &name).expect(row);
        assert_eq!(place(&volume), label.map(|(key, value)| (key.into(), value.into())), "{row}");
        assert_eq!(volume.spec.csi.is_some(), provisioner.contains("csi"), "{row}");
        bench.modify_status::<PersistentVolume>("", &name, |v| v.status.phase = Some("Released".into()));
        bench.pass(Duration::from_secs(5));
        let volume = bench.get::<PersistentVolume>("", &name).expect("its protection is another's to lift");
        assert_eq!(volume.metadata.finalizers, ["kubernetes.io/pv-protection".into()], "{row}");
        assert!(volume.metadata.terminating(), "{row}");
    }
}

#[test]
fn what_a_driver_cannot_do_it_refuses_and_is_asked_again_and_again() {
    for (row, provisioner, mode, why) in [
        (
            "a disk for many nodes",
            "ebs.csi.aws.com",
            "ReadWriteMany",
            "rpc error: code = InvalidArgument desc = Volume capabilities MULTI_NODE_MULTI_WRITER not supported. Only AccessModes[ReadWriteOnce] supported.",
        ),
        (
            "a directory for many nodes",
            "rancher.io/local-path",
            "ReadWriteMany",
            "NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes",
        ),
        (
            "a directory without a node",
            "rancher.io/local-path",
            "ReadWriteOnce",
            "configuration error, no node was specified",
        ),
    ] {
        let mut bench = cluster(provisioner, "Immediate");
        ask(&mut bench, provisioner, "data", mode);
        bench.pass(Duration::from_secs(30));
        let told = format!(
            "Warning ProvisioningFailed PersistentVolumeClaim/data: failed to provision volume with StorageClass \"fast\": {why}\n"
        );
        assert!(bench.events().contains(&told), "{row}: {}", bench.events());
        let counts: Vec<i32> = bench.api.list::<orrery_api::Event>().map(|e| e.count).collect();
        assert_eq!(counts, [5, 5], "{row}: at once, and after 1, 3, 7 and 15 seconds");
        assert_eq!(bench.api.list::<PersistentVolume>().count(), 0, "{row}");
    }
}

#[test]
fn nobody_serves_a_provisioner_that_nobody_knows() {
    let mut bench = cluster("example.com/wishes", "Immediate");
    ask(&mut bench, "example.com/wishes", "data", "ReadWriteOnce");
    bench.pass(Duration::from_secs(60));
    assert_eq!((bench.written(), bench.events()), (String::new(), String::new()));
}

#[test]
fn claims_of_a_stateful_set_take_zones_in_turn() {
    let mut bench = cluster("pd.csi.storage.gke.io", "Immediate");
    let names =
        ["data-db-0", "data-db-1"].map(|n| ask(&mut bench, "pd.csi.storage.gke.io", n, "ReadWriteOnce"));
    bench.pass(Duration::from_secs(5));
    let zones = names.map(|name| place(&bench.get::<PersistentVolume>("", &name).expect("it is made")));
    assert!(zones[0].is_some() && zones[0] != zones[1], "{zones:?}");
}

#[test]
fn a_claim_whose_chosen_node_is_gone_goes_back_to_the_scheduler() {
    let mut bench = cluster("ebs.csi.aws.com", "WaitForFirstConsumer");
    ask(&mut bench, "ebs.csi.aws.com", "data", "ReadWriteOnce");
    select(&mut bench, "node-9");
    bench.pass(Duration::from_secs(5));
    let claim = bench.get::<PersistentVolumeClaim>("default", "data").expect("it is there");
    assert!(!claim.metadata.annotations.contains_key(SELECTED_NODE));
    assert!(bench.events().contains("failed to get target node: node \"node-9\" not found"));
}
