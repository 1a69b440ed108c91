//! The labels of nodes that have an older name, too (upstream: `reconcileNodeLabels`).

use orrery_api::Node;
use orrery_apimachinery::StatusResult;
use orrery_client::Context;

/// The label, and the one that follows it.
const PAIRS: [(&str, &str); 2] =
    [("kubernetes.io/os", "beta.kubernetes.io/os"), ("kubernetes.io/arch", "beta.kubernetes.io/arch")];

/// Makes the older labels of a node say the same as the newer ones.
pub(super) fn reconcile(name: &str, cx: &mut Context<'_>) -> StatusResult<()> {
    let Some(node) = cx.get::<Node>("", name) else { return Ok(()) };
    let labels = &node.metadata.labels;
    let differs = |(new, old): &&(&str, &str)| labels.get(new).is_some_and(|v| labels.get(old) != Some(v));
    if !PAIRS.iter().any(|pair| differs(&pair)) {
        return Ok(());
    }
    let follow = |node: &mut Node| {
        for (new, old) in PAIRS {
            if let Some(value) = node.metadata.labels.get(new).cloned() {
                node.metadata.labels.insert(old, value);
            }
        }
    };
    cx.modify::<Node>("", name, follow).map(drop)
}
