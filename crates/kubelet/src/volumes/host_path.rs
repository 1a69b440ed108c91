//! A file or directory of the node (upstream: `pkg/volume/hostpath`).

use crate::RuntimeProfile;
use crate::node::Node;
use orrery_api::HostPathVolumeSource;
use orrery_container_runtime::{Kind, parent};

/// Makes what may be made, and checks whether the rest is there. The error is why it cannot be mounted.
pub(super) fn set_up(source: &HostPathVolumeSource, node: &mut Node) -> Result<(), String> {
    let path = &*source.path;
    if path.split('/').any(|part| part == "..") {
        return Err(format!("invalid HostPath `{path}`: must not contain '..'"));
    }
    let found = kind(node, path);
    let (fits, what) = match source.type_.as_deref().unwrap_or_default() {
        "" => return Ok(()),
        "DirectoryOrCreate" if found.is_none() => {
            node.disk.make_directory(path);
            return Ok(());
        }
        "FileOrCreate" if found.is_none() => return make_file(path, node),
        "DirectoryOrCreate" | "Directory" => (found == Some(Kind::Directory), "directory"),
        "FileOrCreate" | "File" => (found == Some(Kind::File) && !is_socket(path), "file"),
        "Socket" => (found.is_some() && is_socket(path), "socket file"),
        "CharDevice" => (found.is_some() && is_character_device(path), "character device"),
        "BlockDevice" => (false, "block device"),
        other => return Err(format!("{other} is an invalid volume type")),
    };
    if fits { Ok(()) } else { Err(format!("hostPath type check failed: {path} is not a {what}")) }
}

/// What is at a path of the node. The node of the recordings has nothing anywhere (upstream: `FakeHostUtil`).
pub(super) fn kind(node: &Node, path: &str) -> Option<Kind> {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    match node.profile {
        RuntimeProfile::Immediate => None,
        RuntimeProfile::Lively if is_socket(path) || is_character_device(path) => Some(Kind::File),
        RuntimeProfile::Lively => node.disk.kind(path),
    }
}

fn make_file(path: &str, node: &mut Node) -> Result<(), String> {
    if node.profile == RuntimeProfile::Lively && kind(node, parent(path)) != Some(Kind::Directory) {
        return Err(format!("open {path}: no such file or directory"));
    }
    node.disk.write(path, "");
    Ok(())
}

/// The sockets that every node has.
fn is_socket(path: &str) -> bool {
    matches!(path, "/run/containerd/containerd.sock" | "/var/run/containerd/containerd.sock")
}

fn is_character_device(path: &str) -> bool {
    matches!(
        path,
        "/dev/null" | "/dev/zero" | "/dev/full" | "/dev/random" | "/dev/urandom" | "/dev/tty" | "/dev/kmsg"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NodeConfig;
    use orrery_apimachinery::Quantity;

    #[test]
    fn a_path_is_made_or_must_be_there_as_its_type_says() {
        let failed =
            |path: &str, what: &str| Err(format!("hostPath type check failed: {path} is not a {what}"));
        for (row, path, type_, expected) in [
            ("nothing is asked of the path", "/data", "", Ok(())),
            ("a directory is made", "/data", "DirectoryOrCreate", Ok(())),
            ("a directory is there", "/var/log", "Directory", Ok(())),
            ("a directory is missing", "/data", "Directory", failed("/data", "directory")),
            ("a file is no directory", "/etc/motd", "DirectoryOrCreate", failed("/etc/motd", "directory")),
            ("a file is made", "/etc/new", "FileOrCreate", Ok(())),
            (
                "a file is made in no directory",
                "/no/new",
                "FileOrCreate",
                Err("open /no/new: no such file or directory".into()),
            ),
            ("a file is there", "/etc/motd", "File", Ok(())),
            ("a file is missing", "/etc/none", "File", failed("/etc/none", "file")),
            ("the runtime's socket", "/run/containerd/containerd.sock", "Socket", Ok(())),
            (
                "docker's socket",
                "/var/run/docker.sock",
                "Socket",
                failed("/var/run/docker.sock", "socket file"),
            ),
            ("a device of characters", "/dev/null", "CharDevice", Ok(())),
            ("a disk", "/dev/sdb", "BlockDevice", failed("/dev/sdb", "block device")),
            (
                "a way out",
                "/data/../etc",
                "Directory",
                Err("invalid HostPath `/data/../etc`: must not contain '..'".into()),
            ),
        ] {
            let config = NodeConfig::new(1, Quantity::from_units(4), Quantity::from_bytes(1 << 30));
            let mut node = Node::new(config, RuntimeProfile::Lively);
            node.disk.write("/etc/motd", "hello");
            let source = HostPathVolumeSource { path: path.into(), type_: Some(type_.into()) };
            assert_eq!(set_up(&source, &mut node), expected, "{row}");
        }
    }
}
