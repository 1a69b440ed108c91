//! Puts another run in place of the one that is shown, which stays in the list of runs.

use orrery_run::{NODES, Run, SEED};
use orrery_share::{Action, File, Link};

use crate::files::{Edit, Files, FilesContext};
use crate::runs::Kept;
use crate::session::Session;
use crate::store;
use crate::ui::{Choose, UiContext};

/// A run from an address or a file.
pub fn run(session: &Session, files: &FilesContext, ui: &UiContext, link: &Link, from: &str) {
    let kept = Kept { from: from.to_owned(), at: link.at, ..Kept::new(session.kept().tab) };
    kept_run(session, files, ui, std::slice::from_ref(link), kept);
}

/// A run of this browser's list, with its branches.
pub fn kept_run(session: &Session, files: &FilesContext, ui: &UiContext, branches: &[Link], kept: Kept) {
    let (Some(run), Some(link)) = (kept.run(branches), branches.get(kept.branch)) else { return };
    show(session, files, ui, link.files.clone());
    session.reset(run);
    session.set_speed(link.speed);
    session.play(false);
    session.seek(kept.at);
    session.set_kept(Kept { tab: session.kept().tab, size: 0, ..kept });
}

/// A new cluster with these manifests.
pub fn manifests(session: &Session, files: &FilesContext, ui: &UiContext, list: Vec<File>, from: &str) {
    show(session, files, ui, list.clone());
    session.reset(Run::new(SEED, NODES, None));
    session.set_kept(Kept { from: from.to_owned(), ..session.kept() });
    session.act(Action::Apply { text: Files::new(list).joined() });
    session.play(true);
}

fn show(session: &Session, files: &FilesContext, ui: &UiContext, list: Vec<File>) {
    session.leave();
    store::put_aside(&files.list);
    files.dispatch(Edit::Replace(list));
    ui.dispatch(Choose::Select(None));
    ui.dispatch(Choose::Leave(0));
    ui.dispatch(Choose::Story(None));
    ui.dispatch(Choose::Beside(None));
    ui.dispatch(Choose::Namespace(None));
    ui.dispatch(Choose::Dialog(None));
}
