//! Pods: the unit that is scheduled and run.

use crate::defaults;
use crate::pod_spec::PodSpec;
use crate::pod_status::PodStatus;
use crate::rules::Rules;
use crate::validation::{Errors, pod};
use orrery_apimachinery::{ObjectMeta, Str};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};
use std::rc::Rc;

/// A group of containers that run together on one node.
///
/// All pods of one template share its spec. What is written per pod, the node, lives beside it;
/// in JSON it is `spec.nodeName`, as everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
pub struct Pod {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What the pod is to be; `spec.node_name` is never set here.
    pub spec: Rc<PodSpec>,
    /// The node that the pod is bound to.
    pub node_name: Option<Str>,
    /// What is known of the pod.
    pub status: PodStatus,
}

/// A pod as JSON has it.
#[derive(Default, Deserialize)]
#[serde(default, rename = "Pod")]
struct Wire {
    metadata: ObjectMeta,
    spec: PodSpec,
    status: PodStatus,
}

impl From<Wire> for Pod {
    fn from(mut wire: Wire) -> Self {
        let node_name = wire.spec.node_name.take();
        Pod { metadata: wire.metadata, spec: Rc::new(wire.spec), node_name, status: wire.status }
    }
}

impl Serialize for Pod {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut pod = s.serialize_struct("Pod", 3)?;
        pod.serialize_field("metadata", &self.metadata)?;
        match &self.node_name {
            Some(node) => {
                let spec = PodSpec { node_name: Some(node.clone()), ..(*self.spec).clone() };
                pod.serialize_field("spec", &spec)?;
            }
            None => pod.serialize_field("spec", &self.spec)?,
        }
        pod.serialize_field("status", &self.status)?;
        pod.end()
    }
}

impl Rules for Pod {
    fn set_defaults(&mut self) {
        defaults::pod(self);
    }

    fn check(&self, errors: &mut Errors) {
        pod::pod(self, errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        pod::pod_update(self, old, errors);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Object;
    use crate::{ContainerStatus, PodCondition, PodStatus};
    use serde_json::json;

    #[test]
    fn a_pod_stays_small_because_there_are_150_000_of_them() {
        for (what, size, bound) in [
            ("Pod", size_of::<Pod>(), 568),
            ("PodStatus", size_of::<PodStatus>(), 312),
            ("ContainerStatus", size_of::<ContainerStatus>(), 224),
            ("PodCondition", size_of::<PodCondition>(), 96),
        ] {
            println!("{what}: {size} bytes");
            assert!(size <= bound, "{what} grew to {size} bytes");
        }
    }

    #[test]
    fn binding_a_pod_leaves_the_shared_spec_alone() {
        let spec = Rc::new(PodSpec { hostname: Some("web".into()), ..Default::default() });
        let mut pod = Pod { spec: spec.clone(), ..Default::default() };
        pod.node_name = Some("node-1".into());
        let value = Object::from(pod.clone()).to_value();
        assert_eq!(value["spec"], json!({"containers": null, "hostname": "web", "nodeName": "node-1"}));
        let (read, problems) = Object::decode(crate::Kind::Pod, &value);
        assert_eq!((read, problems), (pod.clone().into(), vec![]), "the node comes back beside the spec");
        assert!(Rc::ptr_eq(&pod.spec, &spec));
    }
}
