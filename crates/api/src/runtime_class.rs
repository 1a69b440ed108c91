//! RuntimeClasses: the ways in which a node can run containers.

use crate::container::ResourceRequirements;
use crate::pod_spec::Toleration;
use crate::resources::ResourceList;
use crate::rules::Rules;
use crate::validation::{Errors, Path, metadata, names, resources, tolerations};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, StrMap};

/// A way to run containers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct RuntimeClass {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// The name of the way among nodes.
    pub handler: Str,
    /// What a pod costs beside its containers.
    #[json(omitempty)]
    pub overhead: Option<Overhead>,
    /// Which nodes know the way.
    #[json(omitempty)]
    pub scheduling: Option<Scheduling>,
}

/// What a pod costs beside its containers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Overhead {
    /// The amounts.
    #[json(omitempty)]
    pub pod_fixed: ResourceList,
}

/// Which nodes know a way to run containers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Scheduling {
    /// Their labels.
    #[json(omitempty)]
    pub node_selector: StrMap,
    /// Their taints, which pods of the class tolerate.
    #[json(omitempty)]
    pub tolerations: Vec<Toleration>,
}

impl Rules for RuntimeClass {
    fn check(&self, errors: &mut Errors) {
        let handler = &self.handler;
        errors.each_invalid(&Path::Root("handler"), handler, names::dns_label(handler, false));
        if let Some(overhead) = &self.overhead {
            let limits = ResourceRequirements { limits: overhead.pod_fixed.clone(), ..Default::default() };
            resources::requirements(&limits, &Path::Root("overhead"), errors);
        }
        if let Some(scheduling) = &self.scheduling {
            let path = &Path::Root("scheduling");
            metadata::labels(&scheduling.node_selector, &path.field("nodeSelector"), errors);
            check_tolerations(&scheduling.tolerations, &path.field("tolerations"), errors);
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        errors.immutable(&Path::Root("handler"), &self.handler, &old.handler);
    }
}

/// A toleration, whatever its seconds.
fn key(toleration: &Toleration) -> Toleration {
    Toleration { toleration_seconds: None, ..toleration.clone() }
}

fn check_tolerations(list: &[Toleration], path: &Path, errors: &mut Errors) {
    // The doubled name is upstream's.
    tolerations(list, &path.field("tolerations"), errors);
    for (i, toleration) in list.iter().enumerate() {
        if list[..i].iter().any(|earlier| key(earlier) == key(toleration)) {
            errors.duplicate(&path.index(i), toleration);
        }
    }
}
