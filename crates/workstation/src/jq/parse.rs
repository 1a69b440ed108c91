//! How jq reads its program.

use super::Expr;
use orrery_apimachinery::Value;

/// What binds two values, the loosest first.
const BINARY: [&[&str]; 5] = [&["//"], &["or"], &["and"], &["==", "!=", "<=", ">=", "<", ">"], &["+"]];
/// How deep a program may be nested.
const DEEPEST: u32 = 100;

pub(super) struct Parser<'a> {
    left: &'a str,
    named: &'a [(String, String)],
    depth: u32,
}

type Parsed = Result<Expr, String>;

impl<'a> Parser<'a> {
    pub(super) fn new(program: &'a str, named: &'a [(String, String)]) -> Self {
        Parser { left: program, named, depth: 0 }
    }

    pub(super) fn whole(&mut self) -> Parsed {
        let expr = if self.left.trim().is_empty() { Expr::Here } else { self.pipe()? };
        if self.left.trim().is_empty() { Ok(expr) } else { self.refuse() }
    }

    fn refuse<T>(&self) -> Result<T, String> {
        let found = self.left.trim_start().chars().next();
        let what = found.map_or("end of file".to_owned(), |sign| format!("'{sign}'"));
        Err(format!("syntax error, unexpected {what}"))
    }

    fn eat(&mut self, sign: &str) -> bool {
        let rest = self.left.trim_start().strip_prefix(sign);
        self.left = rest.unwrap_or(self.left);
        rest.is_some()
    }

    fn need(&mut self, sign: &str) -> Result<(), String> {
        if self.eat(sign) { Ok(()) } else { self.refuse() }
    }

    fn name(&mut self) -> Option<&'a str> {
        let text = self.left.trim_start();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
        let name = Some(&text[..end])
            .filter(|name| name.starts_with(|c: char| is_part(c) && !c.is_ascii_digit()))?;
        self.left = &text[end..];
        Some(name)
    }

    fn pipe(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("the program is nested too deeply".into());
        }
        let mut first = self.binary(0)?;
        while self.eat(",") {
            first = Expr::Comma(Box::new(first), Box::new(self.binary(0)?));
        }
        if self.eat("|") {
            first = Expr::Pipe(Box::new(first), Box::new(self.pipe()?));
        }
        self.depth -= 1;
        Ok(first)
    }

    fn binary(&mut self, level: usize) -> Parsed {
        let Some(signs) = BINARY.get(level) else { return self.postfix() };
        let mut left = self.binary(level + 1)?;
        while let Some(sign) = signs.iter().find(|sign| self.eat(sign)) {
            left = Expr::Binary(sign, Box::new(left), Box::new(self.binary(level + 1)?));
        }
        Ok(left)
    }

    fn postfix(&mut self) -> Parsed {
        let mut expr = self.term()?;
        loop {
            let of = |expr: Expr| Box::new(expr);
            expr = if self.eat("?") {
                Expr::Try(of(expr))
            } else if self.eat("[") {
                match self.eat("]") {
                    true => Expr::Each(of(expr)),
                    false => {
                        let key = self.pipe()?;
                        self.need("]")?;
                        Expr::Field(of(expr), of(key))
                    }
                }
            } else if self.left.starts_with('.') {
                self.left = &self.left[1..];
                match self.key()? {
                    Some(key) => Expr::Field(of(expr), of(key)),
                    // `.a.[0]`
                    None if self.left.starts_with('[') => expr,
                    None => return self.refuse(),
                }
            } else {
                return Ok(expr);
            };
        }
    }

    /// A name behind a dot, if there is one.
    fn key(&mut self) -> Result<Option<Expr>, String> {
        if self.left.starts_with(char::is_whitespace) {
            return Ok(None);
        }
        match self.name() {
            Some(name) => Ok(Some(Expr::Const(name.into()))),
            None if self.eat("\"") => self.string().map(Some),
            None => Ok(None),
        }
    }

    fn term(&mut self) -> Parsed {
        if self.eat(".") {
            let key = self.key()?;
            return Ok(key.map_or(Expr::Here, |key| Expr::Field(Box::new(Expr::Here), Box::new(key))));
        }
        if self.eat("\"") {
            return self.string();
        }
        if self.eat("(") {
            let inner = self.pipe()?;
            return self.need(")").map(|()| inner);
        }
        if self.eat("[") {
            let inner =
                if self.eat("]") { return Ok(Expr::Const(Vec::<Value>::new().into())) } else { self.pipe()? };
            return self.need("]").map(|()| Expr::List(Box::new(inner)));
        }
        if self.eat("{") {
            return self.object();
        }
        if self.eat("$") {
            let name = self.name().unwrap_or_default();
            let found = self.named.iter().find(|(known, _)| known == name);
            let missing = || format!("${name} is not defined");
            return found.map(|(_, value)| Expr::Const(value.as_str().into())).ok_or_else(missing);
        }
        match self.name() {
            Some("true") => Ok(Expr::Const(true.into())),
            Some("false") => Ok(Expr::Const(false.into())),
            Some("null") => Ok(Expr::Const(Value::Null)),
            Some(name) => self.call(name),
            None => self.number(),
        }
    }

    fn call(&mut self, name: &str) -> Parsed {
        let mut args = Vec::new();
        if self.eat("(") {
            args.push(self.pipe()?);
            while self.eat(";") {
                args.push(self.pipe()?);
            }
            self.need(")")?;
        }
        Ok(Expr::Call(name.to_owned(), args))
    }

    fn number(&mut self) -> Parsed {
        let text = self.left.trim_start();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(text.len());
        match text[..end].parse::<serde_json::Number>() {
            Ok(number) => {
                self.left = &text[end..];
                Ok(Expr::Const(Value::Number(number)))
            }
            Err(_) => self.refuse(),
        }
    }

    fn object(&mut self) -> Parsed {
        let mut fields = Vec::new();
        while !self.eat("}") {
            let key = match self.name() {
                Some(name) => Expr::Const(name.into()),
                None if self.eat("\"") => self.string()?,
                None => {
                    self.need("(")?;
                    let key = self.pipe()?;
                    self.need(")").map(|()| key)?
                }
            };
            let value = match (self.eat(":"), &key) {
                (true, _) => self.binary(0)?,
                (false, Expr::Const(name)) => {
                    Expr::Field(Box::new(Expr::Here), Box::new(Expr::Const(name.clone())))
                }
                (false, _) => return self.refuse(),
            };
            fields.push((key, value));
            if !self.eat(",") && !self.left.trim_start().starts_with('}') {
                return self.refuse();
            }
        }
        Ok(Expr::Object(fields))
    }

    /// A string behind its first quote; `\(…)` in it is computed.
    fn string(&mut self) -> Parsed {
        let (mut parts, mut text) = (Vec::new(), String::new());
        loop {
            let Some(sign) = self.left.chars().next() else { return self.refuse() };
            self.left = &self.left[sign.len_utf8()..];
            if sign == '"' {
                break;
            }
            if sign != '\\' {
                text.push(sign);
                continue;
            }
            let Some(escaped) = self.left.chars().next() else { return self.refuse() };
            self.left = &self.left[escaped.len_utf8()..];
            match escaped {
                '(' => {
                    parts.push(Expr::Const(std::mem::take(&mut text).into()));
                    parts.push(self.pipe()?);
                    self.need(")")?;
                }
                'n' => text.push('\n'),
                't' => text.push('\t'),
                other => text.push(other),
            }
        }
        if parts.is_empty() {
            return Ok(Expr::Const(text.into()));
        }
        parts.push(Expr::Const(text.into()));
        Ok(Expr::Text(parts))
    }
}
