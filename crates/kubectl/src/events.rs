//! `kubectl events` (upstream: `kubectl/pkg/cmd/events`).

use crate::command::Cx;
use crate::describe::{Look, interval};
use crate::printer::{Format, print_tree};
use crate::{Args, Failure, order, tabs, target};
use orrery_api::{Event, Kind, Object};
use orrery_apimachinery::MicroTime;
use serde_json::json;
use std::rc::Rc;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let about = match args.flag("for").map(|about| about.split_once('/')) {
        None => None,
        Some(Some((resource, name))) if !resource.is_empty() && !name.is_empty() => {
            Some((target::kind(cx.api(), resource)?.name(), name))
        }
        Some(_) => return Err(Failure::usage("--for must be in resource/name form")),
    };
    let types = args.list("types");
    if types.iter().any(|type_| !["normal", "warning"].contains(&&*type_.to_lowercase())) {
        return Err(Failure::usage("valid --types are Normal or Warning"));
    }
    let mut events: Vec<Rc<Event>> = Vec::new();
    for object in target::list(cx.api(), Kind::Event, args)? {
        let Object::Event(event) = object else { continue };
        let it = &event.involved_object;
        let wanted = about
            .is_none_or(|(kind, name)| it.kind.as_deref() == Some(kind) && it.name.as_deref() == Some(name));
        let type_ = event.type_.as_deref().unwrap_or_default();
        if wanted && (types.is_empty() || types.iter().any(|known| known.eq_ignore_ascii_case(type_))) {
            events.push(event);
        }
    }
    order::sort(&mut events, &|a, b| last_seen(a) < last_seen(b));
    print(cx, args, &events)
}

/// When an event was seen last.
fn last_seen(event: &Event) -> Option<MicroTime> {
    let series = event.series.as_ref().and_then(|series| series.last_observed_time);
    let last = event.last_timestamp.map(|at| MicroTime(at.0 * 1_000_000));
    series.or(last).or(event.event_time)
}

fn print(cx: &mut Cx<'_>, args: &Args, events: &[Rc<Event>]) -> Result<(), Failure> {
    let everywhere = args.on("all-namespaces");
    match Format::parse(cx, args)? {
        Format::Human { .. } if events.is_empty() => {
            let none = match everywhere {
                true => "No events found.\n".into(),
                false => format!("No events found in {} namespace.\n", args.namespace()),
            };
            cx.output.stderr += &none;
        }
        Format::Human { .. } => {
            let text = table(&Look::new(cx), events, everywhere, !args.on("no-headers"));
            cx.output.stdout += &text;
        }
        Format::Name => events.iter().for_each(|event| cx.say(["event/", &event.metadata.name].concat())),
        format => {
            let items: Vec<_> = events.iter().map(|event| Object::Event(event.clone()).to_value()).collect();
            let list = json!({"apiVersion": "v1", "kind": "EventList", "metadata": {}, "items": items});
            print_tree(cx, &format, &list)?;
        }
    }
    Ok(())
}

fn table(look: &Look<'_>, events: &[Rc<Event>], everywhere: bool, heads: bool) -> String {
    let mut text = String::new();
    if heads {
        text += if everywhere { "NAMESPACE\t" } else { "" };
        text += "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n";
    }
    for event in events {
        let plain = |text: &Option<orrery_apimachinery::Str>| text.as_deref().unwrap_or_default().to_owned();
        let object = &event.involved_object;
        let mut columns = vec![
            interval(look, event),
            plain(&event.type_),
            plain(&event.reason),
            [plain(&object.kind), plain(&object.name)].join("/"),
            plain(&event.message).trim().to_owned(),
        ];
        if everywhere {
            columns.insert(0, event.metadata.namespace.to_string());
        }
        text += &columns.join("\t");
        text.push('\n');
    }
    tabs::align_apart(&text, tabs::WIDE)
}
