//! `kubectl create rolebinding` and `kubectl create clusterrolebinding`.

use super::{finish, name};
use crate::command::Cx;
use crate::{Args, Failure};
use orrery_apimachinery::Value;
use serde_json::json;

const GROUP: &str = "rbac.authorization.k8s.io";

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let cluster = args.command == "create clusterrolebinding";
    let (kind, role) = match (args.flag("role"), args.flag("clusterrole")) {
        (Some(role), None) => ("Role", role),
        (None, Some(role)) => ("ClusterRole", role),
        (None, None) if cluster => return Err(Failure::required("\"clusterrole\"")),
        _ => return Err(Failure::usage("exactly one of clusterrole or role must be specified")),
    };
    let mut subjects = Vec::new();
    for (flag, kind) in [("user", "User"), ("group", "Group")] {
        let subject = |name: &String| json!({"kind": kind, "apiGroup": GROUP, "name": name});
        subjects.extend(args.all(flag).iter().map(subject));
    }
    for account in args.all("serviceaccount") {
        let parts: Vec<&str> = account.split(':').collect();
        let &[namespace, name] = &parts[..] else { return Err(not_an_account()) };
        if namespace.is_empty() || name.is_empty() {
            return Err(not_an_account());
        }
        subjects.push(json!({"kind": "ServiceAccount", "namespace": namespace, "name": name}));
    }
    let tree: Value = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": if cluster { "ClusterRoleBinding" } else { "RoleBinding" },
        "metadata": {"name": name},
        "roleRef": {"apiGroup": GROUP, "kind": kind, "name": role},
        "subjects": subjects,
    });
    let failure = if cluster { "clusterrolebinding:" } else { "rolebinding:" };
    finish(cx, args, &tree, Some(failure), "created")
}

fn not_an_account() -> Failure {
    Failure::usage("serviceaccount must be <namespace>:<name>")
}
