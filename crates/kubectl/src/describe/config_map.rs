//! A ConfigMap, with everything in it.

use super::Story;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nLabels:\t{+metadata.labels}
Annotations:\t{*metadata.annotations}\n\nData\n====",
    );
    // Upstream walks maps whose order changes from run to run.
    for (key, value) in tree["data"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        story.line(0, &[key, ":\n----\n", value, "\n"].concat());
    }
    story.line(0, "\nBinaryData\n====");
    for (key, value) in tree["binaryData"].as_object().into_iter().flatten() {
        story.line(0, &format!("{key}: {} bytes", bytes(value.as_str().unwrap_or_default())));
    }
    story.line(0, "");
}

/// How many bytes a base64 text stands for.
fn bytes(base64: &str) -> usize {
    base64.trim_end_matches('=').len() * 3 / 4
}
