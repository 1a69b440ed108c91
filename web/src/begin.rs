//! Puts another run in place of the one that is shown, which stays in the list of runs.

use orrery_run::{NODES, Run, SEED};
use orrery_share::{Action, File, Link};

use crate::files::{Edit, Files, FilesContext};
use crate::runs::Kept;
use crate::session::Session;
use crate::store;
use crate::ui::{Choose, UiContext};

/// A run with its futures, the one to be looked at first, from an address or a file.
pub fn run(session: &Session, files: &FilesContext, ui: &UiContext, futures: Vec<Link>, from: &str) {
    let Some(link) = futures.first() else { return };
    show(files, ui, link.files.clone());
    session.reset(Run::of(link));
    session.set_kept(Kept { from: from.to_owned(), ..session.kept() });
    session.set_speed(link.speed);
    session.play(false);
    session.seek(link.at);
}

/// A run of this browser's list.
pub fn kept(session: &Session, files: &FilesContext, ui: &UiContext, futures: Vec<Link>, id: &str) {
    run(session, files, ui, futures, "");
    session.set_kept(Kept { id: id.to_owned(), ..session.kept() });
}

/// A new cluster with these manifests.
pub fn manifests(session: &Session, files: &FilesContext, ui: &UiContext, list: Vec<File>, from: &str) {
    show(files, ui, list.clone());
    session.reset(Run::new(SEED, NODES, None));
    session.set_kept(Kept { from: from.to_owned(), ..session.kept() });
    session.act(Action::Apply { text: Files::new(list).joined() });
    session.play(true);
}

fn show(files: &FilesContext, ui: &UiContext, list: Vec<File>) {
    store::put_aside(&files.list);
    files.dispatch(Edit::Replace(list));
    ui.dispatch(Choose::Select(None));
    ui.dispatch(Choose::Leave(0));
    ui.dispatch(Choose::Story(None));
    ui.dispatch(Choose::Namespace(None));
    ui.dispatch(Choose::Dialog(None));
}
