//! The runs of this browser: an index of what there is to say about each, and beside it what each is repeated from. Storage
//! is small and may be forbidden: the oldest runs that nobody named make room for new ones.

use orrery_share::{Damage, Link, Saved, SavedBranch, decode};
use serde::{Deserialize, Serialize};

use crate::shelf::Shelf;

const INDEX: &str = "orrery.runs";
const CURRENT: &str = "orrery.run";
/// All runs together are no longer than this, in characters; a browser gives some five million, and files need theirs.
const ROOM: usize = 3_000_000;
/// More runs than anybody looks through.
const MOST: usize = 100;

/// What the list says of a run. What an older page did not say yet is empty.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Tells this run from every other of this browser.
    pub id: String,
    /// What the person calls it; empty until then.
    pub name: String,
    /// Its files, and the first things that were done.
    pub words: String,
    /// When it was kept last, in milliseconds since 1970.
    pub kept: f64,
    /// How many things were done.
    pub steps: usize,
    /// How many branches it has.
    pub branches: usize,
    /// What an older page kept here: for each branch but the first, which one it left and when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tree: Vec<(usize, u64)>,
    /// The branch that is looked at.
    pub branch: usize,
    /// Where it stands: virtual time in nanoseconds.
    pub at: u64,
    /// The fingerprint of the run up to there.
    pub trace: String,
    /// The page that kept it last: two tabs may begin with the same run, and must not write over each other.
    pub tab: String,
    /// The address that it was opened from, if it was.
    pub from: String,
    /// Whether the person did anything in it. An example that was only looked at is not listed.
    pub own: bool,
    /// Its size in characters.
    pub size: usize,
}

impl Kept {
    /// What is not kept yet, by this page.
    pub fn new(tab: String) -> Self {
        Self { id: new_id(), tab, ..Self::default() }
    }
}

/// A name for a new run, or for a page.
pub fn new_id() -> String {
    format!("{:x}{:03x}", js_sys::Date::now() as u64, (js_sys::Math::random() * 4096.0) as u32)
}

/// All runs, the latest first. Where the list cannot be read, those that are there are found without it.
pub fn list() -> Vec<Kept> {
    Shelf::Browser.get(INDEX).unwrap_or_else(found)
}

/// The runs that are there, by their names in the storage.
fn found() -> Vec<Kept> {
    let names = Shelf::Browser.names().into_iter();
    let ids = names.filter_map(|name| Some(name.strip_prefix(CURRENT)?.strip_prefix('.')?.to_owned()));
    ids.map(|id| Kept { words: id.clone(), id, own: true, ..Kept::default() }).collect()
}

/// Whether this browser lets the page keep anything.
pub fn keeps_any() -> bool {
    let probe = key("probe");
    let kept = Shelf::Browser.set(&probe, "");
    Shelf::Browser.delete(&probe);
    // Where something lies there is only no room for more.
    kept || !Shelf::Browser.names().is_empty()
}

/// Keeps a run with all its branches: what was kept, none when there is no room.
/// A run that another tab went on with is another run here.
pub fn keep(mut run: Kept, saved: &Saved) -> Option<Kept> {
    let body = orrery_share::keep(saved);
    let mut all = list();
    let before = all.iter().position(|other| other.id == run.id);
    if before.is_some_and(|before| all[before].tab != run.tab && run.size > 0) {
        run.id = new_id();
    } else if let Some(before) = before {
        run.name = all.remove(before).name;
    }
    (run.size, run.branches, run.tree) = (body.len(), saved.branches.len(), Vec::new());
    make_room(&mut all, run.size);
    let written = write(&mut all, &run, &body);
    if written {
        // A tab that cannot remember which run is its own begins the latest one again.
        Shelf::Tab.set(CURRENT, &run.id);
        all.insert(0, run.clone());
    } else if let Some(before) = list().into_iter().find(|other| other.id == run.id) {
        all.insert(0, before);
    }
    (Shelf::Browser.set(INDEX, &all) && written).then_some(run)
}

fn make_room(all: &mut Vec<Kept>, size: usize) {
    while let Some(spare) = spare(all, size) {
        Shelf::Browser.delete(&key(&all.remove(spare).id));
    }
}

/// Writes what a run is repeated from; where the browser has less room than we thought, the oldest runs without a name go.
/// For one that would not fit alone none does.
fn write(all: &mut Vec<Kept>, run: &Kept, body: &str) -> bool {
    while !Shelf::Browser.set(&key(&run.id), body) {
        let oldest = all.iter().rposition(|other| other.name.is_empty()).filter(|_| run.size <= ROOM / 2);
        let Some(oldest) = oldest else { return false };
        Shelf::Browser.delete(&key(&all.remove(oldest).id));
    }
    true
}

/// The next one to go: what was only looked at, and then the oldest without a name while there is too little room.
fn spare(all: &[Kept], size: usize) -> Option<usize> {
    let full = all.len() >= MOST || all.iter().map(|run| run.size).sum::<usize>() + size > ROOM;
    all.iter().rposition(|run| !run.own || full && run.name.is_empty())
}

/// A run that is kept, with all its branches; none if this browser has it no more.
pub fn open(kept: &Kept) -> Option<Result<Saved, Damage>> {
    let body: String = Shelf::Browser.get(&key(&kept.id))?;
    Some(read(kept, &body))
}

/// What a run is repeated from: since branches are saved together, all of them; before, a link in a line for each.
fn read(kept: &Kept, body: &str) -> Result<Saved, Damage> {
    match orrery_share::kept(body) {
        Err(Damage::NotARun) => {
            let links = body.lines().map(decode).collect::<Result<Vec<_>, _>>()?;
            of_links(kept, links).ok_or(Damage::NotARun)
        }
        saved => saved,
    }
}

/// A run of which each branch is a link, with everything that was done on the way to it.
fn of_links(kept: &Kept, mut links: Vec<Link>) -> Option<Saved> {
    let mut branches: Vec<SavedBranch> = Vec::new();
    for (number, link) in links.iter().enumerate() {
        let left = number.checked_sub(1).and_then(|n| kept.tree.get(n).copied());
        let common = left.and_then(|(parent, at)| {
            let pairs = links.get(parent)?.steps.iter().zip(&link.steps);
            Some(pairs.take_while(|(theirs, ours)| theirs == ours && theirs.at <= at).count())
        });
        let (shared, (parent, at)) = (common.unwrap_or(0), left.map_or((None, 0), |(p, at)| (Some(p), at)));
        let (steps, end) = (link.steps[shared..].to_vec(), link.steps.last().map_or(at, |step| step.at));
        branches.push(SavedBranch { parent, at, shared, steps, end, ..SavedBranch::default() });
    }
    let branch = kept.branch.min(links.len().checked_sub(1)?);
    let run = Link { steps: Vec::new(), at: kept.at, ..links.swap_remove(branch) };
    Some(Saved { run, branches, branch })
}

/// The run of this tab, or else the latest one of this browser; and whether it is this tab's.
pub fn last() -> Option<(Kept, bool)> {
    let all = list();
    let mine: Option<String> = Shelf::Tab.get(CURRENT);
    let mine = all.iter().find(|run| mine.as_ref() == Some(&run.id));
    Some((mine.or(all.first())?.clone(), mine.is_some()))
}

/// Names a run.
pub fn rename(id: &str, name: &str) {
    change(|all| all.iter_mut().filter(|run| run.id == id).for_each(|run| run.name = name.trim().to_owned()));
}

/// Forgets a run.
pub fn remove(id: &str) {
    Shelf::Browser.delete(&key(id));
    change(|all| all.retain(|run| run.id != id));
}

fn change(change: impl FnOnce(&mut Vec<Kept>)) {
    let mut all = list();
    change(&mut all);
    // Where nothing can be kept there was nothing to change.
    Shelf::Browser.set(INDEX, &all);
}

fn key(id: &str) -> String {
    format!("{CURRENT}.{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &str, size: usize, own: bool) -> Kept {
        Kept { name: name.into(), size, own, ..Kept::default() }
    }

    #[test]
    fn a_run_that_an_older_page_kept_is_opened_with_its_branches() {
        let step = |at| orrery_share::Step { at, action: orrery_share::Action::AddNode };
        let link = |steps| Link { seed: 7, nodes: 3, speed: 1.0, steps, ..Link::default() };
        let links = [link(vec![step(5), step(9)]), link(vec![step(5), step(8)])];
        let body = links.iter().map(orrery_share::encode).collect::<Vec<_>>().join("\n");
        let kept: Kept = serde_json::from_str(r#"{"id":"a","tree":[[0,7]],"branch":1,"at":8}"#).unwrap();
        let saved = read(&kept, &body).unwrap();
        assert_eq!((saved.steps(0), saved.steps(1)), (links[0].steps.clone(), links[1].steps.clone()));
        let left = &saved.branches[1];
        assert_eq!((left.parent, left.at, left.shared, saved.branch, saved.run.at), (Some(0), 7, 1, 1, 8));
        assert_eq!(read(&kept, &orrery_share::keep(&saved)), Ok(saved));
        assert_eq!(read(&kept, "run"), Err(Damage::NotALink));
    }

    #[test]
    fn room_is_made_by_those_that_nobody_misses() {
        let rows = [
            ("where there is room nobody goes", vec![run("", 5, true), run("", 5, true)], None),
            ("what was only looked at goes", vec![run("", 5, false), run("", 5, true)], Some(0)),
            ("the oldest goes first", vec![run("", ROOM, true), run("", 5, true)], Some(1)),
            ("one with a name stays", vec![run("", ROOM, true), run("talk", 5, true)], Some(0)),
            ("and so does the last of them", vec![run("talk", ROOM, true)], None),
        ];
        for (name, all, goes) in rows {
            assert_eq!(spare(&all, 10), goes, "{name}");
        }
    }
}
