//! What a click or a key does to a workload: the kubectl command of the same effect, which the console then shows.

use orrery_share::{Action, Fault};
use orrery_view::behaviour::{Can, Does};
use orrery_view::scene::{ObjectRef, Text, View};
use orrery_view::why::Mend;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, window};

use crate::session::Session;
use crate::ui::{CONTROL_PLANE, Choose, UiContext};

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
    let answer = said.text();
    let answer = answer.lines().next().unwrap_or_default();
    ui.dispatch(Choose::Toast(Some(format!("kubectl {line} → {answer}"))));
}

/// Makes the change that a reason asks for. Where something is lost for good the person is asked first.
pub fn mend(session: &Session, ui: &UiContext, mend: &Mend, loses: bool) {
    let name = |name: &Text| name.to_string();
    let action = match mend {
        Mend::Command(line) => {
            let question = (ui.lang.words().confirm_loss)(line.strip_prefix("kubectl ").unwrap_or(line));
            if !loses || window().is_some_and(|w| w.confirm_with_message(&question).unwrap_or(false)) {
                let answer = session.kubectl(line, Vec::new()).text();
                let answer = answer.lines().next().unwrap_or_default();
                ui.dispatch(Choose::Toast(Some(format!("{line} → {answer}"))));
            }
            return;
        }
        Mend::StartNode(it) => Action::StartNode { name: name(it) },
        Mend::JoinNode(it) => Action::JoinNode { name: name(it) },
        Mend::StartPart(it) => Action::Part { name: name(it), fault: Fault::Start },
        Mend::JoinPart(it) => Action::Part { name: name(it), fault: Fault::Join },
        Mend::StartRegistry(it) => Action::Registry { host: name(it), up: true },
        Mend::Relieve(it) => Action::RelieveNode { name: name(it) },
    };
    session.act(action);
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

/// Shows the traffic view with its panel.
pub fn traffic(ui: &UiContext) {
    ui.dispatch(Choose::Leave(0));
    ui.dispatch(Choose::Select(None));
    ui.dispatch(Choose::View(View::Traffic));
}

/// Goes to another branch. If its picture stood beside this one, the two change places.
pub fn switch(session: &Session, ui: &UiContext, branch: usize) {
    let before = session.read(|engine| engine.run.branch());
    session.switch(branch);
    if ui.beside == Some(branch) {
        ui.dispatch(Choose::Beside(Some(before)));
    }
}

/// Goes a hop on or back along the request that is looked at.
pub fn hop(session: &Session, ui: &UiContext, by: i32) {
    let Some(journey) = ui.journey.and_then(|number| session.read(|engine| engine.journey(number))) else {
        return;
    };
    let last = journey.steps.len();
    let at = ui.hop.unwrap_or(if by > 0 { 0 } else { last + 1 });
    let next = at.saturating_add_signed(by as isize).clamp(1, last.max(1));
    ui.dispatch(Choose::Hop(Some(next)));
}

/// Opens a pod, a node or the control plane; the picture grows out of the place where it stands.
pub fn open(ui: &UiContext, id: &ObjectRef) {
    if matches!(&*id.kind, "Pod" | "Node" | CONTROL_PLANE) {
        // Without the place it grows out of the middle.
        let _ = grow_from(id);
        ui.dispatch(Choose::Open(id.clone()));
    }
}

fn grow_from(id: &ObjectRef) -> Option<()> {
    let document = window()?.document()?;
    let stage = document.query_selector(".stage").ok()??;
    let mark = stage.query_selector(&format!("[data-ref=\"{}\"]", id.key())).ok()??;
    let (around, at) = (stage.get_bounding_client_rect(), mark.get_bounding_client_rect());
    let (x, y) = (at.x() - around.x() + at.width() / 2.0, at.y() - around.y() + at.height() / 2.0);
    let style = stage.dyn_into::<HtmlElement>().ok()?.style();
    style.set_property("--from", &format!("{x:.0}px {y:.0}px")).ok()
}

/// Does something to a pod's container or to a node: the command, or where there is none the deed itself.
pub fn behave_as(session: &Session, ui: &UiContext, id: &ObjectRef, can: &Can) {
    if let Some(line) = &can.line {
        return run(session, ui, line, false);
    }
    session.act(orrery_run::deed(id, can));
    ui.dispatch(Choose::Toast(Some(format!("{}: {}", id.name, (ui.lang.words().does)(can.does)))));
}

/// Does to the selected pod or node the first thing that a key stands for.
pub fn behave(session: &Session, ui: &UiContext, wanted: fn(&Does) -> bool) {
    let Some(id) = &ui.selection else { return };
    let all = session.read(|engine| engine.behaviour(id));
    let mine = |can: &&Can| ui.container.is_none() || can.container == ui.container;
    if let Some(can) = all.iter().filter(mine).find(|can| wanted(&can.does)) {
        behave_as(session, ui, id, can);
    }
}
