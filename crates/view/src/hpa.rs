//! A HorizontalPodAutoscaler explained: how its numbers came to it, the formula with those numbers in it, and what bounds,
//! policies and stabilization made of the result.

use orrery_api::{HorizontalPodAutoscaler, Kind, Object};
use orrery_apiserver::{ApiServer, Key};
use orrery_cluster::Cluster;
use orrery_cluster::hpa::{HpaExplanation, MetricExplanation, PodGroup};

use crate::scene::{ObjectRef, Text};
use crate::{handle, owner};

/// An autoscaler, as it last looked at its target.
#[derive(Clone, PartialEq, Debug)]
pub struct Autoscaler {
    /// The autoscaler.
    pub id: ObjectRef,
    /// What it scales.
    pub target: ObjectRef,
    /// The least and the most replicas.
    pub bounds: (i32, i32),
    /// Replicas that the target asked for, and that were decided.
    pub replicas: (i32, Option<i32>),
    /// Seconds since it looked.
    pub ago: u64,
    /// Why, in upstream's words.
    pub reason: Text,
    /// Its metrics.
    pub metrics: Vec<Metric>,
    /// What changed the proposal: the rule, from, to.
    pub steps: Vec<(Text, i32, i32)>,
    /// A proposal of the past holds it: seconds until that is forgotten, and how long it is remembered.
    pub held: Option<(u64, u64)>,
    /// How the numbers come to it.
    pub chain: Vec<Link>,
    /// The command by which its pods are told to use so much of a processor; the amount is to be added to `orrery.dev/cpu`.
    pub usage_line: Option<Vec<String>>,
}

/// What one metric says.
#[derive(Clone, PartialEq, Debug)]
pub struct Metric {
    /// What it is called in events.
    pub name: Text,
    /// Why it says nothing.
    pub error: Option<Text>,
    /// The formula with its numbers, `ceil(2 × 150 / 50) = 6`.
    pub formula: Option<Text>,
    /// It proposes most.
    pub decisive: bool,
    /// Measured and wanted, where both are percent.
    pub percent: Option<(i64, i64)>,
    /// The pods that were looked at.
    pub pods: Vec<Measured>,
}

/// What a pod contributes.
#[derive(Clone, PartialEq, Debug)]
pub struct Measured {
    /// The pod.
    pub name: Text,
    /// What it uses and what it requests, in thousandths.
    pub usage: Option<i64>,
    /// What it requests, in thousandths.
    pub request: i64,
    /// Why it does not count as measured.
    pub aside: Option<Aside>,
}

/// Why a pod does not count as measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aside {
    /// It is starting.
    Unready,
    /// Nothing was measured.
    Missing,
    /// It is being deleted or has failed.
    Ignored,
}

/// Whom a number comes by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// The containers themselves.
    Containers,
    /// cAdvisor, in each kubelet.
    Cadvisor,
    /// metrics-server.
    MetricsServer,
    /// `metrics.k8s.io`.
    Api,
    /// The autoscaler.
    Autoscaler,
    /// The target's `scale`.
    Scale,
    /// Its pods.
    Pods,
}

/// A stage of the chain, and what is known there.
#[derive(Clone, PartialEq, Debug)]
pub struct Link {
    /// The stage.
    pub stage: Stage,
    /// What it says.
    pub says: Text,
    /// How old that is, in seconds.
    pub age: Option<u64>,
}

/// The autoscaler of that name; none before its first look.
pub fn autoscaler(cluster: &Cluster, id: &ObjectRef) -> Option<Autoscaler> {
    let api = cluster.api();
    let hpa = api.get::<HorizontalPodAutoscaler>(&id.namespace, &id.name)?;
    let told = cluster.hpa_explanation(&id.namespace, &id.name)?;
    let target = &hpa.spec.scale_target_ref;
    let target = ObjectRef::new(&target.kind, &id.namespace, &target.name);
    let ago = cluster.now().since(told.at).as_secs();
    Some(Autoscaler {
        id: id.clone(),
        bounds: (told.min_replicas, told.max_replicas),
        replicas: (told.current_replicas, told.desired_replicas),
        ago,
        reason: told.reason.clone(),
        metrics: told.metrics.iter().enumerate().map(|(i, m)| metric(m, told.decisive == Some(i))).collect(),
        steps: told.steps.iter().map(|s| (s.rule.into(), s.from, s.to)).collect(),
        held: held(cluster, told),
        chain: chain(cluster, &target, told),
        usage_line: usage_line(api, &target),
        target,
    })
}

/// The autoscaler that an object is, or whose target it is.
pub fn of(api: &ApiServer, target: &ObjectRef) -> Option<ObjectRef> {
    if &*target.kind == Kind::HorizontalPodAutoscaler.name() {
        return Some(target.clone());
    }
    let of = |hpa: &&std::rc::Rc<HorizontalPodAutoscaler>| {
        let to = &hpa.spec.scale_target_ref;
        to.kind == target.kind && to.name == target.name
    };
    let hpa = api.list_in::<HorizontalPodAutoscaler>(&target.namespace).find(of)?;
    Some(owner::reference(Kind::HorizontalPodAutoscaler, &hpa.metadata))
}

fn metric(told: &MetricExplanation, decisive: bool) -> Metric {
    let formula = told.formula.as_ref();
    Metric {
        name: told.name.clone(),
        error: told.error.clone(),
        formula: formula.map(|f| f.text().as_str().into()),
        decisive,
        percent: formula.filter(|f| f.percent).map(|f| (f.current, f.target)),
        pods: told
            .pods
            .iter()
            .map(|pod| Measured {
                name: pod.name.clone(),
                usage: pod.usage,
                request: pod.request,
                aside: match pod.group {
                    PodGroup::Ready => None,
                    PodGroup::Unready => Some(Aside::Unready),
                    PodGroup::Missing => Some(Aside::Missing),
                    PodGroup::Ignored => Some(Aside::Ignored),
                },
            })
            .collect(),
    }
}

/// While a higher proposal of the past holds the target up, when the last of those will be forgotten; and the other way round.
fn held(cluster: &Cluster, told: &HpaExplanation) -> Option<(u64, u64)> {
    let step = told.steps.iter().find(|s| s.rule.ends_with("Stabilized"))?;
    let down = step.to > step.from;
    let window = if down { told.scale_down_window } else { told.scale_up_window };
    let holds = |replicas: i32| if down { replicas > step.from } else { replicas < step.from };
    let last = told.recommendations.iter().filter(|r| holds(r.replicas)).map(|r| r.at).max()?;
    let gone = cluster.now().since(last).as_secs();
    Some((window.as_secs().saturating_sub(gone), window.as_secs()))
}

/// What the pods' containers add up to at each stage.
#[derive(Default)]
struct Sums {
    now: i64,
    counted: u64,
    looked: Option<u64>,
    scraped: Option<u64>,
    between: Option<u64>,
    served: i64,
}

fn sums(cluster: &Cluster, target: &ObjectRef, told: &HpaExplanation) -> Sums {
    let mut it = Sums::default();
    for pod in told.metrics.iter().take(1).flat_map(|m| &m.pods) {
        for chain in cluster.metrics_chain(&target.namespace, &pod.name) {
            it.now += chain.uses.0;
            if let Some(sample) = &chain.cadvisor {
                it.counted += sample.cpu_nanos / 1_000_000;
                it.looked = Some(cluster.now().since(sample.at).as_secs());
            }
            it.scraped = chain.scraped.map(|at| cluster.now().since(at).as_secs());
            if let (Some(first), Some(last)) = &chain.samples {
                it.between = Some(last.at.since(first.at).as_secs());
            }
            it.served += chain.api.map_or(0, |api| (api.cpu_nanos / 1_000_000) as i64);
        }
    }
    it
}

fn chain(cluster: &Cluster, target: &ObjectRef, told: &HpaExplanation) -> Vec<Link> {
    let api = cluster.api();
    let link = |stage, says: String, age| Link { stage, says: says.as_str().into(), age };
    let it = sums(cluster, target, told);
    let wanted = told.desired_replicas.unwrap_or(told.current_replicas);
    let formula = told.decisive.and_then(|i| told.metrics.get(i)?.formula.as_ref());
    let pods = object(api, target).map_or((0, 0), owner::counts);
    let looked = cluster.now().since(told.at).as_secs();
    let counted = format!("container_cpu_usage_seconds_total {}.{:03}", it.counted / 1000, it.counted % 1000);
    let window = it.between.map_or_else(String::new, |s| format!("\u{394} / {s} s"));
    let served = if api.metrics().is_some() {
        format!("metrics.k8s.io {}m", it.served)
    } else {
        "metrics.k8s.io –".to_owned()
    };
    vec![
        link(Stage::Containers, format!("cpu {}m", it.now), Some(0)),
        link(Stage::Cadvisor, counted, it.looked),
        link(Stage::MetricsServer, window, it.scraped),
        link(Stage::Api, served, it.scraped),
        link(Stage::Autoscaler, formula.map_or_else(String::new, |f| f.text()), Some(looked)),
        link(Stage::Scale, format!("{} → {wanted}", told.current_replicas), None),
        link(Stage::Pods, format!("{}/{}", pods.0, pods.1), None),
    ]
}

fn object<'a>(api: &'a ApiServer, id: &ObjectRef) -> Option<&'a Object> {
    let kind = api.kinds().find(|k| k.name() == &*id.kind)?;
    api.object(&Key::new(kind, id.namespace.clone(), id.name.clone()))
}

/// The command that lets every pod of a workload use so much of a processor, up to the number: the first container's.
fn usage_line(api: &ApiServer, target: &ObjectRef) -> Option<Vec<String>> {
    let template = owner::template(object(api, target)?)?;
    let labels: Vec<String> = template.metadata.labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let container = &template.spec.containers.first()?.name;
    let parts =
        ["annotate", "pods", "-l", &labels.join(","), "--overwrite", &format!("orrery.dev/cpu.{container}=")];
    Some(handle::line(&parts[..], &target.namespace))
}

/// An autoscaler in a few words, for beside its target: `HPA 2–10 · 150 % / 50 %`.
pub(crate) fn short(cluster: &Cluster, target: &ObjectRef) -> Option<Text> {
    let it = autoscaler(cluster, &of(cluster.api(), target)?)?;
    let percent = it.metrics.iter().find(|m| m.decisive).and_then(|m| m.percent);
    let measured = percent.map(|(now, target)| format!(" · {now} % / {target} %")).unwrap_or_default();
    Some(format!("HPA {}–{}{measured}", it.bounds.0, it.bounds.1).as_str().into())
}
