//! No node is overcommitted: its pods ask for no more than it has, and its kubelet turns none away that was sent to it.

use super::{Check, demand};
use orrery_api::{Node, Object, Pod};
use orrery_apiserver::{ApiServer, Change};

pub(crate) struct NoNodeIsOvercommitted;

impl Check for NoNodeIsOvercommitted {
    fn see(&mut self, change: &Change, api: &ApiServer) -> Result<(), String> {
        let Object::Pod(pod) = &change.value else { return Ok(()) };
        let Some(node) = pod.node_name.as_ref().and_then(|name| api.get::<Node>("", name)) else {
            return Ok(());
        };
        let turned_away = pod.status.reason.as_deref().is_some_and(|reason| reason.starts_with("OutOf"));
        demand(!turned_away, || format!("{} was turned away: {:?}", pod.metadata.name, pod.status.message))?;
        let running: Vec<_> = api.pods_on(&node.metadata.name).filter(|pod| !is_over(pod)).collect();
        let has = |resource| node.status.allocatable.get(resource).map_or(0, |q| q.milli_value());
        for resource in ["cpu", "memory"] {
            let asked: i64 = running.iter().map(|pod| asks(pod, resource)).sum();
            demand(asked <= has(resource), || {
                format!(
                    "{} has {} of {resource}, its pods ask for {asked}",
                    node.metadata.name,
                    has(resource)
                )
            })?;
        }
        demand(running.len() as i64 * 1_000 <= has("pods"), || {
            format!("{} has too many pods", node.metadata.name)
        })
    }
}

fn is_over(pod: &Pod) -> bool {
    matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"))
}

fn asks(pod: &Pod, resource: &str) -> i64 {
    let requests = pod.spec.containers.iter().map(|container| &container.resources.requests);
    requests.filter_map(|list| list.get(resource)).map(|q| q.milli_value()).sum()
}
