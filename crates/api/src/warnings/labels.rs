//! Labels of nodes that have better names by now (upstream: `pkg/api/node/util.go`).

use crate::validation::Path;
use crate::{NodeSelector, NodeSelectorTerm};

const DEPRECATED: [(&str, &str); 8] = [
    ("beta.kubernetes.io/arch", "deprecated since v1.14; use \"kubernetes.io/arch\" instead"),
    ("beta.kubernetes.io/os", "deprecated since v1.14; use \"kubernetes.io/os\" instead"),
    (
        "failure-domain.beta.kubernetes.io/region",
        "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
    ),
    (
        "failure-domain.beta.kubernetes.io/zone",
        "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
    ),
    (
        "beta.kubernetes.io/instance-type",
        "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
    ),
    ("app.kubernetes.io/created-by", "deprecated since v1.9"),
    (
        "scheduler.alpha.kubernetes.io/preferAvoidPods",
        "deprecated since v1.22; use Taints and Tolerations instead",
    ),
    ("node-role.kubernetes.io/master", "use \"node-role.kubernetes.io/control-plane\" instead"),
];

/// What is said of a label that should no longer be used.
pub(super) fn deprecated(label: &str) -> Option<&'static str> {
    DEPRECATED.iter().find(|(known, _)| *known == label).map(|(_, message)| *message)
}

/// The old labels of a selector's terms.
pub(super) fn selector(selector: &NodeSelector, path: &Path, warnings: &mut Vec<String>) {
    for (i, each) in selector.node_selector_terms.iter().enumerate() {
        term(each, &path.field("nodeSelectorTerms").index(i), warnings);
    }
}

/// The old labels of a term.
pub(super) fn term(term: &NodeSelectorTerm, path: &Path, warnings: &mut Vec<String>) {
    for (i, expression) in term.match_expressions.iter().enumerate() {
        if let Some(message) = deprecated(&expression.key) {
            let at = path.field("matchExpressions");
            warnings.push(format!("{}: {} is {message}", at.index(i).field("key"), expression.key));
        }
    }
}
