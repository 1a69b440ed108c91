//! A RoleBinding or a ClusterRoleBinding.

use super::Story;
use super::story::list;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nLabels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}
Role:\n  Kind:\t{roleRef.kind}\n  Name:\t{roleRef.name}
Subjects:\n  Kind\tName\tNamespace\n  ----\t----\t---------",
    );
    for subject in list(&tree["subjects"]) {
        story.tell(subject, "  {kind}\t{name}\t{namespace}");
    }
}
