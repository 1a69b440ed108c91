//! A pod from within: one network namespace that the pause container holds, the containers that share it, and their volumes.

use orrery_api::Pod;
use orrery_cluster::Cluster;

use super::container::{ContainerBox, containers};
use super::volume::{VolumeRow, volumes};
use crate::countdown::Wait;
use crate::owner::Hues;
use crate::pod::{self, mark};
use crate::scene::{ObjectRef, PodMark, Text};

/// A pod that is opened.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenedPod {
    /// Its mark.
    pub mark: PodMark,
    /// The node that it is bound to.
    pub node: Option<ObjectRef>,
    /// The address that its containers share.
    pub ip: Option<Text>,
    /// They use the node's network instead of one of their own.
    pub host_network: bool,
    /// Phase and class of service.
    pub chips: Vec<Text>,
    /// Conditions: type and status.
    pub conditions: Vec<(Text, Text)>,
    /// Init containers in order, containers, ephemeral ones.
    pub containers: Vec<ContainerBox>,
    /// Its volumes.
    pub volumes: Vec<VolumeRow>,
}

/// Opens a pod; none when there is no pod of that name.
pub fn opened_pod(cluster: &Cluster, id: &ObjectRef) -> Option<OpenedPod> {
    let api = cluster.api();
    let pod = api.get::<Pod>(&id.namespace, &id.name)?;
    let node = pod.node_name.as_ref();
    let status = &pod.status;
    let pulling = pod::pulling(api);
    let chips = [&status.phase, &status.qos_class].into_iter().flatten().cloned();
    let containers = containers(cluster, pod, pulling.contains(&pod.metadata.uid));
    let mut mark = mark(api, cluster.now(), &Hues::of(api), &pulling, pod);
    if mark.countdown.is_some_and(|count| count.what == Wait::BackOff) {
        // The kubelet knows it more exactly than the status.
        mark.countdown = containers.iter().find_map(|c| c.countdown);
    }
    Some(OpenedPod {
        mark,
        node: node.map(|name| ObjectRef::new("Node", "", name)),
        ip: status.pod_ip.clone(),
        host_network: pod.spec.host_network,
        chips: chips.collect(),
        conditions: status.conditions.iter().map(|c| (c.type_.clone(), c.status.clone())).collect(),
        containers,
        volumes: volumes(cluster, pod),
    })
}
