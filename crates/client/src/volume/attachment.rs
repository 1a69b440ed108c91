//! The names of VolumeAttachments (upstream: `csi_attacher.go`, `getAttachmentName`).

use orrery_apimachinery::Str;
use sha2::{Digest, Sha256};

/// The name of the object that says that a driver's volume is to be at a node.
pub fn attachment_name(handle: &str, driver: &str, node: &str) -> Str {
    let mut name = String::from("csi-");
    for byte in Sha256::digest([handle, driver, node].concat()) {
        name.push_str(&format!("{byte:02x}"));
    }
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_hash_of_volume_driver_and_node() {
        let expected = "csi-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(&*attachment_name("a", "b", "c"), expected);
        let long = "a".repeat(60);
        assert_eq!(
            &*attachment_name(&long, "", ""),
            "csi-11ee391211c6256460b6ed375957fadd8061cafbb31daf967db875aebd5aaad4"
        );
    }
}
