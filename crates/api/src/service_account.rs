//! ServiceAccounts: whom pods act as.

use crate::reference::{LocalObjectReference, ObjectReference};
use crate::rules::Rules;
use orrery_apimachinery::ObjectMeta;
use serde::{Deserialize, Serialize};

/// Whom pods act as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServiceAccount {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// Whether pods get a token of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automount_service_account_token: Option<bool>,
    /// Secrets for pulling images.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub image_pull_secrets: Vec<LocalObjectReference>,
    /// Secrets that pods of the account may use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<ObjectReference>,
}

impl Rules for ServiceAccount {}
