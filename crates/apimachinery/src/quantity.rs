//! Amounts of resources: `100m`, `1.5Gi`, `2e3`.

use crate::Value;
use crate::decode::{Cx, GoType, Member, Typed};
use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

const NANO: i128 = 1_000_000_000;

/// How a quantity is printed (upstream: `resource.Format`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Format {
    #[default]
    DecimalSi,
    BinarySi,
    DecimalExponent,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Format::DecimalSi => "DecimalSI",
            Format::BinarySi => "BinarySI",
            Format::DecimalExponent => "DecimalExponent",
        }
    }
}

/// An exact amount, decoded once and printed in upstream's canonical form
/// (upstream: `k8s.io/apimachinery/pkg/api/resource`). Kept in billionths of the unit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quantity {
    nanos: i128,
    format: Format,
}

impl PartialEq for Quantity {
    /// Equal amounts are equal, however they are written.
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

const BINARY: [(&str, u32); 6] = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];
const DECIMAL: [(&str, i32); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];

impl Quantity {
    /// No amount at all.
    pub const ZERO: Quantity = Quantity { nanos: 0, format: Format::DecimalSi };

    /// Whole units, printed with decimal suffixes.
    pub const fn from_units(units: i64) -> Self {
        Quantity { nanos: units as i128 * NANO, format: Format::DecimalSi }
    }

    /// Thousandths, printed with decimal suffixes; how CPU is counted.
    pub const fn from_millis(millis: i64) -> Self {
        Quantity { nanos: millis as i128 * 1_000_000, format: Format::DecimalSi }
    }

    /// Bytes, printed with binary suffixes.
    pub const fn from_bytes(bytes: i64) -> Self {
        Quantity { nanos: bytes as i128 * NANO, format: Format::BinarySi }
    }

    /// Parses the text form; `None` when upstream would refuse it.
    pub fn parse(text: &str) -> Option<Self> {
        Quantity::try_parse(text).ok()
    }

    /// Parses the text form; the error is upstream's.
    pub fn try_parse(text: &str) -> Result<Self, &'static str> {
        let (number, suffix) = split(text).ok_or(FORMAT_WRONG)?;
        let (format, scale) = parse_suffix(suffix).ok_or(SUFFIX_WRONG)?;
        Ok(Quantity { nanos: parse_number(number, scale), format })
    }

    /// Whole units, rounded up (upstream: `Value`).
    pub fn value(&self) -> i64 {
        saturate(self.nanos.div_euclid(NANO) + i128::from(self.nanos.rem_euclid(NANO) != 0))
    }

    /// Thousandths, rounded up (upstream: `MilliValue`).
    pub fn milli_value(&self) -> i64 {
        saturate(self.nanos.div_euclid(1_000_000) + i128::from(self.nanos.rem_euclid(1_000_000) != 0))
    }

    /// Whether the amount is zero.
    pub fn is_zero(&self) -> bool {
        self.nanos == 0
    }

    /// Whether the amount is below zero.
    pub fn is_negative(&self) -> bool {
        self.nanos < 0
    }

    /// The amount rounded up to whole units.
    pub fn rounded_up(&self) -> Quantity {
        let part = self.nanos.rem_euclid(NANO);
        Quantity { nanos: self.nanos + if part == 0 { 0 } else { NANO - part }, ..*self }
    }

    /// The amount as the other one is written, in whole units if it is not yet.
    pub fn counted_as(self, other: Quantity) -> Quantity {
        if self.format == other.format {
            self
        } else {
            Quantity { format: other.format, ..self.rounded_up() }
        }
    }

    /// Compares the amount with `times` times `part`, to the thousandth.
    pub fn cmp_times(&self, times: Quantity, part: Quantity) -> Ordering {
        let millis = |q: Quantity| i128::from(q.milli_value());
        (millis(*self) * 1000).cmp(&(millis(times) * millis(part)))
    }

    /// How many times `part` the amount is, as Go prints a float; `part` is above zero.
    pub fn times(&self, part: Quantity) -> String {
        let part = i128::from(part.milli_value()).max(1);
        let millionths = (i128::from(self.milli_value()) * 1_000_000 + part / 2) / part;
        format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
    }

    /// The amount as Go prints upstream's struct (`%#v`), if it was read from its canonical form.
    pub fn in_memory(&self) -> String {
        let text = self.to_string();
        let digits = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
        let number: i128 = text[..digits].parse().unwrap_or_default();
        // Upstream keeps the text of a number that it sees at a glance to be canonical.
        let (value, scale, kept) = match self.format {
            Format::BinarySi => (self.nanos / NANO, 0, number % 8 != 0),
            _ => (number, self.scale(number), true),
        };
        let text = if kept { text } else { String::new() };
        format!(
            "resource.Quantity{{i:resource.int64Amount{{value:{value}, scale:{scale}}}, d:resource.infDecAmount{{Dec:(*inf.Dec)(nil)}}, s:\"{text}\", Format:\"{}\"}}",
            self.format.name()
        )
    }

    /// The power of ten by which `number` makes the amount.
    fn scale(&self, number: i128) -> i32 {
        let power = |p: &i32| number * 10i128.pow((p + 9).unsigned_abs()) == self.nanos;
        (-9..=18).find(power).unwrap_or_default()
    }

    /// The same amount written as the other one is.
    fn written_as(self, other: Quantity) -> Quantity {
        if self.nanos == 0 { Quantity { nanos: 0, format: other.format } } else { self }
    }
}

fn saturate(n: i128) -> i64 {
    i64::try_from(n).unwrap_or(if n < 0 { i64::MIN } else { i64::MAX })
}

/// What a suffix multiplies by.
enum Scale {
    Binary(u32),
    Decimal(i32),
}

/// What upstream says of a text that is no quantity at all.
const FORMAT_WRONG: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
/// What upstream says of a suffix that it does not know.
const SUFFIX_WRONG: &str = "unable to parse quantity's suffix";

/// The number, and the suffix behind it: letters, a sign and digits (upstream: `parseQuantityString`).
fn split(text: &str) -> Option<(&str, &str)> {
    let after = |start: usize, part: fn(char) -> bool| {
        text[start..].find(|c| !part(c)).map_or(text.len(), |len| start + len)
    };
    let sign = |at: usize| at + usize::from(text[at..].starts_with(['+', '-']));
    let digit: fn(char) -> bool = |c| c.is_ascii_digit();
    let mut end = after(sign(0), digit);
    if text[end..].starts_with('.') {
        end = after(end + 1, digit);
    }
    let letters = after(end, |c| "eEinumkKMGTP".contains(c));
    let whole = !text.is_empty() && after(sign(letters), digit) == text.len();
    whole.then(|| text.split_at(end))
}

fn parse_suffix(suffix: &str) -> Option<(Format, Scale)> {
    if let Some((_, bits)) = BINARY.iter().find(|(s, _)| *s == suffix) {
        return Some((Format::BinarySi, Scale::Binary(*bits)));
    }
    if let Some((_, power)) = DECIMAL.iter().find(|(s, _)| *s == suffix) {
        return Some((Format::DecimalSi, Scale::Decimal(*power)));
    }
    let power = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    Some((Format::DecimalExponent, Scale::Decimal(power)))
}

/// `number × scale` in nanos, rounded up, as upstream rounds what is finer than it keeps; what is more than it keeps
/// becomes the most that it does.
fn parse_number(number: &str, scale: Scale) -> i128 {
    const MOST: i128 = i64::MAX as i128 * NANO;
    let digits = number.trim_start_matches(['+', '-']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa = format!("0{whole}{fraction}").parse::<i128>().unwrap_or(i128::MAX);
    let (factor, power) = match scale {
        Scale::Binary(bits) => (1i128 << bits, 9),
        Scale::Decimal(power) => (1, power.saturating_add(9)),
    };
    let power = power.saturating_sub(i32::try_from(fraction.len()).unwrap_or(i32::MAX));
    let scaled = mantissa.saturating_mul(factor);
    let shift = 10i128.checked_pow(power.unsigned_abs());
    let nanos = match (power >= 0, shift) {
        (true, Some(shift)) => scaled.saturating_mul(shift).min(MOST),
        (false, Some(shift)) => (scaled / shift + i128::from(scaled % shift != 0)).min(MOST),
        (true, None) => {
            if mantissa == 0 {
                0
            } else {
                MOST
            }
        }
        (false, None) => i128::from(mantissa != 0),
    };
    if number.starts_with('-') { -nanos } else { nanos }
}

impl fmt::Display for Quantity {
    /// The canonical form: no fraction, the largest suffix that leaves a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nanos == 0 {
            return f.write_str("0");
        }
        if self.format == Format::BinarySi && self.nanos % NANO == 0 && (self.nanos / NANO).abs() >= 1024 {
            let units = self.nanos / NANO;
            let (suffix, bits) =
                BINARY.iter().rev().find(|(_, b)| units % (1i128 << b) == 0).unwrap_or(&("", 0));
            return write!(f, "{}{suffix}", units >> bits);
        }
        let largest =
            DECIMAL.iter().rev().find(|(_, p)| self.nanos % 10i128.pow((p + 9).unsigned_abs()) == 0);
        let (suffix, power) = largest.expect("every whole number of nanos has the suffix n");
        let number = self.nanos / 10i128.pow((power + 9).unsigned_abs());
        match self.format {
            Format::DecimalExponent if *power != 0 => write!(f, "{number}e{power}"),
            // Below 1024 and for fractions a binary quantity is printed with decimal suffixes, whole numbers plain.
            Format::BinarySi if *power > 0 => write!(f, "{}", self.nanos / NANO),
            _ => write!(f, "{number}{suffix}"),
        }
    }
}

impl Add for Quantity {
    type Output = Quantity;

    fn add(self, other: Quantity) -> Quantity {
        Quantity { nanos: self.nanos + other.nanos, ..self.written_as(other) }
    }
}

impl Sub for Quantity {
    type Output = Quantity;

    fn sub(self, other: Quantity) -> Quantity {
        Quantity { nanos: self.nanos - other.nanos, ..self.written_as(other) }
    }
}

impl AddAssign for Quantity {
    fn add_assign(&mut self, other: Quantity) {
        *self = *self + other;
    }
}

impl SubAssign for Quantity {
    fn sub_assign(&mut self, other: Quantity) {
        *self = *self - other;
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Quantity>>(iter: I) -> Quantity {
        iter.fold(Quantity::ZERO, Add::add)
    }
}

impl Member for Quantity {
    /// Takes a text or a number, as upstream does.
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        let read = match value {
            Value::Null => return true,
            Value::String(text) => Quantity::try_parse(text),
            Value::Number(number) => Quantity::try_parse(&number.to_string()),
            _ => Err(FORMAT_WRONG),
        };
        *self = read.unwrap_or_default();
        read.map_or_else(|why| cx.refuse(why), |_| true)
    }

    fn write(&self) -> Value {
        self.to_string().into()
    }
}

impl Typed for Quantity {
    const TYPE: &'static GoType = &GoType::Named("Quantity");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_printed_in_canonical_form() {
        for (text, canonical) in [
            ("100m", "100m"),
            ("0.1", "100m"),
            ("1000m", "1"),
            ("1500m", "1500m"),
            ("2000", "2k"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("128974848", "128974848"),
            ("129e6", "129e6"),
            ("129M", "129M"),
            ("512", "512"),
            ("0", "0"),
            ("-5Gi", "-5Gi"),
            ("0.5Ki", "512"),
            ("1n", "1n"),
        ] {
            assert_eq!(Quantity::parse(text).expect(text).to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_quantity_is_refused_in_upstreams_words() {
        for (text, error) in [
            ("", FORMAT_WRONG),
            ("abc", FORMAT_WRONG),
            ("1.2.3", FORMAT_WRONG),
            ("1Kib", FORMAT_WRONG),
            ("1 Gi", FORMAT_WRONG),
            ("1i", SUFFIX_WRONG),
            ("1mi", SUFFIX_WRONG),
            ("2KM", SUFFIX_WRONG),
            ("1e", SUFFIX_WRONG),
        ] {
            assert_eq!(Quantity::try_parse(text).err(), Some(error), "{text}");
        }
    }

    #[test]
    fn amounts_beyond_what_is_kept_become_the_most_and_the_least() {
        let nanos = |text: &str| Quantity::parse(text).expect(text).nanos;
        assert_eq!(nanos("1e99"), i128::from(i64::MAX) * NANO);
        assert_eq!(nanos("-100E"), -i128::from(i64::MAX) * NANO);
        assert_eq!((nanos("1e-99"), nanos("0e99"), nanos("0.0000000001")), (1, 0, 1));
    }

    #[test]
    fn values_round_up_as_upstream() {
        assert_eq!(Quantity::parse("1500m").expect("valid").value(), 2);
        assert_eq!(Quantity::parse("1.5Gi").expect("valid").value(), 1_610_612_736);
        assert_eq!(Quantity::parse("0.0005").expect("valid").milli_value(), 1);
        let sum: Quantity = [Quantity::from_bytes(1 << 30), Quantity::from_bytes(1 << 29)].into_iter().sum();
        assert_eq!(sum.to_string(), "1536Mi");
        assert_eq!(Quantity::parse("1500m").expect("valid").rounded_up().to_string(), "2");
    }

    #[test]
    fn an_amount_is_shown_as_it_lies_in_upstreams_memory() {
        for (text, value, scale, kept, format) in [
            ("500m", 500, -3, "500m", "DecimalSI"),
            ("2", 2, 0, "2", "DecimalSI"),
            ("3Gi", 3_i64 << 30, 0, "3Gi", "BinarySI"),
            ("8Gi", 8_i64 << 30, 0, "", "BinarySI"),
        ] {
            let expected = format!(
                "resource.Quantity{{i:resource.int64Amount{{value:{value}, scale:{scale}}}, d:resource.infDecAmount{{Dec:(*inf.Dec)(nil)}}, s:\"{kept}\", Format:\"{format}\"}}"
            );
            assert_eq!(Quantity::parse(text).expect(text).in_memory(), expected, "{text}");
        }
    }

    #[test]
    fn amounts_compare_by_how_many_times_one_is_the_other() {
        let parse = |text| Quantity::parse(text).expect(text);
        for (limit, request, shown, ordering) in [
            ("900m", "100m", "9.000000", Ordering::Greater),
            ("400m", "100m", "4.000000", Ordering::Equal),
            ("1", "300m", "3.333333", Ordering::Less),
            ("1Gi", "384Mi", "2.666667", Ordering::Less),
        ] {
            assert_eq!(parse(limit).times(parse(request)), shown, "{limit} of {request}");
            assert_eq!(parse(limit).cmp_times(parse("4"), parse(request)), ordering, "{limit} of {request}");
        }
    }
}
