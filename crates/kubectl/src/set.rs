//! `kubectl set …`: changes of pod templates, each as the patch from what was to what is asked for
//! (upstream: `pkg/cmd/set/helper.go`).

pub(crate) mod env;
pub(crate) mod image;
pub(crate) mod resources;
pub(crate) mod selector;
pub(crate) mod service_account;
pub(crate) mod subject;

use crate::command::Cx;
use crate::printer::done;
use crate::trouble::Trouble;
use crate::{Args, Failure, record, target};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{Patch, Value, patch};
use orrery_apiserver::Key;
use serde_json::json;

/// The objects to change; what is not there is told, and nothing is changed then.
fn objects(cx: &mut Cx<'_>, args: &Args, words: &[String]) -> Result<Vec<Object>, Failure> {
    if args.on("all") && args.flag("selector").is_some() {
        return Err(Failure::usage("cannot set --all and --selector at the same time"));
    }
    let (found, missing): (Vec<_>, Vec<_>) =
        target::visit(cx, args, words)?.into_iter().partition(Result::is_ok);
    let troubles: Vec<Trouble> = missing.into_iter().filter_map(Result::err).collect();
    if troubles.is_empty() {
        Ok(found.into_iter().filter_map(Result::ok).collect())
    } else {
        Err(troubles.into())
    }
}

/// The pod spec in an object's tree.
fn pod_spec(kind: Kind, tree: &mut Value) -> Result<&mut Value, String> {
    let pointer = match kind.name() {
        "Pod" => "/spec",
        "CronJob" => "/spec/jobTemplate/spec/template/spec",
        _ => "/spec/template/spec",
    };
    let missing = || {
        let (group, version) = (kind.group(), kind.version());
        let package = if group.is_empty() { "core" } else { group };
        format!(
            "the object is not a pod or does not have a pod template: *{version}.{} ({package})",
            kind.name()
        )
    };
    tree.pointer_mut(pointer).ok_or_else(missing)
}

/// The containers of a pod spec whose names fit `pattern`, then its init containers.
fn containers<'t>(spec: &'t mut Value, pattern: &str) -> Vec<&'t mut Value> {
    let Some(fields) = spec.as_object_mut() else { return Vec::new() };
    let (mut first, mut then) = (Vec::new(), Vec::new());
    for (field, value) in fields.iter_mut() {
        let list = match field.as_str() {
            "containers" => &mut first,
            "initContainers" => &mut then,
            _ => continue,
        };
        let named = |container: &&mut Value| fits(container["name"].as_str().unwrap_or_default(), pattern);
        list.extend(value.as_array_mut().into_iter().flatten().filter(named));
    }
    first.extend(then);
    first
}

/// Whether a name fits a pattern in which `*` stands for anything.
fn fits(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|head| name.strip_prefix(head)) else { return false };
    let Some(tail) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(tail)
}

/// Sends the patch that makes `tree` of the object, and says so; nothing happens when it is so already.
fn change(
    cx: &mut Cx<'_>,
    args: &Args,
    object: &Object,
    tree: &Value,
    [failure, operation]: [&str; 2],
) -> Result<Vec<Trouble>, Failure> {
    let mut tree = tree.clone();
    record::into_tree(args, &mut tree);
    let patch = match patch::two_way(&object.to_value(), &tree) {
        Ok(patch) if patch == json!({}) => return Ok(Vec::new()),
        Ok(patch) => patch,
        Err(words) => return Ok(vec![Trouble::Text(words)]),
    };
    let key = Key::of(object);
    let changed = match cx.dry_run.sends() {
        true => cx.patch(&key, &Patch::Strategic(patch)),
        false => Ok(Object::decode(key.kind, &tree).0),
    };
    match changed {
        Ok(changed) => done(cx, args, &changed, operation).map(|()| Vec::new()),
        Err(status) => Ok(vec![Trouble::Text(format!("{failure} {}", status.message))]),
    }
}

/// A failure that concerns one object, which it names.
fn about(object: &Object, words: &str) -> Trouble {
    Trouble::Text(format!("error: {}/{} {words}\n", object.kind().plural(), object.metadata().name))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_part_of_a_containers_name() {
        for (name, pattern, expected) in [
            ("web", "*", true),
            ("web", "web", true),
            ("web", "we", false),
            ("web-1", "web-*", true),
            ("side-car", "s*-*r", true),
            ("side-car", "s*x*r", false),
        ] {
            assert_eq!(fits(name, pattern), expected, "{name} {pattern}");
        }
    }
}
