//! References from one object to another.

use crate::wire::text;
use orrery_apimachinery::Str;
use serde::{Deserialize, Serialize};

/// An object of the same namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LocalObjectReference {
    /// The name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub name: Option<Str>,
}

/// An object of any kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ObjectReference {
    /// The object's API version.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub api_version: Option<Str>,
    /// The part of the object that is meant.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub field_path: Option<Str>,
    /// The object's kind.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Str>,
    /// The name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub name: Option<Str>,
    /// The object's namespace.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Str>,
    /// The object's version.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub resource_version: Option<Str>,
    /// The object's uid.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub uid: Option<Str>,
}

/// A Secret of any namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SecretReference {
    /// The name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub name: Option<Str>,
    /// The object's namespace.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Str>,
}

/// An object of any kind in the same namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TypedLocalObjectReference {
    /// The object's API group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_group: Option<Str>,
    /// The object's kind.
    pub kind: Str,
    /// The name.
    pub name: Str,
}

/// An object of any kind and namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TypedObjectReference {
    /// The object's API group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_group: Option<Str>,
    /// The object's kind.
    pub kind: Str,
    /// The name.
    pub name: Str,
    /// The object's namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Str>,
}
