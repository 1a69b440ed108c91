//! `kubectl set selector`.

use crate::command::{Cx, outcome};
use crate::printer::done;
use crate::trouble::Trouble;
use crate::{Args, Failure, record, target};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{LabelSelector, Patch, Value, labels, patch};
use orrery_apiserver::Key;
use serde_json::Map;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (selector, resources) =
        args.words.split_last().ok_or_else(|| Failure::usage("one selector is required"))?;
    let selector = labels::parse(selector).map_err(|words| {
        Failure::usage(format!("couldn't parse the selector string \"{selector}\": {words}"))
    })?;
    let mut troubles = Vec::new();
    for object in target::visit(cx, args, resources)? {
        match object.and_then(|object| select(cx, args, &object, &selector)) {
            Ok(object) => done(cx, args, &object, "selector updated")?,
            Err(trouble) => troubles.push(trouble),
        }
    }
    outcome(troubles)
}

fn select(
    cx: &mut Cx<'_>,
    args: &Args,
    object: &Object,
    selector: &LabelSelector,
) -> Result<Object, Trouble> {
    if object.kind() != Kind::Service {
        return Err(Trouble::Text("setting a selector is only supported for Services".into()));
    }
    let equal =
        |r: &&orrery_apimachinery::LabelSelectorRequirement| &*r.operator == "In" && r.values.len() == 1;
    let pairs: Map<String, Value> = selector
        .match_expressions
        .iter()
        .filter(equal)
        .map(|r| (r.key.to_string(), Value::from(&*r.values[0])))
        .collect();
    if pairs.len() < selector.match_expressions.len() {
        return Err(Trouble::Text("match expressions not supported on this object".into()));
    }
    let mut tree = object.to_value();
    tree["spec"]["selector"] = pairs.into();
    record::into_tree(args, &mut tree);
    let patch = patch::two_way(&object.to_value(), &tree).map_err(Trouble::Text)?;
    match cx.dry_run.sends() {
        true => Ok(cx.patch(&Key::of(object), &Patch::Strategic(patch))?),
        false => Ok(Object::decode(object.kind(), &tree).0),
    }
}
