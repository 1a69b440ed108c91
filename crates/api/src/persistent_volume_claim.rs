//! PersistentVolumeClaims: storage that a user asks for.

use crate::defaults::{self, fill};
use crate::reference::{TypedLocalObjectReference, TypedObjectReference};
use crate::resources::ResourceList;
use crate::rules::Rules;
use crate::wire::text;
use orrery_apimachinery::{LabelSelector, ObjectMeta, Str, StrMap, Time};
use serde::{Deserialize, Serialize};

/// A user's request for storage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersistentVolumeClaim {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: PersistentVolumeClaimSpec,
    /// What is known of it.
    pub status: PersistentVolumeClaimStatus,
}

/// What storage is asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersistentVolumeClaimSpec {
    /// How the volume can be mounted, such as `ReadWriteOnce`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access_modes: Vec<Str>,
    /// An object to fill the volume from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_source: Option<TypedLocalObjectReference>,
    /// An object of any namespace to fill the volume from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_source_ref: Option<TypedObjectReference>,
    /// How much storage is asked for.
    pub resources: VolumeResourceRequirements,
    /// Which volumes will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<LabelSelector>,
    /// The storage class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class_name: Option<Str>,
    /// The attributes class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_attributes_class_name: Option<Str>,
    /// `Filesystem` or `Block`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_mode: Option<Str>,
    /// The volume's name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub volume_name: Option<Str>,
}

/// How much storage is asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeResourceRequirements {
    /// The most that may be used.
    #[serde(skip_serializing_if = "ResourceList::is_empty")]
    pub limits: ResourceList,
    /// The least that must be there.
    #[serde(skip_serializing_if = "ResourceList::is_empty")]
    pub requests: ResourceList,
}

/// What is known of the claim.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersistentVolumeClaimStatus {
    /// How the volume can be mounted, such as `ReadWriteOnce`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access_modes: Vec<Str>,
    /// How far a resize of each resource has come.
    #[serde(skip_serializing_if = "StrMap::is_empty")]
    pub allocated_resource_statuses: StrMap,
    /// What was set aside.
    #[serde(skip_serializing_if = "ResourceList::is_empty")]
    pub allocated_resources: ResourceList,
    /// How much there is.
    #[serde(skip_serializing_if = "ResourceList::is_empty")]
    pub capacity: ResourceList,
    /// What is true of the object, and since when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<PersistentVolumeClaimCondition>,
    /// The attributes class in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_volume_attributes_class_name: Option<Str>,
    /// How far a change of attributes has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modify_volume_status: Option<ModifyVolumeStatus>,
    /// Where in its life the object is.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub phase: Option<Str>,
}

/// One thing that is true or not of a claim.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersistentVolumeClaimCondition {
    /// When it was last asked for.
    pub last_probe_time: Option<Time>,
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Details for people.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub message: Option<Str>,
    /// Why, in one word.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Str>,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// The type.
    pub type_: Str,
}

/// How far a change of the volume's attributes has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ModifyVolumeStatus {
    /// `Pending`, `InProgress` or `Infeasible`.
    pub status: Str,
    /// The attributes class that is asked for.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub target_volume_attributes_class_name: Option<Str>,
}

impl Rules for PersistentVolumeClaim {
    fn set_defaults(&mut self) {
        fill(&mut self.status.phase, "Pending");
        defaults::claim_spec(&mut self.spec);
    }
}
