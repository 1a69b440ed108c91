//! `$((…))`: whole numbers of 64 bits, C's operators (POSIX.1-2017, 2.6.4).

use super::Shell;

/// How deep parentheses may nest.
const DEEPEST: u32 = 40;

/// The value of an expression. The error is what shells say of it.
pub(crate) fn evaluate(text: &str, shell: &mut Shell) -> Result<i64, String> {
    let mut reader = Reader { text, at: 0, depth: 0, shell };
    reader.blanks();
    if reader.rest().is_empty() {
        return Ok(0);
    }
    let mut value = reader.level(0)?;
    while reader.eat(",") {
        value = reader.level(0)?;
    }
    if reader.rest().is_empty() { Ok(value) } else { Err("arithmetic syntax error".into()) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    shell: &'a mut Shell,
}

/// Binary operators by how tightly they bind; longer signs first.
const OPERATORS: [(u8, &[&str]); 10] = [
    (1, &["||"]),
    (2, &["&&"]),
    (3, &["|"]),
    (4, &["^"]),
    (5, &["&"]),
    (6, &["==", "!="]),
    (7, &["<=", ">=", "<", ">"]),
    (8, &["<<", ">>"]),
    (9, &["+", "-"]),
    (10, &["**", "*", "/", "%"]),
];

/// Signs that set a variable.
const ASSIGNMENTS: [&str; 7] = ["+=", "-=", "*=", "/=", "%=", "&=", "|="];

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
            self.blanks();
        }
        found
    }

    /// The operator of at least a level that stands here.
    fn operator(&self, least: u8) -> Option<(u8, &'static str)> {
        let rest = self.rest();
        if ASSIGNMENTS.iter().any(|sign| rest.starts_with(sign)) {
            return None;
        }
        // `<` is not the beginning of `<<`, nor `|` that of `||`.
        let longest = OPERATORS.iter().flat_map(|(level, signs)| signs.iter().map(|sign| (*level, *sign)));
        longest
            .filter(|(_, sign)| rest.starts_with(sign))
            .max_by_key(|(_, sign)| sign.len())
            .filter(|(level, _)| *level >= least)
    }

    /// An expression of operators that bind as tightly as a level or more; level 0 is `?:` and assignment.
    fn level(&mut self, least: u8) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("arithmetic syntax error".into());
        }
        let mut left = self.unary()?;
        while let Some((level, sign)) = self.operator(least.max(1)) {
            self.eat(sign);
            let right = self.level(level + 1)?;
            left = apply(sign, left, right)?;
        }
        if least == 0 && self.eat("?") {
            let first = self.level(0)?;
            if !self.eat(":") {
                return Err("arithmetic syntax error".into());
            }
            let second = self.level(0)?;
            left = if left != 0 { first } else { second };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn unary(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("arithmetic syntax error".into());
        }
        let value = if self.eat("++") || self.eat("--") {
            let step = if self.text[..self.at].trim_end().ends_with('+') { 1 } else { -1 };
            let name = self.name();
            let value = self.value(name)?.wrapping_add(step);
            self.set(name, value);
            value
        } else if self.eat("-") {
            self.unary()?.wrapping_neg()
        } else if self.eat("+") {
            self.unary()?
        } else if self.eat("!") {
            i64::from(self.unary()? == 0)
        } else if self.eat("~") {
            !self.unary()?
        } else if self.eat("(") {
            let value = self.level(0)?;
            if !self.eat(")") {
                return Err("arithmetic syntax error".into());
            }
            value
        } else {
            self.operand()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += end;
        self.blanks();
        &rest[..end]
    }

    fn operand(&mut self) -> Result<i64, String> {
        let word = self.name();
        if word.is_empty() {
            return Err("arithmetic syntax error".into());
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return number(word).ok_or_else(|| "arithmetic syntax error".into());
        }
        if let Some(sign) = ASSIGNMENTS.into_iter().find(|sign| self.eat(sign)) {
            let (left, right) = (self.value(word)?, self.level(0)?);
            let value = apply(&sign[..1], left, right)?;
            self.set(word, value);
            return Ok(value);
        }
        if !self.rest().starts_with("==") && self.eat("=") {
            let value = self.level(0)?;
            self.set(word, value);
            return Ok(value);
        }
        let value = self.value(word)?;
        for (sign, step) in [("++", 1), ("--", -1)] {
            if self.eat(sign) {
                self.set(word, value.wrapping_add(step));
                break;
            }
        }
        Ok(value)
    }

    fn value(&mut self, name: &str) -> Result<i64, String> {
        let text = self.shell.get(name).map_or("", |text| text.trim());
        if text.is_empty() {
            return Ok(0);
        }
        number(text).ok_or_else(|| "arithmetic syntax error".into())
    }

    fn set(&mut self, name: &str, value: i64) {
        self.shell.set(name, value.to_string());
    }
}

/// A number: decimal, `0x…`, or octal after a zero.
fn number(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (digits, radix) = match digits.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (&digits[1..], 8),
        None => (digits, 10),
    };
    i64::from_str_radix(digits, radix).ok().map(|n| sign * n)
}

fn apply(sign: &str, a: i64, b: i64) -> Result<i64, String> {
    if b == 0 && matches!(sign, "/" | "%") {
        return Err("divide by zero".into());
    }
    Ok(match sign {
        "||" => i64::from(a != 0 || b != 0),
        "&&" => i64::from(a != 0 && b != 0),
        "|" => a | b,
        "^" => a ^ b,
        "&" => a & b,
        "==" => i64::from(a == b),
        "!=" => i64::from(a != b),
        "<=" => i64::from(a <= b),
        ">=" => i64::from(a >= b),
        "<" => i64::from(a < b),
        ">" => i64::from(a > b),
        "<<" => a.wrapping_shl(b as u32),
        ">>" => a.wrapping_shr(b as u32),
        "+" => a.wrapping_add(b),
        "-" => a.wrapping_sub(b),
        "**" => a.wrapping_pow(u32::try_from(b).unwrap_or(0)),
        "*" => a.wrapping_mul(b),
        "/" => a.wrapping_div(b),
        _ => a.wrapping_rem(b),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_have_the_values_that_c_gives_them() {
        for (text, expected) in [
            ("1 + 2 * 3", Ok(7)),
            ("(1 + 2) * 3", Ok(9)),
            ("10 - 4 - 3", Ok(3)),
            ("7 / 2 + 7 % 2", Ok(4)),
            ("1 << 4 | 1", Ok(17)),
            ("3 > 2 && 2 >= 2 && 1 != 2", Ok(1)),
            ("n > 4 ? 10 : 20", Ok(10)),
            ("n++ + n", Ok(11)),
            ("--n", Ok(4)),
            ("n += 3, n * 2", Ok(16)),
            ("0x1f + 010", Ok(39)),
            ("-n", Ok(-5)),
            ("unset + 1", Ok(1)),
            ("", Ok(0)),
            ("2 ** 10", Ok(1024)),
            ("1 / 0", Err("divide by zero")),
            ("1 +", Err("arithmetic syntax error")),
            ("((((((((((((((((((((((((((((((((((((((((((1", Err("arithmetic syntax error")),
        ] {
            let mut shell = Shell::default();
            shell.set("n", "5");
            let expected = expected.map_err(str::to_owned);
            assert_eq!(evaluate(text, &mut shell), expected, "{text}");
        }
    }
}
