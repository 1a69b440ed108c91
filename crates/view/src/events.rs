//! Events of the cluster as a list, the latest first.

use std::collections::BTreeSet;

use orrery_api::{Event, Kind, ObjectReference};
use orrery_apiserver::{ApiServer, Op, Revision, Write};
use orrery_cluster::Cluster;

use crate::scene::{ObjectRef, Text};

/// How many writes are searched for events.
const LOOK_BACK: usize = 50_000;

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct EventRow {
    /// Tells this row from every other.
    pub key: Text,
    /// When it was last seen: virtual time in seconds.
    pub at_s: u64,
    /// The revision that was made by writing it last.
    pub revision: Revision,
    /// How often.
    pub count: u32,
    /// Whether it is a warning.
    pub warning: bool,
    /// Reason, verbatim.
    pub reason: Text,
    /// Message, verbatim.
    pub message: Text,
    /// Who recorded it.
    pub source: Text,
    /// What it is about.
    pub object: ObjectRef,
}

/// The latest events: of all namespaces or one, about everything or one object.
pub fn events(
    cluster: &Cluster,
    namespace: Option<&str>,
    about: Option<&ObjectRef>,
    most: usize,
) -> Vec<EventRow> {
    let api = cluster.api();
    let wanted = |e: &Event| {
        let object = &e.involved_object;
        let here = namespace.is_none_or(|only| object.namespace.as_deref().unwrap_or_default() == only);
        about.map_or(here, |about| refers(object, about))
    };
    // The record of writes ends with the latest: a cluster with very many events is not sorted for the sake of a few.
    let writes = api.writes();
    let recent = writes.focus().narrow(writes.len().saturating_sub(LOOK_BACK)..);
    let numbered = (1..=writes.len() as Revision).rev().zip(recent.into_iter().rev());
    let latest = |(_, w): &(Revision, &Write)| w.kind == Kind::Event && w.op != Op::Deleted;
    let mut seen = BTreeSet::new();
    let fresh = numbered.filter(latest).filter(|(_, w)| seen.insert((w.namespace.clone(), w.name.clone())));
    let found = fresh.filter_map(|(revision, w)| Some((revision, api.get::<Event>(&w.namespace, &w.name)?)));
    found.filter(|(_, e)| wanted(e)).take(most).map(|(revision, e)| row(api, revision, e)).collect()
}

fn refers(object: &ObjectReference, about: &ObjectRef) -> bool {
    object.kind.as_deref() == Some(&about.kind)
        && object.name.as_deref() == Some(&about.name)
        && (about.namespace.is_empty() || object.namespace.as_deref() == Some(&about.namespace))
}

fn row(api: &ApiServer, revision: Revision, event: &Event) -> EventRow {
    let object = &event.involved_object;
    let text = |part: &Option<Text>| part.clone().unwrap_or_default();
    let written = event.event_time.map(|t| t.seconds()).or(event.metadata.creation_timestamp);
    let at = event.last_timestamp.or(event.first_timestamp).or(written);
    let source = event.source.component.clone().unwrap_or_else(|| event.reporting_component.clone());
    EventRow {
        key: format!("{}/{}", event.metadata.namespace, event.metadata.name).as_str().into(),
        at_s: at.map_or(0, |at| api.instant(at).as_secs()),
        revision,
        count: u32::try_from(event.count).unwrap_or(0).max(1),
        warning: event.type_.as_deref() == Some("Warning"),
        reason: text(&event.reason),
        message: text(&event.message),
        source,
        object: ObjectRef {
            kind: text(&object.kind),
            namespace: text(&object.namespace),
            name: text(&object.name),
        },
    }
}
