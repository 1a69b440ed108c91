//! What the picture shows: one plain tree that is compared, and drawn again only where it differs.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use orrery_api::{Node, Pod, Service};
use orrery_cluster::Cluster;

use crate::countdown::Countdown;
use crate::owner::Hues;
use crate::owners::{Family, families};
use crate::parts::Consequence;
use crate::registries::{RegistryBox, registries};
use crate::traffic::{self, Traffic};
use crate::{node, plane, pod, rollout, service, storage};

/// Text that is shared between successive scenes.
pub type Text = Rc<str>;

/// One of the eight owner hues, `0..8`.
pub type Hue = u8;

/// Names an object: kind, namespace (empty for cluster-scoped kinds) and name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectRef {
    /// Kind, as in a manifest.
    pub kind: Text,
    /// Namespace, empty when the kind is cluster-scoped.
    pub namespace: Text,
    /// Name.
    pub name: Text,
}

impl ObjectRef {
    /// A reference from its three parts.
    pub fn new(kind: &str, namespace: &str, name: &str) -> Self {
        Self { kind: kind.into(), namespace: namespace.into(), name: name.into() }
    }

    /// One string that tells this object from every other, for keys of lists.
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.kind, self.namespace, self.name)
    }
}

/// The state of a pod as the picture tells it: by shape first, then by colour.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PodState {
    /// Not bound to a node, or bound and not yet seen by its kubelet.
    Pending,
    /// Volumes, sandbox and containers are being made.
    Creating,
    /// An image is being pulled.
    Pulling,
    /// Running, but not ready to serve.
    NotReady,
    /// Running and ready.
    Ready,
    /// Deleted, still within its grace period.
    Terminating,
    /// Waiting to restart or to pull again.
    BackOff,
    /// Every container ended well and none restarts.
    Completed,
    /// Ended badly for good.
    Failed,
}

impl PodState {
    /// A small number per shape, for counting and for a style's name.
    pub fn rank(self) -> usize {
        match self {
            Self::Pending => 0,
            Self::Creating => 1,
            Self::Pulling => 2,
            Self::NotReady => 3,
            Self::Ready => 4,
            Self::Terminating => 5,
            Self::BackOff => 6,
            Self::Completed => 7,
            Self::Failed => 8,
        }
    }

    /// One of each, in the order of the legend.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Creating,
        Self::Pulling,
        Self::NotReady,
        Self::Ready,
        Self::Terminating,
        Self::BackOff,
        Self::Completed,
        Self::Failed,
    ];
}

/// A pod, as a mark.
#[derive(Clone, PartialEq, Debug)]
pub struct PodMark {
    /// The pod.
    pub id: ObjectRef,
    /// Tells a pod from an earlier one of the same name.
    pub uid: Text,
    /// Name of its workload, or its own.
    pub label: Text,
    /// Hue of its workload.
    pub hue: Hue,
    /// State.
    pub state: PodState,
    /// The reason column of `kubectl get pods`, verbatim.
    pub reason: Text,
    /// What runs out for it.
    pub countdown: Option<Countdown>,
}

/// A component's light: it flashes whenever the count changes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lamp {
    /// Name of the component or loop.
    pub name: Text,
    /// How many calls it has made so far.
    pub calls: u64,
}

/// The control plane on its rail.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ControlPlane {
    /// Revision of the store.
    pub revision: u64,
    /// Writes accepted by the API server.
    pub writes: u64,
    /// Pods waiting for the scheduler.
    pub queue: usize,
    /// The scheduler's light.
    pub scheduler: Lamp,
    /// One light per controller that has acted.
    pub loops: Vec<Lamp>,
    /// What does not work, the worst first.
    pub fails: Vec<Consequence>,
}

/// A service, or the ghost of one.
#[derive(Clone, PartialEq, Debug)]
pub struct ServiceBox {
    /// The service.
    pub id: ObjectRef,
    /// Type and ports, `NodePort 80:30080`.
    pub ports: Text,
    /// Whether the outside world can reach it.
    pub external: bool,
    /// Hue of the pods behind it.
    pub hue: Option<Hue>,
    /// The pods it sends to, and whether each is ready.
    pub endpoints: Vec<Endpoint>,
    /// What is missing, in one line, for a selector that matches nothing.
    pub ghost: bool,
}

impl ServiceBox {
    /// A service that something names and nobody made.
    pub(crate) fn missing(namespace: &Text, name: &Text) -> Self {
        let id = ObjectRef { kind: "Service".into(), namespace: namespace.clone(), name: name.clone() };
        Self { id, ports: "".into(), external: false, hue: None, endpoints: Vec::new(), ghost: true }
    }
}

/// One address behind a service.
#[derive(Clone, PartialEq, Debug)]
pub struct Endpoint {
    /// Uid of the pod.
    pub pod: Text,
    /// Whether it serves.
    pub ready: bool,
}

/// Requested against allocatable, in the unit's smallest step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Meter {
    /// Sum of the requests of its pods.
    pub requested: u64,
    /// What the node offers.
    pub allocatable: u64,
}

impl Meter {
    /// The filled part, `0.0..=1.0`.
    pub fn share(&self) -> f64 {
        if self.allocatable == 0 { 0.0 } else { (self.requested as f64 / self.allocatable as f64).min(1.0) }
    }
}

/// What a node says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodeState {
    /// Ready.
    Ready,
    /// Its kubelet says it is not.
    NotReady,
    /// Nobody has heard from it.
    Unknown,
}

/// A node and the pods in it.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeCard {
    /// The node.
    pub id: ObjectRef,
    /// Readiness as the control plane knows it.
    pub state: NodeState,
    /// The machine is off, whatever the control plane knows.
    pub stopped: bool,
    /// No new pods.
    pub cordoned: bool,
    /// Processor, in millicores.
    pub cpu: Meter,
    /// Memory, in bytes.
    pub memory: Meter,
    /// Addresses of its pods.
    pub pod_cidr: Text,
    /// The most pods it takes.
    pub max_pods: u64,
    /// Its pods.
    pub pods: Vec<PodMark>,
    /// Its kubelet's light.
    pub kubelet: Lamp,
    /// Its silence, until it is given up.
    pub countdown: Option<Countdown>,
}

/// The five stages of a volume's life.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// The volume exists.
    Provisioned,
    /// Claim and volume belong to each other.
    Bound,
    /// A pod uses it.
    InUse,
    /// The claim is gone.
    Released,
    /// Wiped, deleted or given back.
    Reclaimed,
}

impl Stage {
    /// All five in order.
    pub const ALL: [Self; 5] = [Self::Provisioned, Self::Bound, Self::InUse, Self::Released, Self::Reclaimed];
}

/// A claim and its volume on the five-stage track.
#[derive(Clone, PartialEq, Debug)]
pub struct VolumeTrack {
    /// The claim, or the volume when nobody claims it.
    pub id: ObjectRef,
    /// Size and access modes, `5Gi · RWO`.
    pub size: Text,
    /// Storage class, empty for none.
    pub class: Text,
    /// The volume's name, once there is one.
    pub volume: Option<Text>,
    /// Where it stands; `None` before there is a volume.
    pub stage: Option<Stage>,
    /// Why it does not move, in one sentence.
    pub why: Option<Text>,
    /// A pod names this claim but nobody made it.
    pub ghost: bool,
    /// Hue of the workload that uses it.
    pub hue: Option<Hue>,
}

/// One ReplicaSet or ControllerRevision of a rollout.
#[derive(Clone, PartialEq, Debug)]
pub struct RolloutSide {
    /// The ReplicaSet or the ControllerRevision.
    pub id: ObjectRef,
    /// First image of its template.
    pub image: Text,
    /// Its pods. Those of a StatefulSet stand in the columns of their ordinals.
    pub pods: Vec<Option<PodState>>,
    /// How many a ReplicaSet wants.
    pub desired: Option<u32>,
    /// The one that the workload is moving to.
    pub new: bool,
}

/// A workload between two templates, with the limits that its strategy sets.
#[derive(Clone, PartialEq, Debug)]
pub struct RolloutLane {
    /// The Deployment, StatefulSet or DaemonSet.
    pub id: ObjectRef,
    /// Hue of its pods.
    pub hue: Hue,
    /// What holds pods or wants some, oldest first.
    pub sides: Vec<RolloutSide>,
    /// Available pods now.
    pub available: u32,
    /// Pods now.
    pub total: u32,
    /// Replicas that the spec wants.
    pub desired: u32,
    /// The strategy never lets fewer be available.
    pub min_available: u32,
    /// The strategy never lets more exist.
    pub max_total: u32,
    /// A StatefulSet: ordinals below this one keep their revision. And the column in which it stands.
    pub partition: Option<(u32, u32)>,
    /// `status.conditions[Progressing].message`, when it is stuck or paused.
    pub note: Option<Text>,
}

/// Pods that no node has taken, and the scheduler's words about the first of them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Waiting {
    /// The pods.
    pub pods: Vec<PodMark>,
    /// The scheduler's message, verbatim.
    pub why: Option<Text>,
}

/// What the picture is ordered by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum View {
    /// Where pods run.
    #[default]
    Nodes,
    /// Whom pods belong to.
    Owners,
    /// How requests reach them.
    Traffic,
    /// What keeps their data.
    Storage,
    /// How they did over time.
    Charts,
}

impl View {
    /// All, in the order of the switch.
    pub const ALL: [Self; 5] = [Self::Nodes, Self::Owners, Self::Traffic, Self::Storage, Self::Charts];

    /// The name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nodes => "nodes",
            Self::Owners => "owners",
            Self::Traffic => "traffic",
            Self::Storage => "storage",
            Self::Charts => "charts",
        }
    }

    /// The view of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }

    /// The one that the switch goes to next.
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|view| *view == self).unwrap_or_default();
        Self::ALL[(at + 1) % Self::ALL.len()]
    }
}

/// Everything that is drawn.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scene {
    /// API server, store, scheduler, controllers.
    pub control_plane: ControlPlane,
    /// Services and ghosts.
    pub services: Vec<ServiceBox>,
    /// Nodes, by name.
    pub nodes: Vec<NodeCard>,
    /// Pods without a node.
    pub waiting: Waiting,
    /// Claims and volumes.
    pub volumes: Vec<VolumeTrack>,
    /// Registries that images come from.
    pub registries: Vec<RegistryBox>,
    /// Rollouts under way.
    pub rollouts: Vec<RolloutLane>,
    /// The owners view: the families, when it is looked at.
    pub families: Option<Vec<Family>>,
    /// The traffic view: what is between the outside and the pods, when it is looked at.
    pub traffic: Option<Traffic>,
}

impl Scene {
    /// Every pod: those in nodes, then those that wait.
    pub fn pods(&self) -> impl Iterator<Item = &PodMark> {
        self.nodes.iter().flat_map(|n| &n.pods).chain(&self.waiting.pods)
    }

    /// How many pods are in each state, by `PodState::rank`.
    pub fn tally(&self) -> [usize; 9] {
        let mut counts = [0; 9];
        self.pods().for_each(|p| counts[p.state.rank()] += 1);
        counts
    }
}

/// Reads the scene of a cluster, of all namespaces or of one. The chosen object is told of in more detail.
pub fn scene(cluster: &Cluster, namespace: Option<&str>, chosen: Option<&ObjectRef>, view: View) -> Scene {
    let api = cluster.api();
    let wanted = |ns: &str| namespace.is_none_or(|only| only == ns);
    let hues = Hues::of(api);
    let pulling = pod::pulling(api);
    let latest = plane::latest(api);
    let kubelets: BTreeMap<Text, u64> = plane::kubelets(&latest).collect();
    let mut nodes: Vec<_> =
        api.list::<Node>().map(|n| node::card(cluster, n, &hues, &kubelets, &pulling, &wanted)).collect();
    let shown: BTreeMap<Text, Hue> =
        nodes.iter().flat_map(|n| &n.pods).map(|p| (p.uid.clone(), p.hue)).collect();
    let services = api.list::<Service>().filter(|s| wanted(&s.metadata.namespace) && !is_apiserver(s));
    let mut services: Vec<_> = services.map(|s| service::service_box(api, s, &shown)).collect();
    let mut waiting = waiting(cluster, &hues, &wanted);
    let families = (view == View::Owners).then(|| {
        let mut marks: Vec<_> = nodes.iter_mut().flat_map(|n| &mut n.pods).chain(&mut waiting.pods).collect();
        families(cluster, &hues, &mut marks, &wanted)
    });
    let traffic = (view == View::Traffic).then(|| traffic::traffic(cluster, &mut services, &wanted));
    Scene {
        control_plane: plane::control_plane(cluster, &latest),
        services,
        nodes,
        waiting,
        registries: registries(cluster),
        volumes: storage::tracks(api, &hues, &wanted),
        rollouts: rollout::lanes(cluster, &hues, &wanted, chosen),
        families,
        traffic,
    }
}

/// The service of the API server itself is the rail.
fn is_apiserver(service: &Service) -> bool {
    &*service.metadata.namespace == "default" && &*service.metadata.name == "kubernetes"
}

fn waiting(cluster: &Cluster, hues: &Hues, wanted: &dyn Fn(&str) -> bool) -> Waiting {
    let api = cluster.api();
    let unbound = api.list::<Pod>().filter(|p| p.node_name.is_none() && wanted(&p.metadata.namespace));
    let pods: Vec<_> = unbound.collect();
    Waiting {
        why: pods.iter().find_map(|p| pod::unschedulable(p)),
        pods: pods.iter().map(|p| pod::mark(api, cluster.now(), hues, &BTreeSet::new(), p)).collect(),
    }
}

/// Names of all namespaces.
pub fn namespaces(cluster: &Cluster) -> Vec<String> {
    cluster.api().list::<orrery_api::Namespace>().map(|ns| ns.metadata.name.to_string()).collect()
}

/// How many pods are ready, of how many that are not finished.
pub fn tally(cluster: &Cluster, namespace: Option<&str>) -> (usize, usize) {
    let here = |p: &&Rc<Pod>| namespace.is_none_or(|only| *p.metadata.namespace == *only);
    let live = |p: &&Rc<Pod>| !matches!(p.status.phase.as_deref(), Some("Succeeded" | "Failed"));
    let pods = cluster.api().list::<Pod>().filter(here).filter(live);
    pods.fold((0, 0), |(ready, all), p| {
        (ready + usize::from(pod::is_ready(p) && !p.metadata.terminating()), all + 1)
    })
}
