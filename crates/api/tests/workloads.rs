//! Workloads: what the API server fills in and refuses, when they are made and when they change, and how they are
//! printed.

use expect_test::{Expect, expect};
use orrery_api::printers::{Options, table};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{Time, patch};
use serde_json::{Value, json};

fn read(kind: Kind, tree: &Value) -> Object {
    let (mut object, problems) = Object::decode(kind, tree);
    assert_eq!(problems, [], "{tree}");
    object.apply_defaults();
    object
}

/// A workload called `x`, of which `spec` says more.
fn workload(kind: Kind, spec: Value) -> Value {
    let labels = json!({"app": "x"});
    let selector =
        if kind == Kind::ReplicationController { labels.clone() } else { json!({"matchLabels": labels}) };
    let mut tree = json!({"metadata": {"name": "x", "namespace": "default"}, "spec": {"selector": selector,
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx:1.25"}]}}}});
    patch::json_merge(&mut tree, &json!({"spec": spec}));
    tree
}

fn said(errors: &[orrery_api::FieldError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Reads the workload and tells its spec without its template.
fn filled(kind: Kind, spec: Value, expected: Expect) {
    let object = read(kind, &workload(kind, spec));
    assert_eq!(object.validate(), [], "{kind}");
    let mut tree = object.to_value();
    tree["spec"]["template"].take();
    expected.assert_eq(&format!("{} {}", tree["metadata"]["labels"], tree["spec"]));
}

#[test]
fn workloads_get_what_they_leave_open() {
    filled(
        Kind::ReplicationController,
        json!({"selector": null}),
        expect![[r#"{"app":"x"} {"replicas":1,"selector":{"app":"x"},"template":null}"#]],
    );
    filled(
        Kind::DaemonSet,
        json!({}),
        expect![[
            r#"null {"revisionHistoryLimit":10,"selector":{"matchLabels":{"app":"x"}},"template":null,"updateStrategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1},"type":"RollingUpdate"}}"#
        ]],
    );
    filled(
        Kind::DaemonSet,
        json!({"updateStrategy": {"type": "OnDelete"}}),
        expect![[
            r#"null {"revisionHistoryLimit":10,"selector":{"matchLabels":{"app":"x"}},"template":null,"updateStrategy":{"type":"OnDelete"}}"#
        ]],
    );
    filled(
        Kind::StatefulSet,
        json!({"serviceName": "x", "volumeClaimTemplates": [{"metadata": {"name": "data"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}),
        expect![[
            r#"null {"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Retain","whenScaled":"Retain"},"podManagementPolicy":"OrderedReady","replicas":1,"revisionHistoryLimit":10,"selector":{"matchLabels":{"app":"x"}},"serviceName":"x","template":null,"updateStrategy":{"rollingUpdate":{"partition":0},"type":"RollingUpdate"},"volumeClaimTemplates":[{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"creationTimestamp":null,"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}},"volumeMode":"Filesystem"},"status":{"phase":"Pending"}}]}"#
        ]],
    );
    filled(
        Kind::StatefulSet,
        json!({"updateStrategy": {"type": "RollingUpdate"}}),
        expect![[
            r#"null {"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Retain","whenScaled":"Retain"},"podManagementPolicy":"OrderedReady","replicas":1,"revisionHistoryLimit":10,"selector":{"matchLabels":{"app":"x"}},"serviceName":"","template":null,"updateStrategy":{"type":"RollingUpdate"}}"#
        ]],
    );
}

#[test]
fn a_workload_that_cannot_work_is_refused() {
    let never = json!({"template": {"spec": {"restartPolicy": "OnFailure", "activeDeadlineSeconds": 5}}});
    let typo = json!({"selector": {"matchExpressions": [{"key": "app", "operator": "Is"}]}});
    for (row, kind, spec, expected) in [
        (
            "a controller of pods that end",
            Kind::ReplicationController,
            never.clone(),
            expect![[r#"
                spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"
                spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported"#]],
        ),
        (
            "a controller without a template",
            Kind::ReplicationController,
            json!({"template": null, "replicas": -1, "minReadySeconds": -1}),
            expect![[r#"
                spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0
                spec.replicas: Invalid value: -1: must be greater than or equal to 0
                spec.template: Required value"#]],
        ),
        (
            "a controller without labels",
            Kind::ReplicationController,
            json!({"selector": null, "template": {"metadata": null}}),
            expect!["spec.selector: Required value"],
        ),
        (
            "a controller of other pods",
            Kind::ReplicationController,
            json!({"selector": {"app": "y"}}),
            expect![[
                r#"spec.template.metadata.labels: Invalid value: map[string]string{"app":"x"}: `selector` does not match template `labels`"#
            ]],
        ),
        (
            "a set for daemons that end",
            Kind::DaemonSet,
            never.clone(),
            expect![[r#"
                spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"
                spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported"#]],
        ),
        (
            "a set for daemons without a selector",
            Kind::DaemonSet,
            json!({"selector": null}),
            expect![[
                r#"spec.template.metadata.labels: Invalid value: map[string]string{"app":"x"}: `selector` does not match template `labels`"#
            ]],
        ),
        (
            "a set for daemons that selects all pods",
            Kind::DaemonSet,
            json!({"selector": {"matchLabels": null}}),
            expect![
                "spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for daemonset"
            ],
        ),
        (
            "an update of daemons that takes none and adds none",
            Kind::DaemonSet,
            json!({"updateStrategy": {"rollingUpdate": {"maxUnavailable": 0}}, "revisionHistoryLimit": -1}),
            expect![[r#"
                spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0
                spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0"#]],
        ),
        (
            "an update of daemons that takes some and adds some",
            Kind::DaemonSet,
            json!({"updateStrategy": {"rollingUpdate": {"maxUnavailable": "10%", "maxSurge": "101%"}}}),
            expect![[r#"
                spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"101%"}: must not be greater than 100%
                spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"101%"}: may not be set when maxUnavailable is non-zero"#]],
        ),
        (
            "a strategy for daemons that there is not",
            Kind::DaemonSet,
            json!({"updateStrategy": {"type": "Recreate"}}),
            expect![[
                r#"spec.updateStrategy: Unsupported value: apps.DaemonSetUpdateStrategy{Type:"Recreate", RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}: supported values: "RollingUpdate", "OnDelete""#
            ]],
        ),
        (
            "a set of pods that end",
            Kind::StatefulSet,
            never,
            expect![[r#"
                spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"
                spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported"#]],
        ),
        (
            "policies that there are not",
            Kind::StatefulSet,
            json!({"podManagementPolicy": "Random", "updateStrategy": {"type": "Recreate"},
                "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Recycle"}, "ordinals": {"start": -1}}),
            expect![[r#"
                spec.podManagementPolicy: Invalid value: "Random": must be 'OrderedReady' or 'Parallel'
                spec.updateStrategy: Invalid value: apps.StatefulSetUpdateStrategy{Type:"Recreate", RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(nil)}: must be 'RollingUpdate' or 'OnDelete'
                spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Recycle": supported values: "Retain", "Delete"
                spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0"#]],
        ),
        (
            "a part of an update that is nobody's",
            Kind::StatefulSet,
            json!({"updateStrategy": {"type": "OnDelete", "rollingUpdate": {"partition": 2}}}),
            expect![
                "spec.updateStrategy.rollingUpdate: Invalid value: apps.RollingUpdateStatefulSetStrategy{Partition:2, MaxUnavailable:(*intstr.IntOrString)(nil)}: only allowed for updateStrategy 'RollingUpdate'"
            ],
        ),
        (
            "a set without a selector",
            Kind::StatefulSet,
            json!({"selector": null, "updateStrategy": {"rollingUpdate": {"partition": -1}}}),
            expect![[r#"
                spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0
                spec.selector: Required value
                spec.template.metadata.labels: Invalid value: map[string]string{"app":"x"}: `selector` does not match template `labels`"#]],
        ),
        (
            "a selector that is none, after which nobody looks at the template",
            Kind::StatefulSet,
            typo.clone(),
            expect![[r#"
                spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator
                spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"x"}, MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"Is", Values:[]string(nil)}}}"#]],
        ),
        (
            "a selector that is none, of a deployment",
            Kind::Deployment,
            typo,
            expect![[r#"
                spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator
                spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"x"}, MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"Is", Values:[]string(nil)}}}: invalid label selector"#]],
        ),
        (
            "a strategy of a deployment that there is not",
            Kind::Deployment,
            json!({"strategy": {"type": "OnDelete"}}),
            expect![[
                r#"spec.strategy: Unsupported value: apps.DeploymentStrategy{Type:"OnDelete", RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}: supported values: "Recreate", "RollingUpdate""#
            ]],
        ),
    ] {
        let errors = read(kind, &workload(kind, spec)).validate();
        assert_ne!(errors, [], "{row}");
        expected.assert_eq(&said(&errors));
    }
}

#[test]
fn a_name_that_pods_are_called_after_has_no_dots() {
    let mut tree = workload(Kind::StatefulSet, json!({}));
    tree["metadata"]["name"] = "x.y".into();
    assert!(
        said(&read(Kind::StatefulSet, &tree).validate())
            .starts_with("metadata.name: Invalid value: \"x.y\": a lowercase RFC 1123 label must")
    );
    tree["metadata"]["name"] = "x".into();
    assert_eq!(read(Kind::StatefulSet, &tree).validate(), []);
}

/// What is said to a change of the workload.
fn changed(kind: Kind, spec: Value) -> String {
    let old = read(kind, &workload(kind, json!({})));
    let mut tree = old.to_value();
    patch::json_merge(&mut tree, &json!({"spec": spec}));
    said(&read(kind, &tree).validate_update(&old))
}

#[test]
fn little_of_a_workload_stays_what_it_is() {
    let other = json!({"selector": {"matchLabels": {"tier": "y"}}, "template": {"metadata": {"labels": {"tier": "y"}}}});
    let selector = r#"v1.LabelSelector{MatchLabels:map[string]string{"app":"x", "tier":"y"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}"#;
    let fixed = format!("spec.selector: Invalid value: {selector}: field is immutable");
    assert_eq!(changed(Kind::DaemonSet, other.clone()), fixed);
    assert_eq!(changed(Kind::ReplicaSet, other.clone()), fixed);
    let moved =
        json!({"selector": {"app": null, "tier": "y"}, "template": {"metadata": {"labels": {"tier": "y"}}}});
    assert_eq!(changed(Kind::ReplicationController, moved), "", "a controller may turn to other pods");

    let claims = json!([{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}]);
    for (row, spec, allowed) in [
        ("other pods", other, false),
        ("another service", json!({"serviceName": "y"}), false),
        ("another order", json!({"podManagementPolicy": "Parallel"}), false),
        ("a longer memory", json!({"revisionHistoryLimit": 11}), false),
        ("more claims", json!({"volumeClaimTemplates": claims}), false),
        (
            "everything else",
            json!({"replicas": 5, "minReadySeconds": 1, "ordinals": {"start": 2}, "updateStrategy": {"type": "OnDelete", "rollingUpdate": null},
                "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}, "template": {"metadata": {"labels": {"a": "b"}}}}),
            true,
        ),
    ] {
        let refusal = "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
        assert_eq!(changed(Kind::StatefulSet, spec), if allowed { "" } else { refusal }, "{row}");
    }
}

#[test]
fn a_revision_is_an_object_and_stays_what_it_is() {
    let revision = |data: Value, number: i64| {
        let tree =
            json!({"metadata": {"name": "x-1", "namespace": "default"}, "data": data, "revision": number});
        read(Kind::ControllerRevision, &tree)
    };
    let known = revision(json!({"a": 1}), 1);
    for (row, object, text) in [
        ("an object", known.clone(), ""),
        ("nothing", revision(Value::Null, 1), "data: Required value: data is mandatory"),
        ("a word", revision("a".into(), 1), "data: Required value: data must be a valid JSON object"),
        (
            "before the first",
            revision(json!({}), -1),
            "revision: Invalid value: -1: must be greater than or equal to 0",
        ),
    ] {
        assert_eq!(said(&object.validate()), text, "{row}");
    }
    assert_eq!(said(&revision(json!({"a": 1}), 2).validate_update(&known)), "");
    assert_eq!(
        said(&revision(json!({}), 2).validate_update(&known)),
        "data: Invalid value: runtime.RawExtension{Raw:[]uint8{0x7b, 0x7d}, Object:runtime.Object(nil)}: field is immutable"
    );
}

#[test]
fn a_kept_template_is_checked_as_that_of_a_workload() {
    let template = |spec: Value| {
        let tree = json!({"metadata": {"name": "x", "namespace": "default"}, "template": {"spec": spec}});
        read(Kind::PodTemplate, &tree)
    };
    let known = template(json!({"containers": [{"name": "c", "image": "nginx"}], "restartPolicy": "Never"}));
    assert_eq!(known.validate(), []);
    let empty = template(json!({}));
    assert_eq!(said(&empty.validate()), "template.spec.containers: Required value");
    assert_eq!(said(&empty.validate_update(&known)), "template.spec.containers: Required value");
    assert!(!empty.same_desired(&known) && known.counts_generation());
}

#[test]
fn workloads_show_how_far_they_are() {
    let status = |kind: Kind, spec: Value, status: Value| {
        let mut tree = workload(kind, spec);
        tree["metadata"]["creationTimestamp"] = "2026-11-21T11:13:45Z".into();
        tree["status"] = status;
        read(kind, &tree)
    };
    let revision = |owners: Value| {
        let tree = json!({"metadata": {"name": "x-1", "creationTimestamp": "2026-11-21T11:13:45Z", "ownerReferences": owners}, "revision": 3});
        read(Kind::ControllerRevision, &tree)
    };
    let owner = json!([{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "x", "uid": "u", "controller": true}]);
    let mut tables = String::new();
    for objects in [
        vec![status(
            Kind::ReplicationController,
            json!({"replicas": 3}),
            json!({"replicas": 2, "readyReplicas": 1}),
        )],
        vec![status(Kind::StatefulSet, json!({"replicas": 3}), json!({"replicas": 2, "readyReplicas": 1}))],
        vec![
            status(
                Kind::DaemonSet,
                json!({"template": {"spec": {"nodeSelector": {"disk": "ssd"}}}}),
                json!({"desiredNumberScheduled": 5, "currentNumberScheduled": 4, "numberReady": 3, "updatedNumberScheduled": 2, "numberAvailable": 1}),
            ),
            status(Kind::DaemonSet, json!({}), json!({})),
        ],
        vec![revision(owner), revision(json!([]))],
        vec![read(
            Kind::PodTemplate,
            &json!({"metadata": {"name": "x"}, "template": workload(Kind::DaemonSet, json!({}))["spec"]["template"]}),
        )],
    ] {
        let options = Options {
            wide: true,
            now: Time::parse("2026-11-21T11:18:11Z").expect("a date"),
            ..Default::default()
        };
        tables += &table(objects[0].kind(), &objects.iter().collect::<Vec<_>>(), &options);
    }
    expect![[r#"
        NAME   DESIRED   CURRENT   READY   AGE     CONTAINERS   IMAGES       SELECTOR
        x      3         2         1       4m26s   c            nginx:1.25   app=x
        NAME   READY   AGE     CONTAINERS   IMAGES
        x      1/3     4m26s   c            nginx:1.25
        NAME   DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE     CONTAINERS   IMAGES       SELECTOR
        x      5         4         3       2            1           disk=ssd        4m26s   c            nginx:1.25   app=x
        x      0         0         0       0            0           <none>          4m26s   c            nginx:1.25   app=x
        NAME   CONTROLLER           REVISION   AGE
        x-1    statefulset.apps/x   3          4m26s
        x-1    <none>               3          4m26s
        NAME   CONTAINERS   IMAGES       POD LABELS
        x      c            nginx:1.25   app=x
    "#]].assert_eq(&tables);
}
