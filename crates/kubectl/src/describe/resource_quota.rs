//! A ResourceQuota: what is used of what may be used.

use super::Story;
use orrery_api::ResourceQuota;
use orrery_apimachinery::Order;

pub(super) fn describe(story: &mut Story, quota: &ResourceQuota) {
    story.field(0, "Name", &quota.metadata.name);
    story.field(0, "Namespace", &quota.metadata.namespace);
    amounts(story, 0, quota, " * ", "----");
}

/// What it is for, and what is used of each resource.
pub(super) fn amounts(story: &mut Story, level: usize, quota: &ResourceQuota, bullet: &str, rule: &str) {
    let mut scopes = quota.spec.scopes.clone();
    scopes.order();
    if !scopes.is_empty() {
        story.field(level, "Scopes", &scopes.join(", "));
    }
    for scope in &scopes {
        if let Some(help) = help(scope) {
            story.line(level, &[bullet, help].concat());
        }
    }
    story.line(level, "Resource\tUsed\tHard");
    story.line(level, &["--------\t", rule, "\t", rule].concat());
    for (resource, hard) in &quota.status.hard {
        let mut used = quota.status.used.get(resource).copied().unwrap_or_default();
        if level == 0 {
            used = used.counted_as(*hard);
        }
        story.line(level, &[&**resource, "\t", &used.to_string(), "\t", &hard.to_string()].concat());
    }
}

fn help(scope: &str) -> Option<&'static str> {
    match scope {
        "Terminating" => Some(
            "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.",
        ),
        "NotTerminating" => Some(
            "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.",
        ),
        "BestEffort" => Some(
            "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
        ),
        "NotBestEffort" => Some(
            "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.",
        ),
        _ => None,
    }
}
