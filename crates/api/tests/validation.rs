//! What the API server refuses, and in which words. The rows of `refused.json` were recorded from a real one.

use expect_test::{Expect, expect};
use orrery_api::{Kind, Object};
use serde_json::{Value, json};

fn read(manifest: &Value) -> Object {
    let text = |field: &str| manifest[field].as_str().expect("manifests state their type");
    let kind = Kind::by_gvk(text("apiVersion"), text("kind")).expect("the kind is served");
    let (mut object, problems) = Object::decode(kind, manifest);
    assert_eq!(problems, [], "{manifest}");
    object.apply_defaults();
    object
}

#[test]
fn what_a_real_server_refused_is_refused_in_its_words() {
    let rows: Value = serde_json::from_str(include_str!("refused.json")).expect("the rows are JSON");
    let mut wrong = Vec::new();
    for row in rows.as_array().expect("the rows are a list") {
        let mut said: Vec<_> = read(&row["manifest"]).validate().iter().map(ToString::to_string).collect();
        let mut expected: Vec<String> =
            serde_json::from_value(row["errors"].clone()).expect("errors are texts");
        // The real server walks maps in any order.
        said.sort();
        expected.sort();
        if said != expected {
            wrong.push(format!("{}:\n  said {said:#?}\n  not  {expected:#?}", row["row"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Changes `old` by a merge patch and tells what the server says to it.
fn change(old: &Object, patch: Value, expected: Expect) {
    let mut manifest = old.to_value();
    orrery_apimachinery::patch::json_merge(&mut manifest, &patch);
    let said: Vec<_> = read(&manifest).validate_update(old).iter().map(ToString::to_string).collect();
    expected.assert_eq(&said.join("\n"));
}

#[test]
fn a_deployment_keeps_its_selector() {
    let web = read(&json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": {
            "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}}}));
    change(&web, json!({"spec": {"replicas": 2000000000}}), expect![""]);
    change(
        &web,
        json!({"spec": {"selector": {"matchLabels": {"app": "web9"}}, "template": {"metadata": {"labels": {"app": "web9"}}}}}),
        expect![[
            r#"spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"web9"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable"#
        ]],
    );
    change(
        &web,
        json!({"spec": {"strategy": {"rollingUpdate": {"maxSurge": "many", "maxUnavailable": "200%"}}}}),
        expect![[r#"
            spec.strategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"many"}: a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')
            spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"200%"}: must not be greater than 100%"#]],
    );
}

#[test]
fn a_pod_changes_its_images_and_little_else() {
    let pod =
        read(&json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "default"},
        "spec": {"containers": [{"name": "c", "image": "nginx"}], "activeDeadlineSeconds": 60}}));
    let containers = |image: &str, name: &str| json!([{"name": name, "image": image}]);
    change(
        &pod,
        json!({"metadata": {"labels": {"a": "b"}}, "spec": {"activeDeadlineSeconds": 30}}),
        expect![""],
    );
    let old = pod.to_value()["spec"]["containers"][0].clone();
    let mut image = json!([old]);
    image[0]["image"] = "nginx:1.27".into();
    change(&pod, json!({"spec": {"containers": image}}), expect![""]);
    change(
        &pod,
        json!({"spec": {"activeDeadlineSeconds": 90, "nodeName": "n"}}),
        expect![
            "spec.activeDeadlineSeconds: Invalid value: 90: must be less than or equal to previous value"
        ],
    );
    change(
        &pod,
        json!({"spec": {"containers": containers("nginx", "d"), "nodeName": "n"}}),
        expect![[r#"
            spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)
              core.PodSpec{
              	Volumes:        nil,
              	InitContainers: nil,
              	Containers: []core.Container{
              		{
            - 			Name:    "c",
            + 			Name:    "d",
              			Image:   "nginx",
              			Command: nil,
              			... // 21 identical fields
              		},
              	},
              	EphemeralContainers: nil,
              	RestartPolicy:       "Always",
              	... // 4 identical fields
              	ServiceAccountName:           "",
              	AutomountServiceAccountToken: nil,
            - 	NodeName:                     "",
            + 	NodeName:                     "n",
              	SecurityContext:              &{},
              	ImagePullSecrets:             nil,
              	... // 20 identical fields
              }
        "#]],
    );
    change(
        &pod,
        json!({"spec": {"containers": [], "schedulingGates": [{"name": "x.y/z"}]}}),
        expect![[r#"
            spec.containers: Required value
            spec.containers: Forbidden: pod updates may not add or remove containers"#]],
    );
}

#[test]
fn services_claims_and_sealed_objects_stay_what_they_are() {
    let meta = json!({"name": "x", "namespace": "default"});
    let service = read(&json!({"apiVersion": "v1", "kind": "Service", "metadata": meta,
        "spec": {"ports": [{"port": 80}], "clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9"]}}));
    change(
        &service,
        json!({"spec": {"clusterIP": "10.96.77.78", "clusterIPs": ["10.96.77.78"]}}),
        expect![[r#"spec.clusterIPs[0]: Invalid value: []string{"10.96.77.78"}: may not change once set"#]],
    );
    let sealed = read(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta,
        "immutable": true, "data": {"a": "b"}}));
    change(
        &sealed,
        json!({"immutable": null, "data": {"a": "c"}}),
        expect![[r#"
            immutable: Forbidden: field is immutable when `immutable` is set
            data: Forbidden: field is immutable when `immutable` is set"#]],
    );
    let claim = read(&json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta,
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}}));
    change(&claim, json!({"spec": {"volumeName": "pv-1", "storageClassName": "fast"}}), expect![""]);
    change(
        &claim,
        json!({"spec": {"accessModes": ["ReadWriteMany"]}}),
        expect![[r#"
            spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
              core.PersistentVolumeClaimSpec{
            - 	AccessModes: []core.PersistentVolumeAccessMode{"ReadWriteOnce"},
            + 	AccessModes: []core.PersistentVolumeAccessMode{"ReadWriteMany"},
              	Selector:    nil,
              	Resources:   {Requests: {s"storage": {i: {...}, s: "5Gi", Format: "BinarySI"}}},
              	... // 6 identical fields
              }
        "#]],
    );
    change(
        &claim,
        json!({"metadata": {"name": "y"}}),
        expect![[r#"metadata.name: Invalid value: "y": field is immutable"#]],
    );
}

#[test]
fn what_is_odd_is_accepted_with_a_warning() {
    let pod = |container: Value| {
        let mut container = container;
        container["name"] = "c".into();
        container["image"] = "nginx:1.25".into();
        read(&json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "default"},
            "spec": {"containers": [container]}}))
    };
    let service = read(
        &json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "namespace": "default"},
        "spec": {"externalName": "example.com", "ports": [{"port": 80}]}}),
    );
    let cron_job = read(
        &json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "c", "namespace": "default"},
        "spec": {"schedule": "@daily", "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never",
            "containers": [{"name": "c", "image": "nginx", "env": [{"name": "A"}, {"name": "A"}]}]}}}}}}),
    );
    for (row, object, warning) in [
        (
            "one variable twice in the pods of jobs",
            cron_job,
            "spec.jobTemplate.spec.template.spec.containers[0].env[1]: hides previous definition of \"A\", which may be dropped when using apply",
        ),
        (
            "a fraction of a byte",
            pod(json!({"resources": {"requests": {"memory": "100m"}}})),
            "spec.containers[0].resources.requests[memory]: fractional byte value \"100m\" is invalid, must be an integer",
        ),
        (
            "one port twice",
            pod(json!({"ports": [{"containerPort": 80}, {"containerPort": 80}]})),
            "spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]",
        ),
        (
            "one variable twice",
            pod(json!({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]})),
            "spec.containers[0].env[1]: hides previous definition of \"A\", which may be dropped when using apply",
        ),
        (
            "a variable that adds to itself is fine",
            pod(json!({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "$(A):2"}]})),
            "",
        ),
        (
            "a name of elsewhere on a service with an address",
            service,
            "spec.externalName is ignored when spec.type is not \"ExternalName\"",
        ),
    ] {
        assert_eq!(object.validate(), [], "{row}");
        assert_eq!(object.warnings().join("\n"), warning, "{row}");
    }
}
