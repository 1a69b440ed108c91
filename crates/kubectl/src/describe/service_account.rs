//! A ServiceAccount, and the Secrets that it may use.

use super::story::list;
use super::{Look, Story};
use orrery_api::Secret;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, look: &Look<'_>, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nLabels:\t{+metadata.labels}
Annotations:\t{*metadata.annotations}",
    );
    let (mut tokens, mut known) = (Vec::new(), Vec::new());
    let text = |field: &str| tree["metadata"][field].as_str().unwrap_or_default();
    for secret in look.api.list_in::<Secret>(&text("namespace").into()) {
        let annotated = |key: &str, value: &str| {
            secret.metadata.annotations.get(key).is_some_and(|known| &**known == value)
        };
        let name = &*secret.metadata.name;
        known.push(name);
        if secret.type_.as_deref() == Some("kubernetes.io/service-account-token")
            && annotated("kubernetes.io/service-account.name", text("name"))
            && annotated("kubernetes.io/service-account.uid", text("uid"))
        {
            tokens.push(name);
        }
    }
    let named =
        |field: &str| list(&tree[field]).iter().filter_map(|secret| secret["name"].as_str()).collect();
    let is_missing = |name: &str| !known.contains(&name);
    secrets(story, "Image pull secrets:", named("imagePullSecrets"), &is_missing);
    secrets(story, "Mountable secrets: ", named("secrets"), &is_missing);
    secrets(story, "Tokens:            ", tokens, &is_missing);
}

fn secrets(story: &mut Story, head: &str, names: Vec<&str>, is_missing: &dyn Fn(&str) -> bool) {
    if names.is_empty() {
        return story.line(0, &[head, "\t<none>"].concat());
    }
    for (nth, name) in names.into_iter().enumerate() {
        let head = if nth == 0 { head } else { "                   " };
        let rest = if is_missing(name) { " (not found)" } else { "" };
        story.line(0, &[head, "\t", name, rest].concat());
    }
}
