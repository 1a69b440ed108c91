//! `kubectl set image`.

use crate::command::Cx;
use crate::target::{self, Target};
use crate::{Args, Failure};
use orrery_apimachinery::Value;
use orrery_apiserver::Key;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    match args.words.get(1).map(String::as_str) {
        Some("image") => image(cx, args),
        other => Err(Failure::usage(format!(
            "unknown command \"{}\" for \"kubectl set\"",
            other.unwrap_or_default()
        ))),
    }
}

fn image(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (pairs, words): (Vec<&String>, Vec<&String>) = args.words[2..].iter().partition(|w| w.contains('='));
    if pairs.is_empty() {
        return Err(Failure::usage("at least one image update is required"));
    }
    let words: Vec<String> = words.into_iter().cloned().collect();
    for target in target::parse(cx.session.api(), args, &words)? {
        let Target::One(key) = target else {
            return Err(Failure::usage(
                "one or more resources must be specified as <resource> <name> or <resource>/<name>",
            ));
        };
        set_images(cx, &key, &pairs)?;
    }
    Ok(())
}

fn set_images(cx: &mut Cx<'_>, key: &Key, pairs: &[&String]) -> Result<(), Failure> {
    let mut unknown = Vec::new();
    let before = cx.api().object(key).map(|o| o.metadata().resource_version);
    let updated = cx.send(|api, request| {
        api.edit(request, key, |tree| {
            for (name, image) in pairs.iter().filter_map(|p| p.split_once('=')) {
                if !set_image(tree, name, image) {
                    unknown.push(name.to_string());
                }
            }
        })
    })?;
    for name in &unknown {
        cx.complain(format!("error: unable to find container named \"{name}\""));
    }
    if unknown.is_empty() && before != Some(updated.metadata().resource_version) {
        cx.say(format!("{} image updated", target::display(key)));
    }
    Ok(())
}

/// Sets the image of the container `name` (`*`: of all); false when there is none.
fn set_image(tree: &mut Value, name: &str, image: &str) -> bool {
    let pod_spec = if tree.pointer("/spec/template").is_some() { "/spec/template/spec" } else { "/spec" };
    let mut found = false;
    for list in ["initContainers", "containers"] {
        let containers = tree.pointer_mut(&format!("{pod_spec}/{list}")).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            if name == "*" || container["name"] == name {
                container["image"] = Value::from(image);
                found = true;
            }
        }
    }
    found
}
