//! `kubectl get events`.

use super::text::plain;
use super::{Column, Printed, age, narrow, wide};
use crate::{Event, ObjectReference};
use orrery_apimachinery::{MicroTime, Time};

impl Printed for Event {
    const COLUMNS: &[Column] = &[
        narrow("LAST SEEN"),
        narrow("TYPE"),
        narrow("REASON"),
        narrow("OBJECT"),
        wide("SUBOBJECT"),
        wide("SOURCE"),
        narrow("MESSAGE"),
        wide("FIRST SEEN"),
        wide("COUNT"),
        wide("NAME"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        // Events of the old API have timestamps and a count, those of the new one a time and a series.
        let first = self.first_timestamp.or(self.event_time.map(MicroTime::seconds));
        let (last, count) = match &self.series {
            Some(series) => (series.last_observed_time.map(MicroTime::seconds), series.count),
            None => (self.last_timestamp.or(first), self.count.max(1)),
        };
        vec![
            age(last, now),
            plain(&self.type_),
            plain(&self.reason),
            target(&self.involved_object),
            plain(&self.involved_object.field_path),
            source(self),
            plain(&self.message).trim().into(),
            age(first, now),
            count.to_string(),
            self.metadata.name.to_string(),
        ]
    }
}

/// `pod/web`.
fn target(object: &ObjectReference) -> String {
    let kind = plain(&object.kind).to_lowercase();
    match object.name.as_deref() {
        None | Some("") => kind,
        Some(name) => format!("{kind}/{name}"),
    }
}

/// `kubelet, node-1`.
fn source(event: &Event) -> String {
    let first = |a: &Option<orrery_apimachinery::Str>, b: &str| {
        let a = plain(a);
        if a.is_empty() { b.to_string() } else { a }
    };
    let component = first(&event.source.component, &event.reporting_component);
    let instance = first(&event.source.host, &event.reporting_instance);
    if instance.is_empty() { component } else { format!("{component}, {instance}") }
}
