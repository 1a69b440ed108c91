//! The few divisions and products that upstream works out in doubles, in integers: rounded where a double is, to the
//! nearest of 53 bits and to the even one between two (IEEE 754), so that `ceil(0.07 × 100)` is 8 here as there.
//!
//! Only finite numbers occur: targets are above zero, and what upstream divides by zero its callers tell apart.

/// A number that is not negative: `mantissa × 2^exponent`. The mantissa has 53 bits, or the number is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Double {
    exponent: i32,
    mantissa: u64,
}

const BITS: u32 = 53;
const ONE: Double = Double { exponent: -52, mantissa: 1 << 52 };
const HUNDRED: i64 = 100;
/// What 0.9 and 1.1 are as doubles. One less than the first is below 0.1, the second less one above it.
const NINE_TENTHS: Double = Double { exponent: -53, mantissa: 0x1C_CCCC_CCCC_CCCD };
const ELEVEN_TENTHS: Double = Double { exponent: -52, mantissa: 0x11_9999_9999_999A };

/// The double nearest to `bits × 2^exponent`, a little more if something is `left`.
fn rounded(bits: u128, exponent: i32, left: bool) -> Double {
    let surplus = (u128::BITS - bits.leading_zeros()).saturating_sub(BITS);
    if bits == 0 {
        return Double { exponent: i32::MIN, mantissa: 0 };
    }
    if surplus == 0 {
        let missing = (BITS + bits.leading_zeros()) - u128::BITS;
        return Double { exponent: exponent - missing.cast_signed(), mantissa: (bits << missing) as u64 };
    }
    let (kept, rest) = (bits >> surplus, bits & ((1 << surplus) - 1));
    let half = 1 << (surplus - 1);
    let up = rest > half || (rest == half && (left || kept % 2 == 1));
    let exponent = exponent + surplus.cast_signed();
    // Rounded up, 53 ones are a one and 53 zeroes.
    match kept as u64 + u64::from(up) {
        mantissa if mantissa >> BITS == 0 => Double { exponent, mantissa },
        mantissa => Double { exponent: exponent + 1, mantissa: mantissa / 2 },
    }
}

impl Double {
    fn of(number: u64) -> Double {
        rounded(u128::from(number), 0, false)
    }

    fn over(self, other: Double) -> Double {
        let (numerator, denominator) = (u128::from(self.mantissa) << 64, u128::from(other.mantissa));
        let left = numerator % denominator != 0;
        rounded(numerator / denominator, self.exponent.saturating_sub(other.exponent + 64), left)
    }

    fn times(self, other: Double) -> Double {
        let product = u128::from(self.mantissa) * u128::from(other.mantissa);
        rounded(product, self.exponent.saturating_add(other.exponent), false)
    }

    /// The sum with one, or the distance from it; of numbers that are not so large that one is nothing beside them.
    fn and_one(self, combine: fn(u128, u128) -> u128) -> Double {
        rounded(combine(1 << -self.exponent, u128::from(self.mantissa)), self.exponent, false)
    }

    /// The whole number below, or above.
    fn whole(self, up: bool) -> i64 {
        let whole = match self.exponent {
            _ if self.mantissa == 0 => 0,
            0..=10 => i128::from(self.mantissa) << self.exponent,
            11.. => i128::MAX,
            -63..=-1 => {
                let part = self.mantissa & ((1 << -self.exponent) - 1);
                i128::from(self.mantissa >> -self.exponent) + i128::from(up && part != 0)
            }
            _ => i128::from(up),
        };
        i64::try_from(whole).unwrap_or(i64::MIN)
    }
}

/// A double with its sign as a whole number, above or towards zero; as amd64 converts it, what is too large for 32
/// bits is the least number.
fn signed(negative: bool, double: Double, up: bool) -> i32 {
    let whole = double.whole(up && !negative);
    i32::try_from(if negative { whole.wrapping_neg() } else { whole }).unwrap_or(i32::MIN)
}

fn ratio(usage: i64, target: i64) -> Double {
    Double::of(usage.unsigned_abs()).over(Double::of(target.unsigned_abs()))
}

/// `math.Abs(1.0 - usage/target) <= 0.1`: nine tenths are within the tolerance, eleven tenths are not.
pub(super) fn within_tolerance(usage: i64, target: i64) -> bool {
    usage > 0 && (NINE_TENTHS..ELEVEN_TENTHS).contains(&ratio(usage, target))
}

/// `int32(math.Ceil(usage/target * count))`.
pub(super) fn ceil(usage: i64, target: i64, count: i64) -> i32 {
    let product = ratio(usage, target).times(Double::of(count.unsigned_abs()));
    signed(usage < 0, product, true)
}

/// `int32(math.Ceil(start * (1 + percent/100)))`.
pub(super) fn grown(start: i32, percent: i32) -> i32 {
    let factor = ratio(percent.into(), HUNDRED).and_one(|one, part| one + part);
    signed(start < 0, factor.times(Double::of(start.unsigned_abs().into())), true)
}

/// `int32(start * (1 - percent/100))`.
pub(super) fn shrunk(start: i32, percent: i32) -> i32 {
    let part = ratio(percent.into(), HUNDRED);
    let factor = part.and_one(u128::abs_diff);
    signed((start < 0) != (part > ONE), factor.times(Double::of(start.unsigned_abs().into())), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotient_is_rounded_up_where_a_double_is() {
        for (row, usage, target, count, expected) in [
            ("the case of the handbook", 150, 50, 2, 6),
            ("a whole number stays", 110, 100, 10, 11),
            ("what a double cannot tell from more than seven", 7, 100, 100, 8),
            ("and of fourteen hundredths", 14, 100, 50, 8),
            ("nothing is used", 0, 50, 4, 0),
            ("nobody is there", 70, 50, 0, 0),
            ("less than one is one", 1, 100, 1, 1),
            ("less than nothing is rounded towards zero", -150, 100, 3, -4),
            ("too many to count", i64::MAX, 1, 7, i32::MIN),
            ("a tiny part of one", 1, i64::MAX, 1, 1),
            ("large amounts of memory", 3 << 60, 1 << 60, 2, 6),
        ] {
            assert_eq!(ceil(usage, target, count), expected, "{row}");
        }
    }

    #[test]
    fn the_tolerance_ends_where_doubles_end_it() {
        for (row, usage, target, within) in [
            ("as much as wanted", 50, 50, true),
            ("nine tenths exactly", 90, 100, true),
            ("a little less than nine tenths", 899_999, 1_000_000, false),
            ("eleven tenths exactly", 110, 100, false),
            ("eleven tenths of fifty", 55, 50, false),
            ("a little less than eleven tenths", 1_099_999, 1_000_000, true),
            ("nothing", 0, 50, false),
            ("less than nothing", -50, 50, false),
        ] {
            assert_eq!(within_tolerance(usage, target), within, "{row}");
        }
    }

    #[test]
    fn percentages_grow_up_and_shrink_down() {
        for (row, made, expected) in [
            ("a hundred percent more are twice as many", grown(3, 100), 6),
            ("ten percent more of a few are one more", grown(3, 10), 4),
            ("ten percent more of ten are eleven", grown(10, 10), 11),
            ("what a double cannot tell from more than a hundred and ten", grown(100, 10), 111),
            ("a hundred percent fewer are none", shrunk(7, 100), 0),
            ("ten percent fewer of ten are nine", shrunk(10, 10), 9),
            ("ten percent fewer of a few leave fewer", shrunk(3, 10), 2),
            ("more than all are less than none", shrunk(3, 150), -1),
            ("a twentieth of a hundred", shrunk(100, 5), 95),
        ] {
            assert_eq!(made, expected, "{row}");
        }
    }
}
