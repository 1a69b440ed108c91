//! A directory or disk of one node, as a PersistentVolume (upstream: `pkg/volume/local`).

use super::host_path::kind;
use crate::RuntimeProfile;
use crate::node::Node;

/// Whether what is to be mounted is there: nobody makes it. The error says that it is not.
pub(super) fn check(path: &str, node: &Node) -> Result<(), String> {
    if node.profile == RuntimeProfile::Immediate || kind(node, path).is_some() {
        return Ok(());
    }
    Err(format!("path {path:?} does not exist"))
}
