//! Events: what components tell about objects.

use crate::reference::ObjectReference;
use crate::rules::Rules;
use crate::validation::{Errors, Path};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{MicroTime, ObjectMeta, Str, Time};

/// What a component told about an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Event {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What the event is about.
    pub involved_object: ObjectReference,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
    /// Who told it.
    pub source: EventSource,
    /// When it was first seen.
    pub first_timestamp: Option<Time>,
    /// When it was last seen.
    pub last_timestamp: Option<Time>,
    /// How often it happened.
    #[json(omitempty)]
    pub count: i32,
    /// `Normal` or `Warning`.
    #[json(text)]
    pub type_: Option<Str>,
    /// When it was first seen, to the microsecond.
    pub event_time: Option<MicroTime>,
    /// How an event that repeats goes on.
    #[json(omitempty)]
    pub series: Option<EventSeries>,
    /// What was done, or failed.
    #[json(text)]
    pub action: Option<Str>,
    /// A second object that had to do with it.
    #[json(omitempty)]
    pub related: Option<ObjectReference>,
    /// The component that reports, by its full name.
    pub reporting_component: Str,
    /// Which instance of the component reports.
    pub reporting_instance: Str,
}

/// An event that happens again and again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EventSeries {
    /// How often it happened.
    #[json(omitempty)]
    pub count: i32,
    /// When it was last seen.
    pub last_observed_time: Option<MicroTime>,
}

/// Who told an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EventSource {
    /// The component.
    #[json(text)]
    pub component: Option<Str>,
    /// The node.
    #[json(text)]
    pub host: Option<Str>,
}

impl Rules for Event {
    fn check(&self, errors: &mut Errors) {
        let namespace = self.involved_object.namespace.as_deref();
        let (path, own) = (Path::Root("involvedObject"), &*self.metadata.namespace);
        // Events about objects of the cluster live in the namespace `default`.
        if namespace.unwrap_or("default") != own {
            let path = path.field("namespace");
            errors.invalid(&path, namespace.unwrap_or_default(), "does not match event.namespace");
        }
    }
}
