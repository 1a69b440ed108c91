//! Autoscalers that keep the bounds, and tell what they cannot measure.

use super::super::*;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{
    Container, CrossVersionObjectReference, Deployment, DeploymentSpec, HorizontalPodAutoscalerSpec, PodSpec,
    PodTemplateSpec,
};
use orrery_apimachinery::{LabelSelector, ObjectMeta, StrMap};
use std::rc::Rc;

type Bench = Workbench<HorizontalPodAutoscalerController>;

fn deployment(bench: &mut Bench, replicas: i32) {
    let labels = StrMap::from_iter([("app", "web")]);
    let container = Container { name: "c".into(), image: Some("nginx".into()), ..Default::default() };
    let template = PodTemplateSpec {
        metadata: ObjectMeta { labels: labels.clone(), ..Default::default() },
        spec: Rc::new(PodSpec { containers: vec![container], ..Default::default() }),
    };
    let selector = Some(LabelSelector { match_labels: labels, ..Default::default() });
    let spec = DeploymentSpec {
        replicas: Some(replicas),
        selector,
        template: Rc::new(template),
        ..Default::default()
    };
    bench.create(Deployment { metadata: ObjectMeta::named("default", "web"), spec, ..Default::default() });
}

fn autoscaler(bench: &mut Bench, kind: &str) {
    let target = CrossVersionObjectReference {
        api_version: Some("apps/v1".into()),
        kind: kind.into(),
        name: "web".into(),
    };
    let spec = HorizontalPodAutoscalerSpec {
        min_replicas: Some(2),
        max_replicas: 4,
        scale_target_ref: target,
        ..Default::default()
    };
    let metadata = ObjectMeta::named("default", "web");
    bench.create(HorizontalPodAutoscaler { metadata, spec, ..Default::default() });
}

/// The replicas, the conditions, then the events.
fn told(bench: &Bench) -> String {
    let autoscaler = bench.get::<HorizontalPodAutoscaler>("default", "web").expect("the autoscaler is there");
    let status = &autoscaler.status;
    let replicas = bench.get::<Deployment>("default", "web").and_then(|d| d.spec.replicas);
    let mut text = format!(
        "asked {replicas:?}, current {}, desired {}\n",
        status.current_replicas, status.desired_replicas
    );
    for condition in &status.conditions {
        let reason = condition.reason.as_deref().unwrap_or_default();
        text += &format!("{} {} {reason}\n", condition.type_, condition.status);
    }
    text + &bench.events()
}

#[test]
fn an_autoscaler_keeps_the_bounds() {
    type Row = (&'static str, fn(&mut Bench), Expect);
    let rows: [Row; 6] = [
        (
            "too few pods are made the least",
            |bench| {
                deployment(bench, 1);
                autoscaler(bench, "Deployment");
            },
            expect![[r#"
                too few pods are made the least
                asked Some(2), current 1, desired 2
                AbleToScale True SucceededRescale
                Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 2; reason: Current number of replicas below Spec.MinReplicas
            "#]],
        ),
        (
            "too many pods are made the most",
            |bench| {
                deployment(bench, 9);
                autoscaler(bench, "Deployment");
            },
            expect![[r#"
                too many pods are made the most
                asked Some(4), current 9, desired 4
                AbleToScale True SucceededRescale
                Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 4; reason: Current number of replicas above Spec.MaxReplicas
            "#]],
        ),
        (
            "within the bounds the metrics would decide",
            |bench| {
                deployment(bench, 3);
                autoscaler(bench, "Deployment");
            },
            expect![[r#"
                within the bounds the metrics would decide
                asked Some(3), current 3, desired 0
                AbleToScale True SucceededGetScale
                ScalingActive False FailedGetResourceMetric
                Warning FailedGetResourceMetric HorizontalPodAutoscaler/web: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)
                Warning FailedComputeMetricsReplicas HorizontalPodAutoscaler/web: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)
            "#]],
        ),
        (
            "a workload that is switched off stays off",
            |bench| {
                deployment(bench, 0);
                autoscaler(bench, "Deployment");
            },
            expect![[r#"
                a workload that is switched off stays off
                asked Some(0), current 0, desired 0
                AbleToScale True SucceededGetScale
                ScalingActive False ScalingDisabled
            "#]],
        ),
        (
            "the target is missing",
            |bench| autoscaler(bench, "Deployment"),
            expect![[r#"
                the target is missing
                asked None, current 0, desired 0
                AbleToScale False FailedGetScale
                Warning FailedGetScale HorizontalPodAutoscaler/web: deployments/scale.apps "web" not found
            "#]],
        ),
        (
            "there is no such kind of target",
            |bench| {
                deployment(bench, 3);
                autoscaler(bench, "Deploymint");
            },
            expect![[r#"
                there is no such kind of target
                asked Some(3), current 0, desired 0
                AbleToScale False FailedGetScale
                Warning FailedGetScale HorizontalPodAutoscaler/web: no matches for kind "Deploymint" in group "apps"
            "#]],
        ),
    ];
    for (row, given, expected) in rows {
        let mut bench = Bench::new();
        given(&mut bench);
        bench.pass(Duration::from_secs(16));
        expected.assert_eq(&format!("{row}\n{}", told(&bench)));
    }
}

#[test]
fn nothing_happens_before_the_first_period_is_over() {
    let mut bench = Bench::new();
    deployment(&mut bench, 1);
    autoscaler(&mut bench, "Deployment");
    bench.pass(Duration::from_secs(14));
    assert_eq!(bench.get::<Deployment>("default", "web").and_then(|d| d.spec.replicas), Some(1));
}
