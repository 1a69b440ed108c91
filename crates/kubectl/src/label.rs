//! `kubectl label`.

use crate::command::{Cx, outcome};
use crate::json::compact;
use crate::pairs::{self, Pairs};
use crate::printer::done;
use crate::trouble::Trouble;
use crate::{Args, Failure, record, target};
use orrery_api::{Kind, Object, label_value};
use orrery_apimachinery::StrMap;
use orrery_apiserver::Key;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (resources, words) = pairs::split(&args.words, "label")?;
    let pairs = parse(words)?;
    check(args, resources, "label", &pairs)?;
    let mut troubles = Vec::new();
    let objects = target::visit(cx, args, resources)?;
    let one = objects.len() == 1;
    for object in objects {
        match object {
            Ok(object) if args.on("list") => list(cx, &object, "labels", &object.metadata().labels, one),
            Ok(object) => troubles.extend(label(cx, args, &object, &pairs)?.err()),
            Err(trouble) => troubles.push(trouble),
        }
    }
    outcome(troubles)
}

/// Labels are stricter than other pairs: one `=`, and values that labels may have.
fn parse(words: &[String]) -> Result<Pairs, Failure> {
    let mut pairs = Pairs::default();
    for word in words {
        match (word.split_once('='), word.strip_suffix('-')) {
            (Some((_, value)), _) if value.contains('=') => {
                return Err(Failure::usage(format!("invalid label spec: {word}")));
            }
            (Some((key, value)), _) => {
                let reasons = label_value(value);
                if !reasons.is_empty() {
                    let reasons = reasons.join(";");
                    return Err(Failure::usage(format!("invalid label value: {word:?}: {reasons}")));
                }
                pairs.put(key, value);
            }
            (None, Some(key)) => pairs.remove.push(key.into()),
            (None, None) => return Err(Failure::usage(format!("unknown label spec: {word}"))),
        }
    }
    if pairs.remove.iter().any(|key| pairs.set.iter().any(|(other, _)| other == key)) {
        return Err(Failure::usage("can not both modify and remove a label in the same command"));
    }
    Ok(pairs)
}

/// What `label` and `annotate` ask of a command line.
pub(crate) fn check(args: &Args, resources: &[String], what: &str, pairs: &Pairs) -> Result<(), Failure> {
    if args.on("list") && args.flag("output").is_some_and(|output| !output.is_empty()) {
        return Err(Failure::usage("--list and --output may not be specified together"));
    }
    for selector in ["selector", "field-selector"] {
        if args.on("all") && args.flag(selector).is_some() {
            return Err(Failure::usage(format!("cannot set --all and --{selector} at the same time")));
        }
    }
    if args.on("local") && !resources.is_empty() {
        return Err(Failure::usage(
            "can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set",
        ));
    }
    if args.on("local") && args.all("filename").is_empty() {
        return Err(Failure::usage(
            "one or more files must be specified as -f pod.yaml or --filename=pod.json",
        ));
    }
    if resources.is_empty() && args.all("filename").is_empty() {
        return Err(Failure::usage(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    if pairs.is_empty() && !args.on("list") {
        return Err(Failure::usage(format!("at least one {what} update is required")));
    }
    Ok(())
}

/// Prints the pairs that an object has, under its name unless it is the only one.
pub(crate) fn list(cx: &mut Cx<'_>, object: &Object, what: &str, map: &StrMap, one: bool) {
    let indent = if one { "" } else { " " };
    if !one {
        let (kind, name): (Kind, _) = (object.kind(), &object.metadata().name);
        cx.say(format!("Listing {what} for {}.{}/{name}:", kind.name(), kind.group()));
    }
    // Upstream goes through a Go map, whose order is random; the last key comes first more often than not.
    let pairs: Vec<String> = map.iter().map(|(key, value)| format!("{indent}{key}={value}")).collect();
    let (others, last) = pairs.split_at(pairs.len().saturating_sub(1));
    last.iter().chain(others).for_each(|line| cx.say(line));
}

fn label(
    cx: &mut Cx<'_>,
    args: &Args,
    object: &Object,
    pairs: &Pairs,
) -> Result<Result<(), Trouble>, Failure> {
    let labels = &object.metadata().labels;
    for key in pairs.remove.iter().filter(|key| !labels.contains_key(key)) {
        cx.say(format!("label {key:?} not found."));
    }
    let overwrite = args.on("overwrite");
    if let (false, Some((key, old))) = (overwrite, pairs.overwritten(labels).next()) {
        let words = format!("'{key}' already has a value ({old}), and --overwrite is false");
        return Ok(Err(Trouble::Text(words)));
    }
    let mut labelled = object.clone();
    pairs.apply(&mut labelled.metadata_mut().labels);
    let (before, after) = (compact(&object.to_value()), compact(&labelled.to_value()));
    let operation = match before == after {
        true => "not labeled",
        false if !overwrite && after.len() < before.len() => "unlabeled",
        false => "labeled",
    };
    if cx.dry_run.sends() {
        match cx.patch(&Key::of(object), &pairs.patch("labels", labels)) {
            Ok(patched) => labelled = record::afterwards(cx, args, patched)?,
            Err(status) => return Ok(Err(status.into())),
        }
    }
    done(cx, args, &labelled, operation).map(Ok)
}
