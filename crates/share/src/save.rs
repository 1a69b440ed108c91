//! A run as a file, to be kept, read and edited by people:
//!
//! ```json
//! {
//!   "format": "orrery-run",
//!   "version": 2,
//!   "run": { "files": [], "seed": 1, "nodes": 3, "at": 60000000000 },
//!   "branches": [
//!     { "steps": [ { "at": 5, "do": "add-node" } ] },
//!     { "name": "what if", "parent": 0, "at": 4 }
//!   ],
//!   "branch": 1
//! }
//! ```
//!
//! `run` is what a link holds, but for the steps, which are on their branches. Version 1 had one branch, with its steps in
//! `run`. A file has no checksum, so that it can be edited; one that is cut is no JSON any more. A version once released is
//! read for ever. What an older page would play otherwise gets a new version.
//!
//! What a browser keeps of a run is the same, packed as a link is.

use serde::{Deserialize, Serialize};

use crate::{Damage, Link, SIZE_LIMIT, Saved, SavedBranch, content, limits, misunderstood, pack, unpack};

const FORMAT: &str = "orrery-run";
const VERSION: u32 = 2;
/// In front of a run that is packed.
const PACKED: &str = "orrery-run:";

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole<'a, Run, Branches: Default> {
    format: &'a str,
    version: u32,
    run: Run,
    #[serde(default)]
    branches: Branches,
    #[serde(default)]
    branch: usize,
}

fn whole(saved: &Saved) -> Whole<'_, &Link, &[SavedBranch]> {
    let Saved { run, branches, branch } = saved;
    Whole { format: FORMAT, version: VERSION, run, branches, branch: *branch }
}

/// The file for a run.
pub fn save(saved: &Saved) -> String {
    let mut text = serde_json::to_string_pretty(&whole(saved)).expect("a run is plain data");
    text.push('\n');
    text
}

/// Reads a file.
pub fn open(text: &str) -> Result<Saved, Damage> {
    if text.len() > SIZE_LIMIT {
        return Err(Damage::TooLarge);
    }
    let head = serde_json::from_slice::<Head>(text.as_bytes());
    let head = head.map_err(|error| if error.is_eof() { misunderstood(&error) } else { Damage::NotARun })?;
    if head.format != FORMAT {
        return Err(Damage::NotARun);
    }
    if !(1..=VERSION).contains(&head.version) {
        return Err(Damage::Codec(head.version.to_string()));
    }
    let Whole { run, branches, branch, .. } = content::<Whole<'_, Link, Vec<SavedBranch>>>(text.as_bytes())?;
    let saved = match head.version {
        1 => Saved::from(run),
        _ => Saved { run, branches, branch },
    };
    limits::check_all(&saved)?;
    Ok(saved)
}

/// A run as a browser keeps it.
pub fn keep(saved: &Saved) -> String {
    let json = serde_json::to_vec(&whole(saved)).expect("a run is plain data");
    [PACKED, &pack(&json)].concat()
}

/// Reads what a browser keeps.
pub fn kept(text: &str) -> Result<Saved, Damage> {
    let payload = text.strip_prefix(PACKED).ok_or(Damage::NotARun)?;
    let json = String::from_utf8(unpack(payload)?);
    open(&json.map_err(|_| Damage::NotARun)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, File, Limit, Step};

    fn step(at: u64) -> Step {
        Step { at, action: Action::AddNode }
    }

    /// The second branch left the first after its first step, the third the second after none of its own.
    fn run() -> Saved {
        let files = vec![File { name: "web.yaml".into(), text: "kind: Pod\n# 웹\n".into() }];
        let at = 60_000_000_000;
        let one = SavedBranch { steps: vec![step(5), step(9)], end: at, ..SavedBranch::default() };
        let name = "what if".to_owned();
        let two = SavedBranch { name, parent: Some(0), at: 7, shared: 1, steps: vec![step(8)], end: 20 };
        let three = SavedBranch { parent: Some(1), at: 7, shared: 1, end: 7, ..SavedBranch::default() };
        let run = Link { files, seed: 7, nodes: 3, speed: 10.0, at, ..Link::default() };
        Saved { run, branches: vec![one, two, three], branch: 1 }
    }

    #[test]
    fn a_branch_has_the_steps_on_the_way_to_it() {
        let run = run();
        let ats = |branch| run.steps(branch).iter().map(|step| step.at).collect::<Vec<_>>();
        assert_eq!((ats(0), ats(1), ats(2)), (vec![5, 9], vec![5, 8], vec![5]));
        assert_eq!(run.link(1).steps, run.steps(1));
    }

    #[test]
    fn a_run_is_saved_and_kept_with_all_its_branches() {
        assert_eq!(open(&save(&run())), Ok(run()));
        assert_eq!(kept(&keep(&run())), Ok(run()));
        let alone = Saved::from(run().link(1));
        assert_eq!((alone.steps(0), alone.branches[0].end), (run().steps(1), run().run.at));
    }

    #[test]
    fn what_is_no_saved_run_is_refused() {
        let whole = save(&run());
        let with = |from: &str, to: &str| {
            assert!(whole.contains(from), "{from}");
            open(&whole.replace(from, to)).expect_err(to)
        };
        let content = |what: &str| Damage::Content(what.into());
        let rows = [
            ("a file of a newer page", with("\"version\": 2", "\"version\": 3"), Damage::Codec("3".into())),
            (
                "a version before the first",
                with("\"version\": 2", "\"version\": 0"),
                Damage::Codec("0".into()),
            ),
            ("somebody else's file", with("orrery-run", "har"), Damage::NotARun),
            ("no JSON", open("kind: Pod\n").expect_err("no JSON"), Damage::NotARun),
            (
                "an end that is missing",
                open(&whole[..whole.len() - 3]).expect_err("no end"),
                content("EOF while parsing an object at line 52 column 13"),
            ),
            ("a link", open(&crate::encode(&run().link(0))).expect_err("a link"), Damage::NotARun),
            ("no nodes", with("\"nodes\": 3", "\"nodes\": 0"), Damage::Beyond(Limit::Nodes(5_000))),
            ("too much of it", open(&" ".repeat(SIZE_LIMIT + 1)).expect_err("too much"), Damage::TooLarge),
            (
                "a field that this page does not know",
                with("\"seed\"", "\"sead\""),
                content(
                    "unknown field `sead`, expected one of `files`, `steps`, `seed`, `nodes`, `topology`, `at`, `speed`, `view` at line 11 column 10",
                ),
            ),
        ];
        for (name, damage, expected) in rows {
            assert_eq!(damage, expected, "{name}");
        }
        let cut = keep(&run());
        for length in 0..cut.len() {
            assert!(kept(&cut[..length]).is_err(), "{length} of {}", cut.len());
        }
    }

    #[test]
    fn branches_that_no_run_has_are_refused() {
        let with = |change: &dyn Fn(&mut Saved)| {
            let mut saved = run();
            change(&mut saved);
            open(&save(&saved)).expect_err("it was changed")
        };
        let nowhere = |n: usize| Damage::Content(format!("branch {n} leaves none of those before it"));
        let off = Damage::Content("every step is on a branch, and the run on one of 3".into());
        let many = Damage::Beyond(Limit::Branches(limits::BRANCHES));
        let long = || Step { at: 5, action: Action::Apply { text: "a".repeat(SIZE_LIMIT / 2) } };
        let rows = [
            ("no branch at all", with(&|run| run.branches.clear()), many.clone()),
            ("branches without end", with(&|run| run.branches.resize(201, run.branches[2].clone())), many),
            ("a place on no branch", with(&|run| run.branch = 3), off.clone()),
            ("a step on no branch", with(&|run| run.run.steps = vec![step(5)]), off),
            ("a second first one", with(&|run| run.branches[1].parent = None), nowhere(1)),
            ("a branch of its own", with(&|run| run.branches[1].parent = Some(1)), nowhere(1)),
            ("a branch of a later one", with(&|run| run.branches[1].parent = Some(2)), nowhere(1)),
            ("a first one that leaves another", with(&|run| run.branches[0].parent = Some(0)), nowhere(0)),
            ("more steps than its parent has", with(&|run| run.branches[1].shared = 3), nowhere(1)),
            ("steps beyond numbers", with(&|run| run.branches[1].shared = usize::MAX), nowhere(1)),
            ("steps of its parent after it left", with(&|run| run.branches[1].shared = 2), Damage::Order(2)),
            ("steps before it left", with(&|run| run.branches[1].steps[0].at = 6), Damage::Order(2)),
            (
                "an end of time",
                with(&|run| run.branches[1].end = u64::MAX),
                Damage::Beyond(Limit::Days(limits::DAYS)),
            ),
            (
                "a text that each branch carries again",
                with(&|run| {
                    run.branches[0].steps[0] = long();
                    run.branches.resize(30, run.branches[2].clone());
                }),
                Damage::TooLarge,
            ),
        ];
        for (name, damage, expected) in rows {
            assert_eq!(damage, expected, "{name}");
        }
    }
}
