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
    fn the_logarithm_is_right_but_for_the_last_bits() {
        for (n, exact) in [
            (1, 0),
            (2, 799144290325165978),
            (3, 1266613732830808727),
            (5, 1855555579574825834),
            (10, 2654699869899991813),
            (502, 7169557806543307118),
            (5002, 9820116265667511928),
            (150002, 13740984164189848908),
        ] {
            assert!(ln(n).abs_diff(exact) < 64, "{n}: {}", ln(n));
        }
    }
}
