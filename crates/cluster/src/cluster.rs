//! The parts of a cluster and how they hear of each other's writes.

use crate::backup::Snapshot;
use crate::cloud::{self, Booting};
use crate::deeds::Deeds;
use crate::homes::Homes;
use crate::load::Loads;
use crate::network::Wires;
use crate::parts::AtWork;
use crate::plane::Plane;
use crate::port_forward::PortForward;
use crate::series::Series;
use crate::tracer::Tracer;
use crate::{Config, Program, RuntimeProfile, bootstrap, etcdctl};
use orrery_add_ons::AddOns;
use orrery_api::{Kind, Object};
use orrery_apimachinery::{StatusResult, Str};
use orrery_apiserver::{ApiServer, Change, Exec, ExecOutput, Heard, LogLine, Request, Revision, Session};
use orrery_client::{Component, Key, WATCH_LATENCY};
use orrery_container_runtime::Docker;
use orrery_container_runtime::registry::Registries;
use orrery_controller_manager::{ControllerManager, HpaExplanation, hpa_explanation};
use orrery_kube_proxy::KubeProxy;
use orrery_kube_proxy::ingress::Balancers;
use orrery_kubelet::{Disk, Kubelet, Network};
use orrery_scheduler::Scheduler;
use orrery_sim::{Agenda, Duration, Entry, Random, SimTime};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Names a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComponentId {
    /// kube-controller-manager.
    ControllerManager,
    /// kube-scheduler.
    Scheduler,
    /// What is installed beside Kubernetes' own programs.
    AddOns,
    /// The kube-proxies of all nodes.
    KubeProxy,
    /// The kubelet of a node: its number, in the order in which the nodes came.
    Kubelet(usize),
}

/// A component with what it has on the agenda.
#[derive(Clone, Debug)]
pub(crate) struct Seat<C> {
    pub(crate) component: C,
    plan: Option<Entry>,
}

impl<C> Seat<C> {
    pub(crate) fn new(component: C) -> Self {
        Seat { component, plan: None }
    }

    /// Takes what the component plans off the agenda.
    pub(crate) fn clear(&mut self, agenda: &mut Agenda<Event>) {
        if let Some(entry) = self.plan.take() {
            agenda.cancel(entry);
        }
    }

    /// Brings the agenda in line with when the component next has something to do.
    fn plan_for(&mut self, next: Option<SimTime>, id: ComponentId, agenda: &mut Agenda<Event>, now: SimTime) {
        let next = next.map(|at| at.max(now));
        if self.plan.map(|entry| entry.at) == next {
            return;
        }
        self.clear(agenda);
        self.plan = next.map(|at| agenda.schedule(at, Event::Run(id)));
    }
}

impl<C: Component> Seat<C> {
    /// Brings the agenda in line with what the component plans.
    fn plan(&mut self, id: ComponentId, agenda: &mut Agenda<Event>, now: SimTime) {
        self.plan_for(self.component.next(), id, agenda, now);
    }

    /// Lets the component do one unit of the work that it has planned.
    fn run(&mut self, id: ComponentId, api: &mut ApiServer, agenda: &mut Agenda<Event>, now: SimTime) {
        self.plan = None;
        self.component.run(api, now);
        self.plan(id, agenda, now);
    }
}

/// What happens in a cluster beside a person's requests.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The watches deliver what was written one latency ago.
    Watch,
    /// A component does what it has planned.
    Run(ComponentId),
    /// The control plane's own affairs: messages of etcd's members, starts, looks at Leases.
    Plane,
    /// Machines that were ordered from the cloud have booted.
    Cloud,
    /// Requests of steady loads are sent, or answered.
    Loads,
    /// metrics-server asks the kubelets.
    Scrape,
}

/// A cluster. Cloning it takes a checkpoint.
#[derive(Clone, Debug)]
pub struct Cluster {
    pub(crate) config: Config,
    pub(crate) now: SimTime,
    pub(crate) agenda: Agenda<Event>,
    pub(crate) api: ApiServer,
    pub(crate) controller_manager: Seat<ControllerManager>,
    pub(crate) scheduler: Seat<Scheduler>,
    pub(crate) add_ons: Seat<AddOns>,
    pub(crate) manager_at_work: Option<AtWork>,
    pub(crate) scheduler_at_work: Option<AtWork>,
    pub(crate) plane: Plane,
    pub(crate) snapshots: Vec<Snapshot>,
    /// The kubelets; one is away while it works, so that it can reach the others. Shared with checkpoints until they
    /// change.
    pub(crate) kubelets: Vec<Seat<Option<Rc<Kubelet>>>>,
    /// The number of every node's kubelet.
    pub(crate) kubelet_of: BTreeMap<Str, usize>,
    /// The nodes that are cut off, by their kubelets' numbers.
    pub(crate) cut: BTreeSet<usize>,
    /// The machines that were ordered from the cloud, the next one first.
    pub(crate) booting: Vec<Booting>,
    pub(crate) loads: Loads,
    pub(crate) series: Series,
    /// When metrics-server asks the kubelets next, if it does.
    pub(crate) scrape: Option<Entry>,
    /// Whose turn it is behind the Ingress controllers.
    balancers: Balancers,
    pub(crate) port_forwards: Vec<PortForward>,
    /// The ports of the person's machine that lead to the API server.
    pub(crate) proxies: Vec<u16>,
    pub(crate) proxy: Seat<KubeProxy>,
    pub(crate) tracer: Tracer,
    pub(crate) deeds: Deeds,
    /// The chance of load balancers.
    chance: Random,
    pub(crate) homes: Homes,
    /// The storage beyond the nodes, by name.
    pub(crate) disks: BTreeMap<Str, Disk>,
    pub(crate) registries: Registries,
    /// The docker daemon on the person's machine.
    pub(crate) docker: Docker,
    /// Everything up to here was delivered to those who watch.
    delivered: Revision,
    /// Everything up to here has a delivery on the agenda.
    announced: Revision,
    /// How many events have happened.
    pub(crate) events: u64,
}

impl Cluster {
    /// A cluster at the beginning of virtual time: its first objects are there, its nodes register at once.
    pub fn new(mut config: Config) -> Self {
        for group in &config.node_groups {
            for _ in 0..group.target_size {
                config.nodes.push(cloud::machine(group, config.nodes.len() + 1));
            }
        }
        let mut api = ApiServer::new(orrery_apiserver::Config { seed: config.seed, ..Default::default() });
        orrery_add_ons::webhooks(&config.add_ons).for_each(|webhook| api.register_webhook(webhook));
        bootstrap::create_first_objects(&mut api, &config, SimTime::ZERO);
        let first = |program| (!config.topology.elects()).then(|| AtWork::first(program));
        let mut cluster = Cluster {
            now: SimTime::ZERO,
            agenda: Agenda::default(),
            controller_manager: Seat::new(orrery_controller_manager::start(config.seed)),
            scheduler: Seat::new(Scheduler::new(config.seed, &config.scheduler)),
            add_ons: Seat::new(orrery_add_ons::install(config.seed, &config.add_ons)),
            manager_at_work: first(Program::ControllerManager),
            scheduler_at_work: first(Program::Scheduler),
            plane: Plane::new(config.topology, config.seed),
            snapshots: Vec::new(),
            kubelets: Vec::new(),
            kubelet_of: BTreeMap::new(),
            cut: BTreeSet::new(),
            booting: Vec::new(),
            loads: Loads::default(),
            series: Series::default(),
            scrape: None,
            balancers: Balancers::new(),
            port_forwards: Vec::new(),
            proxies: Vec::new(),
            proxy: Seat::new(KubeProxy::new(config.seed)),
            tracer: Tracer::default(),
            deeds: Deeds::default(),
            chance: Random::stream(config.seed, "load-balancer"),
            homes: Homes::default(),
            disks: BTreeMap::new(),
            docker: Docker::default(),
            registries: match config.runtime {
                RuntimeProfile::Immediate => Registries::hollow(),
                RuntimeProfile::Lively => Registries::default(),
            },
            delivered: 0,
            announced: 0,
            events: 0,
            api,
            config,
        };
        for node in cluster.config.nodes.clone() {
            cluster.start_kubelet(node);
        }
        cluster.plan_plane();
        cluster.register_metrics();
        cluster
    }

    /// The objects.
    pub fn api(&self) -> &ApiServer {
        &self.api
    }

    /// The virtual time.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// What the run started from, and the nodes that were added since.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The scheduler, whose decisions can be read.
    pub fn scheduler(&self) -> &Scheduler {
        &self.scheduler.component
    }

    /// The controller manager, whose loops can be watched.
    pub fn controller_manager(&self) -> &ControllerManager {
        &self.controller_manager.component
    }

    /// How a HorizontalPodAutoscaler came to its last decision, with every number; `None` before its first look.
    pub fn hpa_explanation(&self, namespace: &str, name: &str) -> Option<&HpaExplanation> {
        let key = Key::new(Kind::HorizontalPodAutoscaler, namespace, name);
        hpa_explanation(&self.controller_manager.component, &key)
    }

    /// The kubelet of a node.
    pub fn kubelet(&self, node: &str) -> Option<&Kubelet> {
        let &number = self.kubelet_of.get(node)?;
        self.kubelets[number].component.as_deref()
    }

    /// All nodes' kube-proxies, whose rules can be read.
    pub fn kube_proxy(&self) -> &KubeProxy {
        &self.proxy.component
    }

    /// How many events have happened since the beginning.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The fingerprint of the run so far.
    pub fn trace_hash(&self) -> u64 {
        self.api.trace_hash()
    }

    /// What is planned, in order: when, and who acts (`None`: the watches deliver, or the
    /// control plane sees to itself, or requests are sent).
    pub fn planned(&self) -> impl Iterator<Item = (SimTime, Option<ComponentId>)> {
        self.agenda.iter().map(|(at, event)| match event {
            Event::Watch | Event::Plane | Event::Cloud | Event::Loads | Event::Scrape => (at, None),
            Event::Run(id) => (at, Some(*id)),
        })
    }

    /// When the next event is due, writes that nobody has heard of yet included.
    pub fn next_event_at(&mut self) -> Option<SimTime> {
        self.announce();
        self.agenda.next_at()
    }

    /// Puts the delivery of new writes on the agenda. Writes of one instant are delivered together.
    pub(crate) fn announce(&mut self) {
        let head = self.api.revision();
        while self.announced < head {
            let Some(time) = self.api.change(self.announced + 1).map(|c| c.time) else {
                self.announced = head;
                return;
            };
            self.agenda.schedule(time + WATCH_LATENCY, Event::Watch);
            // All writes of this instant travel together.
            let last = self.api.change(head).map_or(time, |c| c.time);
            self.announced = if last == time { head } else { self.last_of_instant(time) };
        }
    }

    fn last_of_instant(&self, time: SimTime) -> Revision {
        let from = self.announced;
        let same = self.api.watch(from).into_iter().flatten().take_while(|c| c.time == time).count();
        from + same as u64
    }

    /// Delivers what was written at least one latency ago.
    pub(crate) fn deliver(&mut self) {
        let due: Vec<Change> = match self.api.watch(self.delivered) {
            Ok(changes) => changes.take_while(|c| c.time + WATCH_LATENCY <= self.now).cloned().collect(),
            Err(_) => unreachable!("only delivered changes are compacted"),
        };
        let mut orders = false;
        for change in &due {
            self.delivered = change.revision;
            orders |= cloud::concerns(change);
            if change.value.kind() != Kind::Event {
                let hears = |at: &Option<AtWork>| at.is_some_and(|at| at.since < change.revision);
                if hears(&self.manager_at_work) {
                    self.controller_manager.component.observe(change, &self.api, self.now);
                }
                if hears(&self.scheduler_at_work) {
                    self.scheduler.component.observe(change, &self.api, self.now);
                }
                self.add_ons.component.observe(change, &self.api, self.now);
                self.series.note(change);
                self.proxy.component.observe(change, &self.api, self.now);
                self.storage_changed(change);
                self.tell_kubelets(change);
                self.tell_candidates(change);
            }
        }
        if orders {
            self.see_to_groups();
        }
        let autoscales = |kind| matches!(kind, Kind::HorizontalPodAutoscaler | Kind::Custom(_));
        if due.iter().any(|change| autoscales(change.value.kind())) {
            self.plan_scrape();
        }
        self.plan(ComponentId::ControllerManager);
        self.plan(ComponentId::Scheduler);
        self.plan(ComponentId::AddOns);
        self.plan(ComponentId::KubeProxy);
        if !self.plane.stands.is_empty() {
            self.plan_plane();
        }
        self.compact();
    }

    /// A kubelet hears of the pods on its node, and of its node; of a claim whose file system is to grow all hear.
    fn tell_kubelets(&mut self, change: &Change) {
        if let Object::PersistentVolumeClaim(claim) = &change.value
            && !claim.status.allocated_resource_statuses.is_empty()
        {
            for number in 0..self.kubelets.len() {
                let kubelet = self.kubelets[number].component.as_mut();
                Rc::make_mut(kubelet.expect("none is at work")).observe(change, self.now);
                self.plan(ComponentId::Kubelet(number));
            }
        }
        let node = match &change.value {
            Object::Pod(pod) => pod.node_name.as_ref(),
            Object::Node(node) => Some(&node.metadata.name),
            _ => None,
        };
        let Some(node) = node else { return };
        if let Some(&number) = self.kubelet_of.get(node) {
            let kubelet = self.kubelets[number].component.as_mut();
            Rc::make_mut(kubelet.expect("none is at work")).observe(change, self.now);
            self.plan(ComponentId::Kubelet(number));
        }
    }

    /// The store is another than before: what was written before it was taken is known to nobody and to everybody.
    pub(crate) fn forget_deliveries(&mut self) {
        (self.delivered, self.announced) = (self.api.revision(), self.api.revision());
    }

    /// Forgets old changes in large bites.
    fn compact(&mut self) {
        let limit = self.config.log_limit as u64;
        let oldest_wanted = self.delivered.saturating_sub(limit);
        if self.api.change(oldest_wanted.saturating_sub(limit / 2).max(1)).is_some()
            && oldest_wanted > limit / 2
        {
            self.api.compact(oldest_wanted);
        }
    }

    /// Brings the agenda in line with what a component plans.
    pub(crate) fn plan(&mut self, id: ComponentId) {
        let (agenda, now) = (&mut self.agenda, self.now);
        let acts = |at: Option<AtWork>| at.is_some_and(|at| at.acts);
        match id {
            ComponentId::ControllerManager if acts(self.manager_at_work) => {
                self.controller_manager.plan(id, agenda, now);
            }
            ComponentId::Scheduler if acts(self.scheduler_at_work) => self.scheduler.plan(id, agenda, now),
            ComponentId::AddOns if self.plane.reach().is_ok() => self.add_ons.plan(id, agenda, now),
            // What it would do waits until its requests are answered.
            ComponentId::ControllerManager => self.controller_manager.clear(agenda),
            ComponentId::Scheduler => self.scheduler.clear(agenda),
            ComponentId::AddOns => self.add_ons.clear(agenda),
            ComponentId::KubeProxy => self.proxy.plan(id, agenda, now),
            ComponentId::Kubelet(number) => {
                let seat = &mut self.kubelets[number];
                let next = seat.component.as_ref().and_then(|kubelet| kubelet.next());
                seat.plan_for(next, id, agenda, now);
            }
        }
    }

    /// Lets a component do one unit of its work.
    pub(crate) fn run_component(&mut self, id: ComponentId) {
        let (api, agenda, now) = (&mut self.api, &mut self.agenda, self.now);
        match id {
            ComponentId::ControllerManager => self.controller_manager.run(id, api, agenda, now),
            ComponentId::Scheduler => self.scheduler.run(id, api, agenda, now),
            ComponentId::AddOns => self.add_ons.run(id, api, agenda, now),
            ComponentId::KubeProxy => self.proxy.run(id, api, agenda, now),
            ComponentId::Kubelet(number) => {
                self.kubelets[number].plan = None;
                self.at_work(number, |kubelet, api, network, now| kubelet.run(api, network, now));
            }
        }
    }

    /// Lets a kubelet work, with all the others at the other end of its network.
    pub(crate) fn at_work<T>(
        &mut self,
        number: usize,
        work: impl FnOnce(&mut Kubelet, &mut ApiServer, &mut dyn Network, SimTime) -> T,
    ) -> T {
        let mut kubelet = self.kubelets[number].component.take().expect("none is at work");
        let (done, kubelet) =
            self.wired(|wires, api, now| (work(Rc::make_mut(&mut kubelet), api, wires, now), kubelet));
        self.kubelets[number].component = Some(kubelet);
        self.plan(ComponentId::Kubelet(number));
        done
    }

    /// Lets somebody use the network.
    pub(crate) fn wired<T>(&mut self, work: impl FnOnce(&mut Wires<'_>, &mut ApiServer, SimTime) -> T) -> T {
        let mut wires = Wires {
            proxy: &mut self.proxy.component,
            tracer: &mut self.tracer,
            balancers: &mut self.balancers,
            chance: &mut self.chance,
            homes: &self.homes,
            serves: self.plane.serves.0,
            disks: &mut self.disks,
            registries: &self.registries,
            cut: &self.cut,
            kubelet_of: &self.kubelet_of,
            kubelets: &mut self.kubelets,
            roused: Vec::new(),
        };
        let done = work(&mut wires, &mut self.api, self.now);
        for number in wires.roused {
            self.plan(ComponentId::Kubelet(number));
        }
        done
    }
}

impl Session for Cluster {
    fn api(&self) -> &ApiServer {
        &self.api
    }

    fn now(&self) -> SimTime {
        self.now
    }

    fn reach(&mut self) -> Result<(), String> {
        const REQUEST_TIMEOUT: Duration = Duration::from_secs(7);
        let gives_up = self.now + REQUEST_TIMEOUT;
        // A request waits for etcd to have a leader again (upstream: `etcdserver.ReqTimeout`).
        while self.is_waiting_for_leader() && self.now < gives_up {
            self.pass(Duration::from_millis(100));
        }
        self.plane.reach().map_err(|why| self.words_for(why))
    }

    fn begin(&mut self, command: &str) {
        self.deeds.begin(command);
    }

    fn component_statuses(&self) -> Vec<(String, bool)> {
        self.plane.component_statuses()
    }

    fn measure(&mut self) {
        self.gather_all();
    }

    fn etcdctl(&mut self, argv: &[String]) -> ExecOutput {
        etcdctl::run(argv, self)
    }

    fn send(&mut self) -> (&mut ApiServer, Request) {
        let cause = self.deeds.cause(self.now);
        (&mut self.api, Request { cause, ..Request::new(self.now, "kubectl") })
    }

    fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        self.run(until, &mut || true);
    }

    fn logs(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        previous: bool,
    ) -> StatusResult<Vec<LogLine>> {
        self.logs_of(namespace, pod, container, previous)
    }

    fn exec(
        &mut self,
        namespace: &str,
        pod: &str,
        container: &str,
        exec: Exec<'_>,
    ) -> StatusResult<ExecOutput> {
        self.exec_in(namespace, pod, container, exec)
    }

    fn hear(&self, namespace: &str, pod: &str, container: &str, process: (u32, [usize; 2])) -> Option<Heard> {
        self.hear_from(namespace, pod, container, process)
    }

    fn feed(&mut self, namespace: &str, pod: &str, container: &str, text: &str) -> StatusResult<()> {
        self.feed_to(namespace, pod, container, text)
    }

    fn forward(&mut self, namespace: &str, pod: &str, local: u16, port: u16) -> StatusResult<()> {
        self.keep_open(namespace, pod, local, port)
    }

    fn forwarded(&self, local: u16) -> Option<u64> {
        self.open_port(local).map(|port| port.connections)
    }

    fn serve(&mut self, local: u16) -> bool {
        let free = !self.serves(local) && self.open_port(local).is_none();
        self.proxies.extend(free.then_some(local));
        free
    }

    fn serves(&self, local: u16) -> bool {
        self.proxies.contains(&local)
    }

    fn close(&mut self, local: u16) -> bool {
        let open = |cluster: &Self| cluster.port_forwards.len() + cluster.proxies.len();
        let before = open(self);
        self.port_forwards.retain(|known| known.local != local);
        self.proxies.retain(|known| *known != local);
        open(self) < before
    }
}
