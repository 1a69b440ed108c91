//! A Secret, without what it keeps.

use super::Story;
use orrery_api::Secret;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, secret: &Secret, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nLabels:\t{+metadata.labels}
Annotations:\t{*metadata.annotations}\n\nType:\t{type}\n\nData\n====",
    );
    let is_token = tree["type"] == "kubernetes.io/service-account-token";
    // Upstream walks a map whose order changes from run to run.
    for (key, value) in &secret.data {
        match value.as_text() {
            Some(token) if is_token && &**key == "token" => story.field(0, key, token),
            _ => story.field(0, key, &format!("{} bytes", value.len())),
        }
    }
}
