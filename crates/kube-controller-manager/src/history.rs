//! ControllerRevisions: the templates that a StatefulSet or a DaemonSet had, each kept as the patch that brings it back
//! (upstream: `pkg/controller/history`, and `getPatch` of both controllers).

use crate::owners::Owner;
use orrery_api::template_hash::safe_encode_string;
use orrery_api::{ControllerRevision, Kind, Object, PodTemplateSpec, Resource};
use orrery_apimachinery::Order;
use orrery_apimachinery::decode::encode;
use orrery_apimachinery::patch::strategic_merge;
use orrery_apimachinery::{ObjectMeta, Reason, Status, StatusResult, Value, gofmt};
use orrery_client::{ApiServer, Context, DeleteOptions, Key};
use std::rc::Rc;

/// The label that says the hash by which a revision was first named.
const HASH: &str = "controller.kubernetes.io/hash";

/// A name and a hash must fit into a name.
const LONGEST_PREFIX: usize = 223;

/// The revisions that `owner` controls, and those of its namespace that nobody controls, oldest first: what
/// [`crate::claim::claim`] is to decide about.
pub(crate) fn candidates(owner: Owner<'_>, api: &ApiServer) -> Vec<Rc<ControllerRevision>> {
    let mut found: Vec<_> = api.list_in::<ControllerRevision>(&owner.meta.namespace).cloned().collect();
    found.retain(|revision| revision.metadata.controller().is_none_or(|c| c.uid == owner.meta.uid));
    found.order_by(|a, b| order(a).cmp(&order(b)));
    found
}

fn order(revision: &ControllerRevision) -> (i64, impl Ord, &str) {
    (revision.revision, revision.metadata.creation_timestamp, &revision.metadata.name)
}

/// The patch that brings a template back, with all that stands in it.
pub(crate) fn patch(template: &PodTemplateSpec) -> Value {
    let mut template = encode(template);
    template["$patch"] = "replace".into();
    Value::from_iter([("spec", Value::from_iter([("template", template)]))])
}

/// A revision that keeps `owner`'s template; it still lacks its name.
pub(crate) fn draft(owner: Owner<'_>, template: &PodTemplateSpec, number: i64) -> ControllerRevision {
    let metadata = ObjectMeta {
        namespace: owner.meta.namespace.clone(),
        labels: template.metadata.labels.clone(),
        annotations: owner.meta.annotations.clone(),
        owner_references: vec![owner.reference()],
        ..Default::default()
    };
    ControllerRevision { metadata, data: Some(patch(template)), revision: number }
}

/// Stores a draft under a name that ends in the hash of what it keeps. When that name is taken by something else, one
/// more collision is counted and the next name is tried.
pub(crate) fn create(
    mut draft: ControllerRevision,
    owner: &str,
    collisions: &mut i32,
    cx: &mut Context<'_>,
) -> StatusResult<Rc<ControllerRevision>> {
    let data = gofmt::json(draft.data.as_ref().unwrap_or(&Value::Null));
    draft.metadata.labels.insert(HASH, hash(&data, *collisions));
    loop {
        draft.metadata.name = name(owner, &hash(&data, *collisions)).into();
        match cx.create(draft.clone()) {
            Err(taken) if taken.reason == Reason::AlreadyExists => {
                let meta = &draft.metadata;
                let known = cx.get::<ControllerRevision>(&meta.namespace, &meta.name).ok_or(taken)?;
                if known.data == draft.data {
                    return Ok(known);
                }
                *collisions += 1;
            }
            outcome => return outcome.map(unwrap),
        }
    }
}

/// A revision's name (upstream: `ControllerRevisionName`).
pub(crate) fn name(owner: &str, hash: &str) -> String {
    format!("{}-{hash}", &owner[..owner.len().min(LONGEST_PREFIX)])
}

/// Upstream: `HashControllerRevision`, which is FNV-1 and not, as for templates, FNV-1a.
fn hash(data: &str, collisions: i32) -> String {
    let text = format!("{data}{collisions}");
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, b| hash.wrapping_mul(0x0100_0193) ^ u32::from(b));
    safe_encode_string(&hash.to_string())
}

/// The number that comes after those of `revisions`, which are in order.
pub(crate) fn next_number(revisions: &[Rc<ControllerRevision>]) -> i64 {
    revisions.last().map_or(1, |last| last.revision + 1)
}

/// Gives an old revision a new number: what it keeps is wanted again.
pub(crate) fn renumber(
    revision: &ControllerRevision,
    number: i64,
    cx: &mut Context<'_>,
) -> StatusResult<Rc<ControllerRevision>> {
    let meta = &revision.metadata;
    cx.modify::<ControllerRevision>(&meta.namespace, &meta.name, |revision| revision.revision = number)
}

/// Forgets a revision.
pub(crate) fn delete(revision: &ControllerRevision, cx: &mut Context<'_>) -> StatusResult<()> {
    let meta = &revision.metadata;
    let key = Key::new(Kind::ControllerRevision, meta.namespace.clone(), meta.name.clone());
    cx.delete(&key, &DeleteOptions::default()).map(drop)
}

/// The workload as it was at `revision`.
pub(crate) fn apply(workload: &Object, revision: &ControllerRevision) -> StatusResult<Object> {
    let mut tree = workload.to_value();
    if let Some(data) = &revision.data {
        strategic_merge(&mut tree, data).map_err(|problem| Status::new(Reason::Unknown, problem))?;
    }
    let (restored, problems) = Object::decode(workload.kind(), &tree);
    match problems.first() {
        None => Ok(restored),
        Some(problem) => Err(Status::new(Reason::Unknown, problem.to_string())),
    }
}

fn unwrap(object: Object) -> Rc<ControllerRevision> {
    ControllerRevision::unwrap_ref(&object).expect("what is created is of the kind that was given").clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::StatefulSet;
    use serde_json::json;

    #[test]
    fn revisions_are_named_as_a_real_control_plane_named_them() {
        let requests = json!({"requests": {"cpu": "100m", "memory": "64Mi"}});
        for (app, container, image, recorded) in [
            ("db", "nginx", "nginx:1.25", "db-6cd4bb8877"),
            ("db", "nginx", "nginx:1.26", "db-6cc54bb774"),
            ("par", "nginx", "nginx:1.25", "par-76c7dc4754"),
            ("web", "c", "nginx:1.25", "web-7ff8f64497"),
        ] {
            let ports = json!([{"containerPort": 80}]);
            let mut containers = json!([{"name": container, "image": image, "resources": requests}]);
            if container == "nginx" {
                containers[0]["ports"] = ports;
            }
            let manifest = json!({
                "metadata": {"name": app, "namespace": "default"},
                "spec": {
                    "selector": {"matchLabels": {"app": app}}, "serviceName": app,
                    "template": {"metadata": {"labels": {"app": app}}, "spec": {"containers": containers}},
                },
            });
            let (mut object, problems) = Object::decode(Kind::StatefulSet, &manifest);
            assert_eq!(problems, []);
            object.apply_defaults();
            let set = StatefulSet::unwrap_ref(&object).expect("a StatefulSet was read");
            let data = gofmt::json(&patch(&set.spec.template));
            assert_eq!(name(app, &hash(&data, 0)), recorded, "{data}");
        }
    }
}
