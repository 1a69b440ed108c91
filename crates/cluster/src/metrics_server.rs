//! metrics-server (upstream: `kubernetes-sigs/metrics-server`, `pkg/scraper` and `pkg/storage`): every 15 seconds it asks
//! all kubelets what their containers have used; out of two samples of a container comes what it uses.
//!
//! While an autoscaler of either kind is there the scrapes take place. While none is, nothing happens, and what the last
//! scrape would have found is computed when a person asks.

use crate::cluster::Event;
use crate::{AddOn, Cluster};
use orrery_add_ons::vertically_autoscaled;
use orrery_api::{HorizontalPodAutoscaler, Node, Pod};
use orrery_apimachinery::Str;
use orrery_apiserver::{ContainerMetrics, Metrics, NodeMetrics, PodMetrics};
use orrery_kubelet::{ContainerSample, Kubelet};
use orrery_sim::{Duration, SimTime};

/// How often it scrapes (`--metric-resolution`), and when it begins.
const RESOLUTION: Duration = Duration::from_secs(15);
const BEGIN: SimTime = SimTime::from_secs(3);
/// A container that is so old, and younger than a period, is measured since its start
/// (upstream: `freshContainerMinMetricsResolution`).
const FRESH: Duration = Duration::from_secs(10);
/// What a node's own programs use.
const SYSTEM_NANOS: u64 = 80_000_000;
const SYSTEM_BYTES: u64 = 600 << 20;
const NANOS: u64 = 1_000_000_000;

/// How the numbers of a container come to the metrics API: what each stage last saw of it, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsChain {
    /// The container.
    pub container: Str,
    /// What it uses now: thousandths of a processor, and bytes.
    pub uses: (i64, i64),
    /// What cAdvisor, and so the kubelet at `/metrics/resource`, last saw: it may not have looked at it yet.
    pub cadvisor: Option<ContainerSample>,
    /// When metrics-server last asked the kubelet; none when there is no metrics-server.
    pub scraped: Option<SimTime>,
    /// The two samples that metrics-server has, the earlier one first.
    pub samples: (Option<ContainerSample>, Option<ContainerSample>),
    /// What the metrics API answers: billionths of a processor, and bytes.
    pub api: Option<ContainerMetrics>,
}

impl Cluster {
    /// Registers the APIs for metrics, as far as those who serve them are installed.
    pub(crate) fn register_metrics(&mut self) {
        let is_on = |add_on| self.config.add_ons.contains(&add_on);
        let (server, adapter) = (is_on(AddOn::MetricsServer), is_on(AddOn::PrometheusAdapter));
        if self.api.metrics().is_some() != server {
            self.api.set_metrics(server.then(Metrics::default));
        }
        self.api.serve_custom_metrics(adapter);
        self.plan_scrape();
    }

    /// When metrics-server has last scraped.
    fn last_scrape(&self) -> Option<SimTime> {
        let since = self.now.as_nanos().checked_sub(BEGIN.as_nanos())?;
        let period = RESOLUTION.as_nanos() as u64;
        Some(SimTime::from_nanos(BEGIN.as_nanos() + since / period * period))
    }

    /// Scrapes take place while somebody reads metrics all the time. The first is one that has just been.
    pub(crate) fn plan_scrape(&mut self) {
        let wanted = self.api.metrics().is_some() && self.autoscaled().next().is_some();
        match self.scrape {
            Some(entry) if !wanted => {
                self.agenda.cancel(entry);
                self.scrape = None;
            }
            None if wanted => {
                self.gather();
                self.plan_next_scrape();
            }
            _ => {}
        }
    }

    fn plan_next_scrape(&mut self) {
        let next = self.last_scrape().map_or(BEGIN, |last| last + RESOLUTION);
        self.scrape = Some(self.agenda.schedule(next, Event::Scrape));
    }

    /// Scrapes, for those who read metrics all the time.
    pub(crate) fn run_scrape(&mut self) {
        self.scrape = None;
        self.plan_scrape();
    }

    /// The namespaces in which autoscalers read metrics, one for each autoscaler.
    fn autoscaled(&self) -> impl Iterator<Item = &Str> {
        let horizontally = self.api.list::<HorizontalPodAutoscaler>().map(|one| &one.metadata.namespace);
        horizontally.chain(vertically_autoscaled(&self.api))
    }

    /// What the last scrape found of the pods that autoscalers look at.
    fn gather(&mut self) {
        let mut namespaces: Vec<Str> = self.autoscaled().cloned().collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        let mut metrics = Metrics::default();
        if let Some(at) = self.last_scrape() {
            for namespace in &namespaces {
                let pods = self.api.list_in::<Pod>(namespace);
                metrics.pods.extend(pods.filter_map(|pod| self.measured(pod, at)));
            }
        }
        self.api.set_metrics(Some(metrics));
    }

    /// Works out what the metrics API answers about everything, for a person who is about to ask.
    pub(crate) fn gather_all(&mut self) {
        let (Some(known), Some(at)) = (self.api.metrics(), self.last_scrape()) else { return };
        let mut metrics = Metrics::default();
        for pod in self.api.list::<Pod>() {
            let meta = &pod.metadata;
            let scraped = known.pod_metrics(&meta.namespace, &meta.name).filter(|_| self.scrape.is_some());
            metrics.pods.extend(scraped.cloned().or_else(|| self.measured(pod, at)));
        }
        for node in self.api.list::<Node>() {
            metrics.nodes.extend(self.node_measured(&node.metadata.name, &metrics, at));
        }
        self.api.set_metrics(Some(metrics));
    }

    /// The kubelet of a node, if it answers.
    fn answering(&self, node: &str) -> Option<&Kubelet> {
        let number = self.kubelet_of.get(node)?;
        self.kubelet(node).filter(|kubelet| kubelet.is_on() && kubelet.runs() && !self.cut.contains(number))
    }

    /// The two samples of each container of a pod that metrics-server has after a scrape.
    fn samples(&self, pod: &Pod, at: SimTime) -> Vec<(Option<ContainerSample>, ContainerSample)> {
        let kubelet = pod.node_name.as_ref().and_then(|node| self.answering(node));
        let Some(kubelet) = kubelet else { return Vec::new() };
        let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
        let last = kubelet.samples(&self.api, namespace, name, at);
        let before = at.as_nanos().checked_sub(RESOLUTION.as_nanos() as u64).map(SimTime::from_nanos);
        let before = before.map(|before| kubelet.samples(&self.api, namespace, name, before));
        let mut pairs = Vec::new();
        for sample in last {
            let age = sample.at.since(sample.started);
            let first = if (FRESH..RESOLUTION).contains(&age) {
                Some(ContainerSample { at: sample.started, cpu_nanos: 0, requests: 0, ..sample.clone() })
            } else {
                let known = before.iter().flatten().find(|known| known.name == sample.name);
                known.filter(|known| known.started == sample.started && known.at < sample.at).cloned()
            };
            pairs.push((first, sample));
        }
        pairs
    }

    /// What a scrape makes known of a pod: nothing, as long as one of its containers was seen only once.
    fn measured(&self, pod: &Pod, at: SimTime) -> Option<PodMetrics> {
        let meta = &pod.metadata;
        let mut metrics = PodMetrics {
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            timestamp: SimTime::NEVER,
            window: Duration::ZERO,
            containers: Vec::new(),
            requests_milli: 0,
        };
        for (first, last) in self.samples(pod, at) {
            let first = first?;
            let window = last.at.since(first.at);
            if last.at < metrics.timestamp {
                (metrics.timestamp, metrics.window) = (last.at, window);
            }
            let requests = last.requests.saturating_sub(first.requests);
            metrics.requests_milli += requests * 1_000_000 / (window.as_millis() as u64).max(1);
            metrics.containers.push(used(&first, &last));
        }
        (!metrics.containers.is_empty()).then_some(metrics)
    }

    fn node_measured(&self, name: &Str, metrics: &Metrics, at: SimTime) -> Option<NodeMetrics> {
        self.answering(name).filter(|_| at > BEGIN)?;
        let (mut cpu_nanos, mut memory_bytes) = (SYSTEM_NANOS, SYSTEM_BYTES);
        for pod in self.api.pods_on(name) {
            let known = metrics.pod_metrics(&pod.metadata.namespace, &pod.metadata.name);
            for container in known.iter().flat_map(|pod| &pod.containers) {
                cpu_nanos += container.cpu_nanos;
                memory_bytes += container.memory_bytes;
            }
        }
        let window = FRESH;
        Some(NodeMetrics { name: name.clone(), timestamp: at, window, cpu_nanos, memory_bytes })
    }

    /// How the numbers of a pod's containers come to the metrics API.
    pub fn metrics_chain(&self, namespace: &str, name: &str) -> Vec<MetricsChain> {
        let Some(pod) = self.api.get::<Pod>(namespace, name) else { return Vec::new() };
        let kubelet = pod.node_name.as_ref().and_then(|node| self.kubelet(node));
        let Some(kubelet) = kubelet else { return Vec::new() };
        let scraped = self.last_scrape().filter(|_| self.api.metrics().is_some());
        let samples = scraped.map(|at| self.samples(pod, at)).unwrap_or_default();
        let measured = scraped.and_then(|at| self.measured(pod, at));
        let seen = kubelet.samples(&self.api, namespace, name, self.now);
        let mut chains = Vec::new();
        for (container, uses) in kubelet.usage(&self.api, namespace, name, self.now) {
            let pair = samples.iter().find(|(_, last)| last.name == container);
            let api = measured.iter().flat_map(|pod| &pod.containers).find(|c| c.name == container);
            chains.push(MetricsChain {
                uses: (uses.cpu, uses.memory),
                cadvisor: seen.iter().find(|sample| sample.name == container).cloned(),
                scraped,
                samples: (pair.and_then(|p| p.0.clone()), pair.map(|p| p.1.clone())),
                api: api.cloned(),
                container,
            });
        }
        chains
    }
}

/// What a container used between two samples (upstream: `resourceUsage`).
fn used(first: &ContainerSample, last: &ContainerSample) -> ContainerMetrics {
    let nanos = u128::from(last.cpu_nanos.saturating_sub(first.cpu_nanos));
    let window = last.at.since(first.at).as_nanos().max(1);
    ContainerMetrics {
        name: last.name.clone(),
        cpu_nanos: u64::try_from(nanos * u128::from(NANOS) / window).unwrap_or(u64::MAX),
        memory_bytes: last.memory_bytes,
    }
}
