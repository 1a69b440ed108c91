//! The runs of this browser: an index of what there is to say about each, and beside it what each is repeated from. Storage
//! is small and may be forbidden: the oldest runs that nobody named make room for new ones.

use gloo::storage::{LocalStorage, SessionStorage, Storage};
use orrery_run::Run;
use orrery_share::{Damage, Link, decode, encode};
use serde::{Deserialize, Serialize};

const INDEX: &str = "orrery.runs";
const CURRENT: &str = "orrery.run";
/// All runs together are no longer than this, in characters; a browser gives some five million, and files need theirs.
const ROOM: usize = 3_000_000;
/// More runs than anybody looks through.
const MOST: usize = 100;

/// What the list says of a run.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Kept {
    /// Tells this run from every other of this browser.
    pub id: String,
    /// What the person calls it; empty until then.
    #[serde(default)]
    pub name: String,
    /// Its files, and the first things that were done.
    pub words: String,
    /// When it was kept last, in milliseconds since 1970.
    pub kept: f64,
    /// How many things were done.
    pub steps: usize,
    /// For each branch but the first, which one it left and when.
    #[serde(default)]
    pub tree: Vec<(usize, u64)>,
    /// The branch that is looked at.
    #[serde(default)]
    pub branch: usize,
    /// Where it stands: virtual time in nanoseconds.
    pub at: u64,
    /// The fingerprint of the run up to there.
    pub trace: String,
    /// The page that kept it last: two tabs may begin with the same run, and must not write over each other.
    #[serde(default)]
    pub tab: String,
    /// The address that it was opened from, if it was.
    #[serde(default)]
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

    /// The run again, at its beginning, with all its branches.
    pub fn run(&self, branches: &[Link]) -> Option<Run> {
        let (first, others) = branches.split_first()?;
        let mut run = Run::of(first);
        for ((parent, at), branch) in self.tree.iter().zip(others) {
            run.graft(*parent, *at, branch.steps.clone());
        }
        run.switch(self.branch);
        Some(run)
    }
}

/// A name for a new run, or for a page.
pub fn new_id() -> String {
    format!("{:x}{:03x}", js_sys::Date::now() as u64, (js_sys::Math::random() * 4096.0) as u32)
}

/// All runs, the latest first.
pub fn list() -> Vec<Kept> {
    LocalStorage::get(INDEX).unwrap_or_default()
}

/// Keeps a run with all its branches: what was kept, none when there is no room.
/// A run that another tab went on with is another run here.
pub fn keep(mut run: Kept, branches: &[Link]) -> Option<Kept> {
    let body = branches.iter().map(encode).collect::<Vec<_>>().join("\n");
    let mut all = list();
    if let Some(before) = all.iter().position(|other| other.id == run.id) {
        if all[before].tab != run.tab && run.size > 0 {
            run.id = new_id();
        } else {
            run.name = all.remove(before).name;
        }
    }
    run.size = body.len();
    make_room(&mut all, run.size);
    // A tab that cannot remember which run is its own begins the latest one again.
    let _ = SessionStorage::set(CURRENT, &run.id);
    LocalStorage::set(key(&run.id), body).ok()?;
    all.insert(0, run.clone());
    LocalStorage::set(INDEX, all).ok()?;
    Some(run)
}

fn make_room(all: &mut Vec<Kept>, size: usize) {
    while let Some(spare) = spare(all, size) {
        LocalStorage::delete(key(&all.remove(spare).id));
    }
}

/// The next one to go: what was only looked at, and then the oldest without a name while there is too little room.
fn spare(all: &[Kept], size: usize) -> Option<usize> {
    let full = all.len() >= MOST || all.iter().map(|run| run.size).sum::<usize>() + size > ROOM;
    all.iter().rposition(|run| !run.own || full && run.name.is_empty())
}

/// The branches of a run, in order.
pub fn open(id: &str) -> Option<Result<Vec<Link>, Damage>> {
    let body: String = LocalStorage::get(key(id)).ok()?;
    Some(body.lines().map(decode).collect())
}

/// The run of this tab, or else the latest one of this browser; and whether it is this tab's.
pub fn last() -> Option<(Kept, bool)> {
    let all = list();
    let mine: Option<String> = SessionStorage::get(CURRENT).ok();
    let mine = all.iter().find(|run| mine.as_ref() == Some(&run.id));
    Some((mine.or(all.first())?.clone(), mine.is_some()))
}

/// Names a run.
pub fn rename(id: &str, name: &str) {
    change(|all| all.iter_mut().filter(|run| run.id == id).for_each(|run| run.name = name.trim().to_owned()));
}

/// Forgets a run.
pub fn remove(id: &str) {
    LocalStorage::delete(key(id));
    change(|all| all.retain(|run| run.id != id));
}

fn change(change: impl FnOnce(&mut Vec<Kept>)) {
    let mut all = list();
    change(&mut all);
    // Where nothing can be kept there was nothing to change.
    let _ = LocalStorage::set(INDEX, all);
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
