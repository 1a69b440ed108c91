//! What the cluster refuses, at the lines of what it refuses.

use orrery_kubectl::apply::Refusal;
use orrery_manifest::{Diagnostic, Document};

/// The refusal of a document: each broken rule at its field.
pub fn marks(refusal: &Refusal, document: &Document) -> Vec<Diagnostic> {
    let mark = |path: &str, message: &str| {
        let range = document.positions.of(path).value;
        Diagnostic::error(range, message).at_path(path)
    };
    match refusal {
        Refusal::Malformed(problems) => {
            problems.iter().map(|problem| mark(&problem.path, &problem.to_string())).collect()
        }
        Refusal::NoMatch(message) => vec![mark("kind", message)],
        Refusal::Refused(status) => match &status.details {
            Some(details) if !details.causes.is_empty() => {
                details.causes.iter().map(|cause| mark(field_of(cause), cause)).collect()
            }
            _ => vec![mark(place_of(&status.message), &status.message)],
        },
    }
}

/// The field of a broken rule: `spec.replicas` of `spec.replicas: Invalid value: …`.
fn field_of(cause: &str) -> &str {
    cause.split(": ").next().unwrap_or_default()
}

/// The field that a refusal without a list of broken rules is about; the name stands for the whole object.
fn place_of(message: &str) -> &'static str {
    let known = [
        ("namespaces \"", "metadata.namespace"),
        ("error looking up service account", "spec.serviceAccountName"),
        ("no PriorityClass with name", "spec.priorityClassName"),
    ];
    known.iter().find(|(words, _)| message.contains(words)).map_or("metadata.name", |(_, path)| path)
}
