//! What a kubelet makes of pods, told as the writes and events of a run against an API server alone.

use crate::{Kubelet, NodeConfig, RuntimeProfile};
use expect_test::{Expect, expect};
use orrery_api::{ConfigMap, Event, Kind, Lease, Namespace, Object, Pod, Resource, ServiceAccount};
use orrery_apimachinery::{ObjectMeta, Quantity, Str};
use orrery_apiserver::{ApiServer, Config, DeleteOptions, Key, Op, Request};
use orrery_client::{HEARTBEAT, WATCH_LATENCY};
use orrery_container_runtime::images::{Image, Reference};
use orrery_container_runtime::registry::{Credentials, Registries};
use orrery_container_runtime::{Answer, Files, Message, Reply, Target, Unreachable};
use orrery_sim::{Duration, SimTime};
use std::fmt::Write;
use std::net::Ipv4Addr;
use std::rc::Rc;

mod actions;
mod backoff;
mod eviction;
mod lifecycle;
mod probes;

/// The network of a cluster with one node and no Services.
struct Alone(Files, Registries);

impl crate::Network for Alone {
    fn lookup(&mut self, _api: &ApiServer, _node: &Str, name: &str, _cluster: bool) -> Vec<Ipv4Addr> {
        name.parse().into_iter().collect()
    }

    fn connect(
        &mut self,
        _api: &ApiServer,
        _node: &Str,
        _from: Ipv4Addr,
        to: Target,
        _now: SimTime,
    ) -> Result<Target, Unreachable> {
        Ok(to)
    }

    fn send(
        &mut self,
        _api: &ApiServer,
        _node: &Str,
        _to: Target,
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

    fn disk(&mut self, _volume: &Str) -> &mut Files {
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
                self.kubelet.run(&mut self.api, &mut Alone(Files::default(), self.registries.clone()), at);
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
                self.kubelet.queue.add(uid.clone(), next.max(self.now), 0);
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

#[test]
fn a_pod_comes_up_and_goes_in_the_order_of_the_recordings() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.run(3_000);
    world.expect(&expect![[r#"
        00:00:00.000 web Pending [] 
        00:00:00.000 web Pending [PS] 
        00:00:00.002 web Pending [I PS] c: ContainerCreating
        00:00:00.005   Normal Pulling: Pulling image "nginx:1.25"
        00:00:00.005   Normal Pulled: Successfully pulled image "nginx:1.25" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:00.008   Normal Created: Created container: c
        00:00:00.008   Normal Started: Started container c
        00:00:00.357 web Running [PRTSC I R CR PS] c: running ready
    "#]]);
    world.delete("web");
    world.run(3_000);
    world.expect(&expect![[r#"
        00:00:03.000 web Running terminating [PRTSC I R CR PS] c: running ready
        00:00:03.002   Normal Killing: Stopping container c
        00:00:03.002 web Succeeded terminating [I PS] c: Completed 0
        00:00:03.357 deleted web Succeeded terminating [I PS] c: Completed 0
    "#]]);
    assert!(world.api.get::<Pod>("default", "web").is_none());
    assert_eq!(world.kubelet.next(), None, "nothing is left to do");
}

#[test]
fn a_healthy_pod_costs_nothing_while_it_runs() {
    let probed = r#"{"containers": [{"name": "c", "image": "nginx:1.25",
        "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 1},
        "readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 1}}]}"#;
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("plain", NGINX, &[]);
    world.pod("probed", probed, &[]);
    world.run(10_000);
    assert_eq!(world.get("probed").status.phase.as_deref(), Some("Running"));
    assert!(world.get("probed").status.container_statuses[0].ready);
    assert_eq!(world.kubelet.next(), None);
}

#[test]
fn a_crashing_container_shows_the_error_first_and_the_back_off_later() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let crash = r#"{"containers": [{"name": "c", "image": "busybox:1", "command": ["sh", "-c", "exit 1"]}]}"#;
    world.pod("crash", crash, &[]);
    world.run(32_000);
    world.expect(&expect![[r#"
        00:00:00.000 crash Pending [] 
        00:00:00.000 crash Pending [PS] 
        00:00:00.002 crash Pending [I PS] c: ContainerCreating
        00:00:00.005   Normal Pulling: Pulling image "busybox:1"
        00:00:00.005   Normal Pulled: Successfully pulled image "busybox:1" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:00.008   Normal Created: Created container: c
        00:00:00.008   Normal Started: Started container c
        00:00:00.357 crash Running [PRTSC I PS] c: Error 1
        00:00:00.357   Normal Pulled: Container image "busybox:1" already present on machine
        00:00:00.360   Normal Created: Created container: c (x2)
        00:00:00.360   Normal Started: Started container c (x2)
        00:00:01.357 crash Running [PRTSC I PS] c: Error 1 restarts=1
        00:00:01.357   Warning BackOff: Back-off restarting failed container c in pod crash_default(9c0804f5-aac5-4d80-8827-ff12c9a4b414)
        00:00:14.757 crash Running [PRTSC I PS] c: CrashLoopBackOff restarts=1
        00:00:14.757   Normal Pulled: Container image "busybox:1" already present on machine (x2)
        00:00:14.760   Normal Created: Created container: c (x3)
        00:00:14.760   Normal Started: Started container c (x3)
        00:00:15.357 crash Running [PRTSC I PS] c: Error 1 restarts=2
        00:00:15.357   Warning BackOff: Back-off restarting failed container c in pod crash_default(9c0804f5-aac5-4d80-8827-ff12c9a4b414) (x2)
        00:00:28.757 crash Running [PRTSC I PS] c: CrashLoopBackOff restarts=2
        00:00:28.757   Warning BackOff: Back-off restarting failed container c in pod crash_default(9c0804f5-aac5-4d80-8827-ff12c9a4b414) (x3)
    "#]]);
}

#[test]
fn an_image_that_is_not_there_is_tried_again_and_again() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("noimage", r#"{"containers": [{"name": "c", "image": "nosuch/image:1"}]}"#, &[]);
    world.run(20_000);
    world.expect(&expect![[r#"
        00:00:00.000 noimage Pending [] 
        00:00:00.000 noimage Pending [PS] 
        00:00:00.002 noimage Pending [I PS] c: ContainerCreating
        00:00:00.005   Normal Pulling: Pulling image "nosuch/image:1"
        00:00:00.005   Warning Failed: Failed to pull image "nosuch/image:1": rpc error: code = NotFound desc = failed to pull and unpack image "nosuch/image:1": failed to resolve reference "nosuch/image:1": nosuch/image:1: not found
        00:00:00.005   Warning Failed: Error: ErrImagePull
        00:00:00.357 noimage Pending [PRTSC I PS] c: ErrImagePull
        00:00:00.357   Normal BackOff: Back-off pulling image "nosuch/image:1"
        00:00:00.357   Warning Failed: Error: ImagePullBackOff
        00:00:13.757 noimage Pending [PRTSC I PS] c: ImagePullBackOff
        00:00:13.757   Normal Pulling: Pulling image "nosuch/image:1" (x2)
        00:00:13.757   Warning Failed: Failed to pull image "nosuch/image:1": rpc error: code = NotFound desc = failed to pull and unpack image "nosuch/image:1": failed to resolve reference "nosuch/image:1": nosuch/image:1: not found (x2)
        00:00:13.757   Warning Failed: Error: ErrImagePull (x2)
    "#]]);
}

#[test]
fn init_containers_run_one_by_one_and_sidecars_stay() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"restartPolicy": "Never",
        "initContainers": [
            {"name": "side", "image": "busybox:1", "command": ["serve"], "restartPolicy": "Always"},
            {"name": "init", "image": "busybox:1", "command": ["sleep", "1"]}],
        "containers": [{"name": "main", "image": "busybox:1", "command": ["sleep", "2"]}]}"#;
    world.pod("job", spec, &[]);
    world.run(12_000);
    world.expect(&expect![[r#"
        00:00:00.000 job Pending [] 
        00:00:00.000 job Pending [PS] 
        00:00:00.002 job Pending [PS] side: PodInitializing, init: PodInitializing, main: PodInitializing
        00:00:00.005   Normal Pulling: Pulling image "busybox:1"
        00:00:00.005   Normal Pulled: Successfully pulled image "busybox:1" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:00.008   Normal Created: Created container: side
        00:00:00.008   Normal Started: Started container side
        00:00:00.357 job Pending [PRTSC PS] side: running ready, init: PodInitializing, main: PodInitializing
        00:00:00.357   Normal Pulled: Container image "busybox:1" already present on machine
        00:00:00.360   Normal Created: Created container: init
        00:00:00.360   Normal Started: Started container init
        00:00:01.357 job Pending [PRTSC PS] side: running ready, init: running, main: PodInitializing
        00:00:02.357 job Pending [PRTSC I PS] side: running ready, init: Completed 0 ready, main: PodInitializing
        00:00:02.357   Normal Pulled: Container image "busybox:1" already present on machine
        00:00:02.360   Normal Created: Created container: main
        00:00:02.360   Normal Started: Started container main
        00:00:03.357 job Running [PRTSC I R CR PS] side: running ready, init: Completed 0 ready, main: running ready
        00:00:05.357 job Running [PRTSC I PS] side: running ready, init: Completed 0 ready, main: Completed 0
        00:00:05.357   Normal Killing: Stopping container side
        00:00:06.357 job Running [I PS] side: Completed 0, init: Completed 0 ready, main: Completed 0
        00:00:08.357 job Succeeded [I PS] side: Completed 0, init: Completed 0 ready, main: Completed 0
    "#]]);
}

#[test]
fn a_failed_liveness_probe_restarts_the_container() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"containers": [{"name": "c", "image": "nginx:1.25", "livenessProbe":
        {"httpGet": {"port": 80}, "periodSeconds": 2, "failureThreshold": 2}}]}"#;
    world.pod("live", spec, &[("orrery.dev/probe.c.liveness", "fail-after=5s")]);
    world.run(12_000);
    world.expect(&expect![[r#"
        00:00:00.000 live Pending [] 
        00:00:00.000 live Pending [PS] 
        00:00:00.002 live Pending [I PS] c: ContainerCreating
        00:00:00.005   Normal Pulling: Pulling image "nginx:1.25"
        00:00:00.005   Normal Pulled: Successfully pulled image "nginx:1.25" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:00.008   Normal Created: Created container: c
        00:00:00.008   Normal Started: Started container c
        00:00:00.357 live Running [PRTSC I R CR PS] c: running ready
        00:00:06.002   Warning Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500
        00:00:08.002   Warning Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500 (x2)
        00:00:08.002   Normal Killing: Container c failed liveness probe, will be restarted
        00:00:08.002   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:08.005   Normal Created: Created container: c (x2)
        00:00:08.005   Normal Started: Started container c (x2)
        00:00:08.357 live Running [PRTSC I R CR PS] c: running ready restarts=1
    "#]]);
}

#[test]
fn a_pod_that_ignores_sigterm_is_killed_after_its_grace() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec =
        r#"{"terminationGracePeriodSeconds": 8, "containers": [{"name": "c", "image": "nginx:1.25"}]}"#;
    world.pod("stubborn", spec, &[("orrery.dev/ignore-sigterm", "1")]);
    world.run(4_000);
    world.news();
    world.delete("stubborn");
    world.run(12_000);
    world.expect(&expect![[r#"
        00:00:04.000 stubborn Running terminating [PRTSC I R CR PS] c: running ready
        00:00:04.002   Normal Killing: Stopping container c
        00:00:12.002 stubborn Failed terminating [I PS] c: Error 137
        00:00:12.357 deleted stubborn Failed terminating [I PS] c: Error 137
    "#]]);
}

#[test]
fn a_power_cut_ends_containers_and_silences_the_lease() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.run(25_000);
    let marked = |world: &World| {
        let lease = world.api.get::<Lease>("kube-node-lease", "node-1").expect("a lease");
        (lease.metadata.annotations.get(HEARTBEAT.0).is_some(), lease.spec.renew_time.map(|t| t.to_string()))
    };
    let now = world.now;
    world.kubelet.power_off(&mut world.api, now);
    assert_eq!(
        marked(&world),
        (false, Some("2025-01-01T00:00:20.000000Z".into())),
        "the last renewal was at 20 s"
    );
    world.run(10_000);
    world.news();
    let now = world.now;
    world.kubelet.start(&mut world.api, now);
    world.run(5_000);
    assert!(marked(&world).0);
    world.expect(&expect![[r#"
        00:00:35.000   Normal Starting: Starting kubelet. (x2)
        00:00:35.000   Normal NodeHasSufficientMemory: Node node-1 status is now: NodeHasSufficientMemory (x2)
        00:00:35.000   Normal NodeHasNoDiskPressure: Node node-1 status is now: NodeHasNoDiskPressure (x2)
        00:00:35.000   Normal NodeHasSufficientPID: Node node-1 status is now: NodeHasSufficientPID (x2)
        00:00:35.000   Normal NodeAllocatableEnforced: Updated Node Allocatable limit across pods (x2)
        00:00:35.000   Warning Rebooted: Node node-1 has been rebooted, boot id: 5c1e35c6-e0c0-4c52-9663-5863965f85a0
        00:00:35.000 web Running [I PS] c: Unknown 255
        00:00:35.000   Normal SandboxChanged: Pod sandbox changed, it will be killed and re-created.
        00:00:35.003   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:35.006   Normal Created: Created container: c (x2)
        00:00:35.006   Normal Started: Started container c (x2)
        00:00:35.357 web Running [PRTSC I R CR PS] c: running ready restarts=1
    "#]]);
}

#[test]
fn containers_outlive_their_kubelet() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.pod("crash", NGINX, &[("orrery.dev/run.c", "8s:1")]);
    world.pod("gone", NGINX, &[]);
    world.run(5_000);
    let id = |world: &World| world.get("web").status.container_statuses[0].container_id.clone();
    let before = id(&world);
    let now = world.now;
    world.kubelet.stop(&mut world.api, now);
    world.news();
    world.delete_now("gone");
    world.pod("new", NGINX, &[]);
    world.run(20_000);
    world.expect(&expect![[r#"
        00:00:05.000 deleted gone Running [PRTSC I R CR PS] c: running ready
        00:00:05.000 new Pending [] 
        00:00:05.000 new Pending [PS] 
    "#]]);
    let now = world.now;
    world.kubelet.start(&mut world.api, now);
    world.run(3_000);
    assert_eq!(id(&world), before, "the container of web is the one that it was");
    world.expect(&expect![[r#"
        00:00:25.000   Normal Starting: Starting kubelet. (x2)
        00:00:25.000   Normal NodeHasSufficientMemory: Node node-1 status is now: NodeHasSufficientMemory (x2)
        00:00:25.000   Normal NodeHasNoDiskPressure: Node node-1 status is now: NodeHasNoDiskPressure (x2)
        00:00:25.000   Normal NodeHasSufficientPID: Node node-1 status is now: NodeHasSufficientPID (x2)
        00:00:25.000   Normal NodeAllocatableEnforced: Updated Node Allocatable limit across pods (x2)
        00:00:25.000 crash Running [PRTSC I PS] c: Error 1
        00:00:25.000   Normal Pulled: Container image "nginx:1.25" already present on machine (x2)
        00:00:25.000 new Pending [I PS] c: ContainerCreating
        00:00:25.000   Normal Killing: Stopping container c
        00:00:25.003   Normal Created: Created container: c (x2)
        00:00:25.003   Normal Started: Started container c (x2)
        00:00:25.003   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:25.006   Normal Created: Created container: c
        00:00:25.006   Normal Started: Started container c
        00:00:25.357 crash Running [PRTSC I R CR PS] c: running ready restarts=1
        00:00:25.357 new Running [PRTSC I R CR PS] c: running ready
    "#]]);
}

#[test]
fn a_kubelet_that_is_cut_off_goes_on_with_what_it_knows() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("crash", NGINX, &[("orrery.dev/run.c", "8s:1")]);
    world.pod("deleted", NGINX, &[]);
    world.pod("gone", NGINX, &[]);
    world.run(5_000);
    world.news();
    let now = world.now;
    world.kubelet.disconnect(&mut world.api, now);
    world.delete("deleted");
    world.delete_now("gone");
    world.pod("new", NGINX, &[]);
    world.run(30_000);
    world.expect(&expect![[r#"
        00:00:05.000 deleted Running terminating [PRTSC I R CR PS] c: running ready
        00:00:05.000 deleted gone Running [PRTSC I R CR PS] c: running ready
        00:00:05.000 new Pending [] 
        00:00:05.000 new Pending [PS] 
    "#]]);
    let now = world.now;
    world.kubelet.connect(&mut world.api, now);
    world.run(3_000);
    world.expect(&expect![[r#"
        00:00:35.000   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:35.000   Normal Created: Created container: c (x2)
        00:00:35.000   Normal Started: Started container c (x2)
        00:00:35.000   Warning BackOff: Back-off restarting failed container c in pod crash_default(9c0804f5-aac5-4d80-8827-ff12c9a4b414)
        00:00:35.000   Normal Pulled: Container image "nginx:1.25" already present on machine (x2)
        00:00:35.000   Normal Created: Created container: c (x3)
        00:00:35.000   Normal Started: Started container c (x3)
        00:00:35.000 crash Running [PRTSC I R CR PS] c: running ready restarts=2
        00:00:35.000   Normal Killing: Stopping container c
        00:00:35.000 deleted Succeeded terminating [I PS] c: Completed 0
        00:00:35.000 new Pending [I PS] c: ContainerCreating
        00:00:35.000   Normal Killing: Stopping container c
        00:00:35.003   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:35.006   Normal Created: Created container: c
        00:00:35.006   Normal Started: Started container c
        00:00:35.357 deleted deleted Succeeded terminating [I PS] c: Completed 0
        00:00:35.357 new Running [PRTSC I R CR PS] c: running ready
    "#]]);
}

#[test]
fn images_take_time_where_things_are_lively() {
    let mut world = World::new(RuntimeProfile::Lively);
    world.pod("one", NGINX, &[]);
    world.pod("two", NGINX, &[]);
    world.run(12_000);
    world.expect(&expect![[r#"
        00:00:00.000 one Pending [] 
        00:00:00.000 one Pending [PS] 
        00:00:00.000 two Pending [] 
        00:00:00.000 two Pending [PS] 
        00:00:00.002 one Pending [I PS] c: ContainerCreating
        00:00:00.002 two Pending [I PS] c: ContainerCreating
        00:00:00.209   Normal Pulling: Pulling image "nginx:1.25"
        00:00:00.366   Normal Pulling: Pulling image "nginx:1.25"
        00:00:03.237   Normal Pulled: Successfully pulled image "nginx:1.25" in 3.028s (3.028s including waiting). Image size: 78022084 bytes.
        00:00:03.392   Normal Created: Created container: c
        00:00:03.392   Normal Started: Started container c
        00:00:03.684   Normal Pulled: Successfully pulled image "nginx:1.25" in 447ms (3.318s including waiting). Image size: 78022084 bytes.
        00:00:03.898   Normal Created: Created container: c
        00:00:03.898   Normal Started: Started container c
        00:00:04.357 two Running [PRTSC I R CR PS] c: running ready
        00:00:04.357 one Running [PRTSC I R CR PS] c: running ready
    "#]]);
}

#[test]
fn a_pod_waits_for_the_config_map_that_it_mounts() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"volumes": [{"name": "v", "configMap": {"name": "cfg"}}],
        "containers": [{"name": "c", "image": "nginx:1.25", "volumeMounts": [{"name": "v", "mountPath": "/etc/cfg"}]}]}"#;
    world.pod("web", spec, &[]);
    world.run(3_000);
    let map = ConfigMap { metadata: ObjectMeta::named("default", "cfg"), ..Default::default() };
    let request = world.request();
    world.api.create(&request, map.into()).expect("a new config map");
    world.run(4_000);
    world.expect(&expect![[r#"
        00:00:00.000 web Pending [] 
        00:00:00.000 web Pending [PS] 
        00:00:00.002 web Pending [I PS] c: ContainerCreating
        00:00:00.002   Warning FailedMount: MountVolume.SetUp failed for volume "v" : configmap "cfg" not found
        00:00:00.502   Warning FailedMount: MountVolume.SetUp failed for volume "v" : configmap "cfg" not found (x2)
        00:00:01.502   Warning FailedMount: MountVolume.SetUp failed for volume "v" : configmap "cfg" not found (x3)
        00:00:03.605   Normal Pulling: Pulling image "nginx:1.25"
        00:00:03.605   Normal Pulled: Successfully pulled image "nginx:1.25" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:03.608   Normal Created: Created container: c
        00:00:03.608   Normal Started: Started container c
        00:00:04.357 web Running [PRTSC I R CR PS] c: running ready
    "#]]);
}

#[test]
fn a_pod_whose_time_is_up_fails() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"activeDeadlineSeconds": 4, "containers": [{"name": "c", "image": "nginx:1.25"}]}"#;
    world.pod("late", spec, &[]);
    world.run(2_000);
    world.news();
    world.run(6_000);
    world.expect(&expect![[r#"
        00:00:04.757   Normal DeadlineExceeded: Pod was active on the node longer than the specified deadline
        00:00:04.757 late Running [PRTSC I PS] c: running ready
        00:00:05.357   Normal Killing: Stopping container c
        00:00:05.357 late Failed DeadlineExceeded [I PS] c: Completed 0
    "#]]);
    assert_eq!(world.get("late").status.reason.as_deref(), Some("DeadlineExceeded"));
}

#[test]
fn a_pod_that_the_node_has_no_room_for_is_turned_away() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec =
        r#"{"containers": [{"name": "c", "image": "nginx:1.25", "resources": {"requests": {"cpu": "3"}}}]}"#;
    world.pod("first", spec, &[]);
    world.run(2_000);
    world.news();
    world.pod("second", spec, &[]);
    world.run(2_000);
    world.expect(&expect![[r#"
        00:00:02.000 second Pending [] 
        00:00:02.000 second Pending [PS] 
        00:00:02.002   Warning OutOfcpu: Node didn't have enough resource: cpu, requested: 3000, used: 3000, capacity: 4000
        00:00:02.002 second Failed OutOfcpu [] 
    "#]]);
    world.delete("first");
    world.delete("second");
    world.run(3_000);
    world.news();
    world.pod("third", spec, &[]);
    world.run(2_000);
    assert_eq!(world.get("third").status.phase.as_deref(), Some("Running"), "what a pod took is given back");
}

#[test]
fn a_pod_that_has_ended_makes_room_before_it_is_gone() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = |command: &str| {
        format!(
            r#"{{"restartPolicy": "Never", "containers": [{{"name": "c", "image": "nginx:1.25", "command": {command}, "resources": {{"requests": {{"cpu": "3"}}}}}}]}}"#
        )
    };
    world.pod("first", &spec(r#"["sleep", "3"]"#), &[]);
    let ended = |world: &World| world.get("first").status.phase.as_deref() == Some("Succeeded");
    while !ended(&world) {
        world.run(1);
    }
    world.pod("second", &spec(r#"["sleep", "60"]"#), &[]);
    world.run(2_000);
    assert_eq!(world.get("second").status.phase.as_deref(), Some("Running"));
    assert_eq!(
        world.get("first").status.pod_ip.as_deref(),
        Some("10.244.0.2"),
        "its status keeps its address"
    );
}

#[test]
fn a_pod_deleted_by_force_is_stopped_all_the_same() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.run(2_000);
    world.news();
    let options = DeleteOptions { grace_period_seconds: Some(0), ..Default::default() };
    let request = world.request();
    world.api.delete(&request, &Key::new(Kind::Pod, "default", "web"), &options).expect("the pod is there");
    world.run(3_000);
    world.expect(&expect![[r#"
        00:00:02.000 deleted web Running [PRTSC I R CR PS] c: running ready
        00:00:02.002   Normal Killing: Stopping container c
    "#]]);
    assert_eq!(world.kubelet.next(), None, "nothing is left to do");
}

#[test]
fn a_new_image_restarts_the_container() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.run(3_000);
    world.news();
    let request = world.request();
    let change = |pod: &mut Pod| Rc::make_mut(&mut pod.spec).containers[0].image = Some("nginx:1.26".into());
    world.api.modify::<Pod>(&request, "default", "web", change).expect("an image may change");
    world.run(2_000);
    world.expect(&expect![[r#"
        00:00:03.000 web Running [PRTSC I R CR PS] c: running ready
        00:00:03.002   Normal Killing: Container c definition changed, will be restarted
        00:00:03.002   Normal Pulling: Pulling image "nginx:1.26"
        00:00:03.002   Normal Pulled: Successfully pulled image "nginx:1.26" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:03.005   Normal Created: Created container: c (x2)
        00:00:03.005   Normal Started: Started container c (x2)
        00:00:03.357 web Running [PRTSC I R CR PS] c: running ready restarts=1
    "#]]);
}

#[test]
fn what_is_kept_of_a_pod_stays_small_because_there_are_150_000_of_them() {
    use crate::pod_worker::{PodWorker, Run};
    for (what, size, bound) in [("PodWorker", size_of::<PodWorker>(), 264), ("Run", size_of::<Run>(), 88)] {
        assert!(size <= bound, "{what} grew to {size} bytes");
    }
}
