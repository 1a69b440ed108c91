//! A scheduler alone with an API server, as in upstream's `test/integration/scheduler_perf`: no kubelet
//! and no controller is there.

use orrery_api::{Kind, Namespace, Node, Object, Pod, PriorityClass, Resource, ServiceAccount};
use orrery_apimachinery::{ObjectMeta, Str, Value};
use orrery_client::{ApiServer, Component, Request, WATCH_LATENCY};
use orrery_scheduler::Scheduler;
use orrery_sim::SimTime;
use std::rc::Rc;

/// The namespaces of the pods that are there before, and of those that are measured.
pub const NAMESPACES: [&str; 2] = ["sched-0", "sched-1"];
/// The class of pods that go before others.
pub const HIGH: &str = "high";

/// The two of them.
pub struct Alone {
    api: ApiServer,
    scheduler: Scheduler,
    now: SimTime,
    seen: u64,
    /// How many pods have got a node.
    pub placed: usize,
}

impl Alone {
    /// A scheduler with so many nodes, which lie in `zones` in turn.
    pub fn new(nodes: usize, zones: &[&str]) -> Result<Self, String> {
        let (api, scheduler) = (ApiServer::new(Default::default()), Scheduler::new(1, &Default::default()));
        let mut alone = Alone { api, scheduler, now: SimTime::ZERO, seen: 0, placed: 0 };
        for name in NAMESPACES {
            alone.put(Namespace { metadata: ObjectMeta::named("", name), ..Default::default() })?;
            alone
                .put(ServiceAccount { metadata: ObjectMeta::named(name, "default"), ..Default::default() })?;
        }
        alone.put(PriorityClass {
            metadata: ObjectMeta::named("", HIGH),
            value: 10,
            ..Default::default()
        })?;
        for i in 0..nodes {
            alone.node(&format!("node-{i}"), zones[i % zones.len()])?;
        }
        alone.run(0)?;
        Ok(alone)
    }

    fn put<R: Resource>(&mut self, object: R) -> Result<(), String> {
        let request = Request::new(self.now, "bench");
        self.api.create(&request, R::wrap(Rc::new(object))).map(drop).map_err(|error| error.message)
    }

    /// A node of upstream's `node-default.yaml`.
    fn node(&mut self, name: &str, zone: &str) -> Result<(), String> {
        let labels = serde_json::json!({"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone});
        let allocatable = serde_json::json!({"cpu": "4", "memory": "32Gi", "pods": "110"});
        let node = serde_json::json!({"metadata": {"name": name, "labels": labels}, "status": {"allocatable": allocatable}});
        self.create(Kind::Node, &node)?;
        let request = Request::new(self.now, "bench");
        // New nodes are tainted until they are ready.
        let ready = self.api.modify::<Node>(&request, "", name, |node| node.spec.taints.clear());
        ready.map(drop).map_err(|error| error.message)
    }

    fn create(&mut self, kind: Kind, value: &Value) -> Result<(), String> {
        let request = Request::new(self.now, "bench");
        self.api.create(&request, Object::decode(kind, value).0).map(drop).map_err(|error| error.message)
    }

    /// Creates pods of one template.
    pub fn pods(&mut self, namespace: &str, template: &Rc<Pod>, count: usize) -> Result<(), String> {
        let request = Request::new(self.now, "bench");
        for _ in 0..count {
            let mut pod = Pod::clone(template);
            pod.metadata.namespace = Str::from(namespace);
            self.api.create(&request, Object::Pod(Rc::new(pod))).map_err(|error| error.message)?;
        }
        Ok(())
    }

    /// Lets the scheduler work until `wanted` pods in all have got a node, or, if that is nothing, until
    /// there is nothing to do.
    pub fn run(&mut self, wanted: usize) -> Result<(), String> {
        loop {
            self.deliver()?;
            if wanted > 0 && self.placed >= wanted {
                return Ok(());
            }
            match self.scheduler.next() {
                Some(due) => {
                    self.now = self.now.max(due);
                    self.scheduler.run(&mut self.api, self.now);
                }
                None if self.seen < self.api.revision() => {}
                None if wanted == 0 => return Ok(()),
                None => return Err(format!("only {} of {wanted} pods have got a node", self.placed)),
            }
        }
    }

    /// Has the scheduler hear of what was written.
    fn deliver(&mut self) -> Result<(), String> {
        if self.seen == self.api.revision() {
            return Ok(());
        }
        self.now += WATCH_LATENCY;
        let changes = self.api.watch(self.seen).map_err(|_| "the changes were forgotten")?;
        for change in changes {
            if let (Object::Pod(is), Some(Object::Pod(was))) = (&change.value, &change.previous) {
                self.placed += usize::from(is.node_name.is_some() && was.node_name.is_none());
            }
            self.scheduler.observe(change, &self.api, self.now);
        }
        self.seen = self.api.revision();
        self.api.compact(self.seen);
        Ok(())
    }
}
