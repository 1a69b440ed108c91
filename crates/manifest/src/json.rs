//! Reads JSON text with the messages of Go's `encoding/json`, one or several values in a row.

use crate::compose::{Composer, Event};
use crate::position::Positions;
use crate::scalar::Scalar;
use crate::{Diagnostic, Document, Limits, Range, Reading};

/// Reads `text` and adds what is found to `reading`.
pub(crate) fn read(text: &str, limits: &Limits, reading: &mut Reading) {
    let mut json = Json { text, offset: 0, line: 1, column: 1 };
    json.space();
    while json.peek().is_some() {
        let mut composer = Composer::new(limits);
        let outcome = json.value(&mut composer);
        let (root, warnings) = composer.finish();
        reading.diagnostics.extend(warnings);
        if let Err(diagnostic) = outcome {
            reading.diagnostics.push(*diagnostic);
            return;
        }
        reading.documents.extend(root.map(|(value, root)| Document {
            value,
            line: root.value.line,
            positions: Positions { root },
        }));
        json.space();
    }
}

/// A cursor in the text.
struct Json<'t> {
    text: &'t str,
    offset: usize,
    line: u32,
    column: u32,
}

type Outcome<T> = Result<T, Box<Diagnostic>>;

impl<'t> Json<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn bump(&mut self) {
        match self.peek() {
            Some(b'\n') => (self.line, self.column) = (self.line + 1, 1),
            // The bytes within a character are not columns.
            Some(byte) if byte & 0xC0 != 0x80 => self.column += 1,
            _ => {}
        }
        self.offset += 1;
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.bump();
        }
    }

    /// The place from `start` to the cursor.
    fn range(&self, start: (u32, u32)) -> Range {
        Range { line: start.0, column: start.1, end_line: self.line, end_column: self.column }
    }

    fn here(&self) -> (u32, u32) {
        (self.line, self.column)
    }

    /// Go's error about the byte at the cursor, or about the missing rest.
    fn unexpected<T>(&self, context: &str) -> Outcome<T> {
        let (line, column) = self.here();
        let range = Range { line, column, end_line: line, end_column: column + 1 };
        let message = match self.peek() {
            None => "unexpected EOF".into(),
            Some(byte) => {
                format!("json: offset {}: invalid character {} {context}", self.offset + 1, quoted(byte))
            }
        };
        let hint = if self.text[..self.offset].ends_with('-') && self.peek() == Some(b'-') {
            "JSON objects follow each other without `---`"
        } else {
            "a text that starts with `{` is read as JSON: keys and texts in double quotes, commas between, none at the end"
        };
        Err(Box::new(Diagnostic::error(range, message).with_hint(hint)))
    }

    fn value(&mut self, composer: &mut Composer<'_>) -> Outcome<()> {
        let start = self.here();
        let scalar = match self.peek() {
            Some(b'{') => return self.object(composer),
            Some(b'[') => return self.array(composer),
            Some(b'"') => Scalar::Text(self.string()?),
            Some(b't') => self.literal("true", Scalar::Bool(true))?,
            Some(b'f') => self.literal("false", Scalar::Bool(false))?,
            Some(b'n') => self.literal("null", Scalar::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => return self.unexpected("looking for beginning of value"),
        };
        composer.feed(Event::Scalar { scalar, anchor: None }, self.range(start))
    }

    fn object(&mut self, composer: &mut Composer<'_>) -> Outcome<()> {
        self.open(composer, Event::MapStart { anchor: None })?;
        let mut first = true;
        loop {
            match self.peek() {
                Some(b'}') if first => break,
                Some(b'"') => {}
                _ => return self.unexpected("looking for beginning of object key string"),
            }
            first = false;
            let start = self.here();
            let scalar = Scalar::Text(self.string()?);
            composer.feed(Event::Scalar { scalar, anchor: None }, self.range(start))?;
            self.space();
            if self.peek() != Some(b':') {
                return self.unexpected("after object key");
            }
            self.bump();
            self.space();
            self.value(composer)?;
            self.space();
            match self.peek() {
                Some(b',') => self.bump(),
                Some(b'}') => break,
                _ => return self.unexpected("after object key:value pair"),
            }
            self.space();
        }
        self.close(composer)
    }

    fn array(&mut self, composer: &mut Composer<'_>) -> Outcome<()> {
        self.open(composer, Event::ListStart { anchor: None })?;
        if self.peek() == Some(b']') {
            return self.close(composer);
        }
        loop {
            self.value(composer)?;
            self.space();
            match self.peek() {
                Some(b',') => self.bump(),
                Some(b']') => return self.close(composer),
                _ => return self.unexpected("after array element"),
            }
            self.space();
        }
    }

    fn open(&mut self, composer: &mut Composer<'_>, event: Event) -> Outcome<()> {
        let start = self.here();
        self.bump();
        composer.feed(event, self.range(start))?;
        self.space();
        Ok(())
    }

    fn close(&mut self, composer: &mut Composer<'_>) -> Outcome<()> {
        let start = self.here();
        self.bump();
        composer.feed(Event::End { block: false }, self.range(start))
    }

    fn literal(&mut self, word: &str, scalar: Scalar) -> Outcome<Scalar> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return self.unexpected(&format!("in literal {word} (expecting {})", quoted(expected)));
            }
            self.bump();
        }
        Ok(scalar)
    }

    fn digits(&mut self, context: &str) -> Outcome<()> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.unexpected(context);
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.bump();
        }
        Ok(())
    }

    fn number(&mut self) -> Outcome<Scalar> {
        let (start, place) = (self.offset, self.here());
        if self.peek() == Some(b'-') {
            self.bump();
        }
        match self.peek() {
            Some(b'0') => self.bump(),
            _ => self.digits("in numeric literal")?,
        }
        let mut integer = true;
        if self.peek() == Some(b'.') {
            integer = false;
            self.bump();
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            integer = false;
            self.bump();
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.bump();
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = &self.text[start..self.offset];
        let whole = text.parse().map(Scalar::Int).or_else(|_| text.parse().map(Scalar::Uint)).ok();
        let float = text.parse().ok().filter(|f: &f64| f.is_finite()).map(Scalar::Float);
        whole.filter(|_| integer).or(float).ok_or_else(|| {
            let message = format!("json: cannot unmarshal number {text} into Go value of type float64");
            Box::new(Diagnostic::error(self.range(place), message))
        })
    }

    fn string(&mut self) -> Outcome<String> {
        self.bump();
        let mut out = String::new();
        loop {
            let plain = self.offset;
            while self.peek().is_some_and(|b| b >= b' ' && b != b'"' && b != b'\\') {
                self.bump();
            }
            out.push_str(&self.text[plain..self.offset]);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape(&mut out)?,
                _ => return self.unexpected("in string literal"),
            }
        }
        self.bump();
        Ok(out)
    }

    fn escape(&mut self, out: &mut String) -> Outcome<()> {
        self.bump();
        let plain = match self.peek() {
            Some(same @ (b'"' | b'\\' | b'/')) => char::from(same),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(out),
            _ => return self.unexpected("in string escape code"),
        };
        self.bump();
        out.push(plain);
        Ok(())
    }

    /// `\u` and four digits, twice for characters beyond the first plane. As Go, half a pair is replaced.
    fn unicode(&mut self, out: &mut String) -> Outcome<()> {
        let mut units = vec![self.unit()?];
        while (0xD800..0xDC00).contains(units.last().expect("one was read"))
            && self.text[self.offset..].starts_with("\\u")
        {
            self.bump();
            units.push(self.unit()?);
        }
        out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Ok(())
    }

    fn unit(&mut self) -> Outcome<u16> {
        self.bump();
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|b| char::from(b).to_digit(16)) else {
                return self.unexpected("in \\u hexadecimal character escape");
            };
            unit = unit * 16 + digit as u16;
            self.bump();
        }
        Ok(unit)
    }
}

/// A byte as Go quotes it in messages.
fn quoted(byte: u8) -> String {
    match byte {
        b'\'' => "'\\''".into(),
        b'"' => "'\"'".into(),
        0x80.. => format!("'{}'", char::from(byte)),
        _ => format!("'{}'", byte.escape_ascii()),
    }
}
