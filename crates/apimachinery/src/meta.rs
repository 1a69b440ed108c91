//! What every object carries in `metadata`, and the selectors that find objects by it.

use crate::{Str, StrMap, Time, Value};
use serde::{Deserialize, Serialize};

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The revision at which an object was last written; a decimal text in JSON.
mod resource_version {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(rv: &u64, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(rv)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<u64, D::Error> {
        // A version that is not ours cannot be equal to any of ours: it conflicts, as upstream.
        String::deserialize(d).map(|text| if text.is_empty() { 0 } else { text.parse().unwrap_or(u64::MAX) })
    }
}

/// The metadata of an object (upstream: `metav1.ObjectMeta`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ObjectMeta {
    /// The name, unique in its kind and namespace.
    #[serde(skip_serializing_if = "is_default")]
    pub name: Str,
    /// A prefix from which the API server makes a unique name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generate_name: Option<Str>,
    /// The namespace; empty for cluster-scoped kinds.
    #[serde(skip_serializing_if = "is_default")]
    pub namespace: Str,
    /// Unique over the life of the cluster.
    #[serde(skip_serializing_if = "is_default")]
    pub uid: Str,
    /// The store's revision of the last write; zero when never stored.
    #[serde(with = "resource_version", skip_serializing_if = "is_default")]
    pub resource_version: u64,
    /// Counts the changes of the desired state; zero for kinds that do not count.
    #[serde(skip_serializing_if = "is_default")]
    pub generation: i64,
    /// When the object was created. Printed as null when unset, as upstream does in templates.
    pub creation_timestamp: Option<Time>,
    /// When the object is to be gone; set while it terminates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_timestamp: Option<Time>,
    /// The seconds of grace that its deletion was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_grace_period_seconds: Option<i64>,
    /// Indexed, selectable pairs.
    #[serde(skip_serializing_if = "StrMap::is_empty")]
    pub labels: StrMap,
    /// Pairs that nothing selects by.
    #[serde(skip_serializing_if = "StrMap::is_empty")]
    pub annotations: StrMap,
    /// The objects that this one lives for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owner_references: Vec<OwnerReference>,
    /// Names of those who must act before the object can go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub finalizers: Vec<Str>,
    /// Who manages which fields; kept as it was given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub managed_fields: Vec<Value>,
    /// Deprecated upstream; accepted and kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub self_link: Option<Str>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controller: Option<bool>,
    /// Whether foreground deletion of the owner waits for this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_owner_deletion: Option<bool>,
}

/// A set-based selector (upstream: `metav1.LabelSelector`); the empty one selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LabelSelector {
    /// Pairs that must all be there.
    #[serde(skip_serializing_if = "StrMap::is_empty")]
    pub match_labels: StrMap,
    /// Requirements that must all hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub match_expressions: Vec<LabelSelectorRequirement>,
}

/// One requirement of a [`LabelSelector`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LabelSelectorRequirement {
    /// The label's key.
    pub key: Str,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: Str,
    /// What the label's value is compared with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Str>,
}

impl LabelSelector {
    /// Whether `labels` satisfy the selector.
    pub fn matches(&self, labels: &StrMap) -> bool {
        self.match_labels.iter().all(|(k, v)| labels.get(k) == Some(v))
            && self.match_expressions.iter().all(|r| r.matches(labels))
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
            _ => false,
        }
    }
}
