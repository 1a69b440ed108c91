//! A run as a file, to be kept, read and edited by people:
//!
//! ```json
//! {
//!   "format": "orrery-run",
//!   "version": 1,
//!   "run": { "files": [], "steps": [], "seed": 1, "nodes": 3 }
//! }
//! ```
//!
//! `run` is what a link holds. A file has no checksum, so that it can be edited; one that is cut is no JSON any more. A
//! version once released is read for ever. What an older page would play otherwise gets a new version.

use serde::{Deserialize, Serialize};

use crate::{Damage, Link, SIZE_LIMIT, content, limits, misunderstood};

const FORMAT: &str = "orrery-run";
const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved<'a, Run> {
    format: &'a str,
    version: u32,
    run: Run,
}

/// The file for a run.
pub fn save(link: &Link) -> String {
    let saved = Saved { format: FORMAT, version: VERSION, run: link };
    let mut text = serde_json::to_string_pretty(&saved).expect("a link is plain data");
    text.push('\n');
    text
}

/// Reads a file.
pub fn open(text: &str) -> Result<Link, Damage> {
    if text.len() > SIZE_LIMIT {
        return Err(Damage::TooLarge);
    }
    let head = serde_json::from_slice::<Head>(text.as_bytes());
    let head = head.map_err(|error| if error.is_eof() { misunderstood(&error) } else { Damage::NotARun })?;
    if head.format != FORMAT {
        return Err(Damage::NotARun);
    }
    if head.version != VERSION {
        return Err(Damage::Codec(head.version.to_string()));
    }
    let Saved { run, .. } = content::<Saved<'_, Link>>(text.as_bytes())?;
    limits::check(&run)?;
    Ok(run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, File, Limit, Step};
    use expect_test::expect;

    fn run() -> Link {
        let files = vec![File { name: "web.yaml".into(), text: "kind: Pod\n# 웹\n".into() }];
        let steps = vec![Step { at: 5, action: Action::AddNode }];
        Link { files, steps, seed: 7, nodes: 3, speed: 10.0, at: 60_000_000_000, ..Link::default() }
    }

    /// Made by version 1. It must open for ever.
    #[test]
    fn a_file_says_what_it_is_and_is_read_for_ever() {
        expect![[r#"
            {
              "format": "orrery-run",
              "version": 1,
              "run": {
                "files": [
                  {
                    "name": "web.yaml",
                    "text": "kind: Pod\n# 웹\n"
                  }
                ],
                "steps": [
                  {
                    "at": 5,
                    "do": "add-node"
                  }
                ],
                "seed": 7,
                "nodes": 3,
                "at": 60000000000,
                "speed": 10.0
              }
            }
        "#]]
        .assert_eq(&save(&run()));
        assert_eq!(open(&save(&run())), Ok(run()));
    }

    #[test]
    fn what_is_no_saved_run_is_refused() {
        let whole = save(&run());
        let with = |from: &str, to: &str| {
            assert!(whole.contains(from));
            open(&whole.replace(from, to)).unwrap_err()
        };
        let rows = [
            ("a file of a newer page", with("\"version\": 1", "\"version\": 2"), Damage::Codec("2".into())),
            ("somebody else's file", with("orrery-run", "har"), Damage::NotARun),
            ("no JSON", open("kind: Pod\n").unwrap_err(), Damage::NotARun),
            ("an end that is missing", open(&whole[..whole.len() - 3]).unwrap_err(), Damage::Content("EOF while parsing an object at line 21 column 3".into())),
            ("a link", open(&crate::encode(&run())).unwrap_err(), Damage::NotARun),
            ("no nodes", with("\"nodes\": 3", "\"nodes\": 0"), Damage::Beyond(Limit::Nodes(5_000))),
            ("too much of it", open(&" ".repeat(SIZE_LIMIT + 1)).unwrap_err(), Damage::TooLarge),
            (
                "a field that this page does not know",
                with("\"seed\"", "\"sead\""),
                Damage::Content("unknown field `sead`, expected one of `files`, `steps`, `seed`, `nodes`, `topology`, `at`, `speed`, `view` at line 17 column 10".into()),
            ),
        ];
        for (name, damage, expected) in rows {
            assert_eq!(damage, expected, "{name}");
        }
    }
}
