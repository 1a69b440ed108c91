//! ResourceQuota: what does not fit into the quotas of its namespace is refused; what fits is charged at once
//! (upstream: `k8s.io/apiserver/pkg/admission/plugin/resourcequota`).

use crate::{ApiServer, Request, Verb};
use orrery_api::resources::{ResourceList, add};
use orrery_api::{Kind, Object, Resource, ResourceQuota, quota};
use orrery_apimachinery::{Quantity, StatusResult, Str};
use std::rc::Rc;

/// Charges every quota that counts `object`, which replaces `old`.
///
/// Errors: `Forbidden` when it does not fit into one, and then none is charged.
pub(super) fn charge(
    server: &mut ApiServer,
    request: &Request,
    object: &Object,
    old: Option<&Object>,
) -> StatusResult<()> {
    if server.count(Kind::ResourceQuota) == 0 || !handles(object, old) {
        return Ok(());
    }
    let mut counting: Vec<Rc<ResourceQuota>> = Vec::new();
    for quota in server.list_in::<ResourceQuota>(&object.metadata().namespace) {
        if counts(quota, object)? {
            counting.push(quota.clone());
        }
    }
    if counting.is_empty() {
        return Ok(());
    }
    let now = server.date(request.now);
    let mut usage = quota::usage(object, now);
    if let Some(old) = old {
        for (name, amount) in quota::usage(old, now) {
            *usage.entry(name).or_default() -= amount;
        }
    }
    usage.retain(|_, amount| *amount > Quantity::ZERO);
    let charged = counting
        .into_iter()
        .filter_map(|quota| charged(quota, object, &usage).transpose())
        .collect::<StatusResult<Vec<_>>>()?;
    let request = Request { actor: ACTOR.into(), ..request.clone() };
    for quota in charged {
        server.put(&request, Verb::UpdateStatus, ResourceQuota::wrap(Rc::new(quota)));
    }
    Ok(())
}

/// Who writes the usage of quotas at admission.
const ACTOR: &str = "kube-apiserver";

/// Only claims and services can come to use more while they exist.
fn handles(object: &Object, old: Option<&Object>) -> bool {
    object.kind().namespaced()
        && (old.is_none() || matches!(object, Object::PersistentVolumeClaim(_) | Object::Service(_)))
}

/// Whether a quota counts the object, if its usage of what the quota bounds can be told.
fn counts(quota: &ResourceQuota, object: &Object) -> StatusResult<bool> {
    let bounded: Vec<&Str> = bounded(quota, object.kind()).collect();
    if bounded.is_empty() || !quota::matches(&quota.spec, object) {
        return Ok(false);
    }
    let name = &quota.metadata.name;
    if let Some(reason) = quota::unmeasurable(object, bounded.iter().copied()) {
        return Err(super::refusal(object, &format!("failed quota: {name}: {reason}")));
    }
    if bounded.iter().any(|resource| !quota.status.used.contains_key(*resource)) {
        let resources = bounded.iter().map(|resource| &***resource).collect::<Vec<_>>().join(",");
        let reason = format!("status unknown for quota: {name}, resources: {resources}");
        return Err(super::refusal(object, &reason));
    }
    Ok(true)
}

/// The resources bounded by a quota that objects of `kind` use.
fn bounded(quota: &ResourceQuota, kind: Kind) -> impl Iterator<Item = &Str> {
    quota.status.hard.keys().filter(move |resource| quota::concerns(kind, resource))
}

/// The quota with `usage` added; `None` when none of it is bounded.
fn charged(
    quota: Rc<ResourceQuota>,
    object: &Object,
    usage: &ResourceList,
) -> StatusResult<Option<ResourceQuota>> {
    let status = &quota.status;
    let requested: ResourceList = usage
        .iter()
        .filter(|(name, _)| status.hard.contains_key(*name))
        .map(|(name, amount)| (name.clone(), *amount))
        .collect();
    let mut used = status.used.clone();
    add(&mut used, &requested);
    let exceeded: Vec<&Str> = requested.keys().filter(|name| used[*name] > status.hard[*name]).collect();
    if !exceeded.is_empty() {
        let shown = |list: &ResourceList| {
            let amount = |name: &&Str| list.get(*name).map(|amount| format!("{name}={amount}"));
            exceeded.iter().filter_map(amount).collect::<Vec<_>>().join(",")
        };
        let message = format!(
            "exceeded quota: {}, requested: {}, used: {}, limited: {}",
            quota.metadata.name,
            shown(&requested),
            shown(&status.used),
            shown(&status.hard)
        );
        return Err(super::refusal(object, &message));
    }
    if requested.is_empty() {
        return Ok(None);
    }
    let mut quota = (*quota).clone();
    quota.status.used = used;
    Ok(Some(quota))
}
