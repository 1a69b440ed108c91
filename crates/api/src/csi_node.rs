//! CSINodes: which CSI drivers run on a node.

use crate::rules::Rules;
use crate::validation::{Bare, Errors, Path, names, pointer, quoted, strings, volume_plugins};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str};
use std::collections::BTreeSet;

/// How long a driver's name of a node may be.
const NODE_ID_BYTES: usize = 256;

/// Which CSI drivers run on a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CSINode {
    /// The node's name, labels and the like.
    pub metadata: ObjectMeta,
    /// The drivers.
    pub spec: CSINodeSpec,
}

/// The drivers of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CSINodeSpec {
    /// The drivers.
    #[json(null_if_empty)]
    pub drivers: Vec<CSINodeDriver>,
}

/// A driver on a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CSINodeDriver {
    /// The driver's name.
    pub name: Str,
    /// The driver's name of the node.
    #[json(name = "nodeID")]
    pub node_id: Str,
    /// Labels of the node that tell where it is.
    #[json(null_if_empty)]
    pub topology_keys: Vec<Str>,
    /// How many volumes the node can have.
    #[json(omitempty)]
    pub allocatable: Option<VolumeNodeResources>,
}

/// How many volumes a node can have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeNodeResources {
    /// The number; no limit if absent.
    #[json(omitempty)]
    pub count: Option<i32>,
}

impl Rules for CSINode {
    fn check(&self, errors: &mut Errors) {
        let path = Path::Root("spec");
        let path = path.field("drivers");
        for (i, driver) in self.spec.drivers.iter().enumerate() {
            let at = path.index(i);
            check_driver(driver, &at, errors);
            if self.spec.drivers[..i].iter().any(|earlier| earlier.name == driver.name) {
                errors.duplicate(&at.field("name"), &driver.name);
            }
            check_keys(&driver.topology_keys, &at, errors);
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        for was in &old.spec.drivers {
            for driver in self.spec.drivers.iter().filter(|d| d.name == was.name && *d != was) {
                errors.invalid(&Path::Root("CSINodeDriver"), &Bare(&shown(driver)), "field is immutable");
            }
        }
    }
}

fn check_driver(driver: &CSINodeDriver, path: &Path, errors: &mut Errors) {
    volume_plugins::driver_name(&driver.name, &path.field("name"), errors);
    let (at, id) = (path.field("nodeID"), &driver.node_id);
    if id.is_empty() {
        errors.required(&at, "");
    }
    if id.len() > NODE_ID_BYTES {
        errors.invalid(&at, id, format!("must be {NODE_ID_BYTES} characters or less"));
    }
    if let Some(count) = driver.allocatable.as_ref().and_then(|a| a.count) {
        errors.non_negative(&path.field("allocatable").field("count"), i64::from(count));
    }
}

fn check_keys(keys: &[Str], path: &Path, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for key in keys {
        if key.is_empty() {
            errors.required(path, "");
        }
        if !seen.insert(key) {
            errors.duplicate(path, key);
        }
        errors.each_invalid(path, key, names::qualified_name(key));
    }
}

fn shown(driver: &CSINodeDriver) -> String {
    format!(
        "storage.CSINodeDriver{{Name:{}, NodeID:{}, TopologyKeys:{}, Allocatable:{}}}",
        quoted(&driver.name),
        quoted(&driver.node_id),
        strings("string", &driver.topology_keys),
        pointer("storage.VolumeNodeResources", driver.allocatable.is_some())
    )
}
