//! Random streams that are a function of a seed and a name.

use crate::TraceHash;

const DIGITS: &[u8; 16] = b"0123456789abcdef";
/// Where the digits of a UUID stand; hyphens are between them.
const UUID_DIGITS: [usize; 32] = [
    0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31,
    32, 33, 34, 35,
];

/// A stream of random numbers (SplitMix64), derived from the seed of the run and the name of who draws.
///
/// Every component owns its own stream, so that one more draw in one part never shifts another.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream called `name` of the run with `seed`.
    pub fn stream(seed: u64, name: &str) -> Self {
        let mut hash = TraceHash::default();
        hash.write_u64(seed);
        hash.write(name.as_bytes());
        Random { state: hash.finish() }
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`; zero when `bound` is zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // The high half of the product: the bias is below 2^-32 for the bounds that we use.
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// `len` characters of Kubernetes' suffix alphabet, which has no vowels and no 0, 1, 3
    /// (upstream: `k8s.io/apimachinery/pkg/util/rand`).
    pub fn suffix(&mut self, len: usize) -> String {
        const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
        (0..len).map(|_| char::from(ALPHABET[self.below(ALPHABET.len() as u64) as usize])).collect()
    }

    /// Sixteen hexadecimal digits for each of `words` random numbers.
    pub fn hex(&mut self, words: usize) -> String {
        let mut text = String::with_capacity(16 * words);
        for _ in 0..words {
            let bits = self.next_u64();
            text.extend((0..16).map(|i| char::from(DIGITS[(bits >> (60 - 4 * i) & 0xf) as usize])));
        }
        text
    }

    /// A version 4 UUID in its usual text form.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.next_u64(), self.next_u64());
        // Four bits tell the version, two the variant.
        let high = high & !0xf000 | 0x4000;
        let low = low & (u64::MAX >> 2) | 1 << 63;
        let mut bits = u128::from(high) << 64 | u128::from(low);
        let mut text = [b'-'; 36];
        for place in UUID_DIGITS {
            bits = bits.rotate_left(4);
            text[place] = DIGITS[(bits & 0xf) as usize];
        }
        str::from_utf8(&text).expect("digits and hyphens are text").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_depend_on_seed_and_name_only() {
        let draw = |seed, name| Random::stream(seed, name).next_u64();
        assert_eq!(draw(1, "scheduler"), draw(1, "scheduler"));
        assert_ne!(draw(1, "scheduler"), draw(1, "kubelet/node-1"));
        assert_ne!(draw(1, "scheduler"), draw(2, "scheduler"));
    }

    #[test]
    fn a_uuid_tells_its_version_and_its_variant() {
        let mut random = Random::stream(7, "uids");
        let uuids = [random.uuid(), random.uuid()];
        assert_eq!(uuids, ["44f02d37-8277-4342-8789-bf729a43512d", "9e179e74-1287-451e-8dd5-735bd599a5d7"]);
    }

    #[test]
    fn a_suffix_uses_upstreams_alphabet() {
        let suffix = Random::stream(7, "names").suffix(200);
        assert_eq!(suffix.len(), 200);
        assert!(suffix.chars().all(|c| "bcdfghjklmnpqrstvwxz2456789".contains(c)), "{suffix}");
    }
}
