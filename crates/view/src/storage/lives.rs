//! The storage view: class by class, every volume with its claim and the pods that use it.

use std::collections::{BTreeMap, BTreeSet};

use orrery_api::{Kind, NodeSelector, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass, resources};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;
use orrery_client::volume::plugins::source_of_persistent;
use orrery_client::volume::{claim_class, volume_class};
use orrery_cluster::{
    Cluster, DeletionForecast, FileFacts, Storage, Whereabouts, WhyNot, forecast_claim, forecast_volume,
    why_not,
};

use super::settings::{Setting, settings};
use super::{claim_stage, short, unclaimed, volume_stage, why_pending};
use crate::owner::Hues;
use crate::pod;
use crate::scene::{ObjectRef, PodMark, Stage, Text};

/// So many lives are told at once; of more, how many they are.
const MOST: usize = 120;
/// The marks by which a class is the default one.
const DEFAULT_MARKS: [&str; 2] =
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

/// Everything that keeps data, and for whom.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StorageView {
    /// The classes with the lives of their volumes; those of no class come last.
    pub classes: Vec<ClassLane>,
    /// The largest capacity or request, in bytes: what the drums are drawn to the scale of.
    pub largest: i64,
    /// How many lives are not told.
    pub more: usize,
    /// Disks that no volume leads to any more, and what is on them.
    pub left: Vec<Left>,
    /// ConfigMaps and Secrets.
    pub settings: Vec<Setting>,
}

/// A StorageClass and the lives of its volumes.
#[derive(Clone, PartialEq, Debug)]
pub struct ClassLane {
    /// The class; `None` for those of no class.
    pub id: Option<ObjectRef>,
    /// Claims or volumes name it, but nobody made it.
    pub missing: bool,
    /// Claims that name no class get this one.
    pub default: bool,
    /// Who makes its volumes.
    pub provisioner: Text,
    /// `Immediate` or `WaitForFirstConsumer`.
    pub binding: Text,
    /// `Delete` or `Retain`.
    pub reclaim: Text,
    /// Its claims can grow.
    pub expands: bool,
    /// The lives.
    pub lives: Vec<Life>,
}

/// The life of a volume: the claim, the volume, and who uses them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Life {
    /// The claim, if there is one or a pod names one.
    pub claim: Option<ClaimTicket>,
    /// The volume, if there is one or the claim names one.
    pub volume: Option<Drum>,
    /// The pods that use the claim, each with its node.
    pub pods: Vec<(PodMark, Text)>,
    /// Where it stands; `None` before there is a volume.
    pub stage: Option<Stage>,
    /// Why it does not move, in the controller's words.
    pub why: Option<Text>,
    /// Of a claim without a volume: why it gets none of those that there are.
    pub why_not: Vec<WhyNot>,
    /// Of the chosen one: what is inside.
    pub files: Vec<FileFacts>,
    /// Of the chosen one: what comes of deleting the claim, or the volume that has none.
    pub forecast: Option<DeletionForecast>,
}

impl Life {
    /// What it is selected and told apart by: the claim, else the volume.
    pub fn id(&self) -> Option<&ObjectRef> {
        self.claim.as_ref().map(|c| &c.id).or_else(|| self.volume.as_ref().map(|v| &v.id))
    }

    /// Whether it is about an object: its claim, its volume, or a pod that uses them.
    pub fn concerns(&self, id: &ObjectRef) -> bool {
        let volume = self.volume.as_ref().map(|v| &v.id);
        self.id() == Some(id) || volume == Some(id) || self.pods.iter().any(|(mark, _)| mark.id == *id)
    }
}

/// A claim.
#[derive(Clone, PartialEq, Debug)]
pub struct ClaimTicket {
    /// The claim.
    pub id: ObjectRef,
    /// `Pending`, `Bound`, `Lost`.
    pub phase: Text,
    /// What it asks for, as it is written.
    pub asks: Text,
    /// The same in bytes.
    pub bytes: i64,
    /// `RWO`.
    pub modes: Text,
    /// Pods name it, but nobody made it.
    pub missing: bool,
    /// It is being deleted and waits for its pods.
    pub terminating: bool,
}

/// A volume.
#[derive(Clone, PartialEq, Debug)]
pub struct Drum {
    /// The volume.
    pub id: ObjectRef,
    /// `Available`, `Bound`, `Released`, `Failed`.
    pub phase: Text,
    /// Its capacity, as it is written.
    pub holds: Text,
    /// The same in bytes.
    pub bytes: i64,
    /// `RWO`.
    pub modes: Text,
    /// What is behind it: the plug-in, and where.
    pub behind: Text,
    /// How many bytes of files are on it.
    pub used: u64,
    /// What becomes of it when its claim goes.
    pub reclaim: Text,
    /// Where alone it can be used.
    pub only_on: Option<Text>,
    /// A claim names it, but it is not there.
    pub missing: bool,
    /// It is being deleted.
    pub terminating: bool,
}

/// A disk that was kept although its volume is gone.
#[derive(Clone, PartialEq, Debug)]
pub struct Left {
    /// Its name where it is.
    pub name: Text,
    /// The claim that it was last used by, as `namespace/name`.
    pub claim: Text,
    /// Its files.
    pub files: Vec<FileFacts>,
}

/// Reads what a cluster keeps, of all namespaces or of one. Of the chosen object more is told.
pub fn storage(cluster: &Cluster, namespace: Option<&str>, chosen: Option<&ObjectRef>) -> StorageView {
    let api = cluster.api();
    let wanted = |ns: &str| namespace.is_none_or(|only| only == ns);
    let users = users(cluster, &wanted);
    let kept = cluster.storage();
    let mut lanes: BTreeMap<(bool, Str), Vec<Life>> = BTreeMap::new();
    let mut add = |class: Str, life: Life| lanes.entry((class.is_empty(), class)).or_default().push(life);
    for claim in api.list::<PersistentVolumeClaim>().filter(|c| wanted(&c.metadata.namespace)) {
        add(claim_class(claim), of_claim(api, claim, &users));
    }
    for volume in api.list::<PersistentVolume>().filter(|v| unclaimed(api, v)) {
        add(volume_class(volume), of_volume(volume));
    }
    for ((namespace, name), pods) in &users {
        if api.get::<PersistentVolumeClaim>(namespace, name).is_none() {
            add("".into(), ghost(namespace, name, pods));
        }
    }
    for class in api.list::<StorageClass>() {
        lanes.entry((false, class.metadata.name.clone())).or_default();
    }
    let all: usize = lanes.values().map(Vec::len).sum();
    let mut room = MOST;
    let left = kept.iter().filter(|storage| storage.is_orphaned).map(left);
    let mut view = StorageView {
        left: left.collect(),
        more: all.saturating_sub(MOST),
        settings: settings(api, &Hues::of(api), &wanted),
        ..StorageView::default()
    };
    for ((_, class), mut lives) in lanes {
        lives.truncate(room);
        room -= lives.len();
        let sizes = lives
            .iter()
            .flat_map(|life| [life.claim.as_ref().map(|c| c.bytes), life.volume.as_ref().map(|v| v.bytes)]);
        view.largest = sizes.flatten().fold(view.largest, i64::max);
        for life in &mut lives {
            fill(api, life, &kept, chosen);
        }
        view.classes.push(lane(api, &class, lives));
    }
    view
}

/// What is on a volume; and of a chosen life, what is inside and what comes of deleting it.
fn fill(api: &ApiServer, life: &mut Life, kept: &[Storage], chosen: Option<&ObjectRef>) {
    let chosen = chosen.is_some_and(|id| life.concerns(id));
    if let Some(volume) = &mut life.volume {
        for storage in kept.iter().filter(|s| s.volume == volume.id.name && !s.is_orphaned) {
            volume.used += storage.used;
            life.files.extend(storage.files.iter().filter(|_| chosen).cloned());
        }
    }
    life.forecast = if chosen { forecast(api, life) } else { None };
}

fn left(storage: &Storage) -> Left {
    let name = match &storage.at {
        Whereabouts::Beyond(name) => name.clone(),
        Whereabouts::Node { path, .. } => path.clone(),
    };
    Left { name, claim: storage.claim.clone(), files: storage.files.clone() }
}

/// What comes of deleting the claim, or the volume that has none.
fn forecast(api: &ApiServer, life: &Life) -> Option<DeletionForecast> {
    match &life.claim {
        Some(claim) => api
            .get::<PersistentVolumeClaim>(&claim.id.namespace, &claim.id.name)
            .map(|claim| forecast_claim(claim, api)),
        None => {
            let volume = api.get::<PersistentVolume>("", &life.volume.as_ref()?.id.name)?;
            Some(forecast_volume(volume, api))
        }
    }
}

/// The pods that use each claim, by its namespace and name.
type Users = BTreeMap<(Str, Str), Vec<(PodMark, Text)>>;

fn users(cluster: &Cluster, wanted: &dyn Fn(&str) -> bool) -> Users {
    let (api, mut users) = (cluster.api(), Users::new());
    let hues = Hues::of(api);
    for pod in api.list::<Pod>().filter(|p| wanted(&p.metadata.namespace)) {
        for name in claims_of(pod) {
            let mark = pod::mark(api, cluster.now(), &hues, &BTreeSet::new(), pod);
            let node = pod.node_name.clone().unwrap_or_default();
            users.entry((pod.metadata.namespace.clone(), name)).or_default().push((mark, node));
        }
    }
    users
}

/// The claims that a pod names, and those that are made for it.
fn claims_of(pod: &Pod) -> impl Iterator<Item = Str> {
    pod.spec.volumes.iter().filter_map(|volume| {
        let made = || Str::from([&pod.metadata.name, "-", &volume.name].concat());
        let named = volume.persistent_volume_claim.as_ref().map(|claim| claim.claim_name.clone());
        named.or_else(|| volume.ephemeral.as_ref().map(|_| made()))
    })
}

fn lane(api: &ApiServer, name: &Str, lives: Vec<Life>) -> ClassLane {
    let class = api.get::<StorageClass>("", name);
    let text = |of: fn(&StorageClass) -> Option<Str>| class.and_then(|c| of(c)).unwrap_or_default();
    let is_default = |c: &StorageClass| {
        DEFAULT_MARKS.iter().any(|mark| c.metadata.annotations.get(mark).is_some_and(|v| &**v == "true"))
    };
    ClassLane {
        id: (!name.is_empty()).then(|| ObjectRef::new("StorageClass", "", name)),
        missing: !name.is_empty() && class.is_none(),
        default: class.is_some_and(|c| is_default(c)),
        provisioner: text(|c| Some(c.provisioner.clone())),
        binding: text(|c| c.volume_binding_mode.clone()),
        reclaim: text(|c| c.reclaim_policy.clone()),
        expands: class.is_some_and(|c| c.allow_volume_expansion == Some(true)),
        lives,
    }
}

fn of_claim(api: &ApiServer, claim: &PersistentVolumeClaim, users: &Users) -> Life {
    let meta = &claim.metadata;
    let pods = users.get(&(meta.namespace.clone(), meta.name.clone())).cloned().unwrap_or_default();
    let running = |(mark, _): &(PodMark, Text)| {
        api.get::<Pod>(&mark.id.namespace, &mark.id.name)
            .is_some_and(|pod| pod.status.phase.as_deref() == Some("Running"))
    };
    let stage = claim_stage(claim, pods.iter().any(running));
    let asks = claim.spec.resources.requests.get(resources::STORAGE);
    let ticket = ClaimTicket {
        id: ObjectRef::new(Kind::PersistentVolumeClaim.name(), &meta.namespace, &meta.name),
        phase: claim.status.phase.clone().unwrap_or_default(),
        asks: asks.map(|q| q.to_string().as_str().into()).unwrap_or_default(),
        bytes: asks.map_or(0, |q| q.value()),
        modes: modes(&claim.spec.access_modes),
        missing: false,
        terminating: meta.terminating(),
    };
    let named = claim.spec.volume_name.as_ref().filter(|name| !name.is_empty());
    let volume = named.map(|name| match api.get::<PersistentVolume>("", name) {
        Some(volume) => drum(volume),
        None => no_drum(name),
    });
    let why = if stage.is_some() { None } else { why_pending(api, claim) };
    let why_not = if stage.is_some() { Vec::new() } else { why_not(claim, api) };
    Life { claim: Some(ticket), volume, pods, stage, why, why_not, ..Life::default() }
}

fn of_volume(volume: &PersistentVolume) -> Life {
    Life {
        volume: Some(drum(volume)),
        stage: Some(volume_stage(volume)),
        why: volume.status.message.clone(),
        ..Life::default()
    }
}

fn ghost(namespace: &str, name: &str, pods: &[(PodMark, Text)]) -> Life {
    let ticket = ClaimTicket {
        id: ObjectRef::new(Kind::PersistentVolumeClaim.name(), namespace, name),
        phase: "".into(),
        asks: "".into(),
        bytes: 0,
        modes: "".into(),
        missing: true,
        terminating: false,
    };
    let why = format!("persistentvolumeclaim \"{name}\" not found").as_str().into();
    Life { claim: Some(ticket), pods: pods.to_vec(), why: Some(why), ..Life::default() }
}

fn drum(volume: &PersistentVolume) -> Drum {
    let (meta, spec) = (&volume.metadata, &volume.spec);
    let holds = spec.capacity.get(resources::STORAGE);
    Drum {
        id: ObjectRef::new(Kind::PersistentVolume.name(), "", &meta.name),
        phase: volume.status.phase.clone().unwrap_or_default(),
        holds: holds.map(|q| q.to_string().as_str().into()).unwrap_or_default(),
        bytes: holds.map_or(0, |q| q.value()),
        modes: modes(&spec.access_modes),
        behind: behind(volume),
        used: 0,
        reclaim: spec.persistent_volume_reclaim_policy.clone().unwrap_or_default(),
        only_on: spec.node_affinity.as_ref().and_then(|a| a.required.as_ref()).map(only_on),
        missing: false,
        terminating: meta.terminating(),
    }
}

/// The volume that a claim names, and that is not there.
fn no_drum(name: &str) -> Drum {
    Drum {
        missing: true,
        id: ObjectRef::new(Kind::PersistentVolume.name(), "", name),
        ..drum(&PersistentVolume::default())
    }
}

/// The plug-in behind a volume, and the first thing that it is told.
fn behind(volume: &PersistentVolume) -> Text {
    let spec = &volume.spec;
    let (plugin, at) = if let Some(source) = &spec.host_path {
        ("hostPath", source.path.clone())
    } else if let Some(source) = &spec.local {
        ("local", source.path.clone())
    } else if let Some(source) = &spec.nfs {
        ("nfs", [&*source.server, ":", &source.path].concat().as_str().into())
    } else if let Some(source) = &spec.csi {
        ("csi", source.driver.clone())
    } else {
        return source_of_persistent(spec).into();
    };
    [plugin, " ", &at].concat().as_str().into()
}

/// The values of the labels that a node must have, as a person would name the place.
fn only_on(selector: &NodeSelector) -> Text {
    let terms = selector.node_selector_terms.iter();
    let values =
        terms.flat_map(|t| t.match_expressions.iter().chain(&t.match_fields)).flat_map(|e| &e.values);
    let values: Vec<&str> = values.map(|v| &**v).collect();
    values.join(", ").as_str().into()
}

/// `RWO,ROX`.
fn modes(modes: &[Str]) -> Text {
    let modes: Vec<&str> = modes.iter().map(|m| short(m)).collect();
    modes.join(",").as_str().into()
}
