//! Node groups and control planes of a scenario, as a cluster knows them.

use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{Quantity, Str};
use orrery_cluster::{NodeGroup, Topology};
use std::collections::BTreeMap;

use crate::format::Machines;
use crate::values::{Place, Scalar};

/// A node group: the bounds of its size, and the shape of its machines.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct Group {
    /// The name.
    pub name: Str,
    /// The autoscaler goes no lower than this …
    pub min: i32,
    /// … and no higher.
    pub max: i32,
    /// How many machines there are at the beginning; the fewest if it is not told.
    pub size: Option<i32>,
    /// Processor time of a machine, in cores; 4 if it is not told.
    pub cpu: Option<Scalar>,
    /// Memory of a machine; 16Gi if it is not told.
    pub memory: Option<Scalar>,
    /// Labels that its nodes have.
    pub labels: BTreeMap<Str, Scalar>,
    /// Taints that its nodes have, as `kubectl taint` takes them.
    pub taints: Vec<Str>,
}

impl Group {
    /// The group as the cluster knows it; an error tells what cannot be read.
    fn read(&self) -> Result<NodeGroup, String> {
        let amount = |given: &Option<Scalar>, usual: &str| {
            let text = given.as_ref().map_or(usual, |given| &given.0);
            Quantity::parse(text).ok_or_else(|| format!("'{text}' is not a quantity"))
        };
        let taint = |text: &Str| NodeGroup::taint(text).ok_or_else(|| format!("'{text}' is not a taint"));
        let size = |told: i32| usize::try_from(told).unwrap_or(0);
        Ok(NodeGroup {
            name: self.name.clone(),
            min_size: size(self.min),
            max_size: size(self.max),
            target_size: size(self.size.unwrap_or(self.min)),
            cpu: amount(&self.cpu, "4")?,
            memory: amount(&self.memory, "16Gi")?,
            labels: self.labels.iter().map(|(key, value)| (key.clone(), value.0.as_str())).collect(),
            taints: self.taints.iter().map(taint).collect::<Result<_, _>>()?,
        })
    }
}

impl Machines {
    /// The control plane.
    pub fn layout(&self) -> Topology {
        let count = |told: Option<i32>| told.map_or(1, |told| usize::try_from(told).unwrap_or(0));
        match self.topology {
            Place::AllInOne => Topology::all_in_one(),
            place => {
                let parts = Topology::new(count(self.etcd), count(self.control_planes));
                Topology { external_etcd: parts.external_etcd || place == Place::ExternalEtcd, ..parts }
            }
        }
    }

    /// The node groups; an error tells what cannot be read.
    pub fn groups(&self) -> Result<Vec<NodeGroup>, String> {
        self.node_groups.iter().map(Group::read).collect()
    }
}
