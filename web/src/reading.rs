//! The files as they are read: a moment after the person stops typing, once for everyone who asks.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::files::{Check, Files, FilesContext, Problem, check};
use crate::i18n::Words;
use crate::session::Session;
use crate::store;
use crate::ui::{Choose, UiContext};

/// Reading waits until the person pauses this long.
const PAUSE_MS: u32 = 180;
/// More text than this is not read, nor applied.
pub const LARGEST: usize = 2 << 20;

/// The context of what was read.
pub type ReadingContext = Rc<Check>;

/// What was read last.
#[hook]
pub fn use_reading() -> ReadingContext {
    use_context::<ReadingContext>().expect("the page provides it around every component")
}

/// The files as they are read, a moment after the person stops typing or does something to the cluster; and their
/// copy that survives a reload.
#[hook]
pub fn use_reader(files: &FilesContext, ui: &UiContext, session: &Rc<Session>) -> ReadingContext {
    let w = ui.lang.words();
    let found = use_state_eq(|| Rc::new(read(files, w, session)));
    let done = use_state_eq(|| session.read(|engine| engine.run.taken()));
    {
        let (done, session) = (done.clone(), session.clone());
        use_effect_with((), move |()| {
            let listener = {
                let session = Rc::downgrade(&session);
                move || {
                    session.upgrade().into_iter().for_each(|s| done.set(s.read(|engine| engine.run.taken())))
                }
            };
            let subscription = session.subscribe(Rc::new(listener));
            move || drop(subscription)
        });
    }
    {
        let (found, ui, session) = (found.clone(), ui.clone(), session.clone());
        use_effect_with(((**files).clone(), *done), move |(files, _)| {
            let files = files.clone();
            let pause = Timeout::new(PAUSE_MS, move || {
                found.set(Rc::new(read(&files, w, &session)));
                if files.size() > LARGEST || !store::keep_files(files.own()) {
                    ui.dispatch(Choose::Toast(Some(w.not_saved.to_owned())));
                }
            });
            move || drop(pause)
        });
    }
    (*found).clone()
}

fn read(files: &Files, w: &Words, session: &Session) -> Check {
    let size = files.size();
    if size <= LARGEST {
        return session.read(|engine| check(files, engine));
    }
    let largest = (0..files.list.len()).max_by_key(|at| files.list[*at].text.len()).unwrap_or(0);
    let message = (w.too_large)(size.div_ceil(1 << 20), LARGEST >> 20);
    let (path, hint) = (String::new(), None);
    let problem = Problem {
        file: largest,
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
        error: true,
        path,
        message,
        hint,
    };
    Check { problems: vec![problem], ..Check::default() }
}
