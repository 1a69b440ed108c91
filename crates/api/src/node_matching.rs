//! Whether a node is what a selector asks for, and whether a pod can live with a taint
//! (upstream: `k8s.io/component-helpers/scheduling/corev1`).

use crate::affinity::{NodeSelector, NodeSelectorRequirement, NodeSelectorTerm};
use crate::node::{Node, Taint};
use crate::pod_spec::Toleration;
use orrery_apimachinery::Str;

impl NodeSelector {
    /// Whether `node` satisfies at least one of the terms.
    pub fn matches(&self, node: &Node) -> bool {
        self.node_selector_terms.iter().any(|term| term.matches(node))
    }
}

impl NodeSelectorTerm {
    /// Whether `node` satisfies all requirements; a term without any is satisfied by no node.
    pub fn matches(&self, node: &Node) -> bool {
        let empty = self.match_expressions.is_empty() && self.match_fields.is_empty();
        let meta = &node.metadata;
        !empty
            && self.match_expressions.iter().all(|r| r.matches(meta.labels.get(&r.key)))
            && self.match_fields.iter().all(|r| &*r.key == "metadata.name" && r.matches(Some(&meta.name)))
    }
}

impl NodeSelectorRequirement {
    /// Whether `value`, which the node has under the key, satisfies the requirement.
    pub fn matches(&self, value: Option<&Str>) -> bool {
        let number = |text: &Str| text.parse::<i64>().ok();
        let compare = |holds: fn(i64, i64) -> bool| {
            let given = value.and_then(number);
            let wanted = self.values.first().filter(|_| self.values.len() == 1).and_then(number);
            given.zip(wanted).is_some_and(|(given, wanted)| holds(given, wanted))
        };
        match &*self.operator {
            "In" => value.is_some_and(|v| self.values.contains(v)),
            "NotIn" => value.is_none_or(|v| !self.values.contains(v)),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            "Gt" => compare(|given, wanted| given > wanted),
            "Lt" => compare(|given, wanted| given < wanted),
            _ => false,
        }
    }
}

impl Toleration {
    /// Whether the toleration covers `taint`.
    pub fn tolerates(&self, taint: &Taint) -> bool {
        let any_or = |wanted: &Option<Str>, given: &Str| match wanted.as_deref() {
            None | Some("") => true,
            Some(wanted) => wanted == &**given,
        };
        let value = |v: &Option<Str>| v.clone().unwrap_or_default();
        any_or(&self.effect, &taint.effect)
            && any_or(&self.key, &taint.key)
            && match self.operator.as_deref() {
                None | Some("" | "Equal") => value(&self.value) == value(&taint.value),
                Some("Exists") => true,
                Some(_) => false,
            }
    }
}

impl Taint {
    /// Whether one of `tolerations` covers the taint.
    pub fn tolerated_by(&self, tolerations: &[Toleration]) -> bool {
        tolerations.iter().any(|t| t.tolerates(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_apimachinery::{ObjectMeta, StrMap};

    #[test]
    fn a_requirement_compares_the_label_as_upstream_does() {
        let requirement = |operator: &str, values: &[&str]| NodeSelectorRequirement {
            key: "gen".into(),
            operator: operator.into(),
            values: values.iter().map(|v| Str::from(*v)).collect(),
        };
        for (row, given, operator, values, holds) in [
            ("one of the values", Some("3"), "In", &["1", "3"][..], true),
            ("no label is in no set", None, "In", &["3"], false),
            ("no label is outside every set", None, "NotIn", &["3"], true),
            ("numbers are compared as numbers", Some("10"), "Gt", &["9"], true),
            ("equal is not greater", Some("9"), "Gt", &["9"], false),
            ("less", Some("3"), "Lt", &["4"], true),
            ("a word is not a number", Some("x"), "Lt", &["4"], false),
            ("present", Some(""), "Exists", &[], true),
            ("absent", Some(""), "DoesNotExist", &[], false),
        ] {
            let given = given.map(Str::from);
            assert_eq!(requirement(operator, values).matches(given.as_ref()), holds, "{row}");
        }
    }

    #[test]
    fn an_empty_term_matches_no_node_and_a_field_means_the_name() {
        let labels = StrMap::from_iter([("disk", "ssd")]);
        let node =
            Node { metadata: ObjectMeta { labels, ..ObjectMeta::named("", "node-1") }, ..Default::default() };
        assert!(!NodeSelectorTerm::default().matches(&node));
        let named = |name: &str| NodeSelectorTerm {
            match_fields: vec![NodeSelectorRequirement {
                key: "metadata.name".into(),
                operator: "In".into(),
                values: vec![name.into()],
            }],
            ..Default::default()
        };
        assert!(named("node-1").matches(&node));
        assert!(!named("node-2").matches(&node));
    }

    #[test]
    fn a_toleration_covers_what_it_names_and_everything_that_it_leaves_open() {
        let taint = Taint {
            key: "gpu".into(),
            value: Some("yes".into()),
            effect: "NoSchedule".into(),
            ..Default::default()
        };
        let toleration = |key: &str, operator: &str, value: &str, effect: &str| Toleration {
            key: Some(key.into()),
            operator: Some(operator.into()),
            value: Some(value.into()),
            effect: Some(effect.into()),
            ..Default::default()
        };
        for (row, toleration, covers) in [
            ("all equal", toleration("gpu", "Equal", "yes", "NoSchedule"), true),
            ("equality is the default", toleration("gpu", "", "yes", ""), true),
            ("another value", toleration("gpu", "Equal", "no", ""), false),
            ("any value", toleration("gpu", "Exists", "", ""), true),
            ("another effect", toleration("gpu", "Exists", "", "NoExecute"), false),
            ("everything", toleration("", "Exists", "", ""), true),
        ] {
            assert_eq!(toleration.tolerates(&taint), covers, "{row}");
        }
    }
}
