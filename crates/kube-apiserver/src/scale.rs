//! The scale subresource: how many replicas of a workload are asked for and there are, and which pods they are
//! (upstream: `ScaleREST` of each kind's storage).

use crate::{ApiServer, Key, Request};
use orrery_api::printers::selector;
use orrery_api::{CustomObject, CustomScale, Kind, Object};
use orrery_apimachinery::{Reason, Status, StatusResult, Str, Value};
use serde_json::Map;
use std::rc::Rc;

/// What the subresource says (upstream: `autoscaling/v1`, `Scale`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The replicas that are asked for.
    pub spec_replicas: i32,
    /// The replicas that are there.
    pub status_replicas: i32,
    /// Which pods they are, as text; empty when the object does not say.
    pub selector: Str,
}

impl ApiServer {
    /// The replicas that an object with a scale subresource asks for; `None` for other kinds.
    pub fn replicas(&self, key: &Key) -> Option<i32> {
        match self.object(key)? {
            Object::Custom(object) => custom_replicas(object, kind_scale(key.kind)?.spec_replicas_path),
            object => read(object).map(|scale| scale.spec_replicas),
        }
    }

    /// The scale of an object: `GET …/scale`.
    ///
    /// Errors: `NotFound`, also for a kind without the subresource; an internal error where a custom object does not
    /// ask for replicas.
    pub fn read_scale(&self, key: &Key) -> StatusResult<Scale> {
        if !has_scale(key.kind) {
            return Err(no_scale());
        }
        let object = self.object(key).ok_or_else(|| Status::not_found(&read_as(key.kind), &key.name))?;
        match (object, kind_scale(key.kind)) {
            (Object::Custom(object), Some(paths)) => custom_scale(object, paths),
            _ => read(object).ok_or_else(no_scale),
        }
    }

    /// Asks for another number of replicas: `PUT …/scale`.
    ///
    /// Errors: `NotFound`, also for a kind without the subresource; `Invalid`.
    pub fn scale(&mut self, request: &Request, key: &Key, replicas: i32) -> StatusResult<Object> {
        if !has_scale(key.kind) {
            return Err(no_scale());
        }
        let Some(mut object) = self.object(key).cloned() else {
            return Err(Status::not_found(&with_scale(key.kind), &key.name));
        };
        if replicas < 0 {
            let error =
                format!("spec.replicas: Invalid value: {replicas}: must be greater than or equal to 0");
            return Err(Status::invalid("Scale.autoscaling", &key.name, &[error]));
        }
        match (&mut object, kind_scale(key.kind)) {
            (Object::Custom(object), Some(paths)) => set_custom_replicas(object, paths, replicas),
            (object, _) => set_replicas(object, replicas),
        }
        self.update_through(request, object, "scale")
    }
}

fn no_scale() -> Status {
    Status::new(Reason::NotFound, "the server could not find the requested resource")
}

/// `deployments/scale.apps`.
fn with_scale(kind: Kind) -> String {
    let (plural, resource) = (kind.plural(), kind.resource());
    format!("{plural}/scale{}", &resource[plural.len()..])
}

/// What a missing object's scale is called by who reads it: each kind's storage has its own words.
fn read_as(kind: Kind) -> String {
    match kind {
        Kind::StatefulSet | Kind::Custom(_) => kind.resource().to_string(),
        Kind::ReplicationController => "replicationcontrollers/scale.autoscaling".into(),
        _ => with_scale(kind),
    }
}

/// The kinds of the registry with a scale subresource: those that state `spec.replicas`.
macro_rules! scaled {
    ($($ty:ident)*) => {
        fn has_scale(kind: Kind) -> bool {
            matches!(kind, $(Kind::$ty)|*) || kind_scale(kind).is_some()
        }

        fn set_replicas(object: &mut Object, replicas: i32) {
            match object { $(Object::$ty(scaled) => Rc::make_mut(scaled).spec.replicas = Some(replicas),)* _ => {} }
        }
    };
}

scaled!(ReplicationController Deployment ReplicaSet StatefulSet);

fn read(object: &Object) -> Option<Scale> {
    let (spec, status, selector) = match object {
        Object::Deployment(o) => (o.spec.replicas, o.status.replicas, selector(o.spec.selector.as_ref())),
        Object::ReplicaSet(o) => (o.spec.replicas, o.status.replicas, selector(o.spec.selector.as_ref())),
        Object::StatefulSet(o) => (o.spec.replicas, o.status.replicas, selector(o.spec.selector.as_ref())),
        Object::ReplicationController(o) => {
            let pairs: Vec<String> =
                o.spec.selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
            (o.spec.replicas, o.status.replicas, pairs.join(","))
        }
        _ => return None,
    };
    Some(Scale { spec_replicas: spec?, status_replicas: status, selector: selector.into() })
}

fn kind_scale(kind: Kind) -> Option<&'static CustomScale> {
    match kind {
        Kind::Custom(kind) => kind.scale.as_ref(),
        _ => None,
    }
}

/// The names of a path such as `.spec.replicas`.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('.').unwrap_or(path).split('.')
}

fn at<'a>(object: &'a CustomObject, path: &str) -> Option<&'a Value> {
    let mut names = names(path);
    let first = object.fields.get(names.next()?)?;
    names.try_fold(first, |value, name| value.get(name))
}

fn custom_replicas(object: &CustomObject, path: &str) -> Option<i32> {
    at(object, path)?.as_i64().map(|replicas| replicas as i32)
}

/// Upstream: `scaleFromCustomResource` of `apiextensions-apiserver`.
fn custom_scale(object: &CustomObject, paths: &CustomScale) -> StatusResult<Scale> {
    let path = paths.spec_replicas_path;
    let Some(spec_replicas) = custom_replicas(object, path) else {
        let message = format!("Internal error occurred: the spec replicas field {path:?} does not exist");
        return Err(Status::new(Reason::Unknown, message));
    };
    Ok(Scale {
        spec_replicas,
        status_replicas: custom_replicas(object, paths.status_replicas_path).unwrap_or(0),
        selector: at(object, paths.label_selector_path).and_then(Value::as_str).unwrap_or_default().into(),
    })
}

fn set_custom_replicas(object: &mut Rc<CustomObject>, paths: &CustomScale, replicas: i32) {
    let mut names: Vec<&str> = names(paths.spec_replicas_path).collect();
    let Some(last) = names.pop() else { return };
    let mut fields = Rc::make_mut(&mut Rc::make_mut(object).fields);
    for name in names {
        let inner = fields.entry(name).or_insert_with(|| Value::Object(Map::new()));
        let Some(inner) = inner.as_object_mut() else { return };
        fields = inner;
    }
    fields.insert(last.into(), replicas.into());
}
