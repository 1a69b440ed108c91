//! A PersistentVolumeClaim, and the pods that use it.

use super::{Look, Story};
use orrery_api::Pod;
use orrery_api::printers::access_modes;
use orrery_apimachinery::{Order, Time, Value};

pub(super) fn describe(story: &mut Story, look: &Look<'_>, tree: &Value) {
    story.tell(tree, "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}");
    story.field(0, "StorageClass", class(tree));
    status(story, look, tree);
    story.tell(
        tree,
        "Volume:\t{spec.volumeName}\nLabels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}
Finalizers:\t{metadata.finalizers?[]}",
    );
    let bound = tree["spec"].get("volumeName").is_some();
    story.tell(tree, if bound { "Capacity:\t{status.capacity.storage?0}" } else { "Capacity:\t" });
    let modes = if bound { access_modes(&words(&tree["status"]["accessModes"])) } else { String::new() };
    story.field(0, "Access Modes", &modes);
    story.tell(tree, "?VolumeMode:\t{spec.volumeMode}");
    data_source(story, 0, tree);
    story.list(0, "Used By", &users(look, tree));
    story.table(
        "Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n  ----\t------\t-----------------\t------------------\t------\t-------",
        &tree["status"]["conditions"],
        "  {type} \t{status} \t{lastProbeTime} \t{lastTransitionTime} \t{reason} \t{message}",
    );
}

/// The class that a claim or a volume names, in the annotation of former days in the first place.
pub(super) fn class(tree: &Value) -> &str {
    let annotated = tree["metadata"]["annotations"]["volume.beta.kubernetes.io/storage-class"].as_str();
    annotated.or(tree["spec"]["storageClassName"].as_str()).unwrap_or_default()
}

/// What a claim is filled from.
pub(super) fn data_source(story: &mut Story, level: usize, claim: &Value) {
    let Some(source) = claim["spec"].get("dataSource") else { return };
    story.line(level, "DataSource:");
    for (name, field) in [("APIGroup", "apiGroup"), ("Kind", "kind"), ("Name", "name")] {
        if let Some(text) = source[field].as_str() {
            story.field(level + 1, name, text);
        }
    }
}

/// The phase, or since when it is to be gone.
pub(super) fn status(story: &mut Story, look: &Look<'_>, tree: &Value) {
    match tree["metadata"]["deletionTimestamp"].as_str() {
        Some(at) => {
            let text = ["Terminating (lasts ", &look.age(Time::parse(at)), ")"].concat();
            story.field(0, "Status", &text);
        }
        None => story.tell(tree, "Status:\t{status.phase}"),
    }
}

/// The texts of a list.
pub(super) fn words(list: &Value) -> Vec<orrery_apimachinery::Str> {
    super::story::list(list).iter().filter_map(|word| word.as_str().map(Into::into)).collect()
}

fn users(look: &Look<'_>, tree: &Value) -> Vec<String> {
    let text = |field: &str| tree["metadata"][field].as_str().unwrap_or_default();
    let (name, owners) = (text("name"), super::story::list(&tree["metadata"]["ownerReferences"]));
    let mut users = Vec::new();
    for pod in look.api.list_in::<Pod>(&text("namespace").into()) {
        let mut claims = pod.spec.volumes.iter().filter_map(|volume| volume.persistent_volume_claim.as_ref());
        let owns = owners
            .iter()
            .any(|owner| owner["kind"] == "Pod" && owner["uid"].as_str() == Some(&*pod.metadata.uid));
        if owns || claims.any(|claim| &*claim.claim_name == name) {
            users.push(pod.metadata.name.to_string());
        }
    }
    users.order();
    users
}
