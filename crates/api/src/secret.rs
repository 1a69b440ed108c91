//! Secrets: settings that are not for every eye.

use crate::bytes::Bytes;
use crate::defaults::fill;
use crate::rules::Rules;
use crate::wire::text;
use orrery_apimachinery::{ObjectMeta, Str, StrMap};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Settings that are not for every eye.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Secret {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// Values by key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<Str, Bytes>,
    /// Whether the data can never change again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immutable: Option<bool>,
    /// Values as text; turned into `data` on the way in.
    #[serde(skip_serializing_if = "StrMap::is_empty")]
    pub string_data: StrMap,
    /// What the secret is for.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub type_: Option<Str>,
}

impl Rules for Secret {
    fn set_defaults(&mut self) {
        fill(&mut self.type_, "Opaque");
    }
}
