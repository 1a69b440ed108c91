//! What becomes of volumes whose claim is gone.

use super::super::reclaim::FINALIZER;
use super::super::{Fate, forecast_claim};
use super::{Bench, Change, claim, delete_claim, volume};
use orrery_api::{
    CSIPersistentVolumeSource, Event, HostPathVolumeSource, LocalVolumeSource, NFSVolumeSource, NodeSelector,
    NodeSelectorRequirement, NodeSelectorTerm, ObjectReference, PersistentVolume, PersistentVolumeClaim, Pod,
    VolumeNodeAffinity,
};
use orrery_apimachinery::ObjectMeta;
use orrery_sim::Duration;

fn on_path(path: &str, volume: &mut PersistentVolume) {
    let source = HostPathVolumeSource { path: path.into(), ..Default::default() };
    volume.spec.host_path = Some(Box::new(source));
}

fn local(volume: &mut PersistentVolume) {
    volume.spec.host_path = None;
    volume.spec.local = Some(Box::new(LocalVolumeSource { path: "/disk".into(), ..Default::default() }));
    let rule = NodeSelectorRequirement {
        key: "kubernetes.io/hostname".into(),
        operator: "In".into(),
        values: vec!["node-1".into()],
    };
    let term = NodeSelectorTerm { match_expressions: vec![rule], ..Default::default() };
    let required = Some(NodeSelector { node_selector_terms: vec![term] });
    volume.spec.node_affinity = Some(VolumeNodeAffinity { required });
}

fn nfs(volume: &mut PersistentVolume) {
    volume.spec.host_path = None;
    let source = NFSVolumeSource { server: "files".into(), path: "/export".into(), ..Default::default() };
    volume.spec.nfs = Some(Box::new(source));
}

fn csi(volume: &mut PersistentVolume) {
    volume.spec.host_path = None;
    let source = CSIPersistentVolumeSource {
        driver: "ebs.csi.aws.com".into(),
        volume_handle: "vol-1".into(),
        ..Default::default()
    };
    volume.spec.csi = Some(Box::new(source));
}

fn made_by(plugin: &str, volume: &mut PersistentVolume) {
    volume.metadata.annotations.insert("pv.kubernetes.io/provisioned-by", plugin);
}

#[test]
fn what_becomes_of_a_released_volume_is_up_to_its_policy_and_is_foretold() {
    let failed = |message: &str| Fate::Failed(message.into());
    let nobody = "error getting deleter volume plugin for volume \"pv\": no volume plugin matched";
    let rows: [(&str, &str, Change, Fate, Option<&str>); 9] = [
        ("it is retained", "Retain", |_| {}, Fate::Kept, Some("Released")),
        (
            "a directory below /tmp is deleted",
            "Delete",
            |v| on_path("/tmp/data", v),
            Fate::Deleted("kubernetes.io/host-path".into()),
            None,
        ),
        (
            "no other directory is",
            "Delete",
            |v| on_path("/srv/data", v),
            failed("host_path deleter only supports /tmp/.+ but received provided /srv/data"),
            Some("Failed"),
        ),
        ("nothing can delete a local disk", "Delete", local, failed(nobody), Some("Failed")),
        (
            "nothing can delete a directory of a server",
            "Delete",
            nfs,
            failed(
                "error getting deleter volume plugin for volume \"pv\": no deletable volume plugin matched",
            ),
            Some("Failed"),
        ),
        (
            "a driver's is left to the driver",
            "Delete",
            csi,
            Fate::Deleted("ebs.csi.aws.com".into()),
            Some("Released"),
        ),
        (
            "what a plug-in of old made is left to the driver that followed it",
            "Delete",
            |v| made_by("kubernetes.io/aws-ebs", v),
            Fate::Deleted("kubernetes.io/aws-ebs".into()),
            Some("Released"),
        ),
        (
            "what a plug-in made that is no more stays",
            "Delete",
            |v| made_by("kubernetes.io/glusterfs", v),
            failed("no volume plugin matched name: kubernetes.io/glusterfs"),
            Some("Failed"),
        ),
        (
            "a local disk cannot be emptied",
            "Recycle",
            local,
            failed("No recycler plugin found for the volume!"),
            Some("Failed"),
        ),
    ];
    for (row, policy, change, fate, phase) in rows {
        let mut bench = Bench::new();
        let mut pv = volume("pv", 10, policy);
        change(&mut pv);
        bench.create(pv);
        bench.pass(Duration::from_secs(1));
        bench.modify::<PersistentVolume>("", "pv", |v| v.metadata.finalizers.retain(|f| &**f == FINALIZER));
        let data = bench.create(claim("data", 5));
        bench.pass(Duration::from_secs(1));
        let bound = bench.get::<PersistentVolumeClaim>("default", &data.metadata.name).expect("it is there");
        assert_eq!(forecast_claim(&bound, &bench.api).fate, fate, "{row}");
        delete_claim(&mut bench, "data");
        bench.pass(Duration::from_secs(31));
        let found = bench.get::<PersistentVolume>("", "pv").and_then(|v| v.status.phase.clone());
        assert_eq!(found.as_deref(), phase, "{row}");
        let told = match fate {
            Fate::Failed(message) => format!("PersistentVolume/pv: {message}\n"),
            _ => String::new(),
        };
        assert!(bench.events().ends_with(&told) && bench.events().is_empty() == told.is_empty(), "{row}");
    }
}

#[test]
fn a_pod_empties_a_volume_that_is_used_again_and_the_volume_tells_of_it() {
    for (row, phase, becomes, told) in [
        (
            "it is empty",
            "Succeeded",
            "Available",
            "Normal VolumeRecycled PersistentVolume/pv: Volume recycled\n",
        ),
        (
            "it could not be emptied",
            "Failed",
            "Failed",
            "Warning VolumeFailedRecycle PersistentVolume/pv: Recycle failed: failed to recycle volume: pod failed, pod.Status.Message unknown\n",
        ),
    ] {
        let mut bench = Bench::new();
        bench.create(volume("pv", 10, "Recycle"));
        bench.create(claim("data", 5));
        bench.pass(Duration::from_secs(1));
        delete_claim(&mut bench, "data");
        bench.pass(Duration::from_secs(1));
        let pod = bench.get::<Pod>("default", "recycler-for-pv").expect(row);
        assert_eq!(pod.spec.active_deadline_seconds, Some(300), "{row}: half a minute for each Gi");
        let request = bench.request();
        bench.api.bind(&request, "default", "recycler-for-pv", "node-1").expect("it has no node yet");
        bench.create(Event {
            metadata: ObjectMeta::named("default", "recycler-for-pv.1"),
            involved_object: ObjectReference {
                kind: Some("Pod".into()),
                name: Some("recycler-for-pv".into()),
                namespace: Some("default".into()),
                ..Default::default()
            },
            type_: Some("Normal".into()),
            message: Some("Started container pv-recycler".into()),
            ..Default::default()
        });
        bench.modify_status::<Pod>("default", "recycler-for-pv", |pod| pod.status.phase = Some(phase.into()));
        bench.pass(Duration::from_secs(1));
        let pv = bench.get::<PersistentVolume>("", "pv").expect("it is there");
        assert_eq!(pv.status.phase.as_deref(), Some(becomes), "{row}");
        assert_eq!(pv.spec.claim_ref.is_none(), becomes == "Available", "{row}");
        let repeated =
            "Normal RecyclerPod PersistentVolume/pv: Recycler pod: Started container pv-recycler\n";
        assert!(
            bench.events().contains(repeated) && bench.events().contains(told),
            "{row}: {}",
            bench.events()
        );
        let pod = bench.get::<Pod>("default", "recycler-for-pv");
        assert!(pod.is_none_or(|pod| pod.metadata.terminating()), "{row}");
    }
}
