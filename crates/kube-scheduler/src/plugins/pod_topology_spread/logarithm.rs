//! The natural logarithm of whole numbers, in whole numbers.

/// The bits after the point.
pub(super) const FRACTION: u32 = 60;
/// The logarithm of 2.
const LN_2: u128 = 799_144_290_325_165_978;

/// The natural logarithm of `n`, which is not zero, times 2^60; the last bits may be wrong.
///
/// The logarithm to the base 2 comes bit by bit: a number is squared, and whether the square is beyond 2
/// is the next bit.
pub(super) fn ln(n: u64) -> u64 {
    let whole = n.ilog2();
    let mut x = (u128::from(n) << FRACTION) >> whole;
    let mut log = u128::from(whole);
    for _ in 0..FRACTION {
        x = (x * x) >> FRACTION;
        let bit = x >> (FRACTION + 1);
        x >>= bit;
        log = log << 1 | bit;
    }
    u64::try_from((log * LN_2) >> FRACTION).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_that_of_floating_point() {
        for n in (1..20_000).chain([150_000, 1 << 20]) {
            let exact = ln(n) as f64 / (1u64 << FRACTION) as f64;
            assert!((exact - (n as f64).ln()).abs() < 1e-14, "{n}: {exact}");
        }
    }
}
