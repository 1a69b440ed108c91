//! What the status of a dying namespace says of its content (upstream: `deletion/status_condition_utils.go`).

use super::content::Content;
use crate::conditions::set_condition;
use orrery_api::{NamespaceCondition, NamespaceStatus};
use orrery_apimachinery::Order;
use orrery_apimachinery::Time;

/// A type of condition: its name; reason and message while nothing is wrong.
type Kind = (&'static str, &'static str, &'static str);

const DISCOVERY_FAILURE: Kind =
    ("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered");
const PARSING_FAILURE: Kind = (
    "NamespaceDeletionGroupVersionParsingFailure",
    "ParsedGroupVersions",
    "All legacy kube types successfully parsed",
);
const CONTENT_FAILURE: Kind = (
    "NamespaceDeletionContentFailure",
    "ContentDeleted",
    "All content successfully deleted, may be waiting on finalization",
);
const CONTENT_REMAINING: Kind =
    ("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed");
const FINALIZERS_REMAINING: Kind =
    ("NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "All content-preserving finalizers finished");

/// Brings the conditions up to date; a date changes only with the condition's status.
pub(super) fn update(status: &mut NamespaceStatus, content: &Content, date: Time) {
    let wrong = [
        (DISCOVERY_FAILURE, None),
        (PARSING_FAILURE, None),
        (CONTENT_FAILURE, content_failure(content)),
        (CONTENT_REMAINING, content_remaining(content)),
        (FINALIZERS_REMAINING, finalizers_remaining(content)),
    ];
    for ((type_, reason, message), problem) in wrong {
        let (status_text, reason, message) = match problem {
            Some((reason, message)) => ("True", reason, message),
            None => ("False", reason, message.to_string()),
        };
        let new = NamespaceCondition {
            type_: type_.into(),
            status: status_text.into(),
            reason: Some(reason.into()),
            message: Some(message.into()),
            ..Default::default()
        };
        set_condition(&mut status.conditions, new, date);
    }
}

fn content_failure(content: &Content) -> Option<(&'static str, String)> {
    let mut errors = content.errors.clone();
    errors.order();
    let message =
        format!("Failed to delete all resource types, {} remaining: {}", errors.len(), errors.join(", "));
    (!errors.is_empty()).then_some(("ContentDeletionFailed", message))
}

fn content_remaining(content: &Content) -> Option<(&'static str, String)> {
    let part = |(kind, n): (&orrery_api::Kind, &usize)| {
        format!("{}.{} has {n} resource instances", kind.plural(), kind.group())
    };
    let mut parts: Vec<String> = content.remaining.iter().map(part).collect();
    parts.order();
    let message = format!("Some resources are remaining: {}", parts.join(", "));
    (!parts.is_empty()).then_some(("SomeResourcesRemain", message))
}

fn finalizers_remaining(content: &Content) -> Option<(&'static str, String)> {
    let part = |(finalizer, n): (&orrery_apimachinery::Str, &usize)| {
        format!("{finalizer} in {n} resource instances")
    };
    let parts: Vec<String> = content.finalizers.iter().map(part).collect();
    let message = format!("Some content in the namespace has finalizers remaining: {}", parts.join(", "));
    (!parts.is_empty()).then_some(("SomeFinalizersRemain", message))
}
