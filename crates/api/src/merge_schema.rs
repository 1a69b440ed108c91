//! How values are merged: which lists are sets or maps and by which keys, and what is one value as a whole.
//!
//! Server-side apply remembers who set what by this. The table says what upstream's OpenAPI says with
//! `x-kubernetes-list-type`, `x-kubernetes-list-map-keys` and `x-kubernetes-map-type`; what it does not name is the
//! usual: an object is a struct, a list is one value.

use crate::Kind;

/// What a value is to the merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeType {
    /// An object of a kind, with these rows of the table beside its metadata.
    Object(&'static str),
    /// A struct with these rows of the table; or a list that is one value; or a scalar.
    Struct(&'static str),
    /// One value, whatever is in it.
    Atomic,
    /// A map in which every entry has its own owner.
    Map,
    /// A list of scalars in which each stands for itself.
    Set,
    /// A list of objects that are known by the values of some of their fields.
    Keyed(&'static str),
    /// A tree of which nothing is known: objects are maps, lists are one value.
    Untyped,
}

/// A field by which the items of a list are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergeKey {
    /// The field.
    pub name: &'static str,
    /// The value where an item leaves it out; without one it must be there. A number where it is one.
    pub default: Option<&'static str>,
}

/// A struct, list or scalar of which the table says nothing.
const USUAL: MergeType = MergeType::Struct("");

impl MergeType {
    /// The type of the objects of a kind. Of those that a CustomResourceDefinition declares nothing is unusual.
    pub fn of(kind: Kind) -> MergeType {
        MergeType::Object(if Kind::ALL.contains(&kind) { rows(kind.name()) } else { "" })
    }

    /// The type of the field or entry called `name`.
    pub fn field(self, name: &str) -> MergeType {
        match self {
            MergeType::Object(_) if name == "metadata" => MergeType::Struct(rows("ObjectMeta")),
            MergeType::Object(fields) | MergeType::Struct(fields) => {
                let mut words = fields.split(' ').filter_map(|word| word.split_once(':'));
                words.find(|(field, _)| *field == name).map_or(USUAL, |(_, described)| read(described))
            }
            MergeType::Untyped => MergeType::Untyped,
            _ => USUAL,
        }
    }

    /// The type of the items of a list.
    pub fn item(self) -> MergeType {
        match self {
            MergeType::Keyed(described) => described.split_once(']').map_or(USUAL, |(_, item)| read(item)),
            _ => USUAL,
        }
    }

    /// Whether names in an object of this type are fields of a struct, and not keys of a map.
    pub fn has_fields(self) -> bool {
        matches!(self, MergeType::Object(_) | MergeType::Struct(_))
    }

    /// The fields by which items of the list are known.
    pub fn keys(self) -> impl Iterator<Item = MergeKey> {
        let described = match self {
            MergeType::Keyed(described) => described,
            _ => "[]",
        };
        let keys = described.trim_start_matches('[').split(']').next().unwrap_or_default();
        keys.split(',').filter(|key| !key.is_empty()).map(|key| {
            match (key.split_once('='), key.strip_suffix('!')) {
                (Some((name, default)), _) => MergeKey { name, default: Some(default) },
                (None, Some(name)) => MergeKey { name, default: None },
                (None, None) => MergeKey { name: key, default: Some("") },
            }
        })
    }
}

/// The type that a word of the table describes.
fn read(described: &'static str) -> MergeType {
    match described {
        "!" => MergeType::Atomic,
        "{}" => MergeType::Map,
        "<>" => MergeType::Set,
        "*" => MergeType::Untyped,
        keyed if keyed.starts_with('[') => MergeType::Keyed(keyed),
        name => MergeType::Struct(rows(name)),
    }
}

/// The fields of a struct that are not usual.
fn rows(name: &str) -> &'static str {
    TABLE.binary_search_by(|(known, _)| known.cmp(&name)).map_or("", |found| TABLE[found].1)
}

/// Structs, and of their fields those that are not usual: a struct with such fields by its name, `!` for one value,
/// `{}` for a map, `<>` for a set, `[keys]` and the type of the items for a list with keys, `*` for anything. A key
/// that is left out is empty, has the value after `=`, or must not be left out where it ends in `!`. All kinds have
/// `metadata`, an `ObjectMeta`.
#[rustfmt::skip]
const TABLE: &[(&str, &str)] = &[
    ("Affinity", "nodeAffinity:NodeAffinity"),
    ("CSIDriver", "spec:CSIDriverSpec"),
    ("CSIDriverSpec", "volumeLifecycleModes:<>"),
    ("CSIPersistentVolumeSource", "controllerExpandSecretRef:! controllerPublishSecretRef:! nodeExpandSecretRef:! nodePublishSecretRef:! nodeStageSecretRef:! volumeAttributes:{}"),
    ("CSIVolumeSource", "nodePublishSecretRef:! volumeAttributes:{}"),
    ("CephFSPersistentVolumeSource", "secretRef:!"),
    ("CephFSVolumeSource", "secretRef:!"),
    ("CinderPersistentVolumeSource", "secretRef:!"),
    ("CinderVolumeSource", "secretRef:!"),
    ("ClusterRoleBinding", "roleRef:!"),
    ("ConfigMap", "binaryData:{} data:{}"),
    ("Container", "env:[name]EnvVar ports:[containerPort=0,protocol=TCP] resources:ResourceRequirements volumeDevices:[devicePath] volumeMounts:[mountPath]"),
    ("ControllerRevision", "data:*"),
    ("CronJob", "spec:CronJobSpec"),
    ("CronJobSpec", "jobTemplate:JobTemplateSpec"),
    ("CustomResourceDefinition", "status:CustomResourceDefinitionStatus"),
    ("CustomResourceDefinitionStatus", "conditions:[type]"),
    ("DaemonSet", "spec:DaemonSetSpec status:DaemonSetStatus"),
    ("DaemonSetSpec", "selector:! template:PodTemplateSpec"),
    ("DaemonSetStatus", "conditions:[type]"),
    ("Deployment", "spec:DeploymentSpec status:DeploymentStatus"),
    ("DeploymentSpec", "selector:! template:PodTemplateSpec"),
    ("DeploymentStatus", "conditions:[type]"),
    ("EnvVar", "valueFrom:EnvVarSource"),
    ("EnvVarSource", "configMapKeyRef:! fieldRef:! resourceFieldRef:! secretKeyRef:!"),
    ("EphemeralContainer", "env:[name]EnvVar ports:[containerPort=0,protocol=TCP] resources:ResourceRequirements volumeDevices:[devicePath] volumeMounts:[mountPath]"),
    ("EphemeralVolumeSource", "volumeClaimTemplate:PersistentVolumeClaimTemplate"),
    ("Event", "involvedObject:! related:!"),
    ("FlexPersistentVolumeSource", "options:{} secretRef:!"),
    ("FlexVolumeSource", "options:{} secretRef:!"),
    ("HorizontalPodAutoscaler", "status:HorizontalPodAutoscalerStatus"),
    ("HorizontalPodAutoscalerStatus", "conditions:[type]"),
    ("ISCSIPersistentVolumeSource", "secretRef:!"),
    ("ISCSIVolumeSource", "secretRef:!"),
    ("Ingress", "spec:IngressSpec"),
    ("IngressBackend", "resource:! service:IngressServiceBackend"),
    ("IngressServiceBackend", "port:!"),
    ("IngressSpec", "defaultBackend:IngressBackend"),
    ("Job", "spec:JobSpec status:JobStatus"),
    ("JobSpec", "selector:! template:PodTemplateSpec"),
    ("JobStatus", "uncountedTerminatedPods:UncountedTerminatedPods"),
    ("JobTemplateSpec", "metadata:ObjectMeta spec:JobSpec"),
    ("Namespace", "status:NamespaceStatus"),
    ("NamespaceStatus", "conditions:[type]"),
    ("NetworkPolicy", "spec:NetworkPolicySpec"),
    ("NetworkPolicySpec", "podSelector:!"),
    ("Node", "spec:NodeSpec status:NodeStatus"),
    ("NodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution:!"),
    ("NodeSpec", "podCIDRs:<>"),
    ("NodeStatus", "addresses:[type] allocatable:{} capacity:{} conditions:[type]"),
    ("ObjectMeta", "annotations:{} finalizers:<> labels:{} ownerReferences:[uid]!"),
    ("Overhead", "podFixed:{}"),
    ("PersistentVolume", "spec:PersistentVolumeSpec"),
    ("PersistentVolumeClaim", "spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus"),
    ("PersistentVolumeClaimSpec", "dataSource:! resources:VolumeResourceRequirements selector:!"),
    ("PersistentVolumeClaimStatus", "allocatedResourceStatuses:{} allocatedResources:{} capacity:{} conditions:[type]"),
    ("PersistentVolumeClaimTemplate", "metadata:ObjectMeta spec:PersistentVolumeClaimSpec"),
    ("PersistentVolumeSpec", "capacity:{} cephfs:CephFSPersistentVolumeSource cinder:CinderPersistentVolumeSource claimRef:! csi:CSIPersistentVolumeSource flexVolume:FlexPersistentVolumeSource iscsi:ISCSIPersistentVolumeSource nodeAffinity:VolumeNodeAffinity rbd:RBDPersistentVolumeSource scaleIO:ScaleIOPersistentVolumeSource storageos:StorageOSPersistentVolumeSource"),
    ("Pod", "spec:PodSpec status:PodStatus"),
    ("PodDisruptionBudget", "spec:PodDisruptionBudgetSpec status:PodDisruptionBudgetStatus"),
    ("PodDisruptionBudgetSpec", "selector:!"),
    ("PodDisruptionBudgetStatus", "conditions:[type] disruptedPods:{}"),
    ("PodSpec", "affinity:Affinity containers:[name]Container ephemeralContainers:[name]EphemeralContainer hostAliases:[ip] imagePullSecrets:[name]! initContainers:[name]Container nodeSelector:! overhead:{} resourceClaims:[name] resources:ResourceRequirements schedulingGates:[name] topologySpreadConstraints:[topologyKey,whenUnsatisfiable]TopologySpreadConstraint volumes:[name]Volume"),
    ("PodStatus", "conditions:[type] podIPs:[ip] resourceClaimStatuses:[name]"),
    ("PodTemplate", "template:PodTemplateSpec"),
    ("PodTemplateSpec", "metadata:ObjectMeta spec:PodSpec"),
    ("RBDPersistentVolumeSource", "secretRef:!"),
    ("RBDVolumeSource", "secretRef:!"),
    ("ReplicaSet", "spec:ReplicaSetSpec status:ReplicaSetStatus"),
    ("ReplicaSetSpec", "selector:! template:PodTemplateSpec"),
    ("ReplicaSetStatus", "conditions:[type]"),
    ("ReplicationController", "spec:ReplicationControllerSpec status:ReplicationControllerStatus"),
    ("ReplicationControllerSpec", "selector:! template:PodTemplateSpec"),
    ("ReplicationControllerStatus", "conditions:[type]"),
    ("ResourceQuota", "spec:ResourceQuotaSpec status:ResourceQuotaStatus"),
    ("ResourceQuotaSpec", "hard:{} scopeSelector:!"),
    ("ResourceQuotaStatus", "hard:{} used:{}"),
    ("ResourceRequirements", "claims:[name] limits:{} requests:{}"),
    ("RoleBinding", "roleRef:!"),
    ("RuntimeClass", "overhead:Overhead scheduling:Scheduling"),
    ("ScaleIOPersistentVolumeSource", "secretRef:!"),
    ("ScaleIOVolumeSource", "secretRef:!"),
    ("Scheduling", "nodeSelector:!"),
    ("Secret", "data:{} stringData:{}"),
    ("Service", "spec:ServiceSpec status:ServiceStatus"),
    ("ServiceAccount", "secrets:[name!]!"),
    ("ServiceSpec", "ports:[port=0,protocol=TCP] selector:!"),
    ("ServiceStatus", "conditions:[type]"),
    ("StatefulSet", "spec:StatefulSetSpec status:StatefulSetStatus"),
    ("StatefulSetSpec", "selector:! template:PodTemplateSpec"),
    ("StatefulSetStatus", "conditions:[type]"),
    ("StorageClass", "parameters:{}"),
    ("StorageOSPersistentVolumeSource", "secretRef:!"),
    ("StorageOSVolumeSource", "secretRef:!"),
    ("TopologySpreadConstraint", "labelSelector:!"),
    ("UncountedTerminatedPods", "failed:<> succeeded:<>"),
    ("Volume", "cephfs:CephFSVolumeSource cinder:CinderVolumeSource csi:CSIVolumeSource ephemeral:EphemeralVolumeSource flexVolume:FlexVolumeSource iscsi:ISCSIVolumeSource rbd:RBDVolumeSource scaleIO:ScaleIOVolumeSource storageos:StorageOSVolumeSource"),
    ("VolumeAttachment", "spec:VolumeAttachmentSpec status:VolumeAttachmentStatus"),
    ("VolumeAttachmentSource", "inlineVolumeSpec:PersistentVolumeSpec"),
    ("VolumeAttachmentSpec", "source:VolumeAttachmentSource"),
    ("VolumeAttachmentStatus", "attachmentMetadata:{}"),
    ("VolumeNodeAffinity", "required:!"),
    ("VolumeResourceRequirements", "limits:{} requests:{}"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_only_what_is_in_it() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
        for (name, fields) in TABLE {
            for (field, described) in fields.split(' ').filter_map(|word| word.split_once(':')) {
                let named = described.rsplit(']').next().unwrap_or_default();
                let known = matches!(named, "" | "!" | "{}" | "<>" | "*") || !rows(named).is_empty();
                assert!(known, "{name}.{field} is {described}");
            }
        }
    }
}
