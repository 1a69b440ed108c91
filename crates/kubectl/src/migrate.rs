//! From client-side to server-side apply: what kubectl applied client-side becomes what it applied (upstream:
//! `migrateToSSAIfNecessary` of `pkg/cmd/apply/apply.go`, `k8s.io/client-go/util/csaupgrade`).

use crate::apply::LAST_APPLIED;
use crate::command::Cx;
use orrery_api::Object;
use orrery_apimachinery::{ManagedFieldsEntry, Patch, StatusResult, Value};
use orrery_apiserver::Key;
use serde_json::json;

/// The field manager of kubectl's server-side apply, unless another is named.
const KUBECTL: &str = "kubectl";
/// The field manager that keeps the annotation of client-side apply.
const KEEPER: &str = "kubectl-last-applied";

/// Gives what was applied client-side to the manager of server-side apply; true when there was any.
pub(crate) fn migrate(cx: &mut Cx<'_>, key: &Key) -> StatusResult<bool> {
    let mut object = with_managers(cx, key)?;
    let annotation = object.metadata().annotations.get(LAST_APPLIED).cloned();
    if let (Some(annotation), true) = (annotation, cx.manager == KUBECTL)
        && owners(&object, "Apply").next().is_none()
    {
        keep(cx, key, &annotation)?;
        object = with_managers(cx, key)?;
    }
    let names: Vec<String> = owners(&object, "Update").map(|entry| entry.manager.to_string()).collect();
    let before = &object.metadata().managed_fields;
    let after = names.iter().fold(before.clone(), |entries, name| upgraded(entries, name, &cx.manager));
    if after == *before {
        return Ok(false);
    }
    object.metadata_mut().managed_fields = after;
    let entries = object.to_value()["metadata"]["managedFields"].take();
    let patch = json!([{"op": "replace", "path": "/metadata/managedFields", "value": entries}]);
    cx.send(|api, request| api.patch(request, key, &Patch::Json(patch)))?;
    Ok(true)
}

fn with_managers(cx: &Cx<'_>, key: &Key) -> StatusResult<Object> {
    Ok(cx.api().with_managers(&cx.get(key)?))
}

/// Those who set the annotation of client-side apply in this way.
fn owners<'a>(object: &'a Object, operation: &'a str) -> impl Iterator<Item = &'a ManagedFieldsEntry> {
    let annotation = format!("f:{LAST_APPLIED}");
    let entries = object.metadata().managed_fields.iter();
    entries.filter(move |entry| {
        *entry.operation == *operation && entry.fields_v1.has(&["f:metadata", "f:annotations", &annotation])
    })
}

/// Applies the annotation alone, so that it stays.
fn keep(cx: &mut Cx<'_>, key: &Key, annotation: &str) -> StatusResult<()> {
    let config: Value = json!({"apiVersion": key.kind.api_version(), "kind": key.kind.name(),
        "metadata": {"name": &*key.name, "namespace": &*key.namespace, "annotations": {LAST_APPLIED: annotation}}});
    cx.send(|api, request| api.apply(request, key.kind, &key.namespace, &config, KEEPER, false))?;
    Ok(())
}

/// The entries in which `manager` applied what `name` set by updates.
fn upgraded(mut entries: Vec<ManagedFieldsEntry>, name: &str, manager: &str) -> Vec<ManagedFieldsEntry> {
    let is = |entry: &ManagedFieldsEntry, name: &str, operation: &str| {
        *entry.manager == *name && *entry.operation == *operation && entry.subresource.is_empty()
    };
    let Some(set) = entries.iter().position(|entry| is(entry, name, "Update")) else { return entries };
    let set = entries.remove(set);
    match entries.iter_mut().find(|entry| is(entry, manager, "Apply")) {
        Some(applied) => applied.fields_v1 = applied.fields_v1.union(&set.fields_v1),
        None => {
            entries.push(ManagedFieldsEntry { manager: manager.into(), operation: "Apply".into(), ..set })
        }
    }
    entries
}
