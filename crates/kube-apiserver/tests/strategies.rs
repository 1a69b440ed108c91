//! What the server makes of the fields of a new object before it looks whether they are valid.

use orrery_api::{Kind, Object};
use orrery_apiserver::{ApiServer, Config, Request};
use orrery_sim::SimTime;
use serde_json::{Value, json};

/// The fields of `wanted` as an object made of `spec` has them.
fn made(kind: Kind, spec: Value, wanted: &Value) -> Value {
    let request = Request::new(SimTime::from_secs(10), "test");
    let mut api = ApiServer::new(Config::default());
    let (namespace, _) = Object::decode(Kind::Namespace, &json!({"metadata": {"name": "default"}}));
    api.create(&request, namespace).expect("valid");
    let (object, problems) =
        Object::decode(kind, &json!({"metadata": {"name": "x", "namespace": "default"}, "spec": spec}));
    assert_eq!(problems, []);
    let tree = api.create(&request, object).expect("valid").to_value();
    let fields = wanted.as_object().expect("what is wanted is an object");
    fields.keys().map(|field| (field.clone(), tree["spec"][field].clone())).collect()
}

#[test]
fn what_is_switched_off_is_dropped_and_what_is_said_twice_agrees() {
    let claim = |more: Value| {
        let mut spec =
            json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}});
        orrery_apimachinery::patch::json_merge(&mut spec, &more);
        spec
    };
    let (other, pod) =
        (json!({"kind": "PersistentVolumeClaim", "name": "y"}), json!({"kind": "Pod", "name": "y"}));
    let far = json!({"kind": "PersistentVolumeClaim", "name": "y", "namespace": "far"});
    let snapshot = json!({"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "y"});
    for (row, kind, spec, wanted) in [
        (
            "a claim that starts from another",
            Kind::PersistentVolumeClaim,
            claim(json!({"dataSource": other})),
            json!({"dataSource": other, "dataSourceRef": other}),
        ),
        (
            "a claim that starts from a snapshot, said the new way",
            Kind::PersistentVolumeClaim,
            claim(json!({"dataSourceRef": snapshot})),
            json!({"dataSource": snapshot, "dataSourceRef": snapshot}),
        ),
        (
            "a claim that starts from what nothing starts from",
            Kind::PersistentVolumeClaim,
            claim(json!({"dataSource": pod})),
            json!({"dataSource": null, "dataSourceRef": null}),
        ),
        (
            "a claim that starts from another namespace's, of an attributes class",
            Kind::PersistentVolumeClaim,
            claim(json!({"dataSourceRef": far, "volumeAttributesClassName": "fast"})),
            json!({"dataSource": null, "dataSourceRef": null, "volumeAttributesClassName": null}),
        ),
        (
            "a volume of an attributes class",
            Kind::PersistentVolume,
            json!({"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/x"}, "volumeAttributesClassName": "fast"}),
            json!({"volumeAttributesClassName": null, "persistentVolumeReclaimPolicy": "Retain"}),
        ),
        (
            "a lease that is to be handed over",
            Kind::Lease,
            json!({"holderIdentity": "a", "strategy": "nonsense", "preferredHolder": "b"}),
            json!({"holderIdentity": "a", "strategy": null, "preferredHolder": null}),
        ),
    ] {
        assert_eq!(made(kind, spec, &wanted), wanted, "{row}");
    }
}

#[test]
fn accounts_name_their_secrets_and_slices_forget_labels_of_nodes() {
    let request = Request::new(SimTime::from_secs(10), "test");
    let mut api = ApiServer::new(Config::default());
    let mut create = |kind: Kind, tree: Value| {
        let (object, problems) = Object::decode(kind, &tree);
        assert_eq!(problems, []);
        api.create(&request, object).expect("valid").to_value()
    };
    create(Kind::Namespace, json!({"metadata": {"name": "default"}}));
    let meta = json!({"name": "x", "namespace": "default"});
    let secrets = json!([{"name": "s", "namespace": "far", "kind": "Secret"}]);
    let account = create(Kind::ServiceAccount, json!({"metadata": meta, "secrets": secrets}));
    assert_eq!(account["secrets"], json!([{"name": "s"}]));
    let endpoints = json!([{"addresses": ["10.0.0.1"], "deprecatedTopology": {"a": "b"}}]);
    let slice =
        create(Kind::EndpointSlice, json!({"metadata": meta, "addressType": "IPv4", "endpoints": endpoints}));
    assert_eq!(slice["endpoints"], json!([{"addresses": ["10.0.0.1"], "conditions": {}}]));
}
