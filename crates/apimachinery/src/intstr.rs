//! A number or a text, as in `targetPort: http` and `maxSurge: 25%`.

use crate::decode::{Cx, GoType, Member, Typed};
use crate::{Str, Value};
use std::fmt;

/// A field that takes a number or a string (upstream: `k8s.io/apimachinery/pkg/util/intstr`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntOrString {
    /// A number.
    Int(i32),
    /// A text: a port's name, or a percentage.
    String(Str),
}

impl Default for IntOrString {
    fn default() -> Self {
        IntOrString::Int(0)
    }
}

impl IntOrString {
    /// The number, or the percentage of `total`, rounded up or down; `None` when the text is neither.
    /// (upstream: `GetScaledValueFromIntOrPercent`)
    pub fn scaled(&self, total: i32, round_up: bool) -> Option<i32> {
        match self {
            IntOrString::Int(n) => Some(*n),
            IntOrString::String(text) => {
                let product = text.strip_suffix('%')?.parse::<i64>().ok()? * i64::from(total);
                let value = if round_up { (product + 99).div_euclid(100) } else { product.div_euclid(100) };
                i32::try_from(value).ok()
            }
        }
    }
}

impl fmt::Display for IntOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IntOrString::Int(n) => write!(f, "{n}"),
            IntOrString::String(s) => f.write_str(s),
        }
    }
}

impl Member for IntOrString {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        *self = match value {
            Value::String(text) => IntOrString::String(text.as_str().into()),
            _ => match value.as_i64().and_then(|n| i32::try_from(n).ok()) {
                Some(n) => IntOrString::Int(n),
                None => return cx.wrong_type(value, Self::TYPE),
            },
        };
        true
    }

    fn write(&self) -> Value {
        match self {
            IntOrString::Int(n) => n.write(),
            IntOrString::String(s) => s.write(),
        }
    }
}

impl Typed for IntOrString {
    const TYPE: &'static GoType = i32::TYPE;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_round_as_asked() {
        let quarter = IntOrString::String("25%".into());
        assert_eq!(quarter.scaled(10, true), Some(3), "surge rounds up");
        assert_eq!(quarter.scaled(10, false), Some(2), "unavailable rounds down");
        assert_eq!(IntOrString::Int(4).scaled(10, true), Some(4));
        assert_eq!(IntOrString::String("many".into()).scaled(10, true), None);
    }
}
