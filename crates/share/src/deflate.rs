//! Raw deflate (RFC 1951) with a preset dictionary: both sides behave as if the dictionary had just been sent.

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF as WHOLE;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::{Damage, SIZE_LIMIT};

const LEVEL: i32 = 9;
/// No header around the data; the widest window.
const RAW: i32 = -15;

/// Deflates `data`.
pub fn pack(data: &[u8], dictionary: &[u8]) -> Vec<u8> {
    let mut state = CompressorOxide::new(create_comp_flags_from_zip_params(LEVEL, RAW, 0));
    // What the dictionary alone becomes is never sent; it ends at the end of a byte, so that what follows stands alone.
    compress_to_output(&mut state, dictionary, TDEFLFlush::Sync, |_| true);
    let mut body = Vec::new();
    compress_to_output(&mut state, data, TDEFLFlush::Finish, |bytes| {
        body.extend_from_slice(bytes);
        true
    });
    body
}

/// Inflates `body`, to no more than is allowed.
pub fn unpack(body: &[u8], dictionary: &[u8]) -> Result<Vec<u8>, Damage> {
    let (start, most) = (dictionary.len(), dictionary.len() + SIZE_LIMIT);
    let mut state = DecompressorOxide::new();
    let (mut out, mut at, mut rest) = (dictionary.to_vec(), start, body);
    loop {
        out.resize((at + 8 * body.len() + 64).min(most), 0);
        let (status, read, written) = decompress(&mut state, rest, &mut out, at, WHOLE);
        (at, rest) = (at + written, &rest[read..]);
        match status {
            TINFLStatus::Done => break,
            TINFLStatus::HasMoreOutput if at < most => {}
            TINFLStatus::HasMoreOutput => return Err(Damage::TooLarge),
            _ => return Err(Damage::Checksum),
        }
    }
    out.truncate(at);
    out.drain(..start);
    Ok(out)
}
