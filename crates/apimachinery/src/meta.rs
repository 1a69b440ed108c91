//! What every object carries in `metadata`, and the selectors that find objects by it.

use crate::decode::Fields;
use crate::{ManagedFieldsEntry, Str, StrMap, Time};

/// The metadata of an object (upstream: `metav1.ObjectMeta`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ObjectMeta {
    /// The name, unique in its kind and namespace.
    #[json(omitempty)]
    pub name: Str,
    /// A prefix from which the API server makes a unique name.
    #[json(omitempty)]
    pub generate_name: Option<Str>,
    /// The namespace; empty for cluster-scoped kinds.
    #[json(omitempty)]
    pub namespace: Str,
    /// Deprecated upstream; accepted and kept.
    #[json(omitempty)]
    pub self_link: Option<Str>,
    /// Unique over the life of the cluster.
    #[json(omitempty)]
    pub uid: Str,
    /// The store's revision of the last write; zero when never stored.
    #[json(omitempty)]
    pub resource_version: u64,
    /// Counts the changes of the desired state; zero for kinds that do not count.
    #[json(omitempty)]
    pub generation: i64,
    /// When the object was created. Printed as null when unset, as upstream does in templates.
    pub creation_timestamp: Option<Time>,
    /// When the object is to be gone; set while it terminates.
    #[json(omitempty)]
    pub deletion_timestamp: Option<Time>,
    /// The seconds of grace that its deletion was given.
    #[json(omitempty)]
    pub deletion_grace_period_seconds: Option<i64>,
    /// Indexed, selectable pairs.
    #[json(omitempty)]
    pub labels: StrMap,
    /// Pairs that nothing selects by.
    #[json(omitempty)]
    pub annotations: StrMap,
    /// The objects that this one lives for.
    #[json(omitempty)]
    pub owner_references: Vec<OwnerReference>,
    /// Names of those who must act before the object can go.
    #[json(omitempty)]
    pub finalizers: Vec<Str>,
    /// Who manages which fields.
    #[json(omitempty)]
    pub managed_fields: Vec<ManagedFieldsEntry>,
}

impl ObjectMeta {
    /// Metadata with a name and a namespace.
    pub fn named(namespace: impl Into<Str>, name: impl Into<Str>) -> Self {
        ObjectMeta { name: name.into(), namespace: namespace.into(), ..Default::default() }
    }

    /// The owner whose `controller` is true (upstream: `metav1.GetControllerOf`).
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|o| o.controller == Some(true))
    }

    /// Whether the object is being deleted.
    pub fn terminating(&self) -> bool {
        self.deletion_timestamp.is_some()
    }

    /// Whether `finalizer` still holds the object.
    pub fn has_finalizer(&self, finalizer: &str) -> bool {
        self.finalizers.iter().any(|f| &**f == finalizer)
    }
}

/// Points from a dependent to its owner (upstream: `metav1.OwnerReference`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct OwnerReference {
    /// The owner's API version.
    pub api_version: Str,
    /// The owner's kind.
    pub kind: Str,
    /// The owner's name.
    pub name: Str,
    /// The owner's uid.
    pub uid: Str,
    /// Whether the owner manages this object; at most one owner does.
    #[json(omitempty)]
    pub controller: Option<bool>,
    /// Whether foreground deletion of the owner waits for this object.
    #[json(omitempty)]
    pub block_owner_deletion: Option<bool>,
}

/// A set-based selector (upstream: `metav1.LabelSelector`); the empty one selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LabelSelector {
    /// Pairs that must all be there.
    #[json(omitempty)]
    pub match_labels: StrMap,
    /// Requirements that must all hold.
    #[json(omitempty)]
    pub match_expressions: Vec<LabelSelectorRequirement>,
}

/// One requirement of a [`LabelSelector`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LabelSelectorRequirement {
    /// The label's key.
    pub key: Str,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: Str,
    /// What the label's value is compared with.
    #[json(omitempty)]
    pub values: Vec<Str>,
}

impl LabelSelector {
    /// Whether `labels` satisfy the selector.
    pub fn matches(&self, labels: &StrMap) -> bool {
        self.match_labels.iter().all(|(k, v)| labels.get(k) == Some(v))
            && self.match_expressions.iter().all(|r| r.matches(labels))
    }

    /// The selector as Go prints a pointer to one; upstream does so in messages.
    pub fn go_string(&self) -> String {
        let labels: String =
            self.match_labels.iter().map(|(key, value)| format!("{key}: {value},")).collect();
        let expressions: String = self
            .match_expressions
            .iter()
            .map(|r| {
                let values = r.values.join(" ");
                format!(
                    "LabelSelectorRequirement{{Key:{},Operator:{},Values:[{values}],}},",
                    r.key, r.operator
                )
            })
            .collect();
        format!(
            "&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
        )
    }

    /// Whether the selector has no requirement at all.
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }
}

impl LabelSelectorRequirement {
    /// Whether `labels` satisfy the requirement; an unknown operator is satisfied by nothing.
    pub fn matches(&self, labels: &StrMap) -> bool {
        let value = labels.get(&self.key);
        match &*self.operator {
            "In" => value.is_some_and(|v| self.values.contains(v)),
            "NotIn" => value.is_none_or(|v| !self.values.contains(v)),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            // Selectors that are written as text can compare numbers.
            operator @ ("Gt" | "Lt") => {
                let number = |text: &Str| text.parse::<i64>().ok();
                let pair = value.and_then(number).zip(self.values.first().and_then(number));
                pair.is_some_and(|(a, b)| if operator == "Gt" { a > b } else { a < b })
            }
            _ => false,
        }
    }
}
