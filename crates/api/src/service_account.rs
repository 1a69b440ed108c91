//! ServiceAccounts: whom pods act as.

use crate::reference::{LocalObjectReference, ObjectReference};
use crate::rules::Rules;
use orrery_apimachinery::ObjectMeta;
use orrery_apimachinery::decode::Fields;

/// Whom pods act as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ServiceAccount {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// Secrets that pods of the account may use.
    #[json(omitempty)]
    pub secrets: Vec<ObjectReference>,
    /// Secrets for pulling images.
    #[json(omitempty)]
    pub image_pull_secrets: Vec<LocalObjectReference>,
    /// Whether pods get a token of the account.
    #[json(omitempty)]
    pub automount_service_account_token: Option<bool>,
}

impl Rules for ServiceAccount {}
