//! What the API server fills in: manifest in, the fields that were added out.

use expect_test::{Expect, expect};
use orrery_api::{Deployment, Kind, Object, Pod};
use serde_json::{Value, json};
use std::rc::Rc;

/// Reads a manifest, fills it, and lists what is new as `path = value`.
fn check(kind: Kind, manifest: Value, expected: Expect) {
    let (mut object, problems) = Object::decode(kind, &manifest);
    assert_eq!(problems, []);
    let before = object.to_value();
    object.apply_defaults();
    let mut added = String::new();
    added_fields("", &before, &object.to_value(), &mut added);
    expected.assert_eq(&added);
    let filled = object.clone();
    object.apply_defaults();
    assert_eq!(object, filled, "what is filled once stays as it is");
}

fn added_fields(path: &str, before: &Value, after: &Value, out: &mut String) {
    match (before, after) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in b {
                added_fields(&format!("{path}.{key}"), a.get(key).unwrap_or(&Value::Null), value, out);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter()
                .zip(b)
                .enumerate()
                .for_each(|(i, (x, y))| added_fields(&format!("{path}[{i}]"), x, y, out));
        }
        _ if before == after => {}
        _ => out.push_str(&format!("{} = {after}\n", &path[1..])),
    }
}

#[test]
fn a_pod_gets_its_policies_probes_ports_requests_and_volumes() {
    let manifest = json!({"metadata": {"name": "p"}, "spec": {
        "hostNetwork": true,
        "containers": [{
            "name": "c", "image": "nginx", "ports": [{"containerPort": 80}],
            "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}},
            "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 3},
            "env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
        }],
        "initContainers": [{"name": "i", "image": "busybox:1.36"}],
        "volumes": [
            {"name": "e"}, {"name": "c", "configMap": {"name": "x"}}, {"name": "h", "hostPath": {"path": "/x"}},
            {"name": "p", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}},
        ],
    }});
    check(
        Kind::Pod,
        manifest,
        expect![[r#"
            spec.containers[0].env[0].valueFrom.fieldRef.apiVersion = "v1"
            spec.containers[0].imagePullPolicy = "Always"
            spec.containers[0].livenessProbe.failureThreshold = 3
            spec.containers[0].livenessProbe.httpGet.path = "/"
            spec.containers[0].livenessProbe.httpGet.scheme = "HTTP"
            spec.containers[0].livenessProbe.successThreshold = 1
            spec.containers[0].livenessProbe.timeoutSeconds = 1
            spec.containers[0].ports[0].hostPort = 80
            spec.containers[0].ports[0].protocol = "TCP"
            spec.containers[0].resources.requests.memory = "1Gi"
            spec.containers[0].terminationMessagePath = "/dev/termination-log"
            spec.containers[0].terminationMessagePolicy = "File"
            spec.dnsPolicy = "ClusterFirst"
            spec.enableServiceLinks = true
            spec.initContainers[0].imagePullPolicy = "IfNotPresent"
            spec.initContainers[0].terminationMessagePath = "/dev/termination-log"
            spec.initContainers[0].terminationMessagePolicy = "File"
            spec.restartPolicy = "Always"
            spec.schedulerName = "default-scheduler"
            spec.securityContext = {}
            spec.terminationGracePeriodSeconds = 30
            spec.volumes[0].emptyDir = {}
            spec.volumes[1].configMap.defaultMode = 420
            spec.volumes[2].hostPath.type = ""
            spec.volumes[3].projected.defaultMode = 420
            spec.volumes[3].projected.sources[0].serviceAccountToken.expirationSeconds = 3600
        "#]],
    );
}

#[test]
fn a_deployment_gets_its_strategy_and_its_template_no_requests() {
    let manifest = json!({"metadata": {"name": "web"}, "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [
            {"name": "c", "image": "nginx:1.25", "resources": {"limits": {"cpu": "1"}}},
        ]}},
    }});
    check(
        Kind::Deployment,
        manifest,
        expect![[r#"
            spec.progressDeadlineSeconds = 600
            spec.replicas = 1
            spec.revisionHistoryLimit = 10
            spec.strategy.rollingUpdate = {"maxSurge":"25%","maxUnavailable":"25%"}
            spec.strategy.type = "RollingUpdate"
            spec.template.spec.containers[0].imagePullPolicy = "IfNotPresent"
            spec.template.spec.containers[0].terminationMessagePath = "/dev/termination-log"
            spec.template.spec.containers[0].terminationMessagePolicy = "File"
            spec.template.spec.dnsPolicy = "ClusterFirst"
            spec.template.spec.restartPolicy = "Always"
            spec.template.spec.schedulerName = "default-scheduler"
            spec.template.spec.securityContext = {}
            spec.template.spec.terminationGracePeriodSeconds = 30
        "#]],
    );
}

#[test]
fn a_service_gets_its_policies_by_its_type() {
    let ports = json!([{"port": 80}]);
    check(
        Kind::Service,
        json!({"metadata": {"name": "s"}, "spec": {"ports": ports, "sessionAffinity": "ClientIP"}}),
        expect![[r#"
            spec.internalTrafficPolicy = "Cluster"
            spec.ports[0].protocol = "TCP"
            spec.ports[0].targetPort = 80
            spec.sessionAffinityConfig = {"clientIP":{"timeoutSeconds":10800}}
            spec.type = "ClusterIP"
        "#]],
    );
    check(
        Kind::Service,
        json!({"metadata": {"name": "s"}, "spec": {"ports": ports, "type": "LoadBalancer"}}),
        expect![[r#"
            spec.allocateLoadBalancerNodePorts = true
            spec.externalTrafficPolicy = "Cluster"
            spec.internalTrafficPolicy = "Cluster"
            spec.ports[0].protocol = "TCP"
            spec.ports[0].targetPort = 80
            spec.sessionAffinity = "None"
        "#]],
    );
    check(
        Kind::Service,
        json!({"metadata": {"name": "s"}, "spec": {"type": "ExternalName", "externalName": "example.com"}}),
        expect![[r#"
            spec.sessionAffinity = "None"
        "#]],
    );
}

#[test]
fn a_job_gets_its_numbers_its_mode_and_its_policies() {
    let template = json!({"metadata": {"labels": {"app": "x"}}, "spec": {"restartPolicy": "Never"}});
    let added_to_every_template = expect![[r#"
        metadata.labels = {"app":"x"}
        spec.backoffLimit = 6
        spec.completionMode = "NonIndexed"
        spec.completions = 1
        spec.manualSelector = false
        spec.parallelism = 1
        spec.podReplacementPolicy = "TerminatingOrFailed"
        spec.suspend = false
        spec.template.spec.dnsPolicy = "ClusterFirst"
        spec.template.spec.schedulerName = "default-scheduler"
        spec.template.spec.securityContext = {}
        spec.template.spec.terminationGracePeriodSeconds = 30
    "#]];
    check(
        Kind::Job,
        json!({"metadata": {"name": "j"}, "spec": {"template": template}}),
        added_to_every_template,
    );
    check(
        Kind::Job,
        json!({"metadata": {"name": "j", "labels": {"a": "b"}}, "spec": {
            "parallelism": 3, "backoffLimitPerIndex": 1, "template": {"spec": {"restartPolicy": "Never"}},
            "podFailurePolicy": {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}]}}}),
        expect![[r#"
            spec.backoffLimit = 2147483647
            spec.completionMode = "NonIndexed"
            spec.manualSelector = false
            spec.podFailurePolicy.rules[0].onPodConditions[0].status = "True"
            spec.podReplacementPolicy = "Failed"
            spec.suspend = false
            spec.template.spec.dnsPolicy = "ClusterFirst"
            spec.template.spec.schedulerName = "default-scheduler"
            spec.template.spec.securityContext = {}
            spec.template.spec.terminationGracePeriodSeconds = 30
        "#]],
    );
}

#[test]
fn a_cron_job_gets_its_limits_and_its_jobs_only_their_pods_defaults() {
    let template = json!({"spec": {"restartPolicy": "OnFailure"}});
    check(
        Kind::CronJob,
        json!({"metadata": {"name": "c"}, "spec": {"schedule": "@daily", "jobTemplate": {"spec": {"template": template}}}}),
        expect![[r#"
            spec.concurrencyPolicy = "Allow"
            spec.failedJobsHistoryLimit = 1
            spec.jobTemplate.spec.template.spec.dnsPolicy = "ClusterFirst"
            spec.jobTemplate.spec.template.spec.schedulerName = "default-scheduler"
            spec.jobTemplate.spec.template.spec.securityContext = {}
            spec.jobTemplate.spec.template.spec.terminationGracePeriodSeconds = 30
            spec.successfulJobsHistoryLimit = 3
            spec.suspend = false
        "#]],
    );
}

#[test]
fn an_autoscaler_looks_at_the_cpu_and_scales_up_faster_than_down() {
    check(
        Kind::HorizontalPodAutoscaler,
        json!({"metadata": {"name": "h"}, "spec": {"maxReplicas": 3, "behavior": {"scaleDown": {"selectPolicy": "Min"}}}}),
        expect![[r#"
            spec.behavior.scaleDown.policies = [{"periodSeconds":15,"type":"Percent","value":100}]
            spec.behavior.scaleUp = {"policies":[{"periodSeconds":15,"type":"Pods","value":4},{"periodSeconds":15,"type":"Percent","value":100}],"selectPolicy":"Max","stabilizationWindowSeconds":0}
            spec.metrics = [{"resource":{"name":"cpu","target":{"averageUtilization":80,"type":"Utilization"}},"type":"Resource"}]
            spec.minReplicas = 1
        "#]],
    );
}

#[test]
fn small_kinds_get_their_few_fields() {
    let named = || json!({"metadata": {"name": "x"}});
    check(
        Kind::Namespace,
        named(),
        expect![[r#"
            metadata.labels = {"kubernetes.io/metadata.name":"x"}
            status.phase = "Active"
        "#]],
    );
    check(
        Kind::Secret,
        named(),
        expect![[r#"
        type = "Opaque"
    "#]],
    );
    check(
        Kind::PersistentVolumeClaim,
        named(),
        expect![[r#"
            spec.volumeMode = "Filesystem"
            status.phase = "Pending"
        "#]],
    );
    check(
        Kind::PersistentVolume,
        named(),
        expect![[r#"
            spec.persistentVolumeReclaimPolicy = "Retain"
            spec.volumeMode = "Filesystem"
            status.phase = "Pending"
        "#]],
    );
    check(
        Kind::StorageClass,
        named(),
        expect![[r#"
            reclaimPolicy = "Delete"
            volumeBindingMode = "Immediate"
        "#]],
    );
}

#[test]
fn the_account_of_pods_is_named_twice() {
    for (row, given) in [
        ("the new way", json!({"serviceAccountName": "a"})),
        ("the old way", json!({"serviceAccount": "a"})),
        (
            "in two ways, of which the new one counts",
            json!({"serviceAccountName": "a", "serviceAccount": "b"}),
        ),
    ] {
        let (mut object, _) = Object::decode(Kind::PodTemplate, &json!({"template": {"spec": given}}));
        object.apply_defaults();
        let spec = &object.to_value()["template"]["spec"];
        assert_eq!(
            (&spec["serviceAccountName"], &spec["serviceAccount"]),
            (&json!("a"), &json!("a")),
            "{row}"
        );
    }
}

#[test]
fn what_needs_no_defaults_stays_shared() {
    let manifest =
        json!({"metadata": {"name": "web"}, "spec": {"template": {"spec": {"containers": [{"name": "c"}]}}}});
    let (mut object, _) = Object::decode(Kind::Deployment, &manifest);
    object.apply_defaults();
    let template = object.get::<Deployment>().expect("a deployment").spec.template.clone();
    object.apply_defaults();
    assert!(Rc::ptr_eq(&template, &object.get::<Deployment>().expect("a deployment").spec.template));

    let mut first = Object::from(Pod { spec: template.spec.clone(), ..Default::default() });
    first.apply_defaults();
    let first = first.get::<Pod>().expect("a pod").clone();
    let mut twin = Object::from(Pod { spec: first.spec.clone(), ..Default::default() });
    twin.apply_defaults();
    assert!(Rc::ptr_eq(&first.spec, &twin.get::<Pod>().expect("a pod").spec));
}
