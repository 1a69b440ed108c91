//! Bytes that JSON carries as base64 text.

use crate::Value;
use crate::decode::{Cx, GoType, Member, Typed};
use std::rc::Rc;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A shared string of bytes, written in base64 (upstream: `[]byte`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(Rc<[u8]>);

impl Bytes {
    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, when they are UTF-8.
    pub fn as_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The base64 text.
    pub fn to_base64(&self) -> String {
        let mut text = String::with_capacity(self.0.len().div_ceil(3) * 4);
        for chunk in self.0.chunks(3) {
            let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
            let group = at(0) << 16 | at(1) << 8 | at(2);
            for i in 0..4 {
                let digit = ALPHABET[(group >> (18 - 6 * i) & 63) as usize];
                text.push(if i <= chunk.len() { char::from(digit) } else { '=' });
            }
        }
        text
    }

    /// Reads base64 text; the error is the offset of the first byte that does not fit, as Go tells it.
    pub fn from_base64(text: &str) -> Result<Bytes, usize> {
        // Go's reader passes over line ends, which long texts in manifests have.
        let digits: Vec<(usize, u8)> =
            text.bytes().enumerate().filter(|(_, b)| !matches!(b, b'\n' | b'\r')).collect();
        let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
        for (n, quad) in digits.chunks(4).enumerate() {
            let last = (n + 1) * 4 >= digits.len();
            let padding = quad.iter().rev().take_while(|(_, b)| *b == b'=').count();
            if quad.len() < 4 {
                return Err(text.len());
            }
            if padding > 2 || (padding > 0 && !last) {
                return Err(quad[4 - padding].0);
            }
            let mut group = 0;
            for &(offset, byte) in &quad[..4 - padding] {
                group = group << 6 | sextet(byte).ok_or(offset)?;
            }
            group <<= 6 * padding;
            bytes.extend_from_slice(&group.to_be_bytes()[1..4 - padding]);
        }
        Ok(Bytes(bytes.into()))
    }
}

fn sextet(byte: u8) -> Option<u32> {
    ALPHABET.iter().position(|&b| b == byte).map(|i| i as u32)
}

impl<T: AsRef<[u8]> + ?Sized> From<&T> for Bytes {
    fn from(bytes: &T) -> Self {
        Bytes(bytes.as_ref().into())
    }
}

impl Member for Bytes {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        match value {
            Value::Null => {}
            Value::String(text) => match Bytes::from_base64(text) {
                Ok(bytes) => *self = bytes,
                Err(offset) => return cx.refuse(format!("illegal base64 data at input byte {offset}")),
            },
            _ => return cx.wrong_type(value, Self::TYPE),
        }
        true
    }

    fn write(&self) -> Value {
        self.to_base64().into()
    }
}

impl Typed for Bytes {
    const TYPE: &'static GoType = &GoType::Plain("[]uint8");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_and_written_as_go_does() {
        for (bytes, text) in
            [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("\u{ff}?>~", "w78/Pn4=")]
        {
            assert_eq!(Bytes::from(bytes).to_base64(), text);
            assert_eq!(Bytes::from_base64(text), Ok(Bytes::from(bytes)));
        }
        for (row, text, offset) in [
            ("a text that is not base64 fails at its first foreign byte", "not base64", 3),
            ("padding must be last", "YQ==YWJj", 2),
            ("a text that stops early fails at its end", "YWJ", 3),
        ] {
            assert_eq!(Bytes::from_base64(text), Err(offset), "{row}");
        }
        assert_eq!(Bytes::from_base64("YW\nJj"), Ok(Bytes::from("abc")), "line ends are passed over");
    }
}
