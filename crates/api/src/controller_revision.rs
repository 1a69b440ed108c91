//! ControllerRevisions: the templates that a StatefulSet or DaemonSet had.

use crate::rules::Rules;
use crate::validation::{Bare, Errors, Path, metadata};
use crate::{Kind, Resource};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Value};

/// What the desired state of a controller was once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ControllerRevision {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// The state, as the controller likes to keep it.
    #[json(omitempty)]
    pub data: Option<Value>,
    /// Counts the states of the controller.
    pub revision: i64,
}

impl Rules for ControllerRevision {
    fn check(&self, errors: &mut Errors) {
        errors.non_negative(&Path::Root("revision"), self.revision);
        match &self.data {
            None => errors.required(&Path::Root("data"), "data is mandatory"),
            Some(Value::Object(_)) => {}
            Some(_) => errors.required(&Path::Root("data"), "data must be a valid JSON object"),
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        metadata::check(&self.metadata, Kind::namespaced(Self::KIND), Self::NAME, errors);
        errors.non_negative(&Path::Root("revision"), self.revision);
        if self.data != old.data {
            errors.invalid(&Path::Root("data"), &Bare(&raw(&self.data)), "field is immutable");
        }
    }
}

/// The bytes of the data, as Go shows them.
fn raw(data: &Option<Value>) -> String {
    let bytes = match data {
        None => "(nil)".into(),
        Some(data) => {
            let bytes: Vec<_> = data.to_string().bytes().map(|byte| format!("{byte:#x}")).collect();
            format!("{{{}}}", bytes.join(", "))
        }
    };
    format!("runtime.RawExtension{{Raw:[]uint8{bytes}, Object:runtime.Object(nil)}}")
}
