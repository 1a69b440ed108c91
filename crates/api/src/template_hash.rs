//! The `pod-template-hash` of a template, the same as a real control plane's.
//!
//! Upstream hashes the Go structs as its dumper prints them, every field by its Go name and type
//! (upstream: `pkg/controller/controller_utils.go`, `ComputeHash`), so that text is written here too.

mod dump;
pub(crate) mod layout;
mod quantity;
#[cfg(test)]
mod tests;

use crate::PodTemplateSpec;

/// The letters and digits of generated names: no vowels, nothing that looks like another.
const ALPHANUMS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// The hash by which the pods and objects made from `template` are told from those of other templates.
/// A collision count is that of the owner's status.
pub fn compute_hash(template: &PodTemplateSpec, collision_count: Option<i32>) -> String {
    let mut text = dump::dump(template).into_bytes();
    if let Some(count) = collision_count {
        // Upstream writes 32 bits into a buffer of 64.
        text.extend(count.to_le_bytes());
        text.extend([0; 4]);
    }
    safe_encode_string(&fnv32a(&text).to_string())
}

/// The text in the alphabet of generated names (upstream: `rand.SafeEncodeString`).
pub fn safe_encode_string(text: &str) -> String {
    text.chars().map(|c| char::from(ALPHANUMS[c as usize % ALPHANUMS.len()])).collect()
}

fn fnv32a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
