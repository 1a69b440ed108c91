//! Pods: the unit that is scheduled and run.

use crate::defaults;
use crate::pod_spec::PodSpec;
use crate::pod_status::PodStatus;
use crate::rules::Rules;
use crate::validation::{Errors, pod, pod_update};
use orrery_apimachinery::decode::{
    Cx, Field, GoType, Member, Rule, Shape, Structure, Typed, read_structure, write_structure,
};
use orrery_apimachinery::{ObjectMeta, Str, Value};
use std::rc::Rc;

/// The most pods that a cluster of this simulation holds. Upstream's limit for a cluster is the same number.
pub const POD_LIMIT: usize = 150_000;

/// A group of containers that run together on one node.
///
/// All pods of one template share its spec. What is written per pod, the node, lives beside it;
/// in JSON it is `spec.nodeName`, as everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

/// The fields as JSON has them: all but the node.
static SHAPE: Shape = Shape {
    name: "Pod",
    fields: &[
        Field { name: "metadata", rule: Rule::Always, ty: ObjectMeta::TYPE },
        Field { name: "spec", rule: Rule::Always, ty: PodSpec::TYPE },
        Field { name: "status", rule: Rule::Always, ty: PodStatus::TYPE },
    ],
};

impl Structure for Pod {
    fn shape(&self) -> &'static Shape {
        &SHAPE
    }

    fn member(&self, index: usize) -> &dyn Member {
        match index {
            0 => &self.metadata,
            1 => &self.spec,
            _ => &self.status,
        }
    }

    fn member_mut(&mut self, index: usize) -> &mut dyn Member {
        match index {
            0 => &mut self.metadata,
            1 => &mut self.spec,
            _ => &mut self.status,
        }
    }
}

impl Member for Pod {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        let read = read_structure(self, value, cx);
        // Nobody shares the spec yet.
        self.node_name = Rc::get_mut(&mut self.spec).and_then(|spec| spec.node_name.take());
        read
    }

    fn write(&self) -> Value {
        let mut value = write_structure(self);
        if let Some(node) = &self.node_name {
            value["spec"]["nodeName"] = node.write();
        }
        value
    }
}

impl Typed for Pod {
    const TYPE: &'static GoType = &GoType::Struct(&SHAPE);
}

impl Rules for Pod {
    fn set_defaults(&mut self) {
        defaults::pod(self);
    }

    fn check(&self, errors: &mut Errors) {
        pod::pod(self, errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        pod_update::update(self, old, errors);
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
