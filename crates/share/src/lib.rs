//! What a link holds, and how it is put into the fragment of an address: the codec's number, a colon, and base64url over a
//! frame of length, checksum and raw deflate.
//!
//! | codec | what is deflated | dictionary |
//! |---|---|---|
//! | 1 | [`Link`] as JSON | none |
//! | 2 | the same, ends of lines bare (`lines`) | `dictionary.txt` |
//!
//! What keeps old links alive:
//! - A codec once released is decoded for ever, its dictionary never changes by a byte, and a golden of each is in `tests`.
//! - Names of fields and actions never change. New ones may come; a page that does not know them refuses the link instead of
//!   playing something else. A new field is optional, and without it a run is what it was before.
//! - What would mean something else than before gets a new codec, and files that runs are saved in a new version.
//!
//! A link repeats the run of the page that opens it: same page, same link, same trace hash. A later page may know
//! Kubernetes better and come to something else.
//!
//! Links are hostile input: the inflated size is capped, every field is checked by its type, and [`limits`] holds what a
//! run may ask for.

mod action;
mod base64url;
mod damage;
pub mod deflate;
mod frame;
pub mod limits;
mod lines;
mod link;
mod save;
mod saved;
#[cfg(test)]
mod tests;

pub use action::{Action, Fault};
pub use damage::{Damage, Limit};
pub use link::{File, Link, Step, Topology};
pub use save::{keep, kept, open, save};
pub use saved::{Saved, SavedBranch};

/// Words of Kubernetes' manifests and of links, the commonest last.
pub const DICTIONARY: &[u8] = include_bytes!("dictionary.txt");
/// No link inflates to more than this many bytes, and no file is larger.
const SIZE_LIMIT: usize = 4 << 20;
/// What is said of a content that is not understood is no longer than this: it may quote a whole link.
const QUOTE_LIMIT: usize = 200;

/// The fragment for a link, without its `#`.
pub fn encode(link: &Link) -> String {
    let json = serde_json::to_vec(link).expect("a link is plain data");
    ["2:", &pack(&json)].concat()
}

/// JSON as letters, as codec 2 has it.
fn pack(json: &[u8]) -> String {
    base64url::encode(&frame::close(&deflate::pack(&lines::bare(json), DICTIONARY)))
}

/// The JSON of it.
fn unpack(payload: &str) -> Result<Vec<u8>, Damage> {
    Ok(lines::escaped(&inflated(payload, DICTIONARY)?))
}

fn inflated(payload: &str, dictionary: &[u8]) -> Result<Vec<u8>, Damage> {
    let frame = base64url::decode(payload.trim_end()).ok_or(Damage::Checksum)?;
    deflate::unpack(frame::open(&frame)?, dictionary)
}

/// Reads a fragment, with or without its `#`.
pub fn decode(fragment: &str) -> Result<Link, Damage> {
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    let (codec, payload) = fragment.split_once(':').ok_or(Damage::NotALink)?;
    if codec.is_empty() || !codec.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Damage::NotALink);
    }
    let json = match codec {
        "1" => inflated(payload, &[])?,
        "2" => unpack(payload)?,
        _ => return Err(Damage::Codec(codec.chars().take(QUOTE_LIMIT).collect())),
    };
    let link = content(&json)?;
    limits::check(&link)?;
    Ok(link)
}

/// What a JSON text says.
fn content<'a, T: serde::Deserialize<'a>>(json: &'a [u8]) -> Result<T, Damage> {
    serde_json::from_slice(json).map_err(|error| misunderstood(&error))
}

fn misunderstood(error: &serde_json::Error) -> Damage {
    let mut what = error.to_string();
    what.truncate(what.floor_char_boundary(QUOTE_LIMIT));
    Damage::Content(what)
}
