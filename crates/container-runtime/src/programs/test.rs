//! `test`, `[` and `[[`.

use super::regex::Regex;
use super::{Call, Found, Outcome, Program, Reach};
use crate::files::Kind;
use crate::shell::matches;
use orrery_apimachinery::Str;

pub(super) const PROGRAMS: &[Program] = &[
    Program { name: "test", found: Found::Both, reach: Reach::Files, run: test },
    Program { name: "[", found: Found::Both, reach: Reach::Files, run: test },
    Program { name: "[[", found: Found::Shell, reach: Reach::Files, run: test },
];

/// How deep `!` and parentheses may nest.
const DEEPEST: u32 = 50;

fn test(call: &mut Call) -> Outcome {
    let name = call.name().to_owned();
    let close = match &*name {
        "[" => Some("]"),
        "[[" => Some("]]"),
        _ => None,
    };
    let mut words = call.args[1..].to_vec();
    if let Some(close) = close
        && words.pop().as_deref() != Some(close)
    {
        return call.fail(2, &["missing ", close]);
    }
    let mut reader = Reader { call, words: &words, at: 0, depth: 0, double: name == "[[" };
    if words.is_empty() {
        return Outcome::Exit(1);
    }
    match reader.either() {
        Ok(holds) if reader.at == words.len() => Outcome::Exit(i32::from(!holds)),
        Ok(_) => {
            let word = words[reader.at].clone();
            call.fail(2, &[&word, ": unknown operand"])
        }
        Err(why) => call.fail(2, &[&why]),
    }
}

struct Reader<'a, 'c> {
    call: &'a mut Call<'c>,
    words: &'a [Str],
    at: usize,
    depth: u32,
    double: bool,
}

impl Reader<'_, '_> {
    fn peek(&self, ahead: usize) -> Option<&str> {
        self.words.get(self.at + ahead).map(|word| &**word)
    }

    fn eat(&mut self, words: [&str; 2]) -> bool {
        let found = self.peek(0).is_some_and(|word| words.contains(&word));
        self.at += usize::from(found);
        found
    }

    fn either(&mut self) -> Result<bool, String> {
        let mut holds = self.both()?;
        while self.eat(["-o", "||"]) {
            let other = self.both()?;
            holds = holds || other;
        }
        Ok(holds)
    }

    fn both(&mut self) -> Result<bool, String> {
        let mut holds = self.one()?;
        while self.eat(["-a", "&&"]) {
            let other = self.one()?;
            holds = holds && other;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, String> {
        let Some(first) = self.peek(0).map(str::to_owned) else { return Err("argument expected".into()) };
        if let (Some(sign), Some(second)) = (self.peek(1), self.peek(2))
            && is_binary(sign)
        {
            let (sign, second) = (sign.to_owned(), second.to_owned());
            self.at += 3;
            return self.compare(&first, &sign, &second);
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("too many arguments".into());
        }
        let alone = self.words.len() - self.at == 1;
        let result = if !alone && first == "!" {
            self.at += 1;
            self.one().map(|holds| !holds)
        } else if !alone && first == "(" {
            self.at += 1;
            let inner = self.either();
            if !self.eat([")", ")"]) {
                return Err("closing paren expected".into());
            }
            inner
        } else if !alone
            && first.len() == 2
            && first.starts_with('-')
            && "bcdefghLnprsStuwxz".contains(&first[1..])
        {
            let operand = self.peek(1).unwrap_or_default().to_owned();
            self.at += 2;
            Ok(self.unary(&first[1..], &operand))
        } else {
            self.at += 1;
            Ok(!first.is_empty())
        };
        self.depth -= 1;
        result
    }

    fn unary(&mut self, sign: &str, operand: &str) -> bool {
        match sign {
            "n" => return !operand.is_empty(),
            "z" => return operand.is_empty(),
            "t" => return false,
            _ => {}
        }
        let path = self.call.path(operand);
        let call = &mut *self.call;
        if matches!(sign, "L" | "h") {
            return call.container.files.link(&path).is_some();
        }
        let kind = if operand.is_empty() { None } else { call.container.kind(&path, call.world) };
        match sign {
            "d" => kind == Some(Kind::Directory),
            "f" => kind == Some(Kind::File),
            "s" => {
                kind == Some(Kind::Directory)
                    || (kind.is_some() && call.container.size(&path, call.world) > 0)
            }
            "e" | "r" | "w" | "x" => kind.is_some(),
            _ => false,
        }
    }

    fn compare(&mut self, a: &str, sign: &str, b: &str) -> Result<bool, String> {
        let text = |pattern: &str| pattern.replace('\\', "");
        Ok(match sign {
            "=" | "==" if self.double => matches(b, a),
            "!=" if self.double => !matches(b, a),
            "=~" => Regex::new(b, true, false).is_some_and(|regex| regex.is_in(a)),
            "=" | "==" => a == b,
            "!=" => a != b,
            "<" => a < b,
            ">" => a > b,
            "-nt" | "-ot" | "-ef" => false,
            _ => {
                let number = |word: &str| text(word).trim().parse::<i64>().map_err(|_| bad_number(word));
                let (a, b) = (number(a)?, number(b)?);
                match sign {
                    "-eq" => a == b,
                    "-ne" => a != b,
                    "-lt" => a < b,
                    "-le" => a <= b,
                    "-gt" => a > b,
                    _ => a >= b,
                }
            }
        })
    }
}

fn bad_number(word: &str) -> String {
    [word, ": bad number"].concat()
}

fn is_binary(sign: &str) -> bool {
    matches!(
        sign,
        "=" | "=="
            | "!="
            | "=~"
            | "<"
            | ">"
            | "-eq"
            | "-ne"
            | "-lt"
            | "-le"
            | "-gt"
            | "-ge"
            | "-nt"
            | "-ot"
            | "-ef"
    )
}
