//! `kubectl rollout pause`, `restart` and `resume`: small changes of workloads, each sent as a patch.

use crate::command::{Cx, outcome};
use crate::printer::done;
use crate::trouble::Trouble;
use crate::{Args, Failure};
use orrery_api::{Deployment, Object};
use orrery_apimachinery::{Patch, Value, patch};
use orrery_apiserver::Key;
use serde_json::json;

/// The annotation by which a restart changes the template.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

pub(crate) fn pause(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    change(cx, args, "paused", &|object, tree| {
        match object.get::<Deployment>().map(|deployment| deployment.spec.paused) {
            Some(false) => tree["spec"]["paused"] = true.into(),
            Some(true) => return Err("is already paused"),
            None => return Err("pausing is not supported"),
        }
        Ok(())
    })
}

pub(crate) fn resume(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    change(cx, args, "resumed", &|object, tree| {
        match object.get::<Deployment>().map(|deployment| deployment.spec.paused) {
            Some(true) => tree["spec"]["paused"] = Value::Null,
            Some(false) => return Err("is not paused"),
            None => return Err("resuming is not supported"),
        }
        Ok(())
    })
}

pub(crate) fn restart(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let date = cx.api().date(cx.session.now()).to_string();
    change(cx, args, "restarted", &|object, tree| {
        match object {
            Object::Deployment(deployment) if deployment.spec.paused => {
                return Err("can't restart paused deployment (run rollout resume first)");
            }
            Object::Deployment(_) | Object::DaemonSet(_) | Object::StatefulSet(_) => {}
            _ => return Err("restarting is not supported"),
        }
        tree["spec"]["template"]["metadata"]["annotations"][RESTARTED_AT] = date.as_str().into();
        Ok(())
    })
}

/// Changes every object as `alter` changes its tree, and says `operation` of it.
fn change(
    cx: &mut Cx<'_>,
    args: &Args,
    operation: &str,
    alter: &dyn Fn(&Object, &mut Value) -> Result<(), &'static str>,
) -> Result<(), Failure> {
    let (mut objects, mut troubles) = (Vec::new(), Vec::new());
    for found in super::objects(cx, args)? {
        found.map_or_else(|trouble| troubles.push(trouble), |object| objects.push(object));
    }
    for object in objects {
        let (key, before) = (Key::of(&object), object.to_value());
        let mut after = before.clone();
        if let Err(why) = alter(&object, &mut after) {
            troubles.push(Trouble::Text(format!("error: {} {:?} {why}", key.resource(), &*key.name)));
            continue;
        }
        let patch = patch::two_way(&before, &after).unwrap_or_default();
        if patch == json!({}) {
            troubles.push(Trouble::Text(format!("failed to create patch for {}: empty patch", key.name)));
        }
        match cx.patch(&key, &Patch::Strategic(patch)) {
            Ok(changed) => done(cx, args, &changed, operation)?,
            Err(status) => troubles.push(Trouble::Text(format!("failed to patch: {}", status.message))),
        }
    }
    outcome(troubles)
}
