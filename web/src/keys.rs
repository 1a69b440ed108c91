//! Keys of the whole page. They are off while the person types, and while an input method composes.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use orrery_run::Pace;
use orrery_view::behaviour::Does;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::components::runs::save_file;
use crate::doing::{self, Deed};
use crate::files::FilesContext;
use crate::session::Session;
use crate::store;
use crate::ui::{Asked, Choose, Dialog, UiContext};

/// Under this name it is kept that keys of one letter are off.
pub const LETTERS: &str = "letters-off";

/// What a key does.
#[derive(Clone, Copy)]
enum Command {
    PlayPause,
    /// By what the transport's switch says.
    Step(bool),
    Leap(Pace, bool),
    /// To so many tenths of the run.
    Tenth(u64),
    SkipIdle,
    Futures,
    Slower,
    Faster,
    Stage,
    View,
    Traffic,
    Hop(i32),
    Do(Deed),
    Open,
    Logs,
    Why,
    Behave(fn(&Does) -> bool),
    Help,
    Close,
}

fn command(key: &str, shift: bool) -> Option<Command> {
    Some(match key {
        " " | "k" | "K" => Command::PlayPause,
        "." => Command::Step(true),
        "," => Command::Step(false),
        "ArrowRight" => Command::Leap(if shift { Pace::Action } else { Pace::Second }, true),
        "ArrowLeft" => Command::Leap(if shift { Pace::Action } else { Pace::Second }, false),
        "e" | "E" => Command::Leap(Pace::Event, !shift),
        "s" | "S" => Command::SkipIdle,
        "j" | "J" => Command::Futures,
        "[" => Command::Slower,
        "]" => Command::Faster,
        "f" | "F" => Command::Stage,
        "v" | "V" => Command::View,
        "t" | "T" => Command::Traffic,
        "n" | "N" => Command::Hop(1),
        "b" | "B" => Command::Hop(-1),
        "+" | "=" => Command::Do(Deed::ScaleBy(1)),
        "-" => Command::Do(Deed::ScaleBy(-1)),
        "r" | "R" => Command::Do(Deed::Restart),
        "u" | "U" => Command::Do(Deed::Undo),
        "o" | "O" => Command::Open,
        "l" | "L" => Command::Logs,
        "w" | "W" => Command::Why,
        "p" | "P" => Command::Behave(|does| matches!(does, Does::FailProbe(_) | Does::LetProbe(_))),
        "x" | "X" => Command::Behave(|does| *does == Does::Kill),
        "c" | "C" => Command::Behave(|does| matches!(does, Does::Cordon | Does::Uncordon)),
        "?" => Command::Help,
        "Escape" => Command::Close,
        digit => Command::Tenth(digit.parse().ok().filter(|tenth| *tenth < 10)?),
    })
}

/// Listens until the guard is dropped.
pub fn listen(session: Rc<Session>, ui: UiContext, files: FilesContext) -> Option<EventListener> {
    let document = web_sys::window()?.document()?;
    let options = EventListenerOptions::enable_prevent_default();
    Some(EventListener::new_with_options(&document, "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let composing = event.is_composing() || event.key_code() == 229;
        if composing || event.alt_key() || event.default_prevented() {
            return;
        }
        if event.ctrl_key() || event.meta_key() {
            return with_control(event, &session, &ui, &files);
        }
        let Some(command) = command(&event.key(), event.shift_key()) else { return };
        let at = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let letters = event.key().len() == 1 && store::choice(LETTERS).is_some();
        if letters || at.as_ref().is_some_and(|at| occupied(at, command)) {
            return;
        }
        event.prevent_default();
        perform(command, &session, &ui);
    }))
}

/// Keys that work while somebody types as well.
fn with_control(event: &KeyboardEvent, session: &Session, ui: &UiContext, files: &FilesContext) {
    match event.key().as_str() {
        "s" => save_file(session, files),
        "o" => ui.dispatch(Choose::Dialog(Some(Dialog::Runs))),
        _ => return,
    }
    event.prevent_default();
}

/// Whether the element has its own use for the key.
fn occupied(at: &Element, command: Command) -> bool {
    let within = |selector: &str| at.closest(selector).ok().flatten().is_some();
    if within("textarea, select, [contenteditable=true], input:not([type=range])") {
        return true;
    }
    // Space presses a button that has the focus.
    matches!(command, Command::PlayPause) && within("button, a, summary, [role=button], [role=tab]")
}

fn perform(command: Command, session: &Session, ui: &UiContext) {
    match command {
        Command::PlayPause => session.play(!session.clock().playing),
        Command::Step(forward) => session.leap(session.clock().pace, forward),
        Command::Leap(pace, forward) => session.leap(pace, forward),
        Command::Tenth(tenth) => session.seek(session.read(|engine| engine.run.end()) / 10 * tenth),
        Command::Futures => ui.dispatch(Choose::Dialog(Some(Dialog::Branches))),
        Command::SkipIdle => session.set_skips(!session.clock().skips),
        Command::Slower => session.shift_speed(-1),
        Command::Faster => session.shift_speed(1),
        Command::Stage => ui.dispatch(Choose::Present(!ui.present)),
        Command::View => ui.dispatch(Choose::View(ui.view.next())),
        Command::Traffic => doing::traffic(ui),
        Command::Hop(by) => doing::hop(session, ui, by),
        Command::Do(deed) => doing::perform(session, ui, deed),
        Command::Open => ui.selection.iter().for_each(|id| doing::open(ui, id)),
        Command::Logs => ui.dispatch(Choose::Logs(ui.container.clone())),
        Command::Why => ui.selection.iter().for_each(|id| {
            ui.dispatch(Choose::Why(Some(Asked { id: id.clone(), field: None })));
        }),
        Command::Behave(wanted) => doing::behave(session, ui, wanted),
        Command::Help => ui.dispatch(Choose::Dialog(Some(Dialog::Help))),
        Command::Close => ui.dispatch(Choose::Close),
    }
}
