//! Keeps the run in this browser as it goes: after everything that is done, and when the page is left.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use yew::prelude::*;

use crate::files::{Files, FilesContext};
use crate::gallery;
use crate::runs::{self, Kept};
use crate::session::Session;
use crate::ui::{Choose, UiContext};

/// The first words of a run are no longer than this, in characters.
const WORDS: usize = 90;

/// Keeps the run from now on; in somebody else's page nothing is kept.
#[hook]
pub fn use_keeper(files: &FilesContext, ui: &UiContext, session: &Rc<Session>) {
    let latest = use_mut_ref(|| (**files).clone());
    latest.borrow_mut().clone_from(files);
    let (ui, session, embed) = (ui.clone(), session.clone(), ui.embed);
    use_effect_with((), move |()| {
        let (done, told) = (Cell::new(session.done()), Cell::new(false));
        let weak = Rc::downgrade(&session);
        let keep = Rc::new(move |leaving: bool| {
            let Some(session) = weak.upgrade() else { return };
            let changed = done.replace(session.done()) != session.done();
            if (changed || leaving) && !keep(&session, &latest.borrow()) && !told.replace(true) {
                let t = ui.lang.words().timed;
                let why = if runs::keeps_any() { t.run_not_kept } else { t.nothing_kept };
                ui.dispatch(Choose::Toast(Some(why.to_owned())));
            }
        });
        let listening = (!embed).then(|| {
            let (changed, leaving) = (keep.clone(), keep.clone());
            let window = web_sys::window().expect("the page has a window");
            session.set_keeper(Rc::new(move || keep(true)));
            let leave = EventListener::new(&window, "pagehide", move |_| leaving(true));
            (session.subscribe(Rc::new(move || changed(false))), leave)
        });
        move || drop(listening)
    });
}

fn keep(session: &Session, files: &Files) -> bool {
    let speed = session.clock().speed;
    let own = gallery::which(&files.list).is_none();
    let (run, saved) = session.read(|engine| {
        let run = &engine.run;
        let labels: Vec<_> = run.steps().iter().map(|step| orrery_run::label(&step.action)).collect();
        let names: Vec<_> = files.list.iter().map(|file| file.name.as_str()).collect();
        let words = format!("{}: {}", names.join(", "), labels.join(", "));
        let kept = Kept {
            words: words.chars().take(WORDS).collect(),
            kept: js_sys::Date::now(),
            steps: labels.len(),
            branch: run.branch(),
            at: run.now(),
            trace: format!("{:016x}", run.trace_hash()),
            own: own || labels.len() > 1,
            ..session.kept()
        };
        (kept, run.saved(files.list.clone(), speed))
    });
    runs::keep(run, &saved).map(|kept| session.set_kept(kept)).is_some()
}
