//! `kubectl autoscale`.

use crate::command::{Cx, DryRun, outcome};
use crate::create::finish;
use crate::trouble::Trouble;
use crate::{Args, Failure, target};
use orrery_api::Object;
use orrery_apimachinery::Value;
use orrery_apiserver::Key;
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let most = args.number("max").ok_or_else(|| Failure::required("\"max\""))?;
    let least = args.number("min").unwrap_or(-1);
    if most < 1 {
        return Err(Failure::usage(format!("--max=MAXPODS is required and must be at least 1, max: {most}")));
    }
    if most < least {
        return Err(Failure::usage(format!(
            "--max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}"
        )));
    }
    let mut troubles = Vec::new();
    for object in target::visit(cx, args, &args.words)? {
        match object.and_then(|object| autoscaler(cx, args, &object, least, most)) {
            Ok(tree) => {
                let operation = if cx.dry_run == DryRun::Client { "created" } else { "autoscaled" };
                finish(cx, args, &tree, None, operation)?;
            }
            Err(trouble) => troubles.push(trouble),
        }
    }
    outcome(troubles)
}

fn autoscaler(cx: &Cx<'_>, args: &Args, object: &Object, least: i64, most: i64) -> Result<Value, Trouble> {
    let (key, kind) = (Key::of(object), object.kind());
    if cx.api().replicas(&key).is_none() {
        let (group, version, plural) = (kind.group(), kind.version(), kind.plural());
        return Err(Trouble::Text(format!(
            "cannot autoscale a {}: could not find scale subresource for {group}/{version}, Resource={plural} in discovery information",
            kind.name()
        )));
    }
    let target = json!({"apiVersion": kind.api_version(), "kind": kind.name(), "name": &*key.name});
    let mut spec = json!({"scaleTargetRef": target, "maxReplicas": most});
    if least > 0 {
        spec["minReplicas"] = least.into();
    }
    if let Some(percent @ 0..) = args.number("cpu-percent") {
        spec["targetCPUUtilizationPercentage"] = percent.into();
    }
    Ok(json!({
        "apiVersion": "autoscaling/v1",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": args.flag("name").unwrap_or(&key.name), "namespace": &*key.namespace},
        "spec": spec,
    }))
}
