//! How fields are merged: the `patchStrategy` and `patchMergeKey` tags of upstream's Go types, as one table.

use crate::Value;

/// How a list field is merged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ListRule {
    /// Items are found again by this key.
    MergeBy(&'static str),
    /// Items are values of a set.
    Set,
    /// The list is one value.
    Replace,
}

/// A field, the field that holds its object, and the kind of the whole: what the rules are told by.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    kind: &'a str,
    parent: &'a str,
    field: &'a str,
}

impl<'a> Place<'a> {
    /// The object itself.
    pub(super) fn root(object: &'a Value) -> Place<'a> {
        let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default();
        Place { kind, parent: "", field: "" }
    }

    /// The field called `field` of the object in this one. Items of a list are in the place of their list.
    pub(super) fn field<'b>(&self, field: &'b str) -> Place<'b>
    where
        'a: 'b,
    {
        Place { kind: self.kind, parent: self.field, field }
    }

    /// How the list here is merged.
    pub(super) fn list_rule(&self) -> ListRule {
        let in_container = matches!(self.parent, "containers" | "initContainers" | "ephemeralContainers");
        ListRule::MergeBy(match (self.parent, self.field) {
            ("spec", "containers" | "initContainers" | "ephemeralContainers" | "volumes")
            | ("spec", "imagePullSecrets" | "schedulingGates" | "resourceClaims")
            | ("status", "resourceClaimStatuses")
            | ("", "secrets") => "name",
            (_, "env") if in_container => "name",
            (_, "ports") if in_container => "containerPort",
            (_, "volumeMounts") if in_container => "mountPath",
            (_, "volumeDevices") if in_container => "devicePath",
            ("containerStatuses" | "initContainerStatuses", "volumeMounts") => "mountPath",
            ("containerStatuses" | "initContainerStatuses", "allocatedResourcesStatus") => "name",
            ("spec", "ports") => "port",
            ("spec", "hostAliases") | ("status", "hostIPs" | "podIPs") => "ip",
            ("spec", "topologySpreadConstraints") => "topologyKey",
            ("metadata", "ownerReferences") => "uid",
            ("status", "conditions" | "addresses") => "type",
            ("metadata", "finalizers") | ("spec", "podCIDRs") => return ListRule::Set,
            _ => return ListRule::Replace,
        })
    }

    /// Whether a patch of the map here tells which keys stay: a strategy, or a volume, is of one type only.
    pub(super) fn retains_keys(&self) -> bool {
        matches!(
            (self.parent, self.field),
            ("spec", "strategy" | "volumes" | "resourceClaims") | ("status", "resourceClaimStatuses")
        )
    }

    /// Whether the map here is one value.
    pub(super) fn replaces_map(&self) -> bool {
        (self.kind, self.parent, self.field) == ("PodDisruptionBudget", "spec", "selector")
    }
}
