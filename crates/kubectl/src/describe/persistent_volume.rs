//! A PersistentVolume.

use super::persistent_volume_claim::{class, status, words};
use super::story::{joined, list};
use super::{Look, Story, volume};
use orrery_api::printers::access_modes;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, look: &Look<'_>, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nLabels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}
Finalizers:\t{metadata.finalizers?[]}",
    );
    story.field(0, "StorageClass", class(tree));
    status(story, look, tree);
    let claim = tree["spec"].get("claimRef").is_some();
    story.tell(
        tree,
        if claim { "Claim:\t{spec.claimRef.namespace}/{spec.claimRef.name}" } else { "Claim:\t" },
    );
    story.tell(tree, "Reclaim Policy:\t{spec.persistentVolumeReclaimPolicy}");
    story.field(0, "Access Modes", &access_modes(&words(&tree["spec"]["accessModes"])));
    story.tell(tree, "?VolumeMode:\t{spec.volumeMode}\nCapacity:\t{spec.capacity.storage?0}");
    match tree["spec"]["nodeAffinity"].get("required") {
        None => story.line(0, "Node Affinity:\t<none>"),
        Some(required) => affinity(story, list(&required["nodeSelectorTerms"])),
    }
    story.tell(tree, "Message:\t{status.message}\nSource:");
    volume::source(story, &tree["spec"], true);
}

/// Upstream: `printVolumeNodeAffinity`.
fn affinity(story: &mut Story, terms: &[Value]) {
    story.line(0, "Node Affinity:\t");
    story.field(1, "Required Terms", if terms.is_empty() { "<none>" } else { "" });
    for (nth, term) in terms.iter().enumerate() {
        let mut told = Vec::new();
        for rule in list(&term["matchExpressions"]) {
            let text = |field: &str| rule[field].as_str().unwrap_or_default();
            let mut line = [text("key"), " ", &text("operator").to_lowercase()].concat();
            if !list(&rule["values"]).is_empty() {
                line += &[" [", &joined(&rule["values"], ", "), "]"].concat();
            }
            told.push(line);
        }
        story.list(2, &format!("Term {nth}"), &told);
    }
}
