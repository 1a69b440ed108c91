//! Autoscalers with pods and metrics, over time: what is asked for, what is told, and how it was worked out.

use super::super::*;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{
    Container, CrossVersionObjectReference, Deployment, DeploymentSpec, HorizontalPodAutoscalerBehavior,
    HorizontalPodAutoscalerSpec, MetricSpec, Pod, PodCondition, PodSpec, PodTemplateSpec,
};
use orrery_apimachinery::{LabelSelector, ObjectMeta, Quantity, StrMap};
use orrery_apiserver::{ContainerMetrics, Metrics, PodMetrics};

type Bench = Workbench<HorizontalPodAutoscalerController>;

const PERIOD: Duration = Duration::from_secs(15);

fn pod_spec() -> PodSpec {
    let mut container = Container { name: "c".into(), image: Some("nginx".into()), ..Default::default() };
    container.resources.requests.insert("cpu".into(), Quantity::from_millis(200));
    PodSpec { containers: vec![container], ..Default::default() }
}

fn labels(app: &str) -> StrMap {
    StrMap::from_iter([("app", app)])
}

/// A Deployment whose pods request 200m each.
fn deployment(bench: &mut Bench, name: &str, replicas: i32) {
    let template = PodTemplateSpec {
        metadata: ObjectMeta { labels: labels(name), ..Default::default() },
        spec: Rc::new(pod_spec()),
    };
    let spec = DeploymentSpec {
        replicas: Some(replicas),
        selector: Some(LabelSelector { match_labels: labels(name), ..Default::default() }),
        template: Rc::new(template),
        ..Default::default()
    };
    bench.create(Deployment { metadata: ObjectMeta::named("default", name), spec, ..Default::default() });
}

/// An autoscaler of the Deployment `web` from two to ten pods, with these metrics as JSON.
fn autoscaler(
    bench: &mut Bench,
    name: &str,
    metrics: &[&str],
    behavior: Option<HorizontalPodAutoscalerBehavior>,
) {
    let target = CrossVersionObjectReference {
        api_version: Some("apps/v1".into()),
        kind: "Deployment".into(),
        name: "web".into(),
    };
    let read = |text: &&str| {
        let tree = serde_json::from_str(text).expect("the metric is JSON");
        orrery_apimachinery::decode::decode::<MetricSpec>(&tree).0
    };
    let spec = HorizontalPodAutoscalerSpec {
        min_replicas: Some(2),
        max_replicas: 10,
        scale_target_ref: target,
        metrics: metrics.iter().map(read).collect(),
        behavior,
    };
    let metadata = ObjectMeta::named("default", name);
    bench.create(HorizontalPodAutoscaler { metadata, spec, ..Default::default() });
}

const CPU_HALF: &str = r#"{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}"#;

/// Starts or stops pods until there are as many as are asked for, each ready for long and using `milli`; the status of
/// the Deployment follows.
fn run(bench: &mut Bench, milli: u64) {
    let wanted = replicas(bench);
    for nth in 0..20 {
        let name = format!("web-{nth:02}");
        let there = bench.get::<Pod>("default", &name);
        match (there, nth < wanted) {
            (None, true) => start(bench, &name),
            (Some(pod), false) => bench.delete(&Object::Pod(pod), orrery_client::Propagation::Background),
            _ => {}
        }
    }
    bench.modify_status::<Deployment>("default", "web", |d| d.status.replicas = wanted);
    let mut metrics = Metrics::default();
    for nth in 0..wanted {
        metrics.pods.push(PodMetrics {
            namespace: "default".into(),
            name: format!("web-{nth:02}").into(),
            timestamp: bench.now,
            window: Duration::from_secs(15),
            containers: vec![ContainerMetrics {
                name: "c".into(),
                cpu_nanos: milli * 1_000_000,
                memory_bytes: 64 << 20,
            }],
            requests_milli: 0,
        });
    }
    bench.api.set_metrics(Some(metrics));
}

fn start(bench: &mut Bench, name: &str) {
    let metadata = ObjectMeta { labels: labels("web"), ..ObjectMeta::named("default", name) };
    let pod = Pod { metadata, spec: Rc::new(pod_spec()), ..Default::default() };
    bench.create(pod);
    let long_ago = bench.api.date(orrery_sim::SimTime::ZERO);
    bench.modify_status::<Pod>("default", name, |pod| {
        pod.status.phase = Some("Running".into());
        pod.status.start_time = Some(long_ago);
        pod.status.conditions.push(PodCondition {
            type_: "Ready".into(),
            status: "True".into(),
            last_transition_time: Some(long_ago),
            ..Default::default()
        });
    });
}

fn replicas(bench: &Bench) -> i32 {
    bench.get::<Deployment>("default", "web").and_then(|d| d.spec.replicas).expect("it asks for replicas")
}

fn explained(bench: &Bench) -> String {
    let key = Key::new(orrery_api::Kind::HorizontalPodAutoscaler, "default", "web");
    let told = bench.controller().explanation(&key).expect("it looked");
    let mut text = String::new();
    for metric in &told.metrics {
        let pods = metric.pods.iter().map(|p| format!("{:?}", p.group)).collect::<Vec<_>>().join(" ");
        let formula = metric.formula.map_or_else(String::new, |f| f.text());
        let error = metric.error.as_deref().unwrap_or_default();
        text += &format!("{} [{pods}] {formula}{error}\n", metric.name);
    }
    for step in &told.steps {
        text += &format!("{}: {} -> {}\n", step.rule, step.from, step.to);
    }
    let window: Vec<i32> = told.recommendations.iter().map(|r| r.replicas).collect();
    text += &format!("{} -> {:?} {}{window:?}\n", told.current_replicas, told.desired_replicas, told.reason);
    text
}

/// The conditions, then the events.
fn told(bench: &Bench, name: &str) -> String {
    let autoscaler = bench.get::<HorizontalPodAutoscaler>("default", name).expect("the autoscaler is there");
    let mut text = String::new();
    for c in &autoscaler.status.conditions {
        let (reason, message) =
            (c.reason.as_deref().unwrap_or_default(), c.message.as_deref().unwrap_or_default());
        text += &format!("{} {} {reason}: {message}\n", c.type_, c.status);
    }
    text + &bench.events()
}

/// A Deployment that has been there for ten minutes, then its autoscaler's first look.
fn first_look(milli: u64, replicas: i32, metrics: &[&str]) -> Bench {
    let mut bench = Bench::new();
    deployment(&mut bench, "web", replicas);
    bench.pass(Duration::from_secs(600));
    run(&mut bench, milli);
    autoscaler(&mut bench, "web", metrics, None);
    bench.pass(PERIOD + Duration::from_secs(1));
    bench
}

#[test]
fn two_busy_pods_become_six_and_idle_ones_three_and_then_two() {
    let mut bench = first_look(300, 2, &[CPU_HALF]);
    let mut story = explained(&bench);
    // The load is the same, so four pods use half of it each.
    run(&mut bench, 150);
    bench.pass(PERIOD);
    story += &explained(&bench);
    // Then the load ends; for five minutes the highest wish of them holds.
    run(&mut bench, 50);
    let mut waited = 0;
    while replicas(&bench) == 6 {
        bench.pass(PERIOD);
        waited += 15;
    }
    story += &format!("after {waited} s\n{}", explained(&bench));
    run(&mut bench, 50);
    bench.pass(Duration::from_secs(400));
    story += &explained(&bench);
    assert_eq!(replicas(&bench), 2, "three at 50m are two, the least");
    expect![[r#"
        cpu resource utilization (percentage of request) [Ready Ready] ceil(2 × 150 / 50) = 6
        ScaleUpLimit: 6 -> 4
        2 -> Some(4) cpu resource utilization (percentage of request) above target[2, 6]
        cpu resource utilization (percentage of request) [Ready Ready Ready Ready] ceil(4 × 75 / 50) = 6
        4 -> Some(6) cpu resource utilization (percentage of request) above target[2, 6, 6]
        after 315 s
        cpu resource utilization (percentage of request) [Ready Ready Ready Ready Ready Ready] ceil(6 × 25 / 50) = 3
        6 -> Some(3) All metrics below target[2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]
        cpu resource utilization (percentage of request) [Ready Ready Ready] ceil(3 × 25 / 50) = 2
        2 -> Some(2) [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
        AbleToScale True ReadyForNewScale: recommended size matches current size
        ScalingActive True ValidMetricFound: the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)
        ScalingLimited False DesiredWithinRange: the desired count is within the acceptable range
        Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 4; reason: cpu resource utilization (percentage of request) above target
        Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 6; reason: cpu resource utilization (percentage of request) above target
        Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 3; reason: All metrics below target
        Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 2; reason: All metrics below target
    "#]].assert_eq(&(story + &told(&bench, "web")));
}

#[test]
fn the_default_behavior_reaches_six_at_once() {
    let mut bench = Bench::new();
    deployment(&mut bench, "web", 2);
    bench.pass(Duration::from_secs(600));
    run(&mut bench, 300);
    autoscaler(&mut bench, "web", &[CPU_HALF], Some(HorizontalPodAutoscalerBehavior::default()));
    bench.pass(PERIOD + Duration::from_secs(1));
    expect![[r#"
        cpu resource utilization (percentage of request) [Ready Ready] ceil(2 × 150 / 50) = 6
        2 -> Some(6) cpu resource utilization (percentage of request) above target[2, 6]
    "#]]
    .assert_eq(&explained(&bench));
}

#[test]
fn metrics_of_every_type_decide_and_the_largest_wins() {
    type Row = (&'static str, &'static [&'static str], fn(&mut Bench), Expect);
    const OTHER: &str = r#"{"type": "Pods", "pods": {"metric": {"name": "jobs"}, "target": {"type": "AverageValue", "averageValue": "10"}}}"#;
    const OBJECT: &str = r#"{"type": "Object", "object": {"describedObject": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "metric": {"name": "depth"}, "target": {"type": "Value", "value": "100"}}}"#;
    const PER_POD: &str = r#"{"type": "Object", "object": {"describedObject": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "metric": {"name": "depth"}, "target": {"type": "AverageValue", "averageValue": "40"}}}"#;
    const QUEUE: &str = r#"{"type": "External", "external": {"metric": {"name": "queue", "selector": {"matchLabels": {"q": "a"}}}, "target": {"type": "AverageValue", "averageValue": "30"}}}"#;
    const QUEUE_VALUE: &str = r#"{"type": "External", "external": {"metric": {"name": "queue"}, "target": {"type": "Value", "value": "100"}}}"#;
    const CONTAINER: &str = r#"{"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "c", "target": {"type": "Utilization", "averageUtilization": 50}}}"#;
    const NO_CONTAINER: &str = r#"{"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "d", "target": {"type": "Utilization", "averageUtilization": 50}}}"#;
    const MEMORY: &str = r#"{"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "32Mi"}}}"#;
    fn stated(bench: &mut Bench) {
        bench.api.serve_custom_metrics(true);
        bench.modify::<Deployment>("default", "web", |d| {
            d.metadata.annotations.insert("orrery.dev/metric.depth", "150");
        });
        bench.modify::<orrery_api::Namespace>("", "default", |n| {
            n.metadata.annotations.insert("orrery.dev/external.queue", "{q=a} 100; {q=b} 50");
        });
        for name in ["web-00", "web-01"] {
            bench.modify::<Pod>("default", name, |p| {
                p.metadata.annotations.insert("orrery.dev/metric.jobs", "15");
            });
        }
    }
    let rows: [Row; 13] = [
        (
            "the memory of the pods",
            &[MEMORY],
            |_| {},
            expect![[r#"
            the memory of the pods
            memory resource [Ready Ready] ceil(2 × 67108864 / 33554432) = 4
            2 -> Some(4) memory resource above target[2, 4]
            AbleToScale True SucceededRescale: the HPA controller was able to update the target scale to 4
            ScalingActive True ValidMetricFound: the HPA was able to successfully calculate a replica count from memory resource
            ScalingLimited False DesiredWithinRange: the desired count is within the acceptable range
            Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 4; reason: memory resource above target
        "#]],
        ),
        (
            "the processor of one container",
            &[CONTAINER],
            |_| {},
            expect![[r#"
            the processor of one container
            cpu container resource utilization (percentage of request) [Ready Ready] |1 - 50 / 50| <= 0.1: 2
            2 -> Some(2) [2, 2]
            AbleToScale True ReadyForNewScale: recommended size matches current size
            ScalingActive True ValidMetricFound: the HPA was able to successfully calculate a replica count from cpu container resource utilization (percentage of request)
            ScalingLimited False DesiredWithinRange: the desired count is within the acceptable range
        "#]],
        ),
        (
            "a container that is not there",
            &[NO_CONTAINER],
            |_| {},
            expect![[r#"
            a container that is not there
            d container [] failed to get cpu utilization: unable to get metrics for resource cpu: failed to get container metrics: container d not present in metrics for pod default/web-00
            2 -> None [2]
            AbleToScale True SucceededGetScale: the HPA controller was able to get the target's current scale
            ScalingActive False FailedGetContainerResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: failed to get container metrics: container d not present in metrics for pod default/web-00
            Warning FailedGetContainerResourceMetric HorizontalPodAutoscaler/web: failed to get cpu utilization: unable to get metrics for resource cpu: failed to get container metrics: container d not present in metrics for pod default/web-00
            Warning FailedComputeMetricsReplicas HorizontalPodAutoscaler/web: invalid metrics (1 invalid out of 1), first error is: failed to get d container metric value: failed to get cpu utilization: unable to get metrics for resource cpu: failed to get container metrics: container d not present in metrics for pod default/web-00
        "#]],
        ),
        (
            "what the pods state",
            &[OTHER],
            stated,
            expect![[r#"
            what the pods state
            pods metric jobs [Ready Ready] ceil(2 × 15 / 10) = 3
            2 -> Some(3) pods metric jobs above target[2, 3]
            AbleToScale True SucceededRescale: the HPA controller was able to update the target scale to 3
            ScalingActive True ValidMetricFound: the HPA was able to successfully calculate a replica count from pods metric jobs
            ScalingLimited False DesiredWithinRange: the desired count is within the acceptable range
            Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 3; reason: pods metric jobs above target
        "#]],
        ),
        (
            "what an object states",
            &[OBJECT],
            stated,
            expect![[r#"
            what an object states
            Deployment metric depth [] ceil(2 × 150 / 100) = 3
            2 -> Some(3) Deployment metric depth above target[2, 3]
            AbleToScale True SucceededRescale: the HPA controller was able to update the target scale to 3
            ScalingActive True ValidMetricFound: the HPA was able to successfully calculate a replica count from Deployment metric depth
            ScalingLimited False DesiredWithinRange: the desired count is within the acceptable range
            Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 3; reason: Deployment metric depth above target
        "#]],
        ),
        (
            "what an object states, for each pod",
            &[PER_POD],
            stated,
            expect![[r#"
            what an object states, for each pod
            external metric depth(nil) [] ceil(150 / 40) = 4
            2 -> Some(4) external metric depth(nil) above target[2, 4]
            AbleToScale True SucceededRescale: the HPA controller was able to update the target scale to 4
            ScalingActive True ValidMetricFound: the HPA was able to successfully calculate a replica count from external metric depth(nil)
            ScalingLimited False DesiredWithinRange: the desired count is within the acceptable range
            Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 4; reason: external metric depth(nil) above target
        "#]],
        ),
        (
            "one series from outside, for each pod",
            &[QUEUE],
            stated,
            expect![[r#"
            one series from outside, for each pod
            external metric queue(&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}) [] ceil(100 / 30) = 4
            2 -> Some(4) external metric queue(&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}) above target[2, 4]
            AbleToScale True SucceededRescale: the HPA controller was able to update the target scale to 4
            ScalingActive True ValidMetricFound: the HPA was able to successfully calculate a replica count from external metric queue(&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},})
            ScalingLimited False DesiredWithinRange: the desired count is within the acceptable range
            Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 4; reason: external metric queue(&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}) above target
        "#]],
        ),
        (
            "all series from outside",
            &[QUEUE_VALUE],
            stated,
            expect![[r#"
            all series from outside
            external metric queue(nil) [] ceil(2 × 150 / 100) = 3
            2 -> Some(3) external metric queue(nil) above target[2, 3]
            AbleToScale True SucceededRescale: the HPA controller was able to update the target scale to 3
            ScalingActive True ValidMetricFound: the HPA was able to successfully calculate a replica count from external metric queue(nil)
            ScalingLimited False DesiredWithinRange: the desired count is within the acceptable range
            Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 3; reason: external metric queue(nil) above target
        "#]],
        ),
        (
            "the largest of three",
            &[CPU_HALF, OTHER, QUEUE],
            stated,
            expect![[r#"
            the largest of three
            cpu resource utilization (percentage of request) [Ready Ready] |1 - 50 / 50| <= 0.1: 2
            pods metric jobs [Ready Ready] ceil(2 × 15 / 10) = 3
            external metric queue(&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}) [] ceil(100 / 30) = 4
            2 -> Some(4) external metric queue(&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}) above target[2, 4]
            AbleToScale True SucceededRescale: the HPA controller was able to update the target scale to 4
            ScalingActive True ValidMetricFound: the HPA was able to successfully calculate a replica count from external metric queue(&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},})
            ScalingLimited False DesiredWithinRange: the desired count is within the acceptable range
            Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 4; reason: external metric queue(&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}) above target
        "#]],
        ),
        (
            "one that is missing does not stop growth",
            &[OTHER, MEMORY],
            |_| {},
            expect![[r#"
            one that is missing does not stop growth
            pods [] unable to get metric jobs: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered
            memory resource [Ready Ready] ceil(2 × 67108864 / 33554432) = 4
            2 -> Some(4) memory resource above target[2, 4]
            AbleToScale True SucceededRescale: the HPA controller was able to update the target scale to 4
            ScalingActive True ValidMetricFound: the HPA was able to successfully calculate a replica count from memory resource
            ScalingLimited False DesiredWithinRange: the desired count is within the acceptable range
            Warning FailedGetPodsMetric HorizontalPodAutoscaler/web: unable to get metric jobs: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered
            Normal SuccessfulRescale HorizontalPodAutoscaler/web: New size: 4; reason: memory resource above target
        "#]],
        ),
        (
            "but it stops shrinking",
            &[OTHER, CPU_HALF],
            |bench| run(bench, 10),
            expect![[r#"
            but it stops shrinking
            pods [] unable to get metric jobs: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered
            cpu resource utilization (percentage of request) [Ready Ready] ceil(2 × 5 / 50) = 1
            2 -> None [2]
            AbleToScale True SucceededGetScale: the HPA controller was able to get the target's current scale
            ScalingActive False FailedGetPodsMetric: the HPA was unable to compute the replica count: unable to get metric jobs: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered
            Warning FailedGetPodsMetric HorizontalPodAutoscaler/web: unable to get metric jobs: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered
            Warning FailedComputeMetricsReplicas HorizontalPodAutoscaler/web: invalid metrics (1 invalid out of 2), first error is: failed to get pods metric value: unable to get metric jobs: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered
        "#]],
        ),
        (
            "nothing is served at all",
            &[CPU_HALF, OBJECT, QUEUE],
            |bench| bench.api.set_metrics(None),
            expect![[r#"
                nothing is served at all
                cpu resource [] failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)
                object [] unable to get metric depth: Deployment on default web/unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered
                queue external [] unable to get external metric default/queue/&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered
                2 -> None [2]
                AbleToScale True SucceededGetScale: the HPA controller was able to get the target's current scale
                ScalingActive False FailedGetResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)
                Warning FailedGetResourceMetric HorizontalPodAutoscaler/web: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)
                Warning FailedGetObjectMetric HorizontalPodAutoscaler/web: unable to get metric depth: Deployment on default web/unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered
                Warning FailedGetExternalMetric HorizontalPodAutoscaler/web: unable to get external metric default/queue/&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered
                Warning FailedComputeMetricsReplicas HorizontalPodAutoscaler/web: invalid metrics (3 invalid out of 3), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)
            "#]],
        ),
        (
            "nothing was measured yet",
            &[CPU_HALF],
            |bench| bench.api.set_metrics(Some(Metrics::default())),
            expect![[r#"
                nothing was measured yet
                cpu resource [] failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API
                2 -> None [2]
                AbleToScale True SucceededGetScale: the HPA controller was able to get the target's current scale
                ScalingActive False FailedGetResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API
                Warning FailedGetResourceMetric HorizontalPodAutoscaler/web: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API
                Warning FailedComputeMetricsReplicas HorizontalPodAutoscaler/web: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API
            "#]],
        ),
    ];
    for (row, metrics, given, expected) in rows {
        let mut bench = Bench::new();
        deployment(&mut bench, "web", 2);
        bench.pass(Duration::from_secs(600));
        run(&mut bench, 100);
        given(&mut bench);
        autoscaler(&mut bench, "web", metrics, None);
        bench.pass(PERIOD + Duration::from_secs(1));
        expected.assert_eq(&format!("{row}\n{}{}", explained(&bench), told(&bench, "web")));
    }
}

#[test]
fn two_autoscalers_of_the_same_pods_do_nothing() {
    let mut bench = first_look(100, 2, &[CPU_HALF]);
    autoscaler(&mut bench, "again", &[CPU_HALF], None);
    bench.pass(Duration::from_secs(31));
    expect![[r#"
        AbleToScale True SucceededGetScale: the HPA controller was able to get the target's current scale
        ScalingActive False AmbiguousSelector: pods by selector app=web are controlled by multiple HPAs: [{again default} {web default}]
        ScalingLimited False DesiredWithinRange: the desired count is within the acceptable range
        Warning AmbiguousSelector HorizontalPodAutoscaler/again: pods by selector app=web are controlled by multiple HPAs: [{again default} {web default}]
        Warning FailedComputeMetricsReplicas HorizontalPodAutoscaler/again: pods by selector app=web are controlled by multiple HPAs: [{again default} {web default}]
        Warning AmbiguousSelector HorizontalPodAutoscaler/web: pods by selector app=web are controlled by multiple HPAs: [{again default} {web default}]
        Warning FailedComputeMetricsReplicas HorizontalPodAutoscaler/web: pods by selector app=web are controlled by multiple HPAs: [{again default} {web default}]
        AbleToScale True SucceededGetScale: the HPA controller was able to get the target's current scale
        ScalingActive False AmbiguousSelector: pods by selector app=web are controlled by multiple HPAs: [{again default} {web default}]
        Warning AmbiguousSelector HorizontalPodAutoscaler/again: pods by selector app=web are controlled by multiple HPAs: [{again default} {web default}]
        Warning FailedComputeMetricsReplicas HorizontalPodAutoscaler/again: pods by selector app=web are controlled by multiple HPAs: [{again default} {web default}]
        Warning AmbiguousSelector HorizontalPodAutoscaler/web: pods by selector app=web are controlled by multiple HPAs: [{again default} {web default}]
        Warning FailedComputeMetricsReplicas HorizontalPodAutoscaler/web: pods by selector app=web are controlled by multiple HPAs: [{again default} {web default}]
    "#]].assert_eq(&(told(&bench, "web") + &told(&bench, "again")));
    let again = bench.get::<HorizontalPodAutoscaler>("default", "again").expect("it is there");
    bench.delete(&Object::HorizontalPodAutoscaler(again), orrery_client::Propagation::Background);
    bench.pass(Duration::from_secs(31));
    let scaling = |bench: &Bench| {
        let web = bench.get::<HorizontalPodAutoscaler>("default", "web").expect("it is there");
        web.status.conditions.iter().find(|c| &*c.type_ == "ScalingActive").map(|c| c.status.clone())
    };
    assert_eq!(scaling(&bench).as_deref(), Some("True"), "the pods belong to one autoscaler again");
}
