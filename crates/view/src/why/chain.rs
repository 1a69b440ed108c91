//! The chain of causes of an object's state, or of one of its fields: write by write, each with what made its author
//! look, back to a person or to time. All of it was recorded as it happened.

use orrery_api::{Event, Kind, Object, Pod};
use orrery_apimachinery::{ManagedFieldsEntry, Value};
use orrery_apiserver::{ApiServer, Key, Op, Verb, Write};
use orrery_cluster::Cluster;
use orrery_manifest::Limits;

use super::fields::{FieldChange, diff, is_within, leaves, without};
use super::people::{Done, Held, before, by_hand, held};
use crate::calls::{Caller, label};
use crate::plane;
use crate::scene::{ObjectRef, Text};

/// No chain is told at greater length.
const LONGEST: usize = 24;
/// So many fields are told of each write.
const FIELDS: usize = 6;
/// So many writes around one belong to the same piece of work, at most.
const NEARBY: u64 = 16;
/// Writes to one object that are searched.
const OWN: usize = 400;
/// How many writes are searched for the last one to an object that is gone.
const LOOK_BACK: usize = 50_000;
/// So many fields are listed for an object.
const LISTED: usize = 40;

/// What a write did, seen from the object.
#[derive(Clone, PartialEq, Debug)]
pub enum Deed {
    /// Created it.
    Created,
    /// Changed what is wanted.
    Updated,
    /// Told what is.
    Reported,
    /// Bound it to a node.
    Bound(Text),
    /// Asked for its end.
    Deleted,
    /// Took it away.
    Removed,
}

/// One write of the chain.
#[derive(Clone, PartialEq, Debug)]
pub struct Link {
    /// The revision that it made.
    pub revision: u64,
    /// Virtual time in nanoseconds.
    pub at: u64,
    /// Who wrote, by where it stands in the picture.
    pub caller: Caller,
    /// Its name as recorded.
    pub actor: Text,
    /// Verb and path, `PUT pods/web-1/status`.
    pub call: Text,
    /// What was written.
    pub object: ObjectRef,
    /// What was done to it.
    pub deed: Deed,
    /// What it changed; nothing for what was made or taken away.
    pub fields: Vec<FieldChange>,
    /// How many more fields it changed.
    pub more: usize,
    /// The objects that it wrote are still kept, so that fields can be told.
    pub kept: bool,
    /// What its author recorded about it, `ScalingReplicaSet: Scaled up …`.
    pub says: Option<Text>,
    /// How long its author waited after what made it look, if time had a part in it.
    pub waited: Option<u64>,
    /// Why its author could not act at once, if somebody saw to that.
    pub held: Option<Held>,
    /// What people did while it waited that bears on it, newest first.
    pub meanwhile: Vec<Done>,
}

/// Where a chain begins.
#[derive(Clone, PartialEq, Debug)]
pub enum Start {
    /// A person did something.
    Person(Done),
    /// Time had come for whoever wrote. What people had done before that bears on it is told, too, newest first.
    Time(Vec<Done>),
    /// It was there when the cluster began.
    Cluster,
    /// There is more, but it is too long.
    Longer,
    /// The field was set by a write that is older than what is kept; who manages it, where that is known.
    Older(Option<Text>),
}

/// Where the value of a field comes from that an object has had since it was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Given {
    /// Whoever made the object wrote it.
    Written,
    /// It was left out, and the API server fills it so.
    Default,
    /// The API server allocates it: a name, an address, a port.
    Allocated,
    /// It was left out, and the API server's admission set it.
    Admission,
}

/// A chain of causes.
#[derive(Clone, PartialEq, Debug)]
pub struct Chain {
    /// The field that it is about; none for the object's last change.
    pub field: Option<Text>,
    /// Where the field's value comes from, if it is the same since the object was made.
    pub given: Option<Given>,
    /// The writes, newest first.
    pub links: Vec<Link>,
    /// Where it begins.
    pub start: Start,
}

/// The last change of a field.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldRow {
    /// The field, and the change.
    pub change: FieldChange,
    /// The write.
    pub revision: u64,
    /// When, in nanoseconds.
    pub at: u64,
    /// Who.
    pub actor: Text,
}

/// Why an object, or one of its fields, is as it is; `None` when nothing is known of the object.
pub fn chain(cluster: &Cluster, id: &ObjectRef, field: Option<&str>) -> Option<Chain> {
    let api = cluster.api();
    let last = last_write(api, id)?;
    let named = field.map(Text::from);
    let first = match field {
        None => Ok(last),
        Some(field) => setter(api, last, field),
    };
    let first = match first {
        Ok(write) => write,
        Err(older) => {
            return Some(Chain { field: named, given: None, links: Vec::new(), start: Start::Older(older) });
        }
    };
    let mut links = Vec::new();
    let mut write = first;
    let start = loop {
        links.push(link(cluster, write, field.filter(|_| links.is_empty())));
        let before = match (write.cause.write(), write.cause.deed_number()) {
            (Some(revision), _) => api.write(revision),
            (None, Some(number)) => {
                break by_hand(cluster, number).map_or(Start::Time(Vec::new()), Start::Person);
            }
            (None, None) => None,
        };
        match before {
            None => break by_itself(cluster, write),
            Some(_) if links.len() == LONGEST => break Start::Longer,
            Some(before) => write = before,
        }
    };
    let given = field.filter(|_| first.op == Op::Added).and_then(|field| given(api, first, field));
    Some(Chain { field: named, given, links, start })
}

/// The fields of an object that changed since it was made, each with its last change, the latest first; and whether
/// there are writes to it that are older than what is kept.
pub fn changed_fields(cluster: &Cluster, id: &ObjectRef) -> (Vec<FieldRow>, bool) {
    let api = cluster.api();
    let mut rows: Vec<FieldRow> = Vec::new();
    for write in own_writes(api, last_write(api, id)) {
        if rows.len() >= LISTED || write.op == Op::Added {
            break;
        }
        let Some(changes) = changes(api, write) else { return (rows, true) };
        for change in changes {
            if rows.iter().all(|row| row.change.path != change.path) {
                let (revision, at) = (write.revision, write.time.as_nanos());
                rows.push(FieldRow { change, revision, at, actor: write.actor.clone() });
            }
        }
    }
    rows.truncate(LISTED);
    (rows, false)
}

/// The paths of all fields that an object has, with those of what holds them; in order.
pub fn fields(cluster: &Cluster, id: &ObjectRef) -> Vec<String> {
    let api = cluster.api();
    let Some(object) = key(api, id).and_then(|key| api.object(&key)) else { return Vec::new() };
    let mut found = std::collections::BTreeSet::new();
    for path in leaves(&object.to_value()).into_keys() {
        for (end, _) in path.match_indices(['.', '[']) {
            found.insert(path[..end].to_owned());
        }
        found.insert(path);
    }
    found.into_iter().collect()
}

/// The object's revision: its chain stays the same as long as this does.
pub fn last_revision(cluster: &Cluster, id: &ObjectRef) -> u64 {
    last_write(cluster.api(), id).map_or(0, |write| write.revision)
}

/// The key of what is meant, if there is such a kind.
pub(super) fn key(api: &ApiServer, id: &ObjectRef) -> Option<Key> {
    let kind = api.kinds().find(|kind| kind.name() == &*id.kind)?;
    Some(Key::new(kind, id.namespace.clone(), id.name.clone()))
}

/// The last write to an object, which may be gone.
fn last_write<'a>(api: &'a ApiServer, id: &ObjectRef) -> Option<&'a Write> {
    let key = key(api, id)?;
    if let Some(object) = api.object(&key) {
        return api.write(object.metadata().resource_version);
    }
    let writes = api.writes();
    let recent = writes.focus().narrow(writes.len().saturating_sub(LOOK_BACK)..);
    let own = |w: &&Write| w.kind == key.kind && w.name == key.name && w.namespace == key.namespace;
    recent.into_iter().rev().find(own)
}

/// The writes to one object, the latest first, back to the one that made it.
fn own_writes<'a>(api: &'a ApiServer, last: Option<&'a Write>) -> impl Iterator<Item = &'a Write> {
    std::iter::successors(last, |write| api.write(write.previous)).take(OWN)
}

/// What a write changed; none when that is no longer kept.
fn changes(api: &ApiServer, write: &Write) -> Option<Vec<FieldChange>> {
    let change = api.change(write.revision)?;
    let before = change.previous.as_ref().map(Object::to_value).unwrap_or_default();
    Some(diff(&before, &change.value.to_value()))
}

/// The write that gave a field its value, or took it away. If that is older than what is kept, who manages the field.
fn setter<'a>(api: &'a ApiServer, last: &'a Write, field: &str) -> Result<&'a Write, Option<Text>> {
    // With every write comes another.
    if field == "metadata.resourceVersion" {
        return Ok(last);
    }
    for write in own_writes(api, Some(last)) {
        match changes(api, write) {
            None => return Err(manager(api, last, field)),
            Some(changes) if changes.iter().any(|c| is_within(&c.path, field)) => return Ok(write),
            Some(_) => {}
        }
    }
    Err(None)
}

/// What the API server allocates when an object is made.
const ALLOCATED: [&str; 8] = [
    "metadata.uid",
    "metadata.creationTimestamp",
    "metadata.generation",
    "spec.clusterIP",
    "spec.clusterIPs",
    "spec.ipFamilies",
    "spec.healthCheckNodePort",
    "nodePort",
];

/// Where the value of a field comes from that the write which made the object gave it.
fn given(api: &ApiServer, write: &Write, field: &str) -> Option<Given> {
    const APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
    let made = &api.change(write.revision)?.value;
    let tree = made.to_value();
    let within = |tree: &Value| leaves(tree).into_iter().find(|(path, _)| is_within(path, field));
    let value = within(&tree)?;
    let applied = made.metadata().annotations.get(APPLIED);
    let applied = applied.and_then(|text| orrery_manifest::read(text, &Limits::default()).documents.pop());
    if applied.as_ref().is_some_and(|document| within(&document.value).is_some()) {
        return Some(Given::Written);
    }
    if ALLOCATED.iter().any(|known| is_within(field, known) || field.ends_with(known)) {
        return Some(Given::Allocated);
    }
    let (mut bare, _) = Object::decode(write.kind, &without(&tree, &mut String::new(), field));
    bare.apply_defaults();
    let by_person = plane::caller(&write.actor) == Caller::Outside;
    Some(match applied {
        // Components write all that they mean, and people leave much out.
        _ if by_person && within(&bare.to_value()) == Some(value) => Given::Default,
        Some(_) => Given::Admission,
        None => Given::Written,
    })
}

/// Who manages a field, as far as the server remembers that.
fn manager(api: &ApiServer, write: &Write, field: &str) -> Option<Text> {
    let object = api.object(&Key::new(write.kind, write.namespace.clone(), write.name.clone()))?;
    let path: String = field.split('.').map(|name| format!("/f:{name}")).collect();
    let managed = api.with_managers(object).metadata().managed_fields.clone();
    let holds = |entry: &&ManagedFieldsEntry| entry.fields_v1.tree().pointer(&path).is_some();
    managed.iter().find(holds).map(|entry| entry.manager.clone())
}

fn link(cluster: &Cluster, write: &Write, field: Option<&str>) -> Link {
    let api = cluster.api();
    let told = changes(api, write);
    let kept = told.is_some();
    // What was made or taken away has all its fields new or gone.
    let mut fields = told.filter(|_| write.op == Op::Modified).unwrap_or_default();
    // What is asked for first, and last when something else happened.
    fields.sort_by_key(|c| (field.is_some_and(|field| !is_within(&c.path, field)), c.path.ends_with("Time")));
    let more = fields.len().saturating_sub(FIELDS);
    fields.truncate(FIELDS);
    let cause = write.cause.write().and_then(|revision| api.write(revision));
    let held = cause.and_then(|cause| held(cluster, write, cause.time));
    let later = cause.filter(|_| write.cause.is_later() && held.is_none());
    let since = |done: &Done| later.is_some_and(|cause| cause.time.as_nanos() < done.at);
    Link {
        meanwhile: if later.is_some() {
            before(cluster, write).into_iter().filter(since).collect()
        } else {
            Vec::new()
        },
        held,
        revision: write.revision,
        deed: deed(api, write),
        at: write.time.as_nanos(),
        caller: plane::caller(&write.actor),
        actor: write.actor.clone(),
        call: label(write),
        object: ObjectRef {
            kind: write.kind.name().into(),
            namespace: write.namespace.clone(),
            name: write.name.clone(),
        },
        fields,
        more,
        kept,
        says: says(api, write),
        waited: cause.filter(|_| write.cause.is_later()).map(|c| write.time.since(c.time).as_nanos() as u64),
    }
}

fn deed(api: &ApiServer, write: &Write) -> Deed {
    match (write.verb, write.op) {
        (Verb::Create, _) => Deed::Created,
        (Verb::Update, _) => Deed::Updated,
        (Verb::UpdateStatus, _) => Deed::Reported,
        (Verb::Bind, _) => {
            let kept = api.change(write.revision).and_then(|change| change.value.get::<Pod>());
            let pod = kept.or_else(|| api.get::<Pod>(&write.namespace, &write.name));
            Deed::Bound(pod.and_then(|pod| pod.node_name.clone()).unwrap_or_default())
        }
        (Verb::Delete, Op::Deleted) => Deed::Removed,
        (Verb::Delete, _) => Deed::Deleted,
    }
}

/// The event that the author of a write recorded in the same piece of work, about the object or naming it.
fn says(api: &ApiServer, write: &Write) -> Option<Text> {
    let nearby = write.revision.saturating_sub(NEARBY)..=write.revision + NEARBY;
    let same = |w: &&Write| w.kind == Kind::Event && w.time == write.time && w.actor == write.actor;
    let events = nearby.filter_map(|revision| api.write(revision)).filter(same);
    let mut found = events.filter_map(|w| {
        let kept = api.change(w.revision).and_then(|change| change.value.get::<Event>());
        let event = kept.or_else(|| api.get::<Event>(&w.namespace, &w.name))?;
        let message = event.message.as_deref().unwrap_or_default();
        let about = &event.involved_object;
        let own =
            about.kind.as_deref() == Some(write.kind.name()) && about.name.as_ref() == Some(&write.name);
        (own || message.contains(&*write.name))
            .then(|| format!("{}: {message}", event.reason.as_deref().unwrap_or_default()).into())
    });
    found.next()
}

/// Nobody wrote what led to this: the cluster began so, or time had come, maybe after a person did something.
fn by_itself(cluster: &Cluster, write: &Write) -> Start {
    if write.time.as_nanos() == 0 && &*write.actor == "kube-apiserver" {
        return Start::Cluster;
    }
    Start::Time(before(cluster, write))
}
