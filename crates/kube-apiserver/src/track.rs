//! Who set which fields, kept with every write that it is kept for (upstream: `managedfields/internal/fieldmanager.go`).

use crate::fields::{Circumstances, FieldSet, Managers};
use crate::{ApiServer, Request};
use orrery_api::merge_schema::MergeType;
use orrery_api::{Kind, Object};
use orrery_apimachinery::{ManagedFieldsEntry, Str, Value};

impl ApiServer {
    /// Remembers who made a new object, if the request names a manager.
    pub(crate) fn track_new(&self, request: &Request, object: &mut Object) {
        let Some(name) = &request.field_manager else { return };
        let mut managers = Managers::read(&object.metadata().managed_fields);
        let write = self.circumstances(request, object.kind(), "");
        managers.update(&write, &write.empty, &tree(object), name);
        object.metadata_mut().managed_fields = managers.write();
    }

    /// Remembers who changed an object through a subresource (empty: the object itself), if anything is remembered of it.
    pub(crate) fn track_change(
        &self,
        request: &Request,
        object: &mut Object,
        old: &Object,
        subresource: &str,
    ) {
        let known = &old.metadata().managed_fields;
        if known.is_empty() || object == old {
            return;
        }
        let given = &object.metadata().managed_fields;
        if matches!(given.as_slice(), [one] if *one == ManagedFieldsEntry::default()) {
            object.metadata_mut().managed_fields.clear();
            return;
        }
        let mut managers = Managers::read(if subresource.is_empty() { given } else { known });
        if managers.is_empty() {
            managers = Managers::read(known);
        }
        let name = request.field_manager.clone().unwrap_or_else(|| program(&request.actor));
        managers.update(
            &self.circumstances(request, object.kind(), subresource),
            &tree(old),
            &tree(object),
            &name,
        );
        object.metadata_mut().managed_fields = managers.write();
    }

    /// The circumstances of a write to an object of a kind.
    pub(crate) fn circumstances<'a>(
        &self,
        request: &Request,
        kind: Kind,
        subresource: &'a str,
    ) -> Circumstances<'a> {
        Circumstances {
            ty: MergeType::of(kind),
            empty: tree(&Object::decode(kind, &Value::Object(Default::default())).0),
            api_version: kind.api_version().into(),
            subresource,
            ignored: FieldSet::of_fields(if subresource.is_empty() { &[&["status"]] } else { &[] }),
            now: self.date(request.now),
        }
    }
}

/// The object's tree without the memory of its managers.
pub(crate) fn tree(object: &Object) -> Value {
    let mut tree = object.to_value();
    if let Some(metadata) = tree.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    tree
}

/// The program that an actor is part of: what upstream takes from the `User-Agent`.
fn program(actor: &str) -> Str {
    match actor.split_once('/') {
        Some((program, _)) => program.into(),
        None if actor.ends_with("-controller") => "kube-controller-manager".into(),
        None => actor.into(),
    }
}
