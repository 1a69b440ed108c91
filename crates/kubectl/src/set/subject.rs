//! `kubectl set subject` (upstream: `pkg/cmd/set/set_subject.go`).

use crate::command::{Cx, outcome};
use crate::{Args, Failure};
use orrery_api::{Kind, Object};
use orrery_apimachinery::Value;
use serde_json::json;

const GROUP: &str = "rbac.authorization.k8s.io";

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let objects = super::objects(cx, args, &args.words)?;
    let subjects = subjects(args, &objects)?;
    let mut troubles = Vec::new();
    for object in objects {
        if !matches!(object.kind(), Kind::RoleBinding | Kind::ClusterRoleBinding) {
            let words = "setting subjects is only supported for RoleBinding/ClusterRoleBinding";
            troubles.push(super::about(&object, words));
            continue;
        }
        let mut tree = object.to_value();
        let mut bound = tree["subjects"].as_array().cloned().unwrap_or_default();
        let new: Vec<&Value> = subjects.iter().filter(|subject| !bound.contains(subject)).collect();
        bound.extend(new.into_iter().cloned());
        if bound.is_empty() {
            continue;
        }
        tree["subjects"] = bound.into();
        let words = ["failed to patch subjects to rolebinding:", "subjects updated"];
        troubles.extend(super::change(cx, args, &object, &tree, words)?);
    }
    outcome(troubles)
}

/// Users, groups and service accounts, each in the order of their names.
fn subjects(args: &Args, objects: &[Object]) -> Result<Vec<Value>, Failure> {
    let [users, groups, accounts] = ["user", "group", "serviceaccount"].map(|flag| {
        let mut names = args.all(flag).to_vec();
        names.sort_unstable();
        names.dedup();
        names
    });
    if users.is_empty() && groups.is_empty() && accounts.is_empty() {
        return Err(Failure::usage("you must specify at least one value of user, group or serviceaccount"));
    }
    let mut subjects = Vec::new();
    for (kind, names) in [("User", users), ("Group", groups)] {
        subjects.extend(names.iter().map(|name| json!({"kind": kind, "apiGroup": GROUP, "name": name})));
    }
    for account in &accounts {
        let pair = account.split_once(':').filter(|(_, name)| !name.is_empty() && !name.contains(':'));
        let refusal = || Failure::usage("serviceaccount must be <namespace>:<name>");
        let (namespace, name) = pair.ok_or_else(refusal)?;
        if namespace.is_empty() && objects.iter().any(|it| it.kind() == Kind::ClusterRoleBinding) {
            return Err(Failure::usage(
                "serviceaccount must be <namespace>:<name>, namespace must be specified",
            ));
        }
        let namespace = if namespace.is_empty() { args.namespace() } else { namespace };
        subjects.push(json!({"kind": "ServiceAccount", "namespace": namespace, "name": name}));
    }
    Ok(subjects)
}
