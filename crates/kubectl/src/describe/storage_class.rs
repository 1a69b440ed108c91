//! A StorageClass.

use super::Story;
use super::story::{joined, list};
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(tree, "Name:\t{metadata.name}");
    let annotations = &tree["metadata"]["annotations"];
    let default =
        ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"]
            .iter()
            .any(|key| annotations[*key] == "true");
    story.field(0, "IsDefaultClass", if default { "Yes" } else { "No" });
    story.tell(
        tree,
        "Annotations:\t{metadata.annotations?<none>}\nProvisioner:\t{provisioner}\nParameters:\t{parameters?<none>}
AllowVolumeExpansion:\t{^allowVolumeExpansion?<unset>}",
    );
    let options = list(&tree["mountOptions"]);
    story.line(0, if options.is_empty() { "MountOptions:\t<none>" } else { "MountOptions:" });
    options.iter().filter_map(Value::as_str).for_each(|option| story.line(1, option));
    story.tell(tree, "?ReclaimPolicy:\t{reclaimPolicy}\n?VolumeBindingMode:\t{volumeBindingMode}");
    let topologies = list(&tree["allowedTopologies"]);
    if !topologies.is_empty() {
        story.line(0, "AllowedTopologies:\t");
    }
    for (nth, term) in topologies.iter().enumerate() {
        let mut told = Vec::new();
        for rule in list(&term["matchLabelExpressions"]) {
            let key = rule["key"].as_str().unwrap_or_default();
            told.push([key, " in [", &joined(&rule["values"], ", "), "]"].concat());
        }
        story.list(1, &format!("Term {nth}"), &told);
    }
}
