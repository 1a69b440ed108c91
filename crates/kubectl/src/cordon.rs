//! `kubectl cordon` and `kubectl uncordon`.

use crate::command::{Cx, DryRun};
use crate::target;
use crate::{Args, Failure};
use orrery_api::{Kind, Node};
use orrery_apiserver::Key;

pub(crate) fn cordon(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let nodes = nodes(cx, args)?;
    set(cx, &nodes, true);
    Ok(())
}

pub(crate) fn uncordon(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let nodes = nodes(cx, args)?;
    set(cx, &nodes, false);
    Ok(())
}

/// The nodes that the command line names or selects; if one is missing, nothing is done to any.
pub(crate) fn nodes(cx: &mut Cx<'_>, args: &Args) -> Result<Vec<Key>, Failure> {
    let usage =
        |text: String| Failure::usage(format!("{text}\nSee '{} -h' for help and examples", args.path()));
    let selecting = args.flag("selector").is_some();
    if args.words.is_empty() && !selecting {
        return Err(usage(format!("USAGE: {} NODE [flags]", args.command)));
    }
    if !args.words.is_empty() && args.flag("selector").is_some_and(|s| !s.is_empty()) {
        return Err(usage("error: cannot specify both a node name and a --selector option".into()));
    }
    if selecting {
        return Ok(target::list(cx.api(), Kind::Node, args)?.iter().map(Key::of).collect());
    }
    let mut nodes = Vec::new();
    for word in &args.words {
        let key = match word.split_once('/') {
            None => Key::new(Kind::Node, "", &**word),
            Some((resource, name)) => Key::new(target::kind(cx.api(), resource)?, args.namespace(), name),
        };
        if key.kind != Kind::Node {
            let (group, version, plural) = (key.kind.group(), key.kind.version(), key.kind.plural());
            return Err(Failure::usage(format!(
                "error: expected resource of type node, got \"{group}/{version}, Resource={plural}\""
            )));
        }
        let key = Key::new(Kind::Node, "", key.name);
        cx.get(&key)?;
        nodes.push(key);
    }
    Ok(nodes)
}

/// Marks nodes, and tells of each whether that changed anything.
pub(crate) fn set(cx: &mut Cx<'_>, nodes: &[Key], unschedulable: bool) {
    let verb = if unschedulable { "cordon" } else { "uncordon" };
    for key in nodes {
        let known = cx.api().get::<Node>("", &key.name).map(|node| node.spec.unschedulable);
        let already = if known == Some(unschedulable) { "already " } else { "" };
        if already.is_empty() && cx.dry_run != DryRun::Client {
            let outcome = cx.send(|api, request| {
                api.modify::<Node>(request, "", &key.name, |n| n.spec.unschedulable = unschedulable)
            });
            if let Err(error) = outcome {
                let line = format!("error: unable to {verb} node {:?}: {error}\n", &*key.name);
                cx.output.tell(&line);
                continue;
            }
        }
        cx.say(format!("{} {already}{verb}ed{}", target::display(key), cx.dry_run.suffix()));
    }
}
