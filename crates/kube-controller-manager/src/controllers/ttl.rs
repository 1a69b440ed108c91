//! Tells kubelets, by an annotation on their nodes, for how long they may keep Secrets and ConfigMaps without asking:
//! the longer the more nodes there are (upstream: `pkg/controller/ttl`).

use crate::{Action, Controller, Wake};
use orrery_api::{Kind, Node, Object};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Change, Context, Key, Op};

/// The annotation.
const TTL: &str = "node.alpha.kubernetes.io/ttl";

/// A cluster that has grown beyond the end of its range is in the next one, and one that has shrunk below the start of
/// its range in the one before: where it stands between, it stays.
struct Range {
    start: usize,
    end: usize,
    seconds: &'static str,
}

/// Upstream: `ttlBoundaries`.
const RANGES: [Range; 5] = [
    Range { start: 0, end: 100, seconds: "0" },
    Range { start: 90, end: 500, seconds: "15" },
    Range { start: 450, end: 1_000, seconds: "30" },
    Range { start: 900, end: 2_000, seconds: "60" },
    Range { start: 1_800, end: usize::MAX, seconds: "300" },
];

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct TtlController {
    range: usize,
}

impl Controller for TtlController {
    const NAME: &'static str = "ttl-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        let Object::Node(node) = &change.value else { return };
        let (nodes, range) = (api.count(Kind::Node), &RANGES[self.range]);
        if nodes > range.end || nodes < range.start {
            self.range = if nodes > range.end { self.range + 1 } else { self.range - 1 };
            // Upstream leaves the others to their next heartbeat; here a steady node has none.
            api.list::<Node>().for_each(|node| wake.key(node_key(node)));
        } else if change.op != Op::Deleted {
            wake.key(node_key(node));
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let seconds = RANGES[self.range].seconds;
        let annotated = |node: &Node| node.metadata.annotations.get(TTL).map(|s| &**s) == Some(seconds);
        if cx.get::<Node>("", &key.name).is_some_and(|node| !annotated(&node)) {
            cx.modify::<Node>("", &key.name, |node| {
                node.metadata.annotations.insert(TTL, seconds);
            })?;
        }
        Ok(Action::AwaitChange)
    }
}

fn node_key(node: &Node) -> Key {
    Key::new(Kind::Node, "", node.metadata.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Workbench;
    use orrery_apimachinery::ObjectMeta;
    use orrery_client::Propagation;
    use orrery_sim::Duration;
    use std::collections::BTreeSet;

    #[test]
    fn a_larger_cluster_keeps_longer_and_a_little_smaller_is_no_smaller() {
        let mut bench = Workbench::<TtlController>::new();
        for (nodes, expected) in [(3, "0"), (100, "0"), (101, "15"), (92, "15"), (89, "0"), (95, "0")] {
            let there = bench.api.count(Kind::Node);
            for number in there..nodes {
                let metadata = ObjectMeta::named("", format!("node-{number}"));
                bench.create(Node { metadata, ..Default::default() });
            }
            for number in nodes..there {
                let node = bench.get::<Node>("", &format!("node-{number}")).expect("it was created");
                bench.delete(&Object::Node(node), Propagation::Background);
            }
            bench.pass(Duration::from_secs(1));
            let told: BTreeSet<_> =
                bench.api.list::<Node>().map(|n| n.metadata.annotations.get(TTL)).collect();
            let told: Vec<_> = told.into_iter().map(|seconds| seconds.map(|s| &**s)).collect();
            assert_eq!(told, [Some(expected)], "{nodes} nodes");
        }
        let written = bench.written().lines().count();
        bench.modify::<Node>("", "node-1", |node| node.spec.unschedulable = true);
        bench.pass(Duration::from_secs(1));
        assert_eq!(bench.written().lines().count(), written, "what is right is not written again");
    }
}
