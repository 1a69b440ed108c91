//! Where the volumes of a pod let it go.

use crate::cluster::{Cluster, merge};
use orrery_api::Kind;
use orrery_sim::Duration;
use serde_json::{Value, json};

/// Two nodes in two zones, on the first of which a driver serves one volume; a volume in the first zone
/// and two of the driver, and their claims.
fn cluster() -> Cluster {
    let mut cluster = Cluster::new();
    for (name, zone) in [("node-1", "a"), ("node-2", "b")] {
        cluster.node(name, json!({"metadata": {"labels": {"topology.kubernetes.io/zone": zone}}}));
    }
    let driver =
        json!({"name": "csi.example.com", "nodeID": "one", "topologyKeys": [], "allocatable": {"count": 1}});
    cluster.create(Kind::CSINode, json!({"metadata": {"name": "node-1"}, "spec": {"drivers": [driver]}}));
    for (name, mode, patch) in [
        ("zonal", "ReadWriteOnce", json!({"metadata": {"labels": {"topology.kubernetes.io/zone": "a__c"}}})),
        ("one", "ReadWriteOnce", csi("one")),
        ("two", "ReadWriteOnce", csi("two")),
        ("single", "ReadWriteOncePod", json!({})),
    ] {
        let mut volume = json!({
            "metadata": {"name": name},
            "spec": {"capacity": {"storage": "1Gi"}, "accessModes": [mode], "hostPath": {"path": "/x"},
                "claimRef": {"namespace": "default", "name": name}},
        });
        merge(&mut volume, patch);
        cluster.create(Kind::PersistentVolume, volume);
        let claim = json!({
            "metadata": {"name": name, "namespace": "default",
                "annotations": {"pv.kubernetes.io/bind-completed": "yes"}},
            "spec": {"volumeName": name, "accessModes": [mode], "resources": {"requests": {"storage": "1Gi"}}},
        });
        cluster.create(Kind::PersistentVolumeClaim, claim);
    }
    cluster
}

fn csi(handle: &str) -> Value {
    json!({"spec": {"hostPath": null, "csi": {"driver": "csi.example.com", "volumeHandle": handle}}})
}

fn claim(name: &str) -> Value {
    json!({"name": "v", "persistentVolumeClaim": {"claimName": name}})
}

fn disk(read_only: bool) -> Value {
    json!({"name": "v", "gcePersistentDisk": {"pdName": "disk", "readOnly": read_only}})
}

#[test]
fn a_pod_goes_where_its_volumes_can_be_had() {
    let first = Some("node-1");
    for (row, earlier, volume, node, verdict) in [
        ("in the zone of its volume", None, claim("zonal"), first, "node-1"),
        (
            "in no other",
            None,
            claim("zonal"),
            Some("node-2"),
            "1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had no available volume zone",
        ),
        ("where the driver serves one more volume", None, claim("one"), first, "node-1"),
        (
            "not where it serves none",
            Some(claim("one")),
            claim("two"),
            first,
            "1 node(s) didn't match Pod's node affinity/selector, 1 node(s) exceed max volume count",
        ),
        (
            "a volume that is there already is not counted again",
            Some(claim("one")),
            claim("one"),
            first,
            "node-1",
        ),
        ("nothing is limited on other nodes", Some(claim("one")), claim("two"), None, "node-2"),
        (
            "a claim for one pod keeps all others away",
            Some(claim("single")),
            claim("single"),
            None,
            "2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
        ),
        (
            "a disk that is written is for one pod of a node",
            Some(disk(true)),
            disk(false),
            first,
            "1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had no available disk",
        ),
        ("one that is only read is for all", Some(disk(true)), disk(true), first, "node-1"),
    ] {
        let mut cluster = cluster();
        let pod = |volume: Value, node: Option<&str>| {
            let selector = node.map(|node| json!({"kubernetes.io/hostname": node}));
            json!({"spec": {"volumes": [volume], "nodeSelector": selector}})
        };
        if let Some(volume) = earlier {
            cluster.pod("earlier", pod(volume, first));
            cluster.run(Duration::from_secs(1));
            assert_eq!(cluster.verdict("earlier"), "node-1", "{row}");
        }
        cluster.pod("pod", pod(volume, node));
        cluster.run(Duration::from_secs(1));
        let found = cluster.verdict("pod");
        let found = found.strip_prefix("0/2 nodes are available: ").unwrap_or(&found);
        assert_eq!(found.split(". preemption").next().unwrap(), verdict, "{row}");
    }
}
