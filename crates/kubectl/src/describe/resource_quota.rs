//! A ResourceQuota: what is used of what may be used.

use orrery_api::ResourceQuota;
use std::fmt::Write;

pub(super) fn describe(quota: &ResourceQuota) -> String {
    let meta = &quota.metadata;
    let mut text = format!("Name:\t{}\nNamespace:\t{}\n", meta.name, meta.namespace);
    let mut scopes = quota.spec.scopes.clone();
    scopes.sort_unstable();
    if !scopes.is_empty() {
        text += &format!("Scopes:\t{}\n", scopes.join(", "));
    }
    for scope in &scopes {
        if let Some(help) = help(scope) {
            text += &format!(" * {help}\n");
        }
    }
    text += "Resource\tUsed\tHard\n--------\t----\t----\n";
    for (resource, hard) in &quota.status.hard {
        let used = quota.status.used.get(resource).copied().unwrap_or_default();
        writeln!(text, "{resource}\t{used}\t{hard}").expect("a string takes everything");
    }
    text
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
