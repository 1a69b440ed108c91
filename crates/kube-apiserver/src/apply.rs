//! Server-side apply: `PATCH` with a configuration, of which the server remembers who applied it.

use crate::fields::{KUBECTL, LAST_APPLIED, validate};
use crate::memory::{Remark, circumstances};
use crate::{ApiServer, Key, Request};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{Reason, Status, StatusResult, Value};

/// The longest name of a field manager.
const MAX_MANAGER: usize = 128;

impl ApiServer {
    /// Applies a configuration of an object: creates it, or merges the configuration into it. Returns the object as
    /// it then is, and whether it is new.
    ///
    /// Errors: as [`Self::create`] and [`Self::update`]; `Conflict` when other managers set something to another
    /// value, unless `force`; `BadRequest` when the configuration is not one of an object of that kind.
    pub fn apply(
        &mut self,
        request: &Request,
        kind: Kind,
        namespace: &str,
        config: &Value,
        field_manager: &str,
        force: bool,
    ) -> StatusResult<(Object, bool)> {
        check_manager(field_manager)?;
        let name = config["metadata"]["name"].as_str().unwrap_or_default();
        let key = Key::new(kind, namespace, name);
        check_configuration(&key, config)?;
        let config = &in_stored_version(kind, config);
        let write = circumstances(kind, "", self.date(request.now));
        let live = self.object(&key).map(Object::to_value);
        let mut managers = self.managers(&key);
        let before = live.as_ref().unwrap_or(&write.empty);
        let mut merged = managers.apply(&write, before, config, field_manager, force)?;
        if field_manager == KUBECTL {
            renew_last_applied(&mut merged, config);
        }
        let (mut object, problems) = Object::decode(kind, &merged);
        if let Some(problem) = problems.first() {
            return Err(Status::new(Reason::Unknown, problem.to_string()));
        }
        let remark = Remark::applied(&managers);
        if live.is_some() {
            return self.update_applied(request, object, remark).map(|object| (object, false));
        }
        check_new(&object, &key)?;
        object.metadata_mut().namespace = key.namespace;
        self.create_applied(request, object, remark).map(|object| (object, true))
    }
}

/// A client that states a uid means an object that is there.
fn check_new(object: &Object, key: &Key) -> StatusResult<()> {
    let uid = &object.metadata().uid;
    if uid.is_empty() {
        return Ok(());
    }
    let (resource, name) = (key.resource(), &key.name);
    let message = format!(
        "Operation cannot be fulfilled on {resource} \"{name}\": uid mismatch: the provided object specified uid {uid}, and no existing object was found"
    );
    Err(Status::new(Reason::Conflict, message))
}

/// The configuration in the version in which objects of the kind are stored.
fn in_stored_version(kind: Kind, config: &Value) -> Value {
    if config["apiVersion"] == kind.api_version() {
        return config.clone();
    }
    Object::decode(kind, config).0.to_value()
}

/// Upstream: `ValidatePatchOptions`, `ValidateFieldManager`.
fn check_manager(name: &str) -> StatusResult<()> {
    let error = if name.is_empty() {
        "fieldManager: Required value: is required for apply patch".to_string()
    } else if name.len() > MAX_MANAGER {
        format!("fieldManager: Too long: may not be more than {MAX_MANAGER} bytes")
    } else if let Some(odd) = name.chars().position(char::is_control) {
        format!(
            "fieldManager: Invalid value: {name:?}: should only contain printable characters (invalid at {odd})"
        )
    } else {
        return Ok(());
    };
    Err(Status::invalid("PatchOptions.meta.k8s.io", "", &[error]))
}

fn check_configuration(key: &Key, config: &Value) -> StatusResult<()> {
    let version = config["apiVersion"].as_str().unwrap_or_default();
    if !key.kind.is_served_as(version, key.kind.name()) {
        let expected = key.kind.api_version();
        let message = format!(
            "Incorrect version specified in apply patch. Specified patch version: {version}, expected: {expected}"
        );
        return Err(Status::new(Reason::BadRequest, message));
    }
    if config["metadata"].get("managedFields").is_some_and(|given| !given.is_null()) {
        return Err(Status::new(Reason::BadRequest, "metadata.managedFields must be nil"));
    }
    validate(key.kind, config)?;
    match config["metadata"].get("namespace").and_then(Value::as_str) {
        Some(given) if key.kind.namespaced() && given != &*key.namespace => {
            let message =
                "the namespace of the provided object does not match the namespace sent on the request";
            Err(Status::new(Reason::BadRequest, message))
        }
        _ => Ok(()),
    }
}

/// What kubectl applies server-side is what it applied last, also for its client-side apply (upstream:
/// `lastappliedupdater.go`).
fn renew_last_applied(merged: &mut Value, config: &Value) {
    let Some(annotations) = merged["metadata"].get_mut("annotations").and_then(Value::as_object_mut) else {
        return;
    };
    let Some(last) = annotations.get_mut(LAST_APPLIED).filter(|last| last.as_str() != Some("")) else {
        return;
    };
    let mut config = config.clone();
    if let Some(annotations) = config["metadata"].get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.remove(LAST_APPLIED);
    }
    *last = format!("{config}\n").into();
}
