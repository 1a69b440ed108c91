//! What holds the bytes of a link together: their number and their checksum before them.

use crate::Damage;

const HEADER: usize = 8;

/// A body behind its header.
pub fn close(body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(HEADER + body.len());
    frame.extend((body.len() as u32).to_le_bytes());
    frame.extend(checksum(body).to_le_bytes());
    frame.extend(body);
    frame
}

/// The body of a frame whose length and checksum fit.
pub fn open(frame: &[u8]) -> Result<&[u8], Damage> {
    let word = |at: usize| frame.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let (Some(length), Some(sum)) = (word(0), word(4)) else {
        return Err(Damage::Cut { got: frame.len(), of: HEADER });
    };
    let body = &frame[HEADER..];
    if body.len() < length as usize {
        return Err(Damage::Cut { got: body.len(), of: length as usize });
    }
    if body.len() > length as usize || checksum(body) != sum {
        return Err(Damage::Checksum);
    }
    Ok(body)
}

/// FNV-1a: it guards against accidents of copying, not against malice.
pub fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |h, b| (h ^ u32::from(*b)).wrapping_mul(0x0100_0193))
}
