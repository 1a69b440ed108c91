//! Keys of the whole page, in one table that the help shows too. They are off while the person types, and while an input
//! method composes.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use orrery_run::Pace;
use orrery_view::behaviour::Does;
use orrery_view::scene::View;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::components::runs::save_file;
use crate::doing::{self, Deed};
use crate::files::FilesContext;
use crate::i18n::Words;
use crate::session::Session;
use crate::store;
use crate::ui::{Asked, Choose, Dialog, Tab, UiContext};
use crate::walk;

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
    Save,
    Runs,
    Slower,
    Faster,
    Stage,
    View,
    Traffic,
    Hop(i32),
    Do(Deed),
    Open,
    Tab(Tab),
    Logs,
    Why,
    Behave(fn(&Does) -> bool),
    Help,
    Close,
}

/// What is held down beside a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum With {
    /// Nothing, or Shift.
    Any,
    Nothing,
    Shift,
    Ctrl,
}

use Command::*;
use With::{Any, Ctrl, Nothing, Shift};

/// A row of the help: keys that belong together.
pub struct Row {
    /// The keys, as the help shows them.
    pub shown: &'static [&'static str],
    /// What they do, in words.
    pub does: fn(&'static Words) -> &'static str,
    /// What is pressed, in lower case. Where there is nothing a part of the page listens itself, while it has the focus.
    presses: &'static [(&'static str, With, Command)],
}

/// All keys.
pub static KEYS: [Row; 27] = [
    Row {
        shown: &["Space", "K"],
        does: |w| w.key_play,
        presses: &[(" ", Any, PlayPause), ("k", Any, PlayPause)],
    },
    Row {
        shown: &[",", "."],
        does: |w| w.timed.keys.steps,
        presses: &[(",", Any, Step(false)), (".", Any, Step(true))],
    },
    Row {
        shown: &["←", "→"],
        does: |w| w.timed.keys.seconds,
        presses: &[
            ("arrowleft", Nothing, Leap(Pace::Second, false)),
            ("arrowright", Nothing, Leap(Pace::Second, true)),
        ],
    },
    Row {
        shown: &["Shift ←", "Shift →"],
        does: |w| w.timed.keys.actions,
        presses: &[
            ("arrowleft", Shift, Leap(Pace::Action, false)),
            ("arrowright", Shift, Leap(Pace::Action, true)),
        ],
    },
    Row {
        shown: &["E", "Shift E"],
        does: |w| w.timed.keys.events,
        presses: &[("e", Nothing, Leap(Pace::Event, true)), ("e", Shift, Leap(Pace::Event, false))],
    },
    Row {
        shown: &["0", "…", "9"],
        does: |w| w.timed.keys.digits,
        presses: &[
            ("0", Any, Tenth(0)),
            ("1", Any, Tenth(1)),
            ("2", Any, Tenth(2)),
            ("3", Any, Tenth(3)),
            ("4", Any, Tenth(4)),
            ("5", Any, Tenth(5)),
            ("6", Any, Tenth(6)),
            ("7", Any, Tenth(7)),
            ("8", Any, Tenth(8)),
            ("9", Any, Tenth(9)),
        ],
    },
    Row { shown: &["S"], does: |w| w.timed.keys.skip, presses: &[("s", Any, SkipIdle)] },
    Row { shown: &["J"], does: |w| w.timed.keys.futures, presses: &[("j", Any, Futures)] },
    Row { shown: &["Ctrl S"], does: |w| w.timed.keys.save, presses: &[("s", Ctrl, Save)] },
    Row { shown: &["Ctrl O"], does: |w| w.timed.keys.open, presses: &[("o", Ctrl, Runs)] },
    Row { shown: &["[", "]"], does: |w| w.key_speed, presses: &[("[", Any, Slower), ("]", Any, Faster)] },
    Row { shown: &["F"], does: |w| w.key_stage, presses: &[("f", Any, Stage)] },
    Row { shown: &["V"], does: |w| w.key_view, presses: &[("v", Any, View)] },
    Row { shown: &["T"], does: |w| w.key_traffic, presses: &[("t", Any, Traffic)] },
    Row { shown: &["N", "B"], does: |w| w.walk.key, presses: &[("n", Any, Hop(1)), ("b", Any, Hop(-1))] },
    Row {
        shown: &["+", "−"],
        does: |w| w.key_scale,
        presses: &[
            ("+", Any, Do(Deed::ScaleBy(1))),
            ("=", Any, Do(Deed::ScaleBy(1))),
            ("-", Any, Do(Deed::ScaleBy(-1))),
        ],
    },
    Row { shown: &["O"], does: |w| w.key_open, presses: &[("o", Any, Open)] },
    Row {
        shown: &["D", "Y"],
        does: |w| w.key_tabs,
        presses: &[("d", Any, Command::Tab(Tab::Summary)), ("y", Any, Command::Tab(Tab::Yaml))],
    },
    Row { shown: &["L"], does: |w| w.key_logs, presses: &[("l", Any, Logs)] },
    Row { shown: &["W"], does: |w| w.reasons.key, presses: &[("w", Any, Why)] },
    Row {
        shown: &["P", "X", "C"],
        does: |w| w.key_behave,
        presses: &[
            ("p", Any, Behave(|does| matches!(does, Does::FailProbe(_) | Does::LetProbe(_)))),
            ("x", Any, Behave(|does| *does == Does::Kill)),
            ("c", Any, Behave(|does| matches!(does, Does::Cordon | Does::Uncordon))),
        ],
    },
    Row { shown: &["R"], does: |w| w.key_restart, presses: &[("r", Any, Do(Deed::Restart))] },
    Row { shown: &["U"], does: |w| w.key_undo, presses: &[("u", Any, Do(Deed::Undo))] },
    Row { shown: &["←", "→"], does: |w| w.key_move, presses: &[] },
    Row { shown: &["Ctrl Enter"], does: |w| w.key_apply, presses: &[] },
    Row { shown: &["?"], does: |w| w.key_help, presses: &[("?", Any, Help)] },
    Row { shown: &["Esc"], does: |w| w.key_close, presses: &[("escape", Any, Close)] },
];

fn command(key: &str, shift: bool, ctrl: bool) -> Option<Command> {
    let key = key.to_lowercase();
    let fits = |with: With| match with {
        Any => !ctrl,
        Nothing => !ctrl && !shift,
        Shift => !ctrl && shift,
        Ctrl => ctrl,
    };
    let mut presses = KEYS.iter().flat_map(|row| row.presses);
    presses.find(|(pressed, with, _)| *pressed == key && fits(*with)).map(|(_, _, command)| *command)
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
        let ctrl = event.ctrl_key() || event.meta_key();
        let Some(command) = command(&event.key(), event.shift_key(), ctrl) else { return };
        let at = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let letters = event.key().len() == 1 && store::choice(LETTERS).is_some();
        // Keys with Ctrl work while somebody types as well.
        if !ctrl && (letters || at.as_ref().is_some_and(|at| occupied(at, command))) {
            return;
        }
        event.prevent_default();
        perform(command, &session, &ui, &files);
    }))
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

/// A step on or back: along the request that is looked at, else along the causes of what is asked about.
fn along(session: &Session, ui: &UiContext, by: i32) {
    let request = ui.view == View::Traffic && ui.journey.is_some() && ui.walk.is_none();
    if request || !walk::by(session, ui, by) {
        doing::hop(session, ui, by);
    }
}

fn perform(command: Command, session: &Session, ui: &UiContext, files: &FilesContext) {
    match command {
        Command::PlayPause => session.play(!session.clock().playing),
        Command::Step(forward) => session.leap(session.clock().pace, forward),
        Command::Leap(pace, forward) => session.leap(pace, forward),
        Command::Tenth(tenth) => session.seek(session.read(|engine| engine.run.end()) / 10 * tenth),
        Command::Futures => ui.dispatch(Choose::Dialog(Some(Dialog::Branches))),
        Command::Save => save_file(session, files),
        Command::Runs => ui.dispatch(Choose::Dialog(Some(Dialog::Runs))),
        Command::SkipIdle => session.set_skips(!session.clock().skips),
        Command::Slower => session.shift_speed(-1),
        Command::Faster => session.shift_speed(1),
        Command::Stage => ui.dispatch(Choose::Present(!ui.present)),
        Command::View => ui.dispatch(Choose::View(ui.view.next())),
        Command::Traffic => doing::traffic(ui),
        Command::Hop(by) => along(session, ui, by),
        Command::Do(deed) => doing::perform(session, ui, deed),
        Command::Open => ui.selection.iter().for_each(|id| doing::open(ui, id)),
        Command::Tab(tab) => ui.dispatch(Choose::Tab(tab)),
        Command::Logs => ui.dispatch(Choose::Logs(ui.container.clone())),
        Command::Why => ui.selection.iter().for_each(|id| {
            ui.dispatch(Choose::Why(Some(Asked { id: id.clone(), field: None })));
        }),
        Command::Behave(wanted) => doing::behave(session, ui, wanted),
        Command::Help => ui.dispatch(Choose::Dialog(Some(Dialog::Help))),
        // What takes long is given up before anything is closed.
        Command::Close if session.stop_travelling() => {}
        Command::Close => {
            if ui.dialog.is_some() || !walk::back(session, ui) {
                ui.dispatch(Choose::Close);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    /// The help shows no key that does nothing, and no key does two things.
    #[test]
    fn every_key_of_the_help_does_something() {
        let mut pressed = Vec::new();
        for row in &KEYS {
            for (key, with, _) in row.presses {
                let (shift, ctrl) = (*with == Shift, *with == Ctrl);
                assert!(command(&key.to_uppercase(), shift, ctrl).is_some(), "{key} {with:?}");
                assert!(!pressed.contains(&(*key, *with)), "{key} {with:?} stands there twice");
                pressed.push((*key, *with));
            }
            let own = row.presses.is_empty();
            assert!(own || row.presses.len() >= row.shown.len(), "{:?} are not all there", row.shown);
            assert!([Lang::En, Lang::Ko].iter().all(|lang| !(row.does)(lang.words()).is_empty()));
        }
        assert_eq!(
            KEYS.iter().filter(|row| row.presses.is_empty()).count(),
            2,
            "the picture's and the editor's"
        );
        assert!(command("s", false, true).is_some() && command("k", false, true).is_none());
    }
}
