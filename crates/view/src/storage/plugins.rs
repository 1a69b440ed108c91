//! The plug-in table: which kind of storage can do what.

use orrery_client::volume::plugins::{PLUGINS, Standing};

/// A kind of storage.
#[derive(Clone, PartialEq, Debug)]
pub struct PluginRow {
    /// Its name, in a volume or as a driver.
    pub name: &'static str,
    /// Of an in-tree plug-in: the driver that does its work now, or the version since which it is gone.
    pub instead: Option<&'static str>,
    /// Nothing mounts it any more.
    pub gone: bool,
    /// Its access modes, as kubectl abbreviates them.
    pub modes: Vec<&'static str>,
    /// Whether it attaches, and whether it can be a block device, grow, be copied, and be made on demand.
    pub can: [bool; 5],
}

/// Every kind of storage.
pub fn plugins() -> Vec<PluginRow> {
    let row = |plugin: &orrery_client::volume::plugins::Plugin| {
        let (modes, can) = (plugin.modes, plugin.can);
        let known = [
            (modes.read_write_once, "RWO"),
            (modes.read_only_many, "ROX"),
            (modes.read_write_many, "RWX"),
            (modes.read_write_once_pod, "RWOP"),
        ];
        PluginRow {
            name: plugin.name,
            instead: match plugin.standing {
                Standing::Migrated(to) | Standing::Removed(to) => Some(to),
                _ => None,
            },
            gone: matches!(plugin.standing, Standing::Removed(_)),
            modes: known.into_iter().filter(|(has, _)| *has).map(|(_, mode)| mode).collect(),
            can: [can.attach, can.block, can.expand, can.snapshot, can.provision],
        }
    };
    PLUGINS.iter().map(row).collect()
}
