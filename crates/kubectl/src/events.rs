//! `kubectl events` (upstream: `kubectl/pkg/cmd/events`).

use crate::command::Cx;
use crate::describe::{Look, interval};
use crate::follow::Follow;
use crate::printer::{Format, print_tree};
use crate::{Args, Failure, order, tabs, target};
use orrery_api::{Event, Kind, Object};
use orrery_apimachinery::MicroTime;
use orrery_apiserver::{ApiServer, Op, Revision};
use serde_json::json;
use std::rc::Rc;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let wanted = Wanted::new(cx.api(), args)?;
    let mut events: Vec<Rc<Event>> = Vec::new();
    for object in target::list(cx.api(), Kind::Event, args)? {
        if let Object::Event(event) = object
            && wanted.has(&event)
        {
            events.push(event);
        }
    }
    if args.on("watch") {
        let mut watch = Watch { wanted, seen: cx.api().revision(), printed: Vec::new() };
        for event in events {
            watch.print(cx, args, event)?;
        }
        return cx.follow(args, Box::new(watch));
    }
    order::sort(&mut events, &|a, b| last_seen(a) < last_seen(b));
    print(cx, args, &events)
}

/// Which events are asked for.
struct Wanted {
    /// Kind and name of what they are about.
    about: Option<(&'static str, String)>,
    types: Vec<String>,
}

impl Wanted {
    fn new(api: &ApiServer, args: &Args) -> Result<Wanted, Failure> {
        let about = match args.flag("for").map(|about| about.split_once('/')) {
            None => None,
            Some(Some((resource, name))) if !resource.is_empty() && !name.is_empty() => {
                Some((target::kind(api, resource)?.name(), name.to_owned()))
            }
            Some(_) => return Err(Failure::usage("--for must be in resource/name form")),
        };
        let types: Vec<String> = args.list("types").into_iter().map(str::to_lowercase).collect();
        match types.iter().all(|type_| ["normal", "warning"].contains(&&**type_)) {
            true => Ok(Wanted { about, types }),
            false => Err(Failure::usage("valid --types are Normal or Warning")),
        }
    }

    fn has(&self, event: &Event) -> bool {
        let it = &event.involved_object;
        let about = self.about.as_ref().is_none_or(|(kind, name)| {
            it.kind.as_deref() == Some(*kind) && it.name.as_deref() == Some(&**name)
        });
        let type_ = event.type_.as_deref().unwrap_or_default();
        about && (self.types.is_empty() || self.types.iter().any(|known| known.eq_ignore_ascii_case(type_)))
    }
}

/// Events that are watched, and those that were printed.
struct Watch {
    wanted: Wanted,
    seen: Revision,
    printed: Vec<Rc<Event>>,
}

impl Follow for Watch {
    fn look(&mut self, cx: &mut Cx<'_>, args: &Args) -> Result<bool, Failure> {
        while self.seen < cx.api().revision() {
            self.seen += 1;
            let Some(change) = cx.api().change(self.seen) else { continue };
            let Object::Event(event) = &change.value else { continue };
            let event = event.clone();
            // Events go when they are old; that is no news.
            if change.op != Op::Deleted
                && self.wanted.has(&event)
                && target::picks(Kind::Event, args)?.matches(&Object::Event(event.clone()))
            {
                self.print(cx, args, event)?;
            }
        }
        Ok(false)
    }
}

impl Watch {
    /// Prints an event below those that were printed before it.
    fn print(&mut self, cx: &mut Cx<'_>, args: &Args, event: Rc<Event>) -> Result<(), Failure> {
        match Format::parse(cx, args)? {
            Format::Human { .. } => {}
            Format::Name => return print(cx, args, &[event]),
            format => return print_tree(cx, &format, &Object::Event(event).to_value()),
        }
        self.printed.push(event);
        let first = self.printed.len() == 1;
        let heads = first && !args.on("no-headers");
        let text = table(&Look::new(cx), &self.printed, args.on("all-namespaces"), heads);
        let line = text.trim_end_matches('\n').rfind('\n').map_or(0, |end| end + 1);
        cx.output.stdout += if first { &text } else { &text[line..] };
        Ok(())
    }
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
            cx.output.tell(&none);
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
