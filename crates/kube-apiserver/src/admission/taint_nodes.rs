//! TaintNodesByCondition: a new node takes no pods until the node lifecycle controller has seen it ready.

use orrery_api::{Node, Taint};

pub(super) fn mutate(node: &mut Node) {
    const NOT_READY: &str = "node.kubernetes.io/not-ready";
    if !node.spec.taints.iter().any(|t| &*t.key == NOT_READY && &*t.effect == "NoSchedule") {
        node.spec.taints.push(Taint {
            key: NOT_READY.into(),
            effect: "NoSchedule".into(),
            ..Default::default()
        });
    }
}
