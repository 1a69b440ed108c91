//! The names of chains: SHA-256 in base 32, shortened (upstream: `portProtoHash`).

use sha2::{Digest, Sha256};

/// The sixteen characters by which the chains of `text` are named.
pub(crate) fn hash(text: &str) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    // Sixteen characters of five bits are the first ten of the bytes.
    let bits = Sha256::digest(text)[..10].iter().fold(0, |bits, byte| bits << 8 | u128::from(*byte));
    (0..16).map(|i| char::from(LETTERS[(bits >> (75 - 5 * i)) as usize & 31])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_of_the_first_service_has_its_well_known_name() {
        assert_eq!(hash("default/kubernetes:httpstcp"), "NPX46M4PTMTKRN6Y");
    }
}
