//! What is different between two states of a cluster. The way to both, and the look at each object, can be interrupted, and
//! gone on with later.

use std::collections::BTreeMap;

use orrery_api::{Kind, Object};
use orrery_apimachinery::{Str, Value};
use orrery_apiserver::ApiServer;
use orrery_manifest::to_yaml;
use orrery_view::scene::ObjectRef;

use crate::{Cursor, Moment, Run};

/// What differs with every write, whatever was written.
const NOISE: [&str; 2] = ["resourceVersion", "managedFields"];
/// What differs as time passes, whatever happens.
const HEARTBEATS: [&str; 3] = ["lastHeartbeatTime", "lastProbeTime", "renewTime"];
/// The items of a list are told apart by one of these, where all have it.
const NAMES: [&str; 2] = ["name", "type"];
/// The kinds that come first: what a person thinks of, and then its pods. All others follow.
const FIRST: [Kind; 13] = [
    Kind::Namespace,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::CronJob,
    Kind::Job,
    Kind::HorizontalPodAutoscaler,
    Kind::Service,
    Kind::Ingress,
    Kind::ConfigMap,
    Kind::PersistentVolumeClaim,
    Kind::Node,
    Kind::Pod,
];
/// What of an object comes first: what is wanted, and then what is.
const PARTS: [&str; 4] = ["spec", "data", "metadata", "status"];

/// What two states of a cluster have of one object.
type Pair = (Kind, [Option<Object>; 2]);

/// What is different between two states.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Comparison {
    /// The objects that are not as they were, the most telling kinds first.
    pub changed: Vec<Changed>,
    /// How many fields differ only because time has passed; they are not among those.
    pub heartbeats: usize,
}

/// A comparison that is under way.
#[derive(Clone)]
pub struct Comparing {
    /// The places, on the way to their moments.
    places: [Cursor; 2],
    moments: [Moment; 2],
    /// When the places set out.
    from: [u64; 2],
    /// The objects, once both places are reached, and how many of them were looked at.
    pairs: Option<Vec<Pair>>,
    looked: usize,
    found: Comparison,
}

impl Comparing {
    /// A comparison of two moments of a run, at its beginning.
    pub fn new(run: &Run, a: Moment, b: Moment) -> Self {
        let moments = [a, b];
        let places = moments.map(|moment| run.near(moment));
        let from = [places[0].now(), places[1].now()];
        Self { places, moments, from, pairs: None, looked: 0, found: Comparison::default() }
    }

    /// Goes on as long as `more` says so; what was found, once that is everything.
    pub fn go_on(&mut self, run: &Run, more: &mut dyn FnMut() -> bool) -> Option<Comparison> {
        for (place, moment) in self.places.iter_mut().zip(self.moments) {
            run.follow(place, moment.at, more);
            if place.now() < moment.at {
                return None;
            }
        }
        let [old, new] = &self.places;
        let pairs = self.pairs.get_or_insert_with(|| pairs(old.cluster().api(), new.cluster().api()));
        while let Some((kind, sides)) = pairs.get(self.looked) {
            if !more() {
                return None;
            }
            self.looked += 1;
            self.found.look(*kind, sides);
        }
        Some(std::mem::take(&mut self.found))
    }

    /// How far it has come, of a hundred.
    pub fn percent(&self) -> usize {
        let Some(pairs) = &self.pairs else {
            let to = self.moments.map(|moment| moment.at);
            let left: u64 =
                self.places.iter().zip(to).map(|(place, to)| to.saturating_sub(place.now())).sum();
            let whole: u64 = self.from.iter().zip(to).map(|(from, to)| to.saturating_sub(*from)).sum();
            return (50 - (left * 50).checked_div(whole).unwrap_or(0)) as usize;
        };
        50 + (self.looked * 50).checked_div(pairs.len()).unwrap_or(50)
    }
}

impl Comparison {
    fn look(&mut self, kind: Kind, sides: &[Option<Object>; 2]) {
        let [old, new] = sides.each_ref().map(Option::as_ref);
        let Some(object) = new.or(old) else { return };
        let what = match (old, new) {
            (None, _) => What::Added,
            (_, None) => What::Removed,
            (Some(old), Some(new)) if old == new => return,
            (Some(old), Some(new)) => {
                let mut fields = Vec::new();
                differences("", Some(&quiet(old)), Some(&quiet(new)), &mut fields);
                let before = fields.len();
                fields.retain(|field| !HEARTBEATS.iter().any(|name| field.path.ends_with(name)));
                self.heartbeats += before - fields.len();
                if fields.is_empty() {
                    return;
                }
                fields.sort_by_key(|field| {
                    PARTS.iter().position(|part| field.path.starts_with(part)).unwrap_or(PARTS.len())
                });
                What::Fields(fields)
            }
        };
        let meta = object.metadata();
        self.changed.push(Changed { id: ObjectRef::new(kind.name(), &meta.namespace, &meta.name), what });
    }
}

/// An object that is not as it was.
#[derive(Clone, PartialEq, Debug)]
pub struct Changed {
    /// The object.
    pub id: ObjectRef,
    /// What became of it.
    pub what: What,
}

/// What became of an object.
#[derive(Clone, PartialEq, Debug)]
pub enum What {
    /// It was not there.
    Added,
    /// It is there no more.
    Removed,
    /// Fields of it are different.
    Fields(Vec<Field>),
}

/// A field that is different. Text is as it is, lists and objects are YAML, everything else is JSON.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// Where it is: `spec.template.spec.containers[web].image`. A dot within a key has a backslash before it.
    pub path: String,
    /// What it was; none if it was not there.
    pub old: Option<String>,
    /// What it is; none if it is there no more.
    pub new: Option<String>,
}

/// The objects of two states, by kind, namespace and name. Events and Leases, which only accompany what happens, are left out.
fn pairs(old: &ApiServer, new: &ApiServer) -> Vec<Pair> {
    let mut kinds: Vec<Kind> = old.kinds().chain(new.kinds()).collect();
    kinds.sort_unstable_by_key(|kind| {
        (FIRST.iter().position(|first| first == kind).unwrap_or(FIRST.len()), *kind)
    });
    kinds.dedup();
    let mut pairs = Vec::new();
    for kind in kinds.into_iter().filter(|kind| !matches!(kind, Kind::Event | Kind::Lease)) {
        let mut objects: BTreeMap<(&Str, &Str), [Option<Object>; 2]> = BTreeMap::new();
        for (side, server) in [old, new].into_iter().enumerate() {
            for object in server.objects(kind) {
                let place = (&object.metadata().namespace, &object.metadata().name);
                objects.entry(place).or_default()[side] = Some(object.clone());
            }
        }
        pairs.extend(objects.into_values().map(|sides| (kind, sides)));
    }
    pairs
}

/// The tree of an object without noise.
fn quiet(object: &Object) -> Value {
    let mut tree = object.to_value();
    if let Some(metadata) = tree.get_mut("metadata").and_then(Value::as_object_mut) {
        NOISE.iter().for_each(|key| drop(metadata.remove(*key)));
    }
    tree
}

fn differences(path: &str, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Field>) {
    if old == new {
        return;
    }
    let names = |old: &[Value], new: &[Value]| NAMES.into_iter().find(|key| tells_apart(key, old, new));
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                differences(&member(path, key), old.get(key), new.get(key), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => match names(old, new) {
            Some(key) => {
                let known = |list: &[Value], item: &Value| list.iter().any(|other| other[key] == item[key]);
                for item in old.iter().chain(new.iter().filter(|item| !known(old, item))) {
                    let name = item[key].as_str().unwrap_or_default();
                    let of = |list: &'_ [Value]| list.iter().position(|other| other[key] == item[key]);
                    let (was, is) = (of(old).map(|i| &old[i]), of(new).map(|i| &new[i]));
                    differences(&format!("{path}[{name}]"), was, is, found);
                }
            }
            None => {
                for i in 0..old.len().max(new.len()) {
                    differences(&format!("{path}[{i}]"), old.get(i), new.get(i), found);
                }
            }
        },
        _ => found.push(Field { path: path.to_owned(), old: old.map(text), new: new.map(text) }),
    }
}

/// Whether each item of two lists has a name of its own under a key.
fn tells_apart(key: &str, old: &[Value], new: &[Value]) -> bool {
    [old, new].into_iter().all(|list| {
        let mut names: Vec<&str> = list.iter().filter_map(|item| item[key].as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names.len() == list.len()
    })
}

fn member(path: &str, key: &str) -> String {
    let key = key.replace('.', "\\.");
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Object(_) | Value::Array(_) => to_yaml(value).trim_end().to_owned(),
        other => other.to_string(),
    }
}
