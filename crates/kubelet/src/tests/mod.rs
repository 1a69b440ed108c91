//! What a kubelet makes of pods, told as the writes and events of a run against an API server alone.

use crate::{Arrival, Caller, Disk, Kubelet, NodeConfig, RuntimeProfile};
use expect_test::{Expect, expect};
use orrery_api::{ConfigMap, Event, Kind, Lease, Namespace, Object, Pod, Resource, ServiceAccount};
use orrery_apimachinery::{ObjectMeta, Quantity, Str};
use orrery_apiserver::{ApiServer, Config, DeleteOptions, Key, Op, Request};
use orrery_client::{Cause, HEARTBEAT, WATCH_LATENCY};
use orrery_container_runtime::dns::{RecordType, Records};
use orrery_container_runtime::images::{Image, Reference};
use orrery_container_runtime::registry::{Credentials, Registries};
use orrery_container_runtime::{Answer, Message, Protocol, Reply, Route, Target, Unreachable};
use orrery_sim::{Duration, SimTime};
use std::fmt::Write;
use std::rc::Rc;

mod actions;
mod backoff;
mod ending;
mod eviction;
mod life;
mod lifecycle;
mod probes;
mod starting;

/// The network of a cluster with one node and no Services.
struct Alone(Disk, Registries);

impl crate::Network for Alone {
    fn query(
        &mut self,
        _api: &ApiServer,
        _from: &Caller<'_>,
        name: &str,
        _kind: RecordType,
        _cluster: bool,
    ) -> Records {
        Records::of_addresses(&name.into(), name.parse().into_iter().collect())
    }

    fn connect(
        &mut self,
        _api: &ApiServer,
        from: &Caller<'_>,
        to: Target,
        _protocol: Protocol,
        _now: SimTime,
    ) -> Result<Arrival, Unreachable> {
        Ok(Arrival { to, source: from.address })
    }

    fn heard(&mut self, _api: &ApiServer, _to: Arrival, _result: &Result<Reply, Unreachable>) {}

    fn route(
        &mut self,
        _api: &ApiServer,
        _pod: &Pod,
        _from: std::net::Ipv4Addr,
        _args: &[Str],
        _tls: bool,
        _asked: (&str, &str),
    ) -> Route {
        Route::NotFound
    }

    fn send(
        &mut self,
        _api: &ApiServer,
        _node: &Str,
        _to: Arrival,
        _message: &Message,
        _now: SimTime,
    ) -> Answer<Result<Reply, Unreachable>> {
        Answer { took: Duration::ZERO, result: Err(Unreachable::NoRoute) }
    }

    fn registries(&self) -> &Registries {
        &self.1
    }

    fn pull(
        &mut self,
        _node: &Str,
        reference: &Reference,
        credentials: &[Credentials],
    ) -> Result<Rc<Image>, Str> {
        self.1.pull(reference, credentials)
    }

    fn disk(&mut self, _name: &Str) -> &mut Disk {
        &mut self.0
    }
}

/// An API server with one kubelet, and what happened.
struct World {
    api: ApiServer,
    kubelet: Kubelet,
    registries: Registries,
    now: SimTime,
    delivered: u64,
    told: u64,
    /// Whether probes are asked at every beat, also where the answer is known.
    asks_each_probe: bool,
}

impl World {
    fn new(profile: RuntimeProfile) -> Self {
        let mut api = ApiServer::new(Config::default());
        let request = Request::new(SimTime::ZERO, "test");
        for name in ["default", "kube-node-lease"] {
            let namespace = Namespace { metadata: ObjectMeta::named("", name), ..Default::default() };
            api.create(&request, namespace.into()).expect("a new namespace");
        }
        let account =
            ServiceAccount { metadata: ObjectMeta::named("default", "default"), ..Default::default() };
        api.create(&request, account.into()).expect("a new account");
        let config = NodeConfig::new(1, Quantity::from_units(4), Quantity::from_bytes(16 << 30));
        let mut kubelet = Kubelet::new(1, config, profile);
        kubelet.start(&mut api, SimTime::ZERO);
        let revision = api.revision();
        let registries = match profile {
            RuntimeProfile::Immediate => Registries::hollow(),
            RuntimeProfile::Lively => Registries::default(),
        };
        World {
            api,
            kubelet,
            registries,
            now: SimTime::ZERO,
            delivered: revision,
            told: revision,
            asks_each_probe: false,
        }
    }

    fn request(&self) -> Request {
        Request::new(self.now, "test")
    }

    fn run_until(&mut self, until: SimTime) {
        loop {
            let news = self.api.change(self.delivered + 1).map(|c| (c.time + WATCH_LATENCY).max(self.now));
            let plan = self.kubelet.next().map(|at| at.max(self.now));
            let Some(at) = [news, plan].into_iter().flatten().min().filter(|at| *at <= until) else { break };
            self.now = at;
            if news == Some(at) {
                let change = self.api.change(self.delivered + 1).cloned().expect("news is a change");
                self.delivered = change.revision;
                self.kubelet.observe(&change, at);
            } else {
                self.kubelet.run(&mut self.api, &mut Alone(Disk::default(), self.registries.clone()), at);
            }
            if self.asks_each_probe {
                self.doubt_probes();
            }
        }
        self.now = until;
    }

    fn doubt_probes(&mut self) {
        for (uid, worker) in &mut self.kubelet.workers {
            Rc::make_mut(worker).doubt_probes(self.now);
            if let Some(next) = worker.next() {
                self.kubelet.queue.add(uid.clone(), next.max(self.now), Cause::TIME);
            }
        }
    }

    fn run(&mut self, millis: u64) {
        let until = self.now + Duration::from_millis(millis);
        self.run_until(until);
    }

    /// Creates a pod from YAML's cousin, bound to the node.
    fn pod(&mut self, name: &str, spec: &str, annotations: &[(&str, &str)]) {
        let mut tree: orrery_apimachinery::Value =
            serde_json::from_str(&format!("{{\"spec\": {spec}}}")).expect("the test's own JSON");
        tree["spec"]["automountServiceAccountToken"] = false.into();
        let (object, problems) = Object::decode(Kind::Pod, &tree);
        assert!(problems.is_empty(), "{problems:?}");
        let mut pod = Pod::unwrap_ref(&object).cloned().expect("a pod");
        let new = Rc::make_mut(&mut pod);
        new.metadata = ObjectMeta::named("default", name);
        new.metadata.annotations = annotations.iter().copied().collect();
        let request = self.request();
        self.api.create(&request, Pod::wrap(pod)).expect("a good pod");
        self.api.bind(&request, "default", name, "node-1").expect("an unbound pod");
    }

    fn delete(&mut self, name: &str) {
        let key = Key::new(Kind::Pod, "default", name);
        self.api.delete(&self.request(), &key, &DeleteOptions::default()).expect("the pod is there");
    }

    /// Deletes a pod without asking its kubelet.
    fn delete_now(&mut self, name: &str) {
        let options = DeleteOptions { grace_period_seconds: Some(0), ..Default::default() };
        let key = Key::new(Kind::Pod, "default", name);
        self.api.delete(&self.request(), &key, &options).expect("the pod is there");
    }

    /// What was written since the last time.
    fn news(&mut self) -> String {
        let mut text = String::new();
        for change in self.api.watch(self.told).expect("nothing is compacted") {
            let (time, op) = (change.time, if change.op == Op::Deleted { "deleted " } else { "" });
            match &change.value {
                Object::Pod(pod) => writeln!(text, "{time} {op}{}", line(pod)),
                Object::Event(event) => writeln!(text, "{time}   {}", event_line(event)),
                _ => Ok(()),
            }
            .expect("strings take everything");
        }
        self.told = self.api.revision();
        text
    }

    fn expect(&mut self, expected: &Expect) {
        expected.assert_eq(&self.news());
    }

    fn get(&self, name: &str) -> &Rc<Pod> {
        self.api.get::<Pod>("default", name).expect("the pod is there")
    }
}

fn event_line(event: &Event) -> String {
    let text = |s: &Option<Str>| s.as_deref().unwrap_or_default().to_owned();
    let count = if event.count > 1 { format!(" (x{})", event.count) } else { String::new() };
    format!("{} {}: {}{count}", text(&event.type_), text(&event.reason), text(&event.message))
}

fn line(pod: &Pod) -> String {
    let status = &pod.status;
    let conditions: Vec<String> = status
        .conditions
        .iter()
        .filter(|c| &*c.status == "True")
        .map(|c| c.type_.chars().filter(char::is_ascii_uppercase).collect())
        .collect();
    let statuses = status.init_container_statuses.iter().chain(&status.container_statuses);
    let containers: Vec<String> = statuses.map(container_line).collect();
    let deleting = if pod.metadata.terminating() { " terminating" } else { "" };
    let phase = status.phase.as_deref().unwrap_or_default();
    let reason = status.reason.as_deref().map(|r| format!(" {r}")).unwrap_or_default();
    format!(
        "{} {phase}{reason}{deleting} [{}] {}",
        pod.metadata.name,
        conditions.join(" "),
        containers.join(", ")
    )
}

fn container_line(status: &orrery_api::ContainerStatus) -> String {
    let state = &status.state;
    let what = match (&state.waiting, &state.terminated) {
        (Some(w), _) => w.reason.as_deref().unwrap_or_default().to_owned(),
        (_, Some(t)) => format!("{} {}", t.reason.as_deref().unwrap_or_default(), t.exit_code),
        _ => "running".to_owned(),
    };
    let ready = if status.ready { " ready" } else { "" };
    let restarts =
        if status.restart_count > 0 { format!(" restarts={}", status.restart_count) } else { String::new() };
    format!("{}: {what}{ready}{restarts}", status.name)
}

const NGINX: &str = r#"{"containers": [{"name": "c", "image": "nginx:1.25"}]}"#;
