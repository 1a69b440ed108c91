//! Tags that end with a comma, as in `[!x, y]`. To go-yaml the comma is a part of the tag; the scanner that we
//! stand on panics over it. Such commas are replaced before the text is read, columns stay as they are.

use libyaml_safer::{Encoding, Scanner, TokenData};
use std::borrow::Cow;

/// Every look at a comma scans the text before it, so there is an end to it.
const MAX_LOOKS: usize = 32;

/// The text without commas in tags; `None` when there are too many that could be such.
pub(crate) fn without_commas(text: &str) -> Option<Cow<'_, str>> {
    let mut out = Cow::Borrowed(text);
    let mut looks = 0;
    for (comma, _) in text.match_indices(',') {
        if !looks_like_tag(&out[..comma]) {
            continue;
        }
        looks += 1;
        if looks > MAX_LOOKS {
            return None;
        }
        if ends_with_tag(&out[..comma]) {
            out.to_mut().replace_range(comma..=comma, "_");
        }
    }
    Some(out)
}

/// Whether the last word holds an exclamation mark.
fn looks_like_tag(before: &str) -> bool {
    let of_tag = |c: char| c.is_ascii_alphanumeric() || "-_;/?:@&=+$.!~*'()%<>".contains(c);
    before.chars().rev().take_while(|c| of_tag(*c)).any(|c| c == '!')
}

/// Whether the last word is a tag, and not a part of a text or of a comment.
fn ends_with_tag(before: &str) -> bool {
    let line = format!("{before}\n");
    let mut input = line.as_bytes();
    let mut scanner = Scanner::new();
    scanner.set_input_string(&mut input);
    scanner.set_encoding(Encoding::Utf8);
    for token in scanner {
        match token {
            Ok(token) => {
                let tag = matches!(token.data, TokenData::Tag { .. });
                if tag && token.end_mark.index == before.len() as u64 {
                    return true;
                }
            }
            // Something else than a plain key in the place of a key: the tag may be in it, and the document is
            // wrong in any case.
            Err(error) => {
                let key =
                    error.context_mark().and_then(|mark| before.get(mark.index as usize..)).unwrap_or("");
                let unfinished = error.context() == Some("while scanning a simple key");
                return unfinished && key.starts_with(['[', '{', '&', '!', '*', '\'', '"']);
            }
        }
    }
    false
}
