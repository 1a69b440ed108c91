//! Links as they were on the first day of their codec. Whatever else changes, they open, and say what they said.

use std::collections::BTreeSet;

use crate::{Action, DICTIONARY, Fault, Link, Saved, decode, encode, kept, open, save};

/// Links with every action and every fault, and the run that they hold.
const LINKS: [(&str, &str); 2] = [
    ("codec 1", include_str!("golden/every-action.1.link")),
    ("codec 2", include_str!("golden/every-action.2.link")),
];
/// The same run as a file of version 1; one with branches as a file of version 2, and as a browser keeps it.
const FIRST_FILE: &str = include_str!("golden/every-action.1.json");
const FILE: &str = include_str!("golden/branches.2.json");
const KEPT: &str = include_str!("golden/branches.2.kept");

pub(super) fn run() -> Link {
    open(FIRST_FILE).expect("a file of version 1 is read for ever").link(0)
}

#[test]
fn every_codec_is_read_for_ever() {
    for (name, link) in LINKS {
        assert_eq!(decode(link), Ok(run()), "{name}");
    }
}

#[test]
fn every_version_of_files_is_read_for_ever() {
    let first = open(FIRST_FILE).expect("version 1");
    assert_eq!((first.clone(), first.run.at), (Saved::from(run()), 600_000_000_000));
    let saved = open(FILE).expect("version 2");
    let second = &saved.branches[1];
    assert_eq!((&*second.name, second.parent, second.at), ("하나로 \"줄이면\" 🦄", Some(0), 11_000_000_000));
    assert_eq!([0, 1, 2].map(|branch| saved.count(branch)), [5, 6, 4]);
    assert_eq!(save(&saved), FILE, "a run is saved as it was on the first day");
    assert_eq!(kept(KEPT.trim_end()), Ok(saved), "a browser's run of the first day");
}

#[test]
fn the_last_codec_is_the_one_that_is_written() {
    let link = encode(&run());
    assert_eq!(decode(&format!("#{link}")), Ok(run()));
    let number = |link: &str| link.split(':').next().map(str::to_owned);
    assert_eq!(number(&link), number(LINKS[LINKS.len() - 1].1));
}

/// A link is read with the dictionary that it was written with.
#[test]
fn the_dictionary_of_codec_2_never_changes() {
    assert_eq!((DICTIONARY.len(), crate::frame::checksum(DICTIONARY)), (8_260, 3_704_348_585));
}

/// A new action belongs into a new golden; a name that changes breaks the old ones.
#[test]
fn every_action_and_every_fault_is_in_the_goldens() {
    let saved = open(FILE).expect("version 2");
    let branched = saved.branches.into_iter().flat_map(|branch| branch.steps);
    let steps: Vec<_> = run().steps.into_iter().chain(branched).collect();
    let actions: BTreeSet<_> = steps.iter().map(|step| name(&step.action)).collect();
    assert_eq!(actions, names::<Action>());
    let faults: BTreeSet<_> = steps
        .iter()
        .filter_map(
            |step| if let Action::Part { fault, .. } = &step.action { Some(name(fault)) } else { None },
        )
        .collect();
    assert_eq!(faults, names::<Fault>());
}

/// The name of a variant, as links hold it.
fn name(variant: &impl serde::Serialize) -> String {
    let json = serde_json::to_value(variant).unwrap();
    json.as_str().or_else(|| json.as_object()?.keys().next().map(String::as_str)).unwrap().to_owned()
}

/// All names of an enum: those that are offered for one that it does not have.
fn names<T: serde::de::DeserializeOwned + std::fmt::Debug>() -> BTreeSet<String> {
    let offered = serde_json::from_str::<T>("\"\"").unwrap_err().to_string();
    offered.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}
