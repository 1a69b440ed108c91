//! `kubectl apply --prune`: what was applied before and is in no file any more goes
//! (upstream: `pkg/cmd/apply/prune.go`, `pkg/util/prune`).

use super::LAST_APPLIED;
use crate::command::{Cx, DryRun};
use crate::{Args, Failure, delete, printer};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{Str, labels};
use orrery_apiserver::{ApiServer, DeleteOptions, Key};

/// The kinds that are looked through unless others are named.
const KINDS: [Kind; 16] = [
    Kind::ConfigMap,
    Kind::Endpoints,
    Kind::PersistentVolumeClaim,
    Kind::Pod,
    Kind::ReplicationController,
    Kind::Secret,
    Kind::Service,
    Kind::Job,
    Kind::CronJob,
    Kind::Ingress,
    Kind::DaemonSet,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::StatefulSet,
    Kind::Namespace,
    Kind::PersistentVolume,
];

/// What the flags ask that cannot be.
pub(super) fn check(args: &Args) -> Result<(), Failure> {
    let selecting = args.flag("selector").is_some_and(|selector| !selector.is_empty());
    let refusal = if args.on("all") && selecting {
        "cannot set --all and --selector at the same time"
    } else if !args.on("prune") {
        return Ok(());
    } else if args.on("force") {
        "--force cannot be used with --prune"
    } else if !args.on("all") && !selecting {
        "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector"
    } else if args.on("server-side") {
        "--prune is in alpha and doesn't currently work on objects created by server-side apply"
    } else {
        return Ok(());
    };
    Err(Failure::usage(refusal))
}

/// The kinds to look through, those with namespaces in front.
pub(crate) fn kinds(api: &ApiServer, args: &Args) -> Result<Vec<Kind>, Failure> {
    let mut kinds = Vec::new();
    for word in args.list("prune-allowlist") {
        let parts: Vec<&str> = word.split('/').collect();
        let &[group, version, kind] = &parts[..] else {
            return Err(Failure::usage(format!(
                "invalid GroupVersionKind format: {word}, please follow <group/version/kind>"
            )));
        };
        let api_version = match group {
            "core" | "" => version.to_owned(),
            group => [group, "/", version].concat(),
        };
        let missing = || Failure::usage(format!("no matches for kind {kind:?} in version {api_version:?}"));
        kinds.push(api.kind_by_gvk(&api_version, kind).ok_or_else(missing)?);
    }
    if kinds.is_empty() {
        kinds.extend(KINDS);
    }
    kinds.sort_by_key(|kind| !kind.namespaced());
    Ok(kinds)
}

/// What would be pruned: applied once, picked by the selector, and not among those that were `visited`.
pub(crate) fn left_over(
    api: &ApiServer,
    args: &Args,
    kinds: &[Kind],
    visited: &[Object],
) -> Result<Vec<Object>, Failure> {
    let mut namespaces: Vec<&Str> = visited.iter().map(|it| &it.metadata().namespace).collect();
    let given: Option<Str> = args.flag("namespace").filter(|name| !name.is_empty()).map(Into::into);
    namespaces.extend(&given);
    let labels = labels::parse(args.flag("selector").unwrap_or_default()).map_err(Failure::usage)?;
    let mut left = Vec::new();
    for kind in kinds {
        for object in api.objects(*kind) {
            let meta = object.metadata();
            let here = !kind.namespaced() || namespaces.contains(&&meta.namespace);
            let seen = || visited.iter().any(|it| it.metadata().uid == meta.uid);
            if here && labels.matches(&meta.labels) && meta.annotations.contains_key(LAST_APPLIED) && !seen()
            {
                left.push(object.clone());
            }
        }
    }
    Ok(left)
}

/// Deletes what is left over. `visited` is what was applied.
pub(super) fn run(cx: &mut Cx<'_>, args: &Args, kinds: &[Kind], visited: &[Object]) -> Result<(), Failure> {
    let options = DeleteOptions {
        grace_period_seconds: args.number("grace-period").filter(|seconds| *seconds >= 0),
        propagation: delete::propagation(args)?,
        ..Default::default()
    };
    for object in left_over(cx.api(), args, kinds, visited)? {
        if cx.dry_run != DryRun::Client {
            let key = Key::of(&object);
            cx.send(|api, request| api.delete(request, &key, &options))?;
        }
        printer::done(cx, args, &object, "pruned")?;
    }
    Ok(())
}
