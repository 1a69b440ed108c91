//! Addresses for pods out of the node's range (upstream: the `host-local` IPAM plug-in).

use orrery_apimachinery::Str;
use std::collections::BTreeSet;

/// The addresses of one node's range. Like `host-local`, it goes round: an address that was given
/// back is taken again only after all others.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    base: u32,
    size: u32,
    last: u32,
    used: BTreeSet<u32>,
}

/// The first host number that pods get; the one before is the bridge's.
const FIRST: u32 = 2;

impl Addresses {
    /// The addresses of `cidr`, such as `10.244.0.0/24`.
    pub(crate) fn new(cidr: &str) -> Self {
        let (base, bits) = parse(cidr).unwrap_or((0x0af4_0000, 24));
        let size = 1u32.checked_shl(32 - bits).unwrap_or(u32::MAX);
        Addresses { base, size, last: FIRST - 1, used: BTreeSet::new() }
    }

    /// Takes the next free address; `None` when all are taken.
    pub(crate) fn take(&mut self) -> Option<u32> {
        // The last address is the broadcast one.
        let count = self.size.saturating_sub(FIRST + 1);
        let host = (0..count)
            .map(|i| FIRST + (self.last + 1 - FIRST + i) % count)
            .find(|h| !self.used.contains(h))?;
        self.used.insert(host);
        self.last = host;
        Some(self.base + host)
    }

    /// Gives an address back.
    pub(crate) fn release(&mut self, address: u32) {
        self.used.remove(&address.wrapping_sub(self.base));
    }

    /// Whether an address is of this range.
    pub(crate) fn covers(&self, address: u32) -> bool {
        address.wrapping_sub(self.base) < self.size
    }
}

/// The usual text of an address.
pub(crate) fn text(address: u32) -> Str {
    let [a, b, c, d] = address.to_be_bytes();
    format!("{a}.{b}.{c}.{d}").into()
}

fn parse(cidr: &str) -> Option<(u32, u32)> {
    let (address, bits) = cidr.split_once('/')?;
    Some((parse_address(address)?, bits.parse().ok().filter(|b| *b <= 30)?))
}

/// The address that a text such as `10.244.0.2` means.
pub(crate) fn parse_address(text: &str) -> Option<u32> {
    let mut octets = text.split('.').map(|o| o.parse::<u8>().ok());
    let address = [octets.next()??, octets.next()??, octets.next()??, octets.next()??];
    octets.next().is_none().then_some(u32::from_be_bytes(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_released_address_is_taken_again_last() {
        let mut addresses = Addresses::new("10.244.1.0/29");
        let mut take = || addresses.take().map(text);
        assert_eq!(take().as_deref(), Some("10.244.1.2"));
        assert_eq!(take().as_deref(), Some("10.244.1.3"));
        addresses.release(parse_address("10.244.1.2").expect("an address"));
        let rest: Vec<Str> = std::iter::from_fn(|| addresses.take().map(text)).collect();
        assert_eq!(rest, ["10.244.1.4", "10.244.1.5", "10.244.1.6", "10.244.1.2"].map(Str::from));
    }
}
