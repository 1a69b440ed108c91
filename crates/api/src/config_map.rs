//! ConfigMaps: settings for pods to consume.

use crate::bytes::Bytes;
use crate::rules::Rules;
use orrery_apimachinery::{ObjectMeta, Str, StrMap};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Settings for pods to consume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ConfigMap {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// Values that are not text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub binary_data: BTreeMap<Str, Bytes>,
    /// Values by key.
    #[serde(skip_serializing_if = "StrMap::is_empty")]
    pub data: StrMap,
    /// Whether the data can never change again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immutable: Option<bool>,
}

impl Rules for ConfigMap {}
