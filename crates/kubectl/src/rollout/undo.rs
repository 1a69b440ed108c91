//! `kubectl rollout undo` (upstream: `polymorphichelpers/rollback.go`).

use super::revisions::{self, Keeper, REVISION, Revision};
use crate::command::{Cx, DryRun};
use crate::describe::pod_template;
use crate::trouble::Trouble;
use crate::{Args, Failure};
use orrery_api::{Deployment, Object, PodTemplateSpec, ReplicaSet};
use orrery_apimachinery::decode::encode;
use orrery_apimachinery::{Patch, StrMap, Value};
use orrery_apiserver::Key;
use serde_json::json;

/// The label that tells the ReplicaSets of a Deployment apart.
const TEMPLATE_HASH: &str = "pod-template-hash";

/// The annotations that a Deployment keeps while the others come back (upstream: `annotationsToSkip`).
const KEPT: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
];

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let number = args.number("to-revision").unwrap_or(0);
    super::each(cx, args, &|cx, object| {
        let revisions = revisions::list(cx.api(), object)
            .ok_or_else(|| super::missing(object.kind(), "rollbacker", "rollbacker"))?;
        let revision = chosen(object, &revisions, number)?;
        roll_back(cx, object, revision, number)
    })
}

/// The revision of that number, or the last but one.
fn chosen<'r>(object: &Object, revisions: &'r [Revision], number: i64) -> Result<&'r Revision, Trouble> {
    let found = match number {
        0 => revisions.len().checked_sub(2).and_then(|place| revisions.get(place)),
        number => revisions.iter().find(|revision| revision.number == number),
    };
    found.ok_or_else(|| {
        Trouble::Text(match (number, object) {
            (0, Object::Deployment(deployment)) => {
                format!("no rollout history found for deployment {:?}", &*deployment.metadata.name)
            }
            (0, _) => "no last revision to roll back to".into(),
            _ => format!("unable to find specified revision {number} in history"),
        })
    })
}

fn roll_back(cx: &mut Cx<'_>, object: &Object, revision: &Revision, number: i64) -> Result<String, Trouble> {
    if cx.dry_run == DryRun::Client {
        let template = revision.template(object).map_err(Trouble::Text)?;
        let told = pod_template::describe(&template);
        let deployment = object.get::<Deployment>().is_some();
        return Ok(if deployment { told } else { format!("will roll back to {told}") });
    }
    let patch = match (&revision.keeper, object) {
        (Keeper::ReplicaSet(set), Object::Deployment(deployment)) => restoring(deployment, set)?,
        (Keeper::ControllerRevision(kept), _) => {
            let data = kept.data.clone().unwrap_or_default();
            (present(object) != data).then_some(Patch::Strategic(data))
        }
        _ => None,
    };
    let Some(patch) = patch else {
        return Ok(format!("skipped rollback (current template already matches revision {number})"));
    };
    match cx.patch(&Key::of(object), &patch) {
        Ok(_) => Ok("rolled back".into()),
        Err(status) => Err(Trouble::Text(format!("failed restoring revision {number}: {}", status.message))),
    }
}

/// What a ControllerRevision would keep of the workload as it is (upstream: `getDaemonSetPatch`).
fn present(object: &Object) -> Value {
    let mut template = object.to_value()["spec"]["template"].take();
    template["$patch"] = "replace".into();
    json!({"spec": {"template": template}})
}

/// The patch that brings back the template and the annotations of a ReplicaSet, unless the template is there.
fn restoring(deployment: &Deployment, set: &ReplicaSet) -> Result<Option<Patch>, Trouble> {
    if deployment.spec.paused {
        return Err(Trouble::Text(
            "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"
                .into(),
        ));
    }
    let template = without_hash(&set.spec.template);
    if template == without_hash(&deployment.spec.template) {
        return Ok(None);
    }
    let mut annotations = StrMap::default();
    for (key, value) in deployment.metadata.annotations.iter().filter(|(key, _)| KEPT.contains(&&***key)) {
        annotations.insert(key.clone(), value.clone());
    }
    for (key, value) in set.metadata.annotations.iter().filter(|(key, _)| !KEPT.contains(&&***key)) {
        annotations.insert(key.clone(), value.clone());
    }
    Ok(Some(Patch::Json(json!([
        {"op": "replace", "path": "/spec/template", "value": encode(&template)},
        {"op": "replace", "path": "/metadata/annotations", "value": encode(&annotations)},
    ]))))
}

fn without_hash(template: &PodTemplateSpec) -> PodTemplateSpec {
    let mut template = template.clone();
    template.metadata.labels.remove(TEMPLATE_HASH);
    template
}
