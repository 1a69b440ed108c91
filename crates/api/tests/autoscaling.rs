//! What the API server refuses of autoscalers and disruption budgets, in upstream's words; and autoscalers as
//! the version before had them.

mod manifests;

use manifests::{created, object, updated};
use orrery_api::horizontal_pod_autoscaler_v1 as v1;
use orrery_api::{HorizontalPodAutoscaler, Object};
use orrery_apimachinery::decode::{decode, encode};
use serde_json::{Value, json};

fn autoscaler() -> Value {
    object(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        json!({"spec": {"maxReplicas": 5, "scaleTargetRef": {"kind": "Deployment", "name": "web"}}}),
    )
}

fn spec(spec: Value) -> Value {
    json!({"spec": spec})
}

#[test]
fn autoscalers_scale_something_between_bounds() {
    created(
        autoscaler(),
        &[
            (
                "no upper bound",
                spec(json!({"maxReplicas": null})),
                "spec.maxReplicas: Invalid value: 0: must be greater than 0\n\
                 spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`",
            ),
            (
                "nothing at all",
                spec(json!({"minReplicas": 0})),
                "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1\n\
                 spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas",
            ),
            (
                "no target",
                spec(json!({"scaleTargetRef": {"kind": null, "name": "a/b"}})),
                "spec.scaleTargetRef.kind: Required value\n\
                 spec.scaleTargetRef.name: Invalid value: \"a/b\": may not contain '/'",
            ),
            (
                "behaviour beyond all bounds",
                spec(json!({"behavior": {
                    "scaleUp": {"stabilizationWindowSeconds": 3601, "selectPolicy": "Best", "policies": []},
                    "scaleDown": {"stabilizationWindowSeconds": -1, "policies": [{"type": "Node", "value": 0, "periodSeconds": 1801}]}}})),
                "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600\n\
                 spec.behavior.scaleUp.selectPolicy: Unsupported value: \"Best\": supported values: \"Disabled\", \"Max\", \"Min\"\n\
                 spec.behavior.scaleUp.policies: Required value: must specify at least one Policy\n\
                 spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero\n\
                 spec.behavior.scaleDown.policies[0].type: Unsupported value: \"Node\": supported values: \"Percent\", \"Pods\"\n\
                 spec.behavior.scaleDown.policies[0].value: Invalid value: 0: must be greater than zero\n\
                 spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800",
            ),
        ],
    );
    updated(autoscaler(), &[("another bound", spec(json!({"maxReplicas": 9})), "")]);
}

#[test]
fn a_metric_is_of_one_source_and_has_one_target() {
    let metric = |metric: Value| spec(json!({"metrics": [metric]}));
    let cpu =
        |target: Value| metric(json!({"type": "Resource", "resource": {"name": "cpu", "target": target}}));
    created(
        autoscaler(),
        &[
            (
                "no source",
                metric(json!({"type": "Pods"})),
                "spec.metrics[0].pods: Required value: must populate information for the given metric source",
            ),
            (
                "a type that does not exist",
                metric(json!({"type": "Gut"})),
                "spec.metrics[0].type: Unsupported value: \"Gut\": supported values: \"ContainerResource\", \"External\", \"Object\", \"Pods\", \"Resource\"",
            ),
            (
                "two sources",
                metric(
                    json!({"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
                    "pods": {"metric": {"name": "m"}, "target": {"type": "AverageValue", "averageValue": "1"}}}),
                ),
                "spec.metrics[0].pods: Forbidden: must populate the given metric source only",
            ),
            (
                "no target",
                cpu(json!({})),
                "spec.metrics[0].resource.target.type: Required value: must specify a metric target type\n\
                 spec.metrics[0].resource.target.type: Invalid value: \"\": must be either Utilization, Value, or AverageValue\n\
                 spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization",
            ),
            (
                "two targets, one of nothing",
                cpu(json!({"type": "Utilization", "averageUtilization": 0, "averageValue": "100m"})),
                "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0\n\
                 spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization",
            ),
            (
                "a container and a resource that cannot be",
                metric(
                    json!({"type": "ContainerResource", "containerResource": {"name": "gpu", "container": "C",
                    "target": {"type": "Utilization", "averageUtilization": 50}}}),
                ),
                "spec.metrics[0].containerResource.name: Invalid value: gpu: must be a standard resource type or fully qualified\n\
                 spec.metrics[0].containerResource.name: Invalid value: gpu: must be a standard resource for containers\n\
                 spec.metrics[0].containerResource.container: Invalid value: \"C\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
            ),
            (
                "an object without a metric",
                metric(
                    json!({"type": "Object", "object": {"describedObject": {"kind": "Service", "name": "s"}, "target": {"type": "Value"}}}),
                ),
                "spec.metrics[0].object.metric.name: Required value: must specify a metric name\n\
                 spec.metrics[0].object.target.averageValue: Required value: must set either a target value or averageValue",
            ),
            (
                "something outside, twice",
                metric(
                    json!({"type": "External", "external": {"metric": {"name": "q"}, "target": {"type": "Value", "value": "1", "averageValue": "1"}}}),
                ),
                "spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target",
            ),
        ],
    );
}

#[test]
fn budgets_bound_pods_from_one_side() {
    created(
        object("policy/v1", "PodDisruptionBudget", json!({"spec": {"selector": {}}})),
        &[
            ("neither bound, and a name that could be an address", json!({"metadata": {"name": "A_b"}}), ""),
            (
                "both bounds",
                spec(json!({"minAvailable": 1, "maxUnavailable": 1})),
                "spec: Invalid value: policy.PodDisruptionBudgetSpec{MinAvailable:(*intstr.IntOrString)(0xc000000000), Selector:(*v1.LabelSelector)(0xc000000000), MaxUnavailable:(*intstr.IntOrString)(0xc000000000), UnhealthyPodEvictionPolicy:(*policy.UnhealthyPodEvictionPolicyType)(nil)}: minAvailable and maxUnavailable cannot be both set",
            ),
            (
                "more than all",
                spec(json!({"minAvailable": "150%"})),
                "spec.minAvailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:\"150%\"}: must not be greater than 100%",
            ),
            (
                "less than none, by a policy that does not exist",
                spec(json!({"maxUnavailable": -1, "unhealthyPodEvictionPolicy": "Never"})),
                "spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0\n\
                 spec.unhealthyPodEvictionPolicy: Unsupported value: \"Never\": supported values: \"AlwaysAllow\", \"IfHealthyBudget\"",
            ),
        ],
    );
}

/// An autoscaler of today as the version before shows it, without its metadata but for the annotations.
fn before(fields: Value) -> v1::HorizontalPodAutoscaler {
    let (v2, problems) = decode::<HorizontalPodAutoscaler>(&fields);
    assert_eq!(problems, []);
    let v1 = v1::HorizontalPodAutoscaler::from(&v2);
    assert_eq!(HorizontalPodAutoscaler::from(v1.clone()), v2, "nothing is lost on the way back");
    v1
}

#[test]
fn the_version_before_keeps_what_it_cannot_say_in_annotations() {
    let rules = json!({"stabilizationWindowSeconds": 60, "selectPolicy": "Min", "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}]});
    let v1 = before(json!({
        "metadata": {"annotations": {"a": "b"}},
        "spec": {"maxReplicas": 5, "minReplicas": 2, "scaleTargetRef": {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"},
            "behavior": {"scaleDown": rules},
            "metrics": [
                {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "100Mi"}}},
                {"type": "External", "external": {"metric": {"name": "q", "selector": {"matchLabels": {"a": "b"}}}, "target": {"type": "Value", "value": "30"}}},
                {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}}]},
        "status": {"currentReplicas": 3, "desiredReplicas": 4,
            "currentMetrics": [{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 40, "averageValue": "200m"}}}],
            "conditions": [{"type": "AbleToScale", "status": "True", "lastTransitionTime": "2026-11-21T11:14:00Z", "reason": "R", "message": "a < b"}]}
    }));
    let expected = json!({
        "metadata": {"creationTimestamp": null, "annotations": {
            "a": "b",
            "autoscaling.alpha.kubernetes.io/behavior": r#"{"ScaleUp":null,"ScaleDown":{"StabilizationWindowSeconds":60,"SelectPolicy":"Min","Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":15}]}}"#,
            "autoscaling.alpha.kubernetes.io/conditions": r#"[{"type":"AbleToScale","status":"True","lastTransitionTime":"2026-11-21T11:14:00Z","reason":"R","message":"a \u003c b"}]"#,
            "autoscaling.alpha.kubernetes.io/current-metrics": r#"[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":40,"currentAverageValue":"200m"}}]"#,
            "autoscaling.alpha.kubernetes.io/metrics": r#"[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"100Mi"}},{"type":"External","external":{"metricName":"q","metricSelector":{"matchLabels":{"a":"b"}},"targetValue":"30"}}]"#,
        }},
        "spec": {"maxReplicas": 5, "minReplicas": 2, "targetCPUUtilizationPercentage": 60,
            "scaleTargetRef": {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}},
        "status": {"currentReplicas": 3, "desiredReplicas": 4, "currentCPUUtilizationPercentage": 40},
    });
    assert_eq!(encode(&v1), expected);
}

#[test]
fn metrics_of_every_source_survive_the_version_before() {
    let metric = json!({"name": "m", "selector": {"matchLabels": {"a": "b"}}});
    let service = json!({"kind": "Service", "name": "s", "apiVersion": "v1"});
    let per_pod = json!({"type": "AverageValue", "averageValue": "2"});
    before(json!({
        "spec": {"metrics": [
            {"type": "Object", "object": {"describedObject": service, "metric": metric, "target": {"type": "Value", "value": "3"}}},
            {"type": "Pods", "pods": {"metric": metric, "target": per_pod}},
            {"type": "External", "external": {"metric": metric, "target": per_pod}},
            {"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "c", "target": {"type": "Utilization", "averageUtilization": 9}}},
        ]},
        "status": {"currentMetrics": [
            {"type": "Object", "object": {"describedObject": service, "metric": metric, "current": {"value": "3"}}},
            {"type": "Pods", "pods": {"metric": metric, "current": {"averageValue": "2"}}},
            {"type": "External", "external": {"metric": metric, "current": {"value": "0", "averageValue": "2"}}},
            {"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "c", "current": {"averageValue": "1", "averageUtilization": 9}}},
        ]},
    }));
}

#[test]
fn the_version_before_means_the_same_when_it_says_little() {
    let read = |spec: Value, annotations: Value| {
        let (v1, problems) = decode::<v1::HorizontalPodAutoscaler>(
            &json!({"metadata": {"annotations": annotations}, "spec": spec}),
        );
        assert_eq!(problems, []);
        let mut object = Object::from(HorizontalPodAutoscaler::from(v1));
        object.apply_defaults();
        object.to_value()
    };
    let utilization = |percent: i32| json!([{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": percent}}}]);
    let plain = read(json!({"maxReplicas": 3}), json!({}));
    assert_eq!((&plain["spec"]["metrics"], &plain["spec"]["minReplicas"]), (&utilization(80), &json!(1)));
    let given = read(json!({"maxReplicas": 3, "targetCPUUtilizationPercentage": 55}), json!({}));
    assert_eq!(given["spec"]["metrics"], utilization(55));
    let unread =
        read(json!({"maxReplicas": 3}), json!({"autoscaling.alpha.kubernetes.io/metrics": "[{", "a": "b"}));
    assert_eq!(unread["spec"]["metrics"], utilization(80), "what cannot be read is as good as absent");
    assert_eq!(unread["metadata"]["annotations"], json!({"a": "b"}), "and does not stay");
}
