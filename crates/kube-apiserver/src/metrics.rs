//! The aggregated APIs for metrics: `metrics.k8s.io`, `custom.metrics.k8s.io` and `external.metrics.k8s.io`
//! (upstream: `k8s.io/metrics`, and the APIServices behind which metrics-server and an adapter stand).
//!
//! Nothing of them is in etcd. What metrics-server has measured is put here by who owns the kubelets; what people state
//! is read from annotations: `orrery.dev/metric.<name>: "12"` of any object is a custom metric of that object, and
//! `orrery.dev/external.<name>: "30"` of a Namespace an external metric that is read from within it. Values are
//! quantities; a series may have labels before it, and several series are separated by semicolons:
//! `{queue=worker_tasks} 30; {queue=mail} 4`.

use crate::ApiServer;
use crate::key::Key;
use orrery_api::Kind;
use orrery_apimachinery::{LabelSelector, Quantity, Str, StrMap};
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// The requests in a second that a pod has answered, as an adapter makes it out of `http_requests_total`.
pub const HTTP_REQUESTS: &str = "http_requests";

/// What a container used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerMetrics {
    /// Its name.
    pub name: Str,
    /// Billionths of a processor, as an average over the window.
    pub cpu_nanos: u64,
    /// Bytes of memory (the working set) at the end of the window.
    pub memory_bytes: u64,
}

/// What the containers of a pod used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodMetrics {
    /// Its namespace.
    pub namespace: Str,
    /// Its name.
    pub name: Str,
    /// The end of the window.
    pub timestamp: SimTime,
    /// How long was measured.
    pub window: Duration,
    /// Its containers.
    pub containers: Vec<ContainerMetrics>,
    /// Thousandths of a request in a second that it answered in the window.
    pub requests_milli: u64,
}

/// What a node used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeMetrics {
    /// Its name.
    pub name: Str,
    /// The end of the window.
    pub timestamp: SimTime,
    /// How long was measured.
    pub window: Duration,
    /// Billionths of a processor, as an average over the window.
    pub cpu_nanos: u64,
    /// Bytes of memory at the end of the window.
    pub memory_bytes: u64,
}

/// What metrics-server answers. Only what was measured in two samples is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// By namespace and name.
    pub pods: Vec<PodMetrics>,
    /// By name.
    pub nodes: Vec<NodeMetrics>,
}

impl Metrics {
    /// What a pod used; `None` when metrics-server does not know it, or does not know it for long enough.
    pub fn pod_metrics(&self, namespace: &str, name: &str) -> Option<&PodMetrics> {
        let at = self.pods.binary_search_by(|pod| (&*pod.namespace, &*pod.name).cmp(&(namespace, name)));
        self.pods.get(at.ok()?)
    }

    /// What a node used.
    pub fn node_metrics(&self, name: &str) -> Option<&NodeMetrics> {
        self.nodes.iter().find(|node| &*node.name == name)
    }
}

/// Which of the APIs are registered, and what is behind the first.
#[derive(Clone, Debug, Default)]
pub(crate) struct MetricsApis {
    resource: Option<Rc<Metrics>>,
    /// Whether somebody serves custom and external metrics.
    adapter: bool,
}

/// The value of a custom or an external metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricValue {
    /// Thousandths.
    pub milli: i64,
    /// Of when it is.
    pub timestamp: SimTime,
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMetric {
    /// Nobody serves the API.
    NotRegistered,
    /// The metric, or the object, has no value.
    NotFound,
}

impl ApiServer {
    /// `metrics.k8s.io`; `None` while nobody serves it.
    pub fn metrics(&self) -> Option<&Metrics> {
        self.metrics.resource.as_deref()
    }

    /// Registers `metrics.k8s.io`, and answers so from now on; `None` takes it off again.
    pub fn set_metrics(&mut self, metrics: Option<Metrics>) {
        self.metrics.resource = metrics.map(Rc::new);
    }

    /// Whether `custom.metrics.k8s.io` and `external.metrics.k8s.io` are served.
    pub fn serves_custom_metrics(&self) -> bool {
        self.metrics.adapter
    }

    /// Registers `custom.metrics.k8s.io` and `external.metrics.k8s.io`, or takes them off.
    pub fn serve_custom_metrics(&mut self, serves: bool) {
        self.metrics.adapter = serves;
    }

    /// `custom.metrics.k8s.io`: the value of a metric of an object.
    pub fn custom_metric(
        &self,
        kind: Kind,
        namespace: &str,
        name: &str,
        metric: &str,
        selector: Option<&LabelSelector>,
        now: SimTime,
    ) -> Result<MetricValue, NoMetric> {
        if !self.metrics.adapter {
            return Err(NoMetric::NotRegistered);
        }
        let object = self.object(&Key::new(kind, namespace, name)).ok_or(NoMetric::NotFound)?;
        let key = ["orrery.dev/metric.", metric].concat();
        if let Some(text) = object.metadata().annotations.get(&key) {
            let mut values = series(text, selector);
            return values.pop().map(|milli| MetricValue { milli, timestamp: now }).ok_or(NoMetric::NotFound);
        }
        if kind != Kind::Pod || metric != HTTP_REQUESTS {
            return Err(NoMetric::NotFound);
        }
        let pod = self.metrics().and_then(|m| m.pod_metrics(namespace, name)).ok_or(NoMetric::NotFound)?;
        let milli = i64::try_from(pod.requests_milli).unwrap_or(i64::MAX);
        Ok(MetricValue { milli, timestamp: pod.timestamp })
    }

    /// `external.metrics.k8s.io`: the values of a metric's series that are selected.
    pub fn external_metrics(
        &self,
        namespace: &str,
        metric: &str,
        selector: Option<&LabelSelector>,
        now: SimTime,
    ) -> Result<Vec<MetricValue>, NoMetric> {
        if !self.metrics.adapter {
            return Err(NoMetric::NotRegistered);
        }
        let object = self.object(&Key::new(Kind::Namespace, "", namespace)).ok_or(NoMetric::NotFound)?;
        let key = ["orrery.dev/external.", metric].concat();
        let text = object.metadata().annotations.get(&key).ok_or(NoMetric::NotFound)?;
        let value = |milli| MetricValue { milli, timestamp: now };
        Ok(series(text, selector).into_iter().map(value).collect())
    }
}

/// The values, in thousandths, of the series that an annotation states and that are selected.
fn series(text: &str, selector: Option<&LabelSelector>) -> Vec<i64> {
    let mut found = Vec::new();
    for one in text.split(';') {
        let (labels, value) = match one.trim().strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((labels, value)) => (labels, value),
            None => ("", one),
        };
        let mut set = StrMap::default();
        for (key, value) in labels.split(',').filter_map(|pair| pair.split_once('=')) {
            set.insert(key.trim(), value.trim().trim_matches('"'));
        }
        if selector.is_none_or(|selector| selector.matches(&set)) {
            found.extend(Quantity::parse(value.trim()).map(|value| value.milli_value()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Request};
    use orrery_api::{Namespace, Object};
    use orrery_apimachinery::ObjectMeta;

    #[test]
    fn people_state_metrics_by_annotations() {
        let mut api = ApiServer::new(Config::default());
        let mut metadata = ObjectMeta::named("", "shop");
        metadata.annotations.insert("orrery.dev/metric.open_carts", "1500m");
        metadata.annotations.insert("orrery.dev/external.queue", "{queue=a} 30; {queue=b} 4");
        let request = Request::new(SimTime::ZERO, "kubectl");
        let object = Object::Namespace(Rc::new(Namespace { metadata, ..Default::default() }));
        api.create(&request, object).expect("a new name");
        let custom = |api: &ApiServer, metric: &str| {
            let value = api.custom_metric(Kind::Namespace, "", "shop", metric, None, SimTime::ZERO);
            value.map(|value| value.milli)
        };
        let external = |api: &ApiServer, queue: Option<&str>| {
            let labels = |queue| LabelSelector {
                match_labels: StrMap::from_iter([("queue", queue)]),
                ..Default::default()
            };
            let selector = queue.map(labels);
            let values = api.external_metrics("shop", "queue", selector.as_ref(), SimTime::ZERO);
            values.map(|values| values.iter().map(|value| value.milli).collect::<Vec<_>>())
        };
        assert_eq!(custom(&api, "open_carts"), Err(NoMetric::NotRegistered), "nobody serves the API");
        api.serve_custom_metrics(true);
        assert_eq!(custom(&api, "open_carts"), Ok(1_500), "a value with a unit");
        assert_eq!(custom(&api, "orders"), Err(NoMetric::NotFound), "nobody stated it");
        assert_eq!(external(&api, None), Ok(vec![30_000, 4_000]), "all series");
        assert_eq!(external(&api, Some("b")), Ok(vec![4_000]), "one series");
        assert_eq!(external(&api, Some("c")), Ok(vec![]), "no series");
    }
}
