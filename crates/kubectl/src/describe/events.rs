//! The events about an object (upstream: `DescribeEvents`).

use super::{Look, Story};
use crate::order;
use orrery_api::printers::human_duration;
use orrery_api::{Event, Object};
use orrery_apimachinery::{MicroTime, Time};
use std::rc::Rc;

/// The events that name an object, the oldest in front. A pod's may name it by any kind.
pub(super) fn about(look: &Look<'_>, object: &Object) -> Vec<Rc<Event>> {
    let (meta, kind) = (object.metadata(), object.kind().name());
    let mut found: Vec<Rc<Event>> = Vec::new();
    // What a kubelet tells of its node names the node as its own uid.
    for uid in [&meta.uid, &meta.name] {
        for event in look.api.list::<Event>() {
            let it = &event.involved_object;
            let same = it.name.as_deref() == Some(&*meta.name)
                && it.namespace.as_deref().unwrap_or_default() == &*meta.namespace
                && it.uid.as_deref().unwrap_or_default() == &**uid
                && (kind == "Pod" || it.kind.as_deref() == Some(kind));
            if same {
                found.push(event.clone());
            }
        }
        if kind != "Node" {
            break;
        }
    }
    order::sort(&mut found, &|a, b| a.last_timestamp < b.last_timestamp);
    found
}

/// The table of events.
pub(super) fn describe(story: &mut Story, look: &Look<'_>, events: &[Rc<Event>]) {
    if events.is_empty() {
        return story.line(0, "Events:\t<none>");
    }
    story.line(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------");
    for event in events {
        let plain =
            |text: &'_ Option<orrery_apimachinery::Str>| text.as_deref().unwrap_or_default().to_owned();
        let source = plain(&event.source.component);
        let from = if source.is_empty() { event.reporting_component.to_string() } else { source };
        let columns = [
            plain(&event.type_),
            plain(&event.reason),
            interval(look, event),
            from,
            plain(&event.message).trim().to_owned(),
        ];
        story.line(1, &columns.join("\t"));
    }
}

/// `101s (x6 over 4m37s)`: when it was last seen, how often, and since when.
pub(crate) fn interval(look: &Look<'_>, event: &Event) -> String {
    let since = match event.event_time {
        Some(_) => look.micro_age(event.event_time),
        None => look.age(event.first_timestamp),
    };
    match &event.series {
        Some(series) => {
            let last = look.micro_age(series.last_observed_time);
            format!("{last} (x{} over {since})", series.count)
        }
        None if event.count > 1 => {
            format!("{} (x{} over {since})", look.age(event.last_timestamp), event.count)
        }
        None => since,
    }
}

impl Look<'_> {
    /// How long ago a date was.
    pub(crate) fn age(&self, time: Option<Time>) -> String {
        self.micro_age(time.map(|time| MicroTime(time.0 * 1_000_000)))
    }

    /// How long ago a date was that is known to the microsecond.
    pub(crate) fn micro_age(&self, time: Option<MicroTime>) -> String {
        time.map_or_else(
            || "<unknown>".into(),
            |time| human_duration((self.now.0 - time.0).div_euclid(1_000_000)),
        )
    }
}
