//! What a click or a key does to a workload: the kubectl command of the same effect, which the console then shows.

use web_sys::window;

use crate::session::Session;
use crate::ui::{Choose, UiContext};

/// One click or key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deed {
    /// One replica more or fewer.
    ScaleBy(i32),
    /// A new pod for every pod.
    Restart,
    /// Back to the revision before.
    Undo,
}

/// Runs a command line and says so. Where something is lost for good the person is asked first.
pub fn run(session: &Session, ui: &UiContext, line: &[String], loses: bool) {
    let line = line.join(" ");
    let question = (ui.lang.words().confirm_loss)(&line);
    if loses && !window().is_some_and(|w| w.confirm_with_message(&question).unwrap_or(false)) {
        return;
    }
    let said = session.kubectl(&line, Vec::new());
    let answer = said.answer.lines().next().unwrap_or_default();
    ui.dispatch(Choose::Toast(Some(format!("kubectl {line} → {answer}"))));
}

/// Does it to the workload of the selection.
pub fn perform(session: &Session, ui: &UiContext, deed: Deed) {
    let Some(id) = &ui.selection else { return };
    let Some(handle) = session.read(|engine| engine.handle(id)) else { return };
    match (deed, handle.replicas) {
        (Deed::ScaleBy(by), Some(replicas)) => {
            let line = handle.scale(replicas.saturating_add_signed(by));
            run(session, ui, &line, by < 0 && handle.shrinking_loses);
        }
        (Deed::Restart, _) if handle.restarts => run(session, ui, &handle.restart(), false),
        (Deed::Undo, _) if handle.undoes => run(session, ui, &handle.undo(None), false),
        _ => {}
    }
}
