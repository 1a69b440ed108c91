//! `kubectl taint` (upstream: `kubectl/pkg/cmd/taint`).

use crate::command::{Cx, DryRun};
use crate::create::usage;
use crate::{Args, Failure, target};
use orrery_api::{Kind, Node, Object, Taint, label_value, qualified_name};
use orrery_apimachinery::Time;
use orrery_apiserver::Key;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let is_change = |word: &String| word.contains(['=', ':']) || word.ends_with('-');
    let first = args.words.iter().position(is_change).unwrap_or(args.words.len());
    let (resources, changes) = args.words.split_at(first);
    if let Some(word) = changes.iter().find(|word| !is_change(word)) {
        return Err(Failure::usage(format!("all resources must be specified before taint changes: {word}")));
    }
    if resources.is_empty() {
        return Err(Failure::usage("one or more resources must be specified as <resource> <name>"));
    }
    if changes.is_empty() {
        return Err(Failure::usage("at least one taint update is required"));
    }
    let changes = Changes::parse(changes).map_err(|text| usage(args, &text))?;
    for key in nodes(cx, args, resources, &changes)? {
        taint(cx, args, &key, &changes)?;
    }
    Ok(())
}

/// The nodes that are named or selected.
fn nodes(cx: &Cx<'_>, args: &Args, resources: &[String], changes: &Changes) -> Result<Vec<Key>, Failure> {
    let word = resources[0].to_lowercase();
    if target::kind(cx.api(), &word)? != Kind::Node {
        return Err(Failure::usage(format!("invalid resource type {word}, only node types are supported")));
    }
    let conflicts = changes.conflicts();
    if !conflicts.is_empty() {
        return Err(Failure::usage(format!(
            "can not both modify and remove the following taint(s) in the same command: {}",
            conflicts.join(", ")
        )));
    }
    let selector = args.flag("selector").is_some_and(|selector| !selector.is_empty());
    match (args.on("all"), selector, &resources[1..]) {
        (true, true, _) => {
            Err(Failure::usage("setting 'all' parameter with a non empty selector is prohibited"))
        }
        (false, false, []) => Err(Failure::usage(
            "at least one resource name must be specified since 'all' parameter is not set",
        )),
        (false, false, names) => Ok(names.iter().map(|name| Key::new(Kind::Node, "", &**name)).collect()),
        _ => Ok(target::list(cx.api(), Kind::Node, args)?.iter().map(Key::of).collect()),
    }
}

fn taint(cx: &mut Cx<'_>, args: &Args, key: &Key, changes: &Changes) -> Result<(), Failure> {
    let Object::Node(node) = cx.get(key)? else { return Ok(()) };
    let old = &node.spec.taints;
    let overwrite = args.on("overwrite");
    let known = |taint: &&Taint| old.iter().any(|old| old.key == taint.key && old.effect == taint.effect);
    let existing: Vec<&str> = changes.add.iter().filter(known).map(|taint| &*taint.key).collect();
    if !overwrite && !existing.is_empty() {
        return Err(Failure::usage(format!(
            "node {} already has {} taint(s) with same effect(s) and --overwrite is false",
            key.name,
            existing.join(",")
        )));
    }
    let (taints, operation) = changes.apply(old, overwrite, cx.api().date(cx.session.now()))?;
    if cx.dry_run != DryRun::Client {
        cx.send(|api, request| {
            api.modify::<Node>(request, "", &key.name, |node| node.spec.taints = taints.clone())
        })?;
    }
    let object = cx.get(key)?;
    crate::printer::done(cx, args, &object, operation)
}

/// What is to be set, and what is to go: by key, and by effect if one is said.
struct Changes {
    add: Vec<Taint>,
    remove: Vec<(String, String)>,
}

impl Changes {
    /// Reads `key=value:Effect`, `key:Effect`, `key:Effect-` and `key-`.
    fn parse(words: &[String]) -> Result<Changes, String> {
        let mut changes = Changes { add: Vec::new(), remove: Vec::new() };
        for word in words {
            if let Some(spec) = word.strip_suffix('-') {
                let taint = parse(spec)?;
                changes.remove.push((taint.key.to_string(), taint.effect.to_string()));
                continue;
            }
            let taint = parse(word)?;
            if taint.effect.is_empty() {
                return Err(format!("invalid taint spec: {word}"));
            }
            if changes.add.iter().any(|known| known.key == taint.key && known.effect == taint.effect) {
                let (key, effect) = (&taint.key, &taint.effect);
                let value = taint.value.as_deref().unwrap_or_default();
                return Err(format!(
                    "duplicated taints with the same key and effect: {{{key} {value} {effect} <nil>}}"
                ));
            }
            changes.add.push(taint);
        }
        Ok(changes)
    }

    /// What is both to be set and to go.
    fn conflicts(&self) -> Vec<String> {
        let mut conflicts = Vec::new();
        for taint in &self.add {
            for (key, effect) in &self.remove {
                if *taint.key == **key && (effect.is_empty() || *taint.effect == **effect) {
                    conflicts.push(format!("{key}={effect}"));
                }
            }
        }
        conflicts
    }

    /// The taints afterwards, and what that is called (upstream: `reorganizeTaints`).
    fn apply(
        &self,
        old: &[Taint],
        overwrite: bool,
        now: Time,
    ) -> Result<(Vec<Taint>, &'static str), Failure> {
        let mut taints = self.add.clone();
        for taint in taints.iter_mut().filter(|taint| &*taint.effect == "NoExecute") {
            taint.time_added = Some(now);
        }
        for taint in old {
            if !taints.iter().any(|new| new.key == taint.key && new.effect == taint.effect) {
                taints.push(taint.clone());
            }
        }
        let added = old.len() != taints.len();
        let (mut missing, mut deleted) = (Vec::new(), false);
        for (key, effect) in &self.remove {
            let before = taints.len();
            taints.retain(|taint| *taint.key != **key || !(effect.is_empty() || *taint.effect == **effect));
            deleted = taints.len() < before;
            if !deleted {
                let shown = if effect.is_empty() { key.clone() } else { format!("{key}:{effect}") };
                missing.push(format!("taint {shown:?} not found"));
            }
        }
        match &missing[..] {
            [] if overwrite || (added && deleted) => Ok((taints, "modified")),
            [] if added => Ok((taints, "tainted")),
            [] => Ok((taints, "untainted")),
            [one] => Err(Failure::usage(one.clone())),
            many => Err(Failure::usage(format!("[{}]", many.join(", ")))),
        }
    }
}

fn parse(spec: &str) -> Result<Taint, String> {
    let invalid = || format!("invalid taint spec: {spec}");
    let (pair, effect) = spec.split_once(':').unwrap_or((spec, ""));
    if effect.contains(':') {
        return Err(invalid());
    }
    let (mut key, mut value) = (pair, "");
    if spec.contains(':') {
        if !["NoSchedule", "PreferNoSchedule", "NoExecute"].contains(&effect) {
            return Err(format!("invalid taint effect: {effect}, unsupported taint effect"));
        }
        (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if value.contains('=') {
            return Err(invalid());
        }
    }
    for reasons in [label_value(value), qualified_name(key)] {
        if !reasons.is_empty() {
            return Err(format!("{}, {}", invalid(), reasons.join("; ")));
        }
    }
    let value = (!value.is_empty()).then(|| value.into());
    Ok(Taint { key: key.into(), value, effect: effect.into(), time_added: None })
}
