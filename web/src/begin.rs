//! Puts another run in place of the one that is shown, which stays in the list of runs.

use orrery_run::{NODES, Run, SEED};
use orrery_scenario::{Play, Scenario};
use orrery_share::{Action, File, Saved};

use crate::files::{Edit, Files, FilesContext};
use crate::runs::Kept;
use crate::session::Session;
use crate::store;
use crate::story;
use crate::ui::{Choose, UiContext};

/// A run from an address or a file.
pub fn run(session: &Session, files: &FilesContext, ui: &UiContext, saved: &Saved, from: &str) {
    let kept = Kept { from: from.to_owned(), ..Kept::new(session.kept().tab) };
    kept_run(session, files, ui, saved, kept);
}

/// A run of this browser's list, with its branches.
pub fn kept_run(session: &Session, files: &FilesContext, ui: &UiContext, saved: &Saved, kept: Kept) {
    show(session, files, ui, saved.run.files.clone());
    session.reset(Run::open(saved));
    session.set_speed(saved.run.speed);
    session.play(false);
    session.seek(saved.run.at);
    session.set_kept(Kept { tab: session.kept().tab, size: 0, ..kept });
}

/// A new cluster with these manifests.
pub fn manifests(session: &Session, files: &FilesContext, ui: &UiContext, list: Vec<File>, from: &str) {
    show(session, files, ui, list.clone());
    session.reset(Run::new(SEED, NODES, None));
    session.set_kept(Kept { from: from.to_owned(), ..session.kept() });
    apply(session, list);
}

/// The cluster of a scenario with the manifests that it begins with, which are the person's own file from now on; an
/// error tells why it cannot be.
pub fn scenario(
    session: &Session,
    files: &FilesContext,
    ui: &UiContext,
    scenario: &Scenario,
) -> Result<(), String> {
    let run = Play::new(scenario.clone()).run()?;
    let file = |text: &str| File { name: format!("{}.yaml", scenario.name), text: text.to_owned() };
    let list: Vec<File> = scenario.manifests().map(file).into_iter().collect();
    show(session, files, ui, list.clone());
    story::prepare(scenario, run, session);
    apply(session, list);
    Ok(())
}

fn apply(session: &Session, list: Vec<File>) {
    session.act(Action::Apply { text: Files::new(list).joined() });
    session.play(true);
}

fn show(session: &Session, files: &FilesContext, ui: &UiContext, list: Vec<File>) {
    session.leave();
    store::put_aside(files.own());
    files.dispatch(Edit::Replace(list));
    ui.dispatch(Choose::Select(None));
    ui.dispatch(Choose::Leave(0));
    ui.dispatch(Choose::Story(None));
    ui.dispatch(Choose::Beside(None));
    ui.dispatch(Choose::Namespace(None));
    ui.dispatch(Choose::Dialog(None));
}
