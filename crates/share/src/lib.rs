//! What a link holds, and how it is put into the fragment of an address: `1:` and then base64url over a frame of length,
//! checksum and deflated JSON. A codec once released is decoded for ever; a new one gets a new number.
//!
//! Links are hostile input: the inflated size is capped, every field is checked by its type, and [`limits`] holds what a
//! run may ask for.

mod action;
mod base64url;
mod damage;
mod frame;
pub mod limits;
mod link;
mod save;

pub use action::{Action, Fault};
pub use damage::{Damage, Limit};
pub use link::{File, Link, Step, Topology};
pub use save::{open, save};

/// The number of the codec that `encode` writes.
const CODEC: &str = "1";
/// No link inflates to more than this many bytes, and no file is larger.
const SIZE_LIMIT: usize = 4 << 20;
/// What is said of a content that is not understood is no longer than this: it may quote a whole link.
const QUOTE_LIMIT: usize = 200;

/// The fragment for a link, without its `#`.
pub fn encode(link: &Link) -> String {
    let json = serde_json::to_vec(link).expect("a link is plain data");
    let body = miniz_oxide::deflate::compress_to_vec(&json, 9);
    format!("{CODEC}:{}", base64url::encode(&frame::close(&body)))
}

/// Reads a fragment, with or without its `#`.
pub fn decode(fragment: &str) -> Result<Link, Damage> {
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    let (codec, payload) = fragment.split_once(':').ok_or(Damage::NotALink)?;
    if codec.is_empty() || !codec.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Damage::NotALink);
    }
    if codec != CODEC {
        return Err(Damage::Codec(codec.to_owned()));
    }
    let frame = base64url::decode(payload.trim_end()).ok_or(Damage::Checksum)?;
    let json = miniz_oxide::inflate::decompress_to_vec_with_limit(frame::open(&frame)?, SIZE_LIMIT).map_err(
        |e| match e.status {
            miniz_oxide::inflate::TINFLStatus::HasMoreOutput => Damage::TooLarge,
            _ => Damage::Checksum,
        },
    )?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link {
        let delete = Action::Delete { kind: "Pod".into(), namespace: "default".into(), name: "web-1".into() };
        let lose = Action::Part { name: "etcd-1".into(), fault: Fault::Lose };
        let text = "kind: Pod\nmetadata: {name: 웹}\n";
        Link {
            files: vec![File { name: "web.yaml".into(), text: text.into() }],
            steps: vec![
                Step { at: 0, action: Action::Apply { text: text.into() } },
                Step { at: 5_000_000_000, action: delete },
                Step { at: 6_000_000_000, action: Action::AddNode },
                Step { at: 7_000_000_000, action: Action::Snapshot { name: "backup.db".into() } },
                Step { at: 8_000_000_000, action: lose },
                Step { at: 9_000_000_000, action: Action::Restore { name: "backup.db".into() } },
            ],
            seed: 7,
            nodes: 3,
            topology: Some(Topology { etcd: 3, control_planes: 2, all_in_one: false }),
            at: 60_000_000_000,
            speed: 10.0,
        }
    }

    #[test]
    fn a_link_comes_back_as_it_was_sent() {
        assert_eq!(decode(&format!("#{}", encode(&link()))), Ok(link()));
    }

    #[test]
    fn everything_that_can_break_fits_into_a_link() {
        let name = || "node-2".to_owned();
        let container = Action::KillContainer {
            namespace: "default".into(),
            pod: "web-1".into(),
            container: "web".into(),
        };
        let actions = [
            Action::StopNode { name: name() },
            Action::StartNode { name: name() },
            Action::RemoveNode { name: name() },
            Action::StopKubelet { name: name() },
            Action::CutNode { name: name() },
            Action::JoinNode { name: name() },
            Action::StrainNode { name: name(), what: "disk".into() },
            Action::RelieveNode { name: name() },
            Action::EndContainer {
                namespace: "default".into(),
                pod: "web-1".into(),
                container: "web".into(),
                code: 3,
            },
            container,
            Action::Request { from: "pod/default/web-1".into(), url: "http://web.shop/cart".into() },
            Action::Load {
                name: "a".into(),
                from: "outside".into(),
                url: "http://shop.example.com/".into(),
                per_second_milli: 2_500,
            },
            Action::StopLoad { name: "a".into() },
        ];
        let steps = actions.map(|action| Step { at: 1, action }).into();
        let link = Link { steps, ..link() };
        assert_eq!(decode(&encode(&link)), Ok(link));
    }

    /// Made by codec 1 on its first day. It must open for ever.
    #[test]
    fn the_first_codec_is_read_for_ever() {
        let golden = "1:aQAAAK3yP4ZtjD0KhDAQha8ir55dRLSZU2yvFgMzgmxMAqZQJHc3ktbufe_vwrI628HjBS-bgSHfUzYHQrIjFf6vXrn5BZ088kzYk8U6kBK3BA3gAjG68xFvs5yp1odah6h-fFCrj2YK7giPU677fAM";
        let files = vec![File { name: "a.yaml".into(), text: "kind: Pod\n".into() }];
        let apply = Action::Apply { text: "kind: Pod\n".into() };
        let steps = vec![Step { at: 0, action: apply }, Step { at: 5, action: Action::AddNode }];
        let want = Link { files, steps, seed: 2, nodes: 4, topology: None, at: 0, speed: 1.0 };
        assert_eq!(decode(golden), Ok(want));
    }

    #[test]
    fn damage_is_named() {
        let whole = encode(&link());
        let mut changed = whole.clone().into_bytes();
        let last = changed.len() - 9;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        type Row = (&'static str, String, fn(&Damage) -> bool);
        let rows: [Row; 6] = [
            ("an end that was cut off", whole[..whole.len() - 12].into(), |d| {
                matches!(d, Damage::Cut { .. })
            }),
            ("a character that changed", String::from_utf8(changed).unwrap(), |d| *d == Damage::Checksum),
            ("a newer codec", "2:AAAA".into(), |d| *d == Damage::Codec("2".into())),
            ("a heading, not a link", "about".into(), |d| *d == Damage::NotALink),
            ("signs outside the alphabet", "1:%%%".into(), |d| *d == Damage::Checksum),
            ("nothing after the number", "1:".into(), |d| matches!(d, Damage::Cut { .. })),
        ];
        for (name, text, expected) in rows {
            let damage = decode(&text).unwrap_err();
            assert!(expected(&damage), "{name}: {damage:?}");
        }
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let body = miniz_oxide::deflate::compress_to_vec(&vec![b' '; SIZE_LIMIT + 1], 9);
        assert_eq!(decode(&format!("1:{}", base64url::encode(&frame::close(&body)))), Err(Damage::TooLarge));
    }
}
