//! `kubectl logs` (upstream: `kubectl/pkg/cmd/logs`).

use crate::command::Cx;
use crate::create::usage;
use crate::follow::Follow;
use crate::{Args, Failure, pods, target};
use orrery_api::{Kind, Object, Pod};
use orrery_apimachinery::{Order, Reason, Status, Str, Time, duration};
use orrery_apiserver::{ApiServer, LogLine};
use orrery_sim::SimTime;
use std::rc::Rc;

/// So many lines are shown of each of the pods that a selector picks.
const OF_SELECTED: i64 = 10;
/// So many logs are followed at once.
const STREAMS: i64 = 5;

/// Whose log, and which of their containers'.
type Source = (Rc<Pod>, Str);

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    check(cx, args)?;
    let sources = sources(cx, args)?;
    let limit = args.number("max-log-requests").unwrap_or(STREAMS);
    let follow = args.on("follow");
    if follow && sources.len() > 1 && i64::try_from(sources.len()).is_ok_and(|count| count > limit) {
        return Err(Failure::usage(format!(
            "you are attempting to follow {} log streams, but maximum allowed concurrency is {limit}, use --max-log-requests to increase the limit",
            sources.len()
        )));
    }
    let mut seen = Vec::new();
    for source in &sources {
        match lines(cx, args, source) {
            Ok(lines) => {
                let shown = shown(cx, args, &lines);
                print_up_to(cx, args, source, &lines[shown..]);
                seen.push(lines.len());
            }
            Err(status) if args.on("ignore-errors") => {
                cx.say(format!("error: {}", status.message));
                seen.push(0);
            }
            Err(status) => return Err(status.into()),
        }
    }
    if follow {
        cx.follow(args, Box::new(Tail { sources, seen }))?;
    }
    Ok(())
}

/// Logs that are followed, and how many lines of each were printed.
struct Tail {
    sources: Vec<Source>,
    seen: Vec<usize>,
}

impl Follow for Tail {
    fn look(&mut self, cx: &mut Cx<'_>, args: &Args) -> Result<bool, Failure> {
        let over = pods::all_ended(cx, &self.sources);
        let mut news: Vec<(usize, LogLine)> = Vec::new();
        for (at, (source, seen)) in self.sources.iter().zip(&mut self.seen).enumerate() {
            let lines = lines(cx, args, source).unwrap_or_default();
            news.extend(lines.iter().skip(*seen).map(|line| (at, line.clone())));
            *seen = lines.len();
        }
        news.order_by_key(|(_, line)| line.at);
        news.iter().for_each(|(at, line)| print(cx, args, &self.sources[*at], line));
        Ok(over)
    }
}

fn check(cx: &Cx<'_>, args: &Args) -> Result<(), Failure> {
    let selecting = args.flag("selector").is_some_and(|selector| !selector.is_empty());
    if args.words.len() > 2 || (args.words.is_empty() && !selecting) {
        return Err(usage(
            args,
            "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
        ));
    }
    let refused = match () {
        () if args.words.len() == 1 && selecting => {
            return Err(usage(args, "only a selector (-l) or a POD name is allowed"));
        }
        () if args.flag("since-time").is_some() && args.duration("since").is_some() => {
            "at most one of `sinceTime` or `sinceSeconds` may be specified".into()
        }
        () if args.on("all-containers") && container(args).is_some() => format!(
            "--all-containers=true should not be specified with container name {}",
            container(args).unwrap_or_default()
        ),
        () if args.flag("container").is_some() && args.words.len() == 2 => {
            "only one of -c or an inline [CONTAINER] arg is allowed".into()
        }
        () if args.number("limit-bytes").is_some_and(|limit| limit < 0) => {
            "--limit-bytes must be greater than 0".into()
        }
        () if args.number("tail").is_some_and(|tail| tail < -1) => {
            "--tail must be greater than or equal to -1".into()
        }
        () if args.flag("since").and_then(|since| duration::parse(since).ok()).is_some_and(|d| d < 0) => {
            "--since must be greater than 0".into()
        }
        () => match args.flag("since-time") {
            Some(text) if since(cx.api(), text).is_none() => format!(
                "parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse {text:?} as \"2006\""
            ),
            _ => return Ok(()),
        },
    };
    Err(Failure::usage(refused))
}

fn since(api: &ApiServer, text: &str) -> Option<SimTime> {
    Time::parse(text).map(|date| api.instant(date))
}

/// The container that is named, by flag or behind the pod.
fn container(args: &Args) -> Option<&str> {
    args.flag("container").or(args.words.get(1).map(String::as_str)).filter(|name| !name.is_empty())
}

/// Whose logs are to be printed (upstream: `logsForObjectWithClient`).
fn sources(cx: &mut Cx<'_>, args: &Args) -> Result<Vec<Source>, Failure> {
    let mut found = Vec::new();
    let Some(word) = args.words.first() else {
        for object in target::list(cx.api(), Kind::Pod, args)? {
            if let Object::Pod(pod) = object {
                of_pod(cx, args, pod, &mut found)?;
            }
        }
        if found.is_empty() {
            cx.output.tell(&format!("No resources found in {} namespace.\n", args.namespace()));
        }
        return Ok(found);
    };
    let namespace = args.namespace();
    let object =
        pods::named(cx, args, word).map_err(|failure| match failure.text.strip_prefix(NOT_FOUND) {
            Some(text) => {
                Failure::usage(format!("error from server (NotFound): {text} in namespace {namespace:?}"))
            }
            None => failure,
        })?;
    let pods = pods::of(cx, args, &object, "get the logs from", true)?;
    let all = args.on("all-pods");
    if pods.len() > 1 && !all {
        cx.output.tell(&format!("Found {} pods, using pod/{}\n", pods.len(), pods[0].metadata.name));
    }
    for pod in pods.into_iter().take(if all { usize::MAX } else { 1 }) {
        of_pod(cx, args, pod, &mut found)?;
    }
    Ok(found)
}

const NOT_FOUND: &str = "Error from server (NotFound): ";

fn of_pod(cx: &mut Cx<'_>, args: &Args, pod: Rc<Pod>, found: &mut Vec<Source>) -> Result<(), Failure> {
    if args.on("all-containers") {
        let spec = &pod.spec;
        let first = spec.init_containers.iter().chain(&spec.containers).map(|container| &container.name);
        let last = spec.ephemeral_containers.iter().map(|container| &container.name);
        let names: Vec<Str> = first.chain(last).cloned().collect();
        found.extend(names.into_iter().map(|name| (pod.clone(), name)));
        return Ok(());
    }
    let name = match container(args) {
        None => pods::default_container(cx, &pod, args.on("all-pods")),
        Some(name) if pods::has(&pod, name) => name.into(),
        Some(name) => {
            let text = format!("container {name} is not valid for pod {}", pod.metadata.name);
            return Err(Failure::usage(text));
        }
    };
    found.push((pod, name));
    Ok(())
}

pub(crate) fn lines(cx: &Cx<'_>, args: &Args, (pod, container): &Source) -> Result<Vec<LogLine>, Status> {
    let meta = &pod.metadata;
    let missing =
        || Status::new(Reason::BadRequest, format!("pod {} does not have a host assigned", meta.name));
    pod.node_name.as_ref().ok_or_else(missing)?;
    cx.session.logs(&meta.namespace, &meta.name, container, args.on("previous"))
}

/// From which line on a log is shown.
fn shown(cx: &Cx<'_>, args: &Args, lines: &[LogLine]) -> usize {
    let after = match (args.flag("since-time"), args.duration("since")) {
        (Some(text), _) => since(cx.api(), text),
        (None, Some(ago)) => Some(cx.session.now() - ago),
        (None, None) => None,
    };
    let young = after.map_or(0, |after| lines.iter().take_while(|line| line.at < after).count());
    let unlimited = if args.words.is_empty() { OF_SELECTED } else { -1 };
    let tail = usize::try_from(args.number("tail").unwrap_or(unlimited)).unwrap_or(usize::MAX);
    young.max(lines.len().saturating_sub(tail))
}

/// Prints lines, as many bytes of them as `--limit-bytes` lets through.
fn print_up_to(cx: &mut Cx<'_>, args: &Args, source: &Source, lines: &[LogLine]) {
    let limit = args.number("limit-bytes").and_then(|limit| usize::try_from(limit).ok()).filter(|it| *it > 0);
    let start = cx.output.stdout.len();
    lines.iter().for_each(|line| print(cx, args, source, line));
    if let Some(limit) = limit
        && cx.output.stdout.len() > start + limit
    {
        let whole = (start..=start + limit).rev().find(|end| cx.output.stdout.is_char_boundary(*end));
        cx.output.stdout.truncate(whole.unwrap_or(start));
    }
}

fn print(cx: &mut Cx<'_>, args: &Args, (pod, container): &Source, line: &LogLine) {
    let mut text = String::new();
    if args.on("prefix") || args.on("all-pods") {
        text += &["[pod/", &pod.metadata.name, "/", container, "] "].concat();
    }
    if args.on("timestamps") {
        text += &stamp(cx.api(), line.at);
        text.push(' ');
    }
    text += &line.text;
    cx.say(text);
}

/// `2025-01-01T00:00:05.120000000Z`, as the container runtime writes it.
fn stamp(api: &ApiServer, at: SimTime) -> String {
    let date = api.date(at).to_string();
    format!("{}.{:09}Z", date.trim_end_matches('Z'), at.as_nanos() % 1_000_000_000)
}
