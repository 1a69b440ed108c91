//! What a VerticalPodAutoscaler is (upstream: `autoscaling.k8s.io/v1`), and which pods it is about.

use orrery_api::{
    CrossVersionObjectReference, CustomKind, CustomObject, CustomResourceDefinition, Kind, Object, Pod,
    ResourceList,
};
use orrery_apimachinery::decode::{Fields, Typed, decode, encode};
use orrery_apimachinery::{LabelSelector, Str, Time, labels};
use orrery_client::{ApiServer, Key};
use std::rc::Rc;

/// The name of the definition that makes the kind known.
const DEFINITION: &str = "verticalpodautoscalers.autoscaling.k8s.io";
/// The policy for containers that none is for by name.
const ANY_CONTAINER: &str = "*";

/// What is desired.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub(super) struct Spec {
    #[json(omitempty)]
    pub(super) resource_policy: Option<ResourcePolicy>,
    #[json(omitempty)]
    pub(super) target_ref: Option<CrossVersionObjectReference>,
    #[json(omitempty)]
    pub(super) update_policy: Option<UpdatePolicy>,
}

/// How pods come to request what is recommended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub(super) struct UpdatePolicy {
    #[json(omitempty)]
    pub(super) min_replicas: Option<i32>,
    #[json(omitempty)]
    pub(super) update_mode: Option<Str>,
}

/// What may be recommended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub(super) struct ResourcePolicy {
    #[json(omitempty)]
    pub(super) container_policies: Vec<ContainerPolicy>,
}

/// What may be recommended for a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub(super) struct ContainerPolicy {
    #[json(text)]
    pub(super) container_name: Option<Str>,
    #[json(omitempty)]
    pub(super) controlled_resources: Option<Vec<Str>>,
    #[json(omitempty)]
    pub(super) controlled_values: Option<Str>,
    #[json(omitempty)]
    pub(super) max_allowed: ResourceList,
    #[json(omitempty)]
    pub(super) min_allowed: ResourceList,
    #[json(omitempty)]
    pub(super) mode: Option<Str>,
}

/// What is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub(super) struct Status {
    #[json(omitempty)]
    pub(super) conditions: Vec<Condition>,
    #[json(omitempty)]
    pub(super) recommendation: Option<Recommendation>,
}

/// One thing that is true or not of an autoscaler.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub(super) struct Condition {
    pub(super) last_transition_time: Option<Time>,
    #[json(text)]
    pub(super) message: Option<Str>,
    #[json(text)]
    pub(super) reason: Option<Str>,
    pub(super) status: Str,
    pub(super) type_: Str,
}

/// What the containers should request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub(super) struct Recommendation {
    #[json(omitempty)]
    pub(super) container_recommendations: Vec<ContainerRecommendation>,
}

/// What a container should request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub(super) struct ContainerRecommendation {
    #[json(text)]
    pub(super) container_name: Option<Str>,
    #[json(omitempty)]
    pub(super) lower_bound: ResourceList,
    #[json(omitempty)]
    pub(super) target: ResourceList,
    #[json(omitempty)]
    pub(super) uncapped_target: ResourceList,
    #[json(omitempty)]
    pub(super) upper_bound: ResourceList,
}

/// An autoscaler that was read.
pub(super) struct Vpa {
    pub(super) object: Rc<CustomObject>,
    pub(super) spec: Spec,
    pub(super) status: Status,
}

/// The kind, once somebody has made it known.
fn kind(api: &ApiServer) -> Option<&'static CustomKind> {
    api.get::<CustomResourceDefinition>("", DEFINITION)?.declared_kind()
}

/// The namespaces of all autoscalers, one for each: those in which metrics are read.
pub fn namespaces(api: &ApiServer) -> impl Iterator<Item = &Str> {
    let objects = kind(api).into_iter().flat_map(|kind| api.objects(Kind::Custom(kind)));
    objects.map(|object| &object.metadata().namespace)
}

/// The key of an object, if it is an autoscaler.
pub(super) fn key(object: &Object) -> Option<Key> {
    let Object::Custom(custom) = object else { return None };
    let ours = custom.kind.plural == "verticalpodautoscalers" && custom.kind.group == "autoscaling.k8s.io";
    ours.then(|| Key::of(object))
}

/// The autoscaler under a key.
pub(super) fn get(api: &ApiServer, key: &Key) -> Option<Vpa> {
    match api.object(key)? {
        Object::Custom(object) => Some(read(object)),
        _ => None,
    }
}

/// The autoscalers of a namespace, the oldest first.
pub(super) fn all_in(api: &ApiServer, namespace: &Str) -> Vec<Vpa> {
    let Some(kind) = kind(api) else { return Vec::new() };
    let mut all = Vec::new();
    for object in api.objects_in(Kind::Custom(kind), namespace) {
        if let Object::Custom(object) = object {
            all.push(read(object));
        }
    }
    all.sort_by_key(|vpa| vpa.object.metadata.creation_timestamp);
    all
}

fn read(object: &Rc<CustomObject>) -> Vpa {
    let (spec, status) = (part(object, "spec"), part(object, "status"));
    Vpa { object: object.clone(), spec, status }
}

fn part<T: Typed + Default>(object: &CustomObject, field: &str) -> T {
    object.fields.get(field).map(|value| decode::<T>(value).0).unwrap_or_default()
}

impl Vpa {
    pub(super) fn name(&self) -> &Str {
        &self.object.metadata.name
    }

    pub(super) fn namespace(&self) -> &Str {
        &self.object.metadata.namespace
    }

    /// How pods come to request what is recommended: `Off`, `Initial`, `Recreate` or `Auto`.
    pub(super) fn mode(&self) -> &str {
        self.spec.update_policy.as_ref().and_then(|policy| policy.update_mode.as_deref()).unwrap_or("Auto")
    }

    /// The policy for a container.
    pub(super) fn policy(&self, container: &str) -> Option<&ContainerPolicy> {
        let policies = &self.spec.resource_policy.as_ref()?.container_policies;
        let named =
            |name: &str| policies.iter().find(|policy| policy.container_name.as_deref() == Some(name));
        named(container).or_else(|| named(ANY_CONTAINER))
    }

    /// Which pods it is about.
    ///
    /// Errors: the target cannot be read, in upstream's words.
    pub(super) fn selector(&self, api: &ApiServer) -> Result<LabelSelector, String> {
        let target = self
            .spec
            .target_ref
            .as_ref()
            .ok_or("targetRef not defined. If this is a v1beta1 object switch to v1.")?;
        let version = target.api_version.as_deref().unwrap_or("v1");
        let group = version.split_once('/').map_or("", |(group, _)| group);
        let known = api.kinds().find(|kind| kind.name() == &*target.kind && kind.group() == group);
        let kind =
            known.ok_or_else(|| format!("no matches for kind \"{}\" in group \"{group}\"", target.kind))?;
        let key = Key::new(kind, self.namespace().clone(), target.name.clone());
        let absent = || format!("{} {}/{} does not exist", target.kind, key.namespace, key.name);
        match api.object(&key).ok_or_else(absent)? {
            Object::DaemonSet(set) => Ok(set.spec.selector.clone().unwrap_or_default()),
            Object::Job(job) => Ok(job.spec.selector.clone().unwrap_or_default()),
            _ => {
                let scale = api.read_scale(&key).map_err(|error| error.message)?;
                labels::parse(&scale.selector)
            }
        }
    }

    /// The pods that it is about.
    pub(super) fn pods(&self, api: &ApiServer) -> Result<Vec<Rc<Pod>>, String> {
        Ok(api.pods_matching(self.namespace(), &self.selector(api)?))
    }

    /// The object with another status.
    pub(super) fn with(&self, status: &Status) -> Object {
        let mut object = self.object.clone();
        let custom = Rc::make_mut(&mut object);
        Rc::make_mut(&mut custom.fields).insert("status".into(), encode(status));
        Object::Custom(object)
    }
}

impl Status {
    /// What is recommended for a container.
    pub(super) fn recommended(&self, container: &str) -> Option<&ContainerRecommendation> {
        let all = &self.recommendation.as_ref()?.container_recommendations;
        all.iter().find(|one| one.container_name.as_deref() == Some(container))
    }

    /// Sets a condition as of `date`; one that is as true as before keeps its date.
    pub(super) fn set(&mut self, type_: &str, status: &str, reason: &str, message: &str, date: Time) {
        let text = |text: &str| (!text.is_empty()).then(|| Str::from(text));
        let mut condition = Condition {
            last_transition_time: Some(date),
            message: text(message),
            reason: text(reason),
            status: status.into(),
            type_: type_.into(),
        };
        match self.conditions.iter_mut().find(|known| *known.type_ == *type_) {
            None => self.conditions.push(condition),
            Some(known) => {
                if known.status == condition.status {
                    condition.last_transition_time = known.last_transition_time;
                }
                *known = condition;
            }
        }
    }

    /// Takes a condition away.
    pub(super) fn unset(&mut self, type_: &str) {
        self.conditions.retain(|condition| &*condition.type_ != type_);
    }
}
