//! Rules of metadata (upstream: `k8s.io/apimachinery/pkg/api/validation/objectmeta.go`).

use super::{Bare, Errors, NameRule, Path, names, pointer, quoted, strings};
use orrery_apimachinery::{LabelSelector, ObjectMeta, OwnerReference, Str, StrMap};

/// How large all annotations together may be.
const ANNOTATIONS_BYTES: usize = 256 * 1024;
/// Finalizers that need no domain before them.
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

/// The rules for the metadata of a new object.
pub(crate) fn check(meta: &ObjectMeta, namespaced: bool, name_rule: NameRule, errors: &mut Errors) {
    let path = &Path::Root("metadata");
    if let Some(prefix) = &meta.generate_name {
        errors.each_invalid(&path.field("generateName"), prefix, name_rule(prefix, true));
    }
    let field = path.field("name");
    if meta.name.is_empty() {
        errors.required(&field, "name or generateName is required");
    } else {
        errors.each_invalid(&field, &meta.name, name_rule(&meta.name, false));
    }
    let field = path.field("namespace");
    if !namespaced {
        if !meta.namespace.is_empty() {
            errors.forbidden(&field, "not allowed on this type");
        }
    } else if meta.namespace.is_empty() {
        errors.required(&field, "");
    } else {
        errors.each_invalid(&field, &meta.namespace, names::dns_label(&meta.namespace, false));
    }
    errors.non_negative(&path.field("generation"), meta.generation);
    common(meta, path, errors);
    let path = &path.field("finalizers");
    for finalizer in &meta.finalizers {
        errors.each_invalid(path, finalizer, names::qualified_name(finalizer));
    }
    if ["orphan", "foregroundDeletion"].iter().all(|name| meta.has_finalizer(name)) {
        let shown = strings("string", &meta.finalizers);
        let detail = "finalizer orphan and foregroundDeletion cannot be both set";
        errors.invalid(path, &Bare(&shown), detail);
    }
}

/// The rules for the metadata of a replacement.
pub(crate) fn check_update(new: &ObjectMeta, old: &ObjectMeta, errors: &mut Errors) {
    let path = &Path::Root("metadata");
    if old.terminating() {
        let added: Vec<_> = new.finalizers.iter().filter(|f| !old.finalizers.contains(f)).collect();
        if !added.is_empty() {
            let added: Vec<_> = added.iter().map(|f| format!("\"{f}\"")).collect();
            let detail = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                added.join(", ")
            );
            errors.forbidden(&path.field("finalizers"), &detail);
        }
    }
    errors.immutable(&path.field("name"), &new.name, &old.name);
    errors.immutable(&path.field("namespace"), &new.namespace, &old.namespace);
    errors.immutable(&path.field("uid"), &new.uid, &old.uid);
    common(new, path, errors);
}

fn common(meta: &ObjectMeta, path: &Path, errors: &mut Errors) {
    labels(&meta.labels, &path.field("labels"), errors);
    annotations(&meta.annotations, &path.field("annotations"), errors);
    owners(&meta.owner_references, &path.field("ownerReferences"), errors);
}

/// The rules for labels, and for selectors that have the form of labels.
pub(crate) fn labels(labels: &StrMap, path: &Path, errors: &mut Errors) {
    for (key, value) in labels.iter() {
        errors.each_invalid(path, key, names::qualified_name(key));
        errors.each_invalid(path, value, names::label_value(value));
    }
}

/// The rules for annotations.
pub(crate) fn annotations(annotations: &StrMap, path: &Path, errors: &mut Errors) {
    for (key, _) in annotations.iter() {
        errors.each_invalid(path, key, names::qualified_name(&key.to_lowercase()));
    }
    if annotations.iter().map(|(k, v)| k.len() + v.len()).sum::<usize>() > ANNOTATIONS_BYTES {
        errors.too_long(path, ANNOTATIONS_BYTES);
    }
}

fn owners(owners: &[OwnerReference], path: &Path, errors: &mut Errors) {
    let mut controller: Option<&OwnerReference> = None;
    for owner in owners {
        for (field, value, empty) in [
            ("apiVersion", &owner.api_version, "version must not be empty"),
            ("kind", &owner.kind, "kind must not be empty"),
            ("name", &owner.name, "name must not be empty"),
            ("uid", &owner.uid, "uid must not be empty"),
        ] {
            if value.is_empty() {
                errors.invalid(&path.field(field), value, empty);
            }
        }
        if (&*owner.api_version, &*owner.kind) == ("v1", "Event") {
            let detail = "/v1, Kind=Event is disallowed from being an owner";
            errors.invalid(path, &Bare(&shown_owner(owner)), detail);
        }
        match controller {
            Some(first) if owner.controller == Some(true) => {
                let shown: Vec<_> = owners.iter().map(shown_owner).collect();
                let shown = format!("[]v1.OwnerReference{{{}}}", shown.join(", "));
                let detail = format!(
                    "Only one reference can have Controller set to true. Found \"true\" in references for {}/{} and {}/{}",
                    first.kind, first.name, owner.kind, owner.name
                );
                errors.invalid(path, &Bare(&shown), detail);
            }
            _ if owner.controller == Some(true) => controller = Some(owner),
            _ => {}
        }
    }
}

fn shown_owner(owner: &OwnerReference) -> String {
    format!(
        "v1.OwnerReference{{APIVersion:{}, Kind:{}, Name:{}, UID:{}, Controller:{}, BlockOwnerDeletion:{}}}",
        quoted(&owner.api_version),
        quoted(&owner.kind),
        quoted(&owner.name),
        quoted(&owner.uid),
        pointer("bool", owner.controller.is_some()),
        pointer("bool", owner.block_owner_deletion.is_some())
    )
}

/// The rule for the finalizers of most kinds: those without a domain are upstream's own.
pub(crate) fn standard_finalizers(meta: &ObjectMeta, errors: &mut Errors) {
    let path = Path::Root("metadata");
    for (i, finalizer) in meta.finalizers.iter().enumerate() {
        standard_finalizer(finalizer, &path.field("finalizers").index(i), errors);
    }
}

/// The rule for a finalizer of an object, or of a namespace.
pub(crate) fn standard_finalizer(finalizer: &Str, path: &Path, errors: &mut Errors) {
    if !finalizer.contains('/') && !STANDARD_FINALIZERS.contains(&&**finalizer) {
        let detail = "name is neither a standard finalizer name nor is it fully qualified";
        errors.invalid(path, finalizer, detail);
    }
}

/// The rules for a label selector (upstream: `ValidateLabelSelector`).
pub(crate) fn selector(selector: &LabelSelector, path: &Path, errors: &mut Errors) {
    labels(&selector.match_labels, &path.field("matchLabels"), errors);
    for (i, requirement) in selector.match_expressions.iter().enumerate() {
        let list = path.field("matchExpressions");
        let at = list.index(i);
        match &*requirement.operator {
            "In" | "NotIn" if requirement.values.is_empty() => {
                errors.required(&at.field("values"), "must be specified when `operator` is 'In' or 'NotIn'");
            }
            "Exists" | "DoesNotExist" if !requirement.values.is_empty() => {
                let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
                errors.forbidden(&at.field("values"), detail);
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            unknown => errors.invalid(&at.field("operator"), unknown, "not a valid selector operator"),
        }
        errors.each_invalid(&at.field("key"), &requirement.key, names::qualified_name(&requirement.key));
        for (j, value) in requirement.values.iter().enumerate() {
            errors.each_invalid(&at.field("values").index(j), value, names::label_value(value));
        }
    }
}
