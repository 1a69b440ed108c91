//! What stays on each kind of volume, and what goes with whom.

use super::*;
use crate::Config;
use orrery_api::{ConfigMap, Event, Kind, PersistentVolumeClaim, Pod};
use orrery_apiserver::{DeleteOptions, Exec, Key, Session};
use orrery_sim::Duration;
use serde_json::json;

/// A cluster of two nodes a minute after its beginning, with a class of disks.
fn cluster() -> Cluster {
    let mut cluster = Cluster::new(Config::lively(2));
    create(
        &mut cluster,
        Kind::StorageClass,
        &json!({"metadata": {"name": "disks"}, "provisioner": "ebs.csi.aws.com", "allowVolumeExpansion": true}),
    );
    wait(&mut cluster, 60);
    cluster
}

fn wait(cluster: &mut Cluster, seconds: u64) {
    cluster.pass(Duration::from_secs(seconds));
}

fn create(cluster: &mut Cluster, kind: Kind, tree: &serde_json::Value) {
    let (object, problems) = Object::decode(kind, tree);
    assert!(problems.is_empty(), "{problems:?}");
    let (api, request) = cluster.send();
    api.create(&request, object).expect("the test creates valid objects");
}

fn delete(cluster: &mut Cluster, kind: Kind, name: &str) {
    let namespace = if kind == Kind::PersistentVolume { "" } else { "default" };
    let (api, request) = cluster.send();
    let options =
        DeleteOptions { grace_period_seconds: (kind == Kind::Pod).then_some(1), ..Default::default() };
    api.delete(&request, &Key::new(kind, namespace, name), &options).expect("it is there");
}

/// A pod on a node that has the volume at `/data`; without one, a directory of its own.
fn create_pod(cluster: &mut Cluster, name: &str, node: &str, volume: &serde_json::Value) {
    let mut volume = volume.clone();
    let mounted = !volume.is_null();
    if mounted {
        volume["name"] = "v".into();
    }
    let (volumes, mounts) = match mounted {
        true => (json!([volume]), json!([{"name": "v", "mountPath": "/data"}])),
        false => (json!([]), json!([])),
    };
    let container = json!({"name": "c", "image": "busybox:1.36", "command": ["sleep", "infinity"], "volumeMounts": mounts});
    let tree = json!({"metadata": {"name": name, "namespace": "default"},
        "spec": {"nodeName": node, "volumes": volumes, "containers": [container]}});
    create(cluster, Kind::Pod, &tree);
    wait(cluster, 90);
}

fn phase(cluster: &Cluster, name: &str) -> Str {
    let pod = cluster.api.get::<Pod>("default", name).expect("it is there");
    pod.status.phase.clone().unwrap_or_default()
}

/// The same, which comes up.
fn pod(cluster: &mut Cluster, name: &str, node: &str, volume: &serde_json::Value) {
    create_pod(cluster, name, node, volume);
    let facts = cluster.volumes("default", name);
    assert_eq!(&*phase(cluster, name), "Running", "{name} on {node}: {facts:?}");
}

/// What a command prints, or why it failed.
fn run(cluster: &mut Cluster, pod: &str, script: &str) -> String {
    let command = ["sh", "-c", script].map(Str::from);
    let exec = Exec { command: &command, input: "", open: false };
    let output = cluster.exec("default", pod, "c", exec).expect("it runs");
    [output.stdout, output.stderr].concat().trim().to_owned()
}

/// A volume and a claim that belong together.
fn claim(
    cluster: &mut Cluster,
    name: &str,
    mode: &str,
    source: (&str, serde_json::Value),
) -> serde_json::Value {
    let size = json!({"storage": "1Gi"});
    let mut volume = json!({"metadata": {"name": format!("pv-{name}")}, "spec": {
        "accessModes": [mode], "capacity": size, "storageClassName": "by-hand",
        "persistentVolumeReclaimPolicy": "Retain"}});
    volume["spec"][source.0] = source.1;
    create(cluster, Kind::PersistentVolume, &volume);
    create(
        cluster,
        Kind::PersistentVolumeClaim,
        &json!({"metadata": {"name": name, "namespace": "default"},
        "spec": {"accessModes": [mode], "resources": {"requests": size}, "storageClassName": "by-hand",
            "volumeName": format!("pv-{name}")}}),
    );
    wait(cluster, 5);
    json!({"persistentVolumeClaim": {"claimName": name}})
}

#[test]
fn what_is_written_stays_as_long_as_the_kind_of_volume_says() {
    let template = json!({"spec": {"storageClassName": "disks", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    let disk = || ("csi", json!({"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"}));
    for (row, volume, source, kept) in [
        ("no volume", json!(null), None, [false, false, false]),
        ("emptyDir", json!({"emptyDir": {}}), None, [true, false, false]),
        ("emptyDir in memory", json!({"emptyDir": {"medium": "Memory"}}), None, [true, false, false]),
        ("gitRepo", json!({"gitRepo": {"repository": "https://example.com/r"}}), None, [true, false, false]),
        ("ephemeral", json!({"ephemeral": {"volumeClaimTemplate": template}}), None, [true, false, false]),
        ("hostPath", json!({"hostPath": {"path": "/srv/x"}}), None, [true, true, false]),
        ("nfs", json!({"nfs": {"server": "nas.example.com", "path": "/x"}}), None, [true, true, true]),
        (
            "a claim to a hostPath",
            json!(null),
            Some(("hostPath", json!({"path": "/srv/y"}))),
            [true, true, false],
        ),
        ("a claim to a CSI disk", json!(null), Some(disk()), [true, true, true]),
        (
            "a claim to a disk of a plug-in that was migrated",
            json!(null),
            Some(("awsElasticBlockStore", json!({"volumeID": "vol-2"}))),
            [true, true, true],
        ),
    ] {
        let mut cluster = cluster();
        let volume = match source {
            Some(source) => claim(&mut cluster, "data", "ReadWriteOnce", source),
            None => volume,
        };
        let write = "mkdir -p /data; echo hello > /data/f";
        let seen = |cluster: &mut Cluster| run(cluster, "p", "cat /data/f") == "hello";
        pod(&mut cluster, "p", "node-1", &volume);
        run(&mut cluster, "p", write);
        assert!(seen(&mut cluster), "{row}: it was written");
        cluster.kill_container("default", "p", "c");
        wait(&mut cluster, 30);
        let mut found = vec![seen(&mut cluster)];
        run(&mut cluster, "p", write);
        for node in ["node-1", "node-2"] {
            delete(&mut cluster, Kind::Pod, "p");
            wait(&mut cluster, 30);
            pod(&mut cluster, "p", node, &volume);
            found.push(seen(&mut cluster));
            run(&mut cluster, "p", write);
        }
        assert_eq!(found, kept, "{row}: after a restart, on the same node, on another node");
    }
}

#[test]
fn pods_share_what_their_volume_shares() {
    for (row, source, expected) in [
        ("a share", ("nfs", json!({"server": "nas", "path": "/x"})), "hello"),
        (
            "directories of two nodes",
            ("hostPath", json!({"path": "/srv/z"})),
            "cat: can't open '/data/f': No such file or directory",
        ),
    ] {
        let mut cluster = cluster();
        let volume = claim(&mut cluster, "data", "ReadWriteMany", source);
        pod(&mut cluster, "one", "node-1", &volume);
        pod(&mut cluster, "two", "node-2", &volume);
        run(&mut cluster, "one", "echo hello > /data/f");
        assert_eq!(run(&mut cluster, "two", "cat /data/f"), expected, "{row}");
    }
}

#[test]
fn a_disk_is_full_when_its_capacity_is_used_up_and_what_was_kept_of_it_is_found_again() {
    let mut cluster = cluster();
    let volume = claim(
        &mut cluster,
        "data",
        "ReadWriteOnce",
        ("csi", json!({"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"})),
    );
    pod(&mut cluster, "p", "node-1", &volume);
    let full = run(&mut cluster, "p", "dd if=/dev/zero of=/data/big bs=1M count=2048");
    assert!(full.contains("No space left on device"), "{full}");
    let facts = &cluster.volumes("default", "p")[0];
    assert_eq!((facts.used, facts.capacity), (1 << 30, Some(1 << 30)));
    let more = run(&mut cluster, "p", "echo more > /data/more; cat /data/more");
    assert_eq!(more, "sh: write error: No space left on device");
    delete(&mut cluster, Kind::Pod, "p");
    wait(&mut cluster, 30);
    delete(&mut cluster, Kind::PersistentVolumeClaim, "data");
    wait(&mut cluster, 5);
    delete(&mut cluster, Kind::PersistentVolume, "pv-data");
    wait(&mut cluster, 30);
    assert!(cluster.api.get::<PersistentVolumeClaim>("default", "data").is_none());
    let left = cluster.storage();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].is_orphaned && left[0].used == 1 << 30 && &*left[0].volume == "pv-data", "{left:?}");
}

#[test]
fn a_disk_leaves_a_lost_node_only_by_force() {
    let mut cluster = cluster();
    let source = ("csi", json!({"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"}));
    let volume = claim(&mut cluster, "data", "ReadWriteOnce", source);
    pod(&mut cluster, "one", "node-1", &volume);
    run(&mut cluster, "one", "echo hello > /data/f");
    cluster.stop_node("node-1");
    create_pod(&mut cluster, "two", "node-2", &volume);
    let told = |cluster: &Cluster, what: &str| {
        cluster.api.list::<Event>().any(|e| e.message.as_ref().is_some_and(|message| message.contains(what)))
    };
    assert_eq!(&*phase(&cluster, "two"), "Pending");
    let error = "Multi-Attach error for volume \"pv-data\" Volume is already used by pod(s) one";
    assert!(told(&cluster, error), "{:?}", cluster.volumes("default", "two"));
    let (api, request) = cluster.send();
    let options = DeleteOptions { grace_period_seconds: Some(0), ..Default::default() };
    api.delete(&request, &Key::new(Kind::Pod, "default", "one"), &options).expect("it is there");
    wait(&mut cluster, 350);
    assert_eq!(&*phase(&cluster, "two"), "Pending", "the node may still write");
    wait(&mut cluster, 60);
    assert_eq!(&*phase(&cluster, "two"), "Running");
    assert_eq!(run(&mut cluster, "two", "cat /data/f"), "hello");
}

#[test]
fn a_file_system_grows_with_its_volume_while_it_is_mounted() {
    let mut cluster = cluster();
    create(
        &mut cluster,
        Kind::PersistentVolumeClaim,
        &json!({"metadata": {"name": "data", "namespace": "default"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "disks"}}),
    );
    wait(&mut cluster, 10);
    pod(&mut cluster, "p", "node-1", &json!({"persistentVolumeClaim": {"claimName": "data"}}));
    let (api, request) = cluster.send();
    api.modify::<PersistentVolumeClaim>(&request, "default", "data", |claim| {
        let size = orrery_apimachinery::Quantity::from_bytes(2 << 30);
        claim.spec.resources.requests.insert("storage".into(), size);
    })
    .expect("its class allows it");
    wait(&mut cluster, 150);
    assert_eq!(cluster.volumes("default", "p")[0].capacity, Some(2 << 30));
    let told = |e: &Rc<Event>| e.reason.as_deref() == Some("FileSystemResizeSuccessful");
    assert_eq!(cluster.api.list::<Event>().filter(|e| told(e)).count(), 2, "of the pod and of the claim");
}

#[test]
fn files_made_of_a_config_map_follow_it_as_of_the_last_look() {
    let mut cluster = cluster();
    create(
        &mut cluster,
        Kind::ConfigMap,
        &json!({"metadata": {"name": "cfg", "namespace": "default"},
        "data": {"a": "1", "b": "1"}}),
    );
    let volume = json!({"projected": {"sources": [
        {"configMap": {"name": "cfg"}},
        {"configMap": {"name": "later", "optional": true}}]}});
    pod(&mut cluster, "p", "node-1", &volume);
    assert_eq!(run(&mut cluster, "p", "cat /data/a /data/b"), "11");
    let (api, request) = cluster.send();
    api.modify::<ConfigMap>(&request, "default", "cfg", |map| {
        map.data.remove("b");
        map.data.insert("a", "2");
    })
    .expect("a good change");
    create(
        &mut cluster,
        Kind::ConfigMap,
        &json!({"metadata": {"name": "later", "namespace": "default"},
        "data": {"c": "3"}}),
    );
    wait(&mut cluster, 65);
    assert_eq!(
        run(&mut cluster, "p", "ls /data; cat /data/a"),
        "a\nc\n2",
        "a key is gone, an object has come"
    );
    delete(&mut cluster, Kind::ConfigMap, "cfg");
    wait(&mut cluster, 65);
    assert_eq!(
        run(&mut cluster, "p", "cat /data/a"),
        "2",
        "what cannot be brought up to date stays as it was"
    );
}
