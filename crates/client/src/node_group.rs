//! Node groups: sets of equal machines that a cloud starts and takes away.
//!
//! What is wanted of a group stands in the API, as a cloud of its own has it behind an API of its own: a ConfigMap
//! `node-group-NAME` in `kube-system` with the size and the shape of its machines (the words for the shape are those of
//! the cluster autoscaler's annotations for Cluster API). Who changes `targetSize` there gets machines, or loses some;
//! who writes the annotation [`DELETE_MACHINE`] on a Node loses that one, and the size sinks with it.

use orrery_api::resources::{CPU, MEMORY, PODS};
use orrery_api::{ConfigMap, Node, Taint};
use orrery_apimachinery::{ObjectMeta, Quantity, Str, StrMap};
use orrery_apiserver::ApiServer;

/// The label of a node with the name of its group.
pub const NODE_GROUP: &str = "orrery.dev/node-group";
/// The annotation of a node whose machine is to go.
pub const DELETE_MACHINE: &str = "orrery.dev/delete-machine";
/// Where the groups' ConfigMaps are.
pub const NAMESPACE: &str = "kube-system";
/// The key of the size that is wanted.
pub const TARGET_SIZE: &str = "targetSize";

const PREFIX: &str = "node-group-";
/// How many pods a machine takes.
const USUAL_PODS: i64 = 110;

/// A set of equal machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeGroup {
    /// The name.
    pub name: Str,
    /// The autoscaler goes no lower than this …
    pub min_size: usize,
    /// … and no higher.
    pub max_size: usize,
    /// How many machines there are to be.
    pub target_size: usize,
    /// Processor time of a machine, in cores.
    pub cpu: Quantity,
    /// Memory of a machine.
    pub memory: Quantity,
    /// Labels that its nodes register with.
    pub labels: StrMap,
    /// Taints that its nodes register with.
    pub taints: Vec<Taint>,
}

impl NodeGroup {
    /// Every group, by name.
    pub fn all(api: &ApiServer) -> Vec<NodeGroup> {
        let mut groups = Vec::new();
        for map in api.list_in::<ConfigMap>(&NAMESPACE.into()) {
            groups.extend(NodeGroup::read(map));
        }
        groups
    }

    /// The name of the group's ConfigMap.
    pub fn config_map_name(name: &str) -> String {
        [PREFIX, name].concat()
    }

    /// The group that a ConfigMap states, if it states one.
    pub fn read(map: &ConfigMap) -> Option<NodeGroup> {
        let name =
            map.metadata.name.strip_prefix(PREFIX).filter(|_| &*map.metadata.namespace == NAMESPACE)?;
        let size = |key: &str| map.data.get(key)?.parse().ok();
        let amount = |key: &str| Quantity::parse(map.data.get(key)?);
        let list = |key: &str| map.data.get(key).map(|text| &**text).unwrap_or_default().split(',');
        Some(NodeGroup {
            name: name.into(),
            min_size: size("minSize")?,
            max_size: size("maxSize")?,
            target_size: size(TARGET_SIZE)?,
            cpu: amount(CPU)?,
            memory: amount(MEMORY)?,
            labels: list("labels").filter_map(|pair| pair.split_once('=')).collect(),
            taints: list("taints").filter_map(NodeGroup::taint).collect(),
        })
    }

    /// The group's ConfigMap.
    pub fn config_map(&self) -> ConfigMap {
        let metadata = ObjectMeta::named(NAMESPACE, NodeGroup::config_map_name(&self.name));
        let mut map = ConfigMap { metadata, ..Default::default() };
        for (key, size) in
            [("minSize", self.min_size), ("maxSize", self.max_size), (TARGET_SIZE, self.target_size)]
        {
            map.data.insert(key, size.to_string());
        }
        map.data.insert(CPU, self.cpu.to_string());
        map.data.insert(MEMORY, self.memory.to_string());
        let labels: Vec<String> = self.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let taint = |t: &Taint| format!("{}={}:{}", t.key, t.value.as_deref().unwrap_or_default(), t.effect);
        let taints: Vec<String> = self.taints.iter().map(taint).collect();
        for (key, texts) in [("labels", labels), ("taints", taints)] {
            if !texts.is_empty() {
                map.data.insert(key, texts.join(","));
            }
        }
        map
    }

    /// A taint such as `key=value:Effect`.
    pub fn taint(text: &str) -> Option<Taint> {
        let (rest, effect) = text.rsplit_once(':')?;
        let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
        let value = Some(value).filter(|value| !value.is_empty()).map(Str::from);
        Some(Taint { key: key.into(), value, effect: effect.into(), time_added: None })
    }

    /// A node of the group as it will be (upstream: `TemplateNodeInfo`).
    pub fn template(&self) -> Node {
        let mut node = Node { metadata: ObjectMeta::named("", self.name.clone()), ..Default::default() };
        node.metadata.labels = self.labels.clone();
        for (key, value) in
            [("kubernetes.io/os", "linux"), ("kubernetes.io/arch", "amd64"), (NODE_GROUP, &*self.name)]
        {
            node.metadata.labels.insert(key, value);
        }
        node.spec.taints = self.taints.clone();
        for (name, amount) in
            [(CPU, self.cpu), (MEMORY, self.memory), (PODS, Quantity::from_units(USUAL_PODS))]
        {
            node.status.allocatable.insert(name.into(), amount);
        }
        node
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_read_back_as_it_was_written() {
        let bare = NodeGroup {
            name: "pool".into(),
            min_size: 0,
            max_size: 5,
            target_size: 2,
            cpu: Quantity::from_units(4),
            memory: Quantity::from_bytes(16 << 30),
            labels: StrMap::default(),
            taints: Vec::new(),
        };
        let full = NodeGroup {
            labels: [("disk", "ssd"), ("zone", "a")].into_iter().collect(),
            taints: ["gpu=true:NoSchedule", "spot:NoExecute"]
                .into_iter()
                .filter_map(NodeGroup::taint)
                .collect(),
            ..bare.clone()
        };
        for (row, group) in [("without labels and taints", bare), ("with both", full)] {
            assert_eq!(NodeGroup::read(&group.config_map()), Some(group), "{row}");
        }
    }
}
