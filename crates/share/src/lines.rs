//! JSON in which the ends of lines inside its texts stand for themselves: `\n` becomes one byte, that JSON without blanks
//! has no other use for. Manifests are lines, and a line then looks as it does in the dictionary.

/// Compact JSON with bare ends of lines.
pub fn bare(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    let mut bytes = json.iter().copied();
    while let Some(byte) = bytes.next() {
        match (byte, if byte == b'\\' { bytes.next() } else { None }) {
            (_, Some(b'n')) => out.push(b'\n'),
            (_, Some(escaped)) => out.extend([byte, escaped]),
            (_, None) => out.push(byte),
        }
    }
    out
}

/// The JSON of it.
pub fn escaped(bare: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bare.len() + bare.len() / 8);
    for byte in bare {
        match byte {
            b'\n' => out.extend(b"\\n"),
            other => out.push(*other),
        }
    }
    out
}
