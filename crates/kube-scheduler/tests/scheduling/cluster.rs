//! A cluster of an API server and a scheduler, and nothing else.

use orrery_api::{Kind, Namespace, Object, Pod, Resource, ServiceAccount};
use orrery_apimachinery::{ObjectMeta, Patch, Value};
use orrery_client::{ApiServer, Component, DeleteOptions, Key, Request, WATCH_LATENCY};
use orrery_scheduler::Scheduler;
use orrery_scheduler::framework::Settings;
use orrery_sim::{Duration, SimTime};
use serde_json::json;
use std::rc::Rc;

/// The cluster, with a clock that only goes on when something is due.
#[derive(Clone)]
pub struct Cluster {
    pub api: ApiServer,
    pub scheduler: Scheduler,
    pub now: SimTime,
    seen: u64,
}

impl Cluster {
    pub fn new() -> Self {
        Cluster::with(&Settings::default())
    }

    /// A cluster whose scheduler is told something.
    pub fn with(settings: &Settings) -> Self {
        let mut cluster = Cluster {
            api: ApiServer::new(Default::default()),
            scheduler: Scheduler::new(1, settings),
            now: SimTime::ZERO,
            seen: 0,
        };
        cluster.put(Namespace { metadata: ObjectMeta::named("", "default"), ..Default::default() });
        cluster
            .put(ServiceAccount { metadata: ObjectMeta::named("default", "default"), ..Default::default() });
        cluster
    }

    pub fn request(&self) -> Request {
        Request::new(self.now, "test")
    }

    pub fn put<R: Resource>(&mut self, object: R) {
        let request = self.request();
        self.api.create(&request, R::wrap(Rc::new(object))).unwrap();
    }

    pub fn create(&mut self, kind: Kind, value: Value) {
        let (object, problems) = Object::decode(kind, &value);
        assert_eq!(problems, [], "{value}");
        let request = self.request();
        self.api.create(&request, object).unwrap();
    }

    /// A node with 4 CPUs and 16 GiB that takes pods at once, changed by `patch`.
    pub fn node(&mut self, name: &str, patch: Value) {
        let mut node = json!({
            "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
            "spec": {},
            "status": {"allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110", "ephemeral-storage": "100Gi"}},
        });
        merge(&mut node, patch);
        let taints = node["spec"]["taints"].clone();
        self.create(Kind::Node, node);
        // Admission taints new nodes until they are ready.
        let request = self.request();
        self.api
            .patch(
                &request,
                &Key::new(Kind::Node, "", name),
                &Patch::Merge(json!({"spec": {"taints": taints}})),
            )
            .unwrap();
    }

    /// A pod with one container, changed by `patch`.
    pub fn pod(&mut self, name: &str, patch: Value) {
        let mut pod = json!({
            "metadata": {"name": name, "namespace": "default"},
            "spec": {"containers": [{"name": "c", "image": "nginx"}]},
        });
        merge(&mut pod, patch);
        self.create(Kind::Pod, pod);
    }

    pub fn patch(&mut self, kind: Kind, namespace: &str, name: &str, patch: Value) {
        let request = self.request();
        self.api.patch(&request, &Key::new(kind, namespace, name), &Patch::Merge(patch)).unwrap();
    }

    /// Deletes an object without grace, as there is no kubelet to confirm that a pod has ended.
    pub fn delete(&mut self, kind: Kind, namespace: &str, name: &str) {
        let (request, options) =
            (self.request(), DeleteOptions { grace_period_seconds: Some(0), ..Default::default() });
        self.api.delete(&request, &Key::new(kind, namespace, name), &options).unwrap();
    }

    /// Lets everything happen that is due within `duration`.
    pub fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        loop {
            self.deliver();
            match self.scheduler.next().map(|due| due.max(self.now)).filter(|due| *due <= end) {
                Some(due) => {
                    self.now = due;
                    self.scheduler.run(&mut self.api, due);
                }
                None if self.seen == self.api.revision() => break,
                None => {}
            }
        }
        self.now = end;
    }

    fn deliver(&mut self) {
        if self.seen == self.api.revision() {
            return;
        }
        self.now += WATCH_LATENCY;
        let changes: Vec<_> = self.api.watch(self.seen).unwrap().cloned().collect();
        self.seen = self.api.revision();
        for change in changes {
            self.scheduler.observe(&change, &self.api, self.now);
        }
    }

    /// The node that a pod is on, or why it has none.
    pub fn verdict(&self, name: &str) -> String {
        let pod = self.api.get::<Pod>("default", name).unwrap();
        match &pod.node_name {
            Some(node) => node.to_string(),
            None => {
                let condition = pod.status.conditions.iter().find(|c| &*c.type_ == "PodScheduled");
                condition.and_then(|c| c.message.as_deref()).unwrap_or("untried").to_string()
            }
        }
    }
}

/// Puts `patch` over `tree`; arrays are replaced.
pub fn merge(tree: &mut Value, patch: Value) {
    match (tree, patch) {
        (Value::Object(tree), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(tree.entry(key).or_insert(Value::Null), value);
            }
        }
        (tree, patch) => *tree = patch,
    }
}
