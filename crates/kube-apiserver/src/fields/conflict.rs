//! Fields that others set to another value, and what an applier is told of them (upstream:
//! `managedfields/internal/conflict.go`, `lastappliedmanager.go`).

use super::compare::{compare, field_set};
use super::element::Element;
use super::managers::{Circumstances, Manager};
use orrery_apimachinery::{Reason, Status, Value};
use std::collections::BTreeMap;

/// The annotation in which client-side apply keeps what it applied.
pub(crate) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// The field manager of `kubectl apply --server-side`.
pub(crate) const KUBECTL: &str = "kubectl";

/// A field that somebody else manages.
pub(super) struct Conflict {
    pub(super) manager: Manager,
    pub(super) path: Vec<Element>,
}

/// The refusal of an apply that has these conflicts, sorted by manager.
pub(super) fn refusal(conflicts: &[Conflict]) -> Status {
    let message = match conflicts {
        [one] => format!("1 conflict: {}", cause(one)),
        many => {
            let mut by_manager = BTreeMap::<&Manager, String>::new();
            for Conflict { manager, path } in many {
                by_manager.entry(manager).or_default().push_str(&format!("\n- {}", shown(path)));
            }
            let groups: Vec<String> = by_manager
                .iter()
                .map(|(manager, paths)| format!("conflicts with {}:{paths}", who(manager)))
                .collect();
            format!("{} conflicts: {}", many.len(), groups.join("\n"))
        }
    };
    let causes = conflicts.iter().map(cause).collect();
    Status::new(Reason::Conflict, format!("Apply failed with {message}")).with_causes(causes)
}

fn cause(conflict: &Conflict) -> String {
    format!("conflict with {}: {}", who(&conflict.manager), shown(&conflict.path))
}

fn shown(path: &[Element]) -> String {
    path.iter().map(Element::to_string).collect()
}

fn who(manager: &Manager) -> String {
    let mut text = format!("{:?}", manager.name);
    if !manager.subresource.is_empty() {
        text += &format!(" with subresource {:?}", manager.subresource);
    }
    if manager.updates {
        text += &format!(" using {}", manager.api_version);
    }
    text
}

/// The conflicts that remain for `name`: kubectl takes over what it applied client-side, as far as that still holds.
pub(super) fn without_last_applied(
    conflicts: Vec<Conflict>,
    name: &str,
    live: &Value,
    write: &Circumstances<'_>,
) -> Vec<Conflict> {
    let last =
        live.pointer("/metadata/annotations").and_then(|all| all.get(LAST_APPLIED)).and_then(Value::as_str);
    let last = last.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let same_version =
        |last: &Value| last.get("apiVersion").and_then(Value::as_str) == Some(&*write.api_version);
    let Some(last) = last.filter(|last| name == KUBECTL && same_version(last)) else { return conflicts };
    let change = compare(&last, live, write.ty);
    let differing = change.modified.union(&change.added).union(&change.removed);
    let allowed = field_set(&last, write.ty).difference(&differing);
    conflicts.into_iter().filter(|conflict| !allowed.has(&conflict.path)).collect()
}
