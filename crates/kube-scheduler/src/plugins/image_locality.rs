//! ImageLocality: a node that has the images already is a better one, the larger they are.

use crate::float::scaled;
use crate::framework::{ClusterEvent, Cycle, CycleState, MAX_NODE_SCORE, Plugin};
use crate::node_info::NodeInfo;
use orrery_api::Container;
use orrery_apimachinery::Str;

const MEGABYTE: i64 = 1024 * 1024;
/// Smaller sums of images make no difference …
const MIN_THRESHOLD: i64 = 23 * MEGABYTE;
/// … and larger ones, per container, no more of it.
const MAX_CONTAINER_THRESHOLD: i64 = 1000 * MEGABYTE;

/// The plug-in.
#[derive(Debug)]
pub struct ImageLocality;

impl Plugin for ImageLocality {
    fn name(&self) -> &'static str {
        "ImageLocality"
    }

    fn pre_score(&self, cycle: &Cycle<'_>, _state: &mut CycleState, _feasible: &[usize]) -> bool {
        cycle.cache.images_generation() > 0
    }

    fn score(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> i64 {
        if node.images.is_empty() {
            return 0;
        }
        let spec = &cycle.info.spec;
        let containers = || spec.init_containers.iter().chain(&spec.containers);
        let sum: i64 =
            containers().filter_map(image).map(|image| self.scaled_size(cycle, node, &image)).sum();
        let count = i64::try_from(containers().count()).unwrap_or(i64::MAX);
        let max = MAX_CONTAINER_THRESHOLD.saturating_mul(count);
        MAX_NODE_SCORE * (sum.clamp(MIN_THRESHOLD, max) - MIN_THRESHOLD) / (max - MIN_THRESHOLD)
    }

    fn worth_retrying(&self, _cycle: &Cycle<'_>, _event: &ClusterEvent<'_>) -> bool {
        false
    }
}

impl ImageLocality {
    /// The size of an image on the node, times the share of nodes that have it: so one node with an
    /// image does not draw all pods.
    fn scaled_size(&self, cycle: &Cycle<'_>, node: &NodeInfo, image: &Str) -> i64 {
        let Some(size) = node.images.get(image) else { return 0 };
        scaled(*size, cycle.cache.nodes_with_image(image), cycle.cache.len())
    }
}

/// The image's name with its tag (upstream: `normalizedImageName`).
fn image(container: &Container) -> Option<Str> {
    let name = container.image.as_ref()?;
    let tagged = name.rfind(':').is_some_and(|colon| name.rfind('/').is_none_or(|slash| colon > slash));
    Some(if tagged { name.clone() } else { format!("{name}:latest").into() })
}
