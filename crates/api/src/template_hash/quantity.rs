//! A quantity as Go keeps it in memory, which its text decides
//! (upstream: `k8s.io/apimachinery/pkg/api/resource/quantity.go`, `ParseQuantity`).

use std::fmt::Write;

const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL: [(&str, i32); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];

/// Prints the quantity of a canonical text: a whole number and a suffix.
pub(super) fn dump(out: &mut String, text: &str) {
    let number_end = text.find(|c: char| c != '-' && !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, suffix) = text.split_at(number_end);
    let digits = number.trim_start_matches('-').len();
    let number: i128 = number.parse().expect("canonical quantities begin with a whole number");
    match BINARY.iter().position(|unit| *unit == suffix) {
        Some(i) => {
            let thousands = i + 1;
            let value = number << (10 * thousands);
            if digits + 3 * thousands <= 14 {
                // The text is kept only where upstream sees at a glance that it is canonical.
                let kept = if number % 8 == 0 { "" } else { text };
                small(out, value, 0, kept, "BinarySI");
            } else {
                large(out, value * 1_000_000_000, "BinarySI");
            }
        }
        None => {
            let (exponent, format) = decimal(suffix);
            if digits <= 18 {
                small(out, number, exponent, text, format);
            } else {
                large(out, number * 10_i128.pow((exponent + 9).unsigned_abs()), format);
            }
        }
    }
}

fn decimal(suffix: &str) -> (i32, &'static str) {
    match DECIMAL.iter().find(|(unit, _)| *unit == suffix) {
        Some((_, exponent)) => (*exponent, "DecimalSI"),
        None => {
            let exponent = suffix[1..].parse().expect("what is no unit is an exponent");
            (exponent, "DecimalExponent")
        }
    }
}

/// An amount that upstream keeps in 64 bits.
fn small(out: &mut String, value: i128, scale: i32, text: &str, format: &str) {
    let amount = format!("{{value:(int64){value} scale:(resource.Scale){scale}}}");
    finish(out, &amount, "<nil>", text, format);
}

/// An amount in billionths that upstream keeps as a big decimal, in words of 64 bits, lowest first.
fn large(out: &mut String, nanos: i128, format: &str) {
    let magnitude = nanos.unsigned_abs();
    let mut words = (magnitude as u64).to_string();
    if magnitude >> 64 != 0 {
        words.push_str(&format!(" {}", magnitude >> 64));
    }
    let negative = nanos < 0;
    let dec =
        format!("{{unscaled:(big.Int){{neg:(bool){negative} abs:(big.nat)[{words}]}} scale:(inf.Scale)9}}");
    finish(out, "{value:(int64)0 scale:(resource.Scale)0}", &dec, "", format);
}

fn finish(out: &mut String, amount: &str, dec: &str, text: &str, format: &str) {
    write!(
        out,
        "{{i:(resource.int64Amount){amount} d:(resource.infDecAmount){{Dec:(*inf.Dec){dec}}} \
         s:(string){text} Format:(resource.Format){format}}}"
    )
    .expect("writing to a string cannot fail");
}
