//! `--custom`: a part of a container, which is laid over what the profile makes of it.

use crate::command::Cx;
use crate::{Args, Failure};
use orrery_apimachinery::Value;
use orrery_apimachinery::patch::strategic_merge;
use orrery_manifest::{Limits, Severity, read as read_text};

/// What the file says that the command line names, if it names one.
fn read(cx: &Cx<'_>, args: &Args) -> Result<Option<Value>, Failure> {
    let Some(file) = args.flag("custom").filter(|file| !file.is_empty()) else { return Ok(None) };
    let text = cx.files.read(file).ok_or_else(|| {
        Failure::usage(format!(
            "must pass a container spec json file for custom profile: open {file}: no such file or directory"
        ))
    })?;
    let reading = read_text(&text, &Limits::default());
    if let Some(broken) = reading.diagnostics.iter().find(|d| d.severity == Severity::Error) {
        let text = format!("{file} does not contain a valid container spec: {}", broken.message);
        return Err(Failure::usage(text));
    }
    let tree = reading.documents.into_iter().next().map(|document| document.value).unwrap_or_default();
    let fixed = ["name", "command", "image", "lifecycle", "volumeDevices"];
    if fixed.iter().any(|field| tree.get(field).is_some_and(|value| !value.is_null())) {
        return Err(Failure::usage(
            "name, command, image, lifecycle and volume devices are not modifiable via custom profile",
        ));
    }
    Ok(Some(tree))
}

/// Lays it over a container.
pub(super) fn dress(cx: &Cx<'_>, args: &Args, container: &mut Value) -> Result<(), Failure> {
    match read(cx, args)? {
        Some(part) if part.is_object() => strategic_merge(container, &part).map_err(Failure::usage),
        _ => Ok(()),
    }
}

/// Lays it over the container of a pod that is called so.
pub(super) fn dress_in(cx: &Cx<'_>, args: &Args, pod: &mut Value, name: &str) -> Result<(), Failure> {
    let containers = pod["spec"]["containers"].as_array_mut();
    match containers.into_iter().flatten().find(|container| container["name"] == name) {
        Some(container) => dress(cx, args, container),
        None => Ok(()),
    }
}
