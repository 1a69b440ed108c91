//! `kubectl get -w`: what there is, and then every change.

use super::options;
use crate::command::Cx;
use crate::follow::Follow;
use crate::printer::{Format, print_tree, shown as shown_tree};
use crate::target::{self, Target};
use crate::{Args, Failure};
use orrery_api::Object;
use orrery_api::printers::table;
use orrery_apiserver::{Key, Op, Revision};
use serde_json::json;

/// Prints what there is, and then every change (upstream: `GetOptions.watch`).
pub(super) fn run(cx: &mut Cx<'_>, args: &Args, targets: &[Target], format: &Format) -> Result<(), Failure> {
    for flag in ["watch", "watch-only"] {
        if args.on(flag) && args.flag("sort-by").is_some_and(|path| !path.is_empty()) {
            let behind = if flag == "watch" { " for watch events received" } else { "" };
            cx.output.tell(&format!("warning: --{flag} requested, --sort-by will be ignored{behind}\n"));
            break;
        }
    }
    let target = match targets {
        [target] => target,
        [first, others @ ..] if others.iter().all(|other| other.kind() == first.kind()) => {
            return Err(Failure::usage(
                "watch is only supported on individual resources and resource collections - more than 1 resource was found",
            ));
        }
        _ => return Err(Failure::usage("you may only specify a single resource type")),
    };
    let seen = cx.api().revision();
    let mut shown = Vec::new();
    if !args.on("watch-only") {
        match target {
            Target::All(kind) => shown = target::list(cx.api(), *kind, args)?,
            Target::One(key) => shown.push(cx.get(key)?),
        }
    }
    for count in 1..=shown.len() {
        // A table is printed as a whole, and has its heads.
        if !matches!(format, Format::Human { .. }) || count == shown.len() {
            print_last(cx, args, &shown[..count], format, ("ADDED", count == shown.len()))?;
        }
    }
    cx.follow(args, Box::new(Watch { target: target.clone(), seen, shown }))
}

/// What is watched, how far it was looked at, and all that was printed.
struct Watch {
    target: Target,
    seen: Revision,
    shown: Vec<Object>,
}

impl Follow for Watch {
    fn look(&mut self, cx: &mut Cx<'_>, args: &Args) -> Result<bool, Failure> {
        let format = Format::parse(cx, args)?;
        while self.seen < cx.api().revision() {
            self.seen += 1;
            let Some(change) = cx.api().change(self.seen) else { continue };
            let before = match &change.previous {
                Some(previous) if self.target.picks(previous, args)? => Some(previous),
                _ => None,
            };
            let (event, object) =
                match (change.op != Op::Deleted && self.target.picks(&change.value, args)?, before) {
                    (true, None) => ("ADDED", &change.value),
                    (true, Some(_)) => ("MODIFIED", &change.value),
                    // What the selectors no longer pick is told as it was.
                    (false, Some(before)) => {
                        ("DELETED", if change.op == Op::Deleted { &change.value } else { before })
                    }
                    (false, None) => continue,
                };
            self.shown.push(object.clone());
            print_last(cx, args, &self.shown, &format, (event, self.shown.len() == 1))?;
        }
        Ok(false)
    }
}

impl Target {
    /// Whether this object was asked for.
    fn picks(&self, object: &Object, args: &Args) -> Result<bool, Failure> {
        Ok(match self {
            Target::One(key) => Key::of(object) == *key,
            Target::All(kind) => object.kind() == *kind && target::picks(*kind, args)?.matches(object),
        })
    }
}

/// Prints the last of the objects, below those that were printed before it; or the whole table. Beside it stands what
/// became of it, if that is wanted.
fn print_last(
    cx: &mut Cx<'_>,
    args: &Args,
    shown: &[Object],
    format: &Format,
    (event, whole): (&str, bool),
) -> Result<(), Failure> {
    let Some(last) = shown.last() else { return Ok(()) };
    let events = args.on("output-watch-events");
    match format {
        Format::Name => cx.say(target::display(&Key::of(last))),
        Format::Human { wide } => {
            let options = options(cx, args, *wide, args.on("show-kind"));
            let rows: Vec<&Object> = shown.iter().collect();
            let text = table(last.kind(), &rows, &options);
            let hidden = if whole { 0 } else { text.lines().count() - 1 };
            for (nth, row) in text.lines().enumerate().skip(hidden) {
                if events {
                    let head = nth == 0 && !options.no_headers;
                    cx.output.stdout += &format!("{:<13}", if head { "EVENT" } else { event });
                }
                cx.say(row);
            }
        }
        format => {
            // Documents are apart, however long ago the last one was printed.
            cx.documents = shown.len() - 1;
            let tree = shown_tree(cx.api(), last, args);
            match format {
                Format::Json { .. } if events => {
                    cx.say(format!("{{\"type\":\"{event}\",\"object\":{tree}}}"))
                }
                format if events => print_tree(cx, format, &json!({"object": tree, "type": event}))?,
                format => print_tree(cx, format, &tree)?,
            }
        }
    }
    Ok(())
}
