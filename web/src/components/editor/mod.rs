//! The manifests: tabs, the editor, what is wrong, and the button that applies it all.

mod code;
mod problems;
mod tabs;

use std::rc::Rc;

use orrery_share::Action;
use orrery_view::scene::ObjectRef;
use yew::prelude::*;

use crate::dom;
use crate::files::{Check, Edit, Files, FilesContext, Problem, Written, is_edited, use_files};
use crate::i18n::Words;
use crate::reading::{LARGEST, ReadingContext, use_reading};
use crate::session::{Session, use_session, use_view};
use crate::ui::{Choose, UiContext, use_ui, use_words};
use code::Code;
use orrery_run::{Outcome, Refused};
use problems::Problems;
use tabs::Tabs;

/// The column at the left.
#[component]
pub fn EditorPane() -> Html {
    let w = use_words();
    let ui = use_ui();
    let session = use_session();
    let files = use_files();
    let found = use_reading();
    let refused = use_state_eq(Vec::<Problem>::new);
    {
        let refused = refused.clone();
        use_effect_with((*files).clone(), move |_| refused.set(Vec::new()));
    }
    let edits = is_edited(files.open());
    let apply = {
        let (ui, files, refused) = (ui.clone(), files.clone(), refused.clone());
        let session = session.clone();
        Callback::from(move |()| match edits {
            true => save(&session, &ui),
            false => apply_all(&session, &ui, &files, &refused, w),
        })
    };
    let cancel = {
        let session = session.clone();
        move |_: MouseEvent| drop(session.end_editing(false))
    };
    let written = use_written(ui.selection.clone(), &found);
    let tint = written.as_ref().filter(|written| written.file == files.active).map(|written| written.lines);
    use_file_of_selection(&ui, written.as_ref(), &files);
    let moved = use_moved(&ui, &session, &found, written.as_ref(), files.active);
    let formatted = use_state(|| 0u32);
    let format = {
        let formatted = formatted.clone();
        move |_: MouseEvent| formatted.set(*formatted + 1)
    };
    let go = {
        let files = files.clone();
        Callback::from(move |it: Problem| files.dispatch(Edit::Go(it.file, it.line, it.column)))
    };
    let problems: Vec<Problem> = refused.iter().chain(&found.problems).cloned().collect();
    let here = problems.iter().filter(|p| p.file == files.active).cloned().collect::<Vec<_>>();
    let errors =
        (0..files.list.len()).map(|at| problems.iter().any(|p| p.file == at && p.error)).collect::<Vec<_>>();
    let onclick = {
        let apply = apply.clone();
        Callback::from(move |_: MouseEvent| apply.emit(()))
    };
    html! {
        <section class="left" aria-label={w.manifests}>
            <Tabs {errors} />
            <Code problems={here} {tint} reveal={files.reveal} {apply} {moved} formatted={*formatted} />
            <Problems problems={problems} names={files.list.iter().map(|f| f.name.clone()).collect::<Vec<_>>()} onpick={go} />
            <div class="apply">
                <button class="btn primary" {onclick}>{if edits { w.shell.save } else { w.apply }}<kbd>{dom::apply_keys()}</kbd></button>
                if edits { <button class="btn" onclick={cancel}>{w.shell.discard}</button> }
                <button class="btn" title={w.format_title} onclick={format}>{w.format}</button>
                <span class="muted push">{(w.objects)(found.objects.len())}</span>
            </div>
        </section>
    }
}

/// Saves the object that is edited.
fn save(session: &Session, ui: &UiContext) {
    let said = session.end_editing(true);
    let first = said.lines().next().unwrap_or_default();
    ui.dispatch(Choose::Toast(Some(first.to_owned())));
}

fn apply_all(
    session: &Session,
    ui: &UiContext,
    files: &Files,
    refused: &UseStateHandle<Vec<Problem>>,
    w: &Words,
) {
    let text = files.joined();
    if text.len() > LARGEST {
        return ui.dispatch(Choose::Toast(Some((w.too_large)(text.len().div_ceil(1 << 20), LARGEST >> 20))));
    }
    let outcome = session.act(Action::Apply { text });
    ui.dispatch(Choose::Toast(Some(summary(&outcome, w))));
    refused.set(outcome.refused.iter().map(|r| problem(files, r)).collect());
}

fn summary(outcome: &Outcome, w: &Words) -> String {
    match (outcome.applied, outcome.refused.len()) {
        (0, 0) => w.nothing_to_apply.to_owned(),
        (n, 0) => (w.applied)(n),
        (0, n) => (w.refused)(n),
        (applied, refused) => format!("{}, {}", (w.applied)(applied), (w.refused)(refused)),
    }
}

fn problem(files: &Files, refused: &Refused) -> Problem {
    let (file, line) = files.place(refused.line);
    Problem {
        file,
        line,
        column: refused.column,
        end_line: line,
        end_column: u32::MAX,
        error: true,
        path: String::new(),
        message: refused.message.clone(),
        hint: None,
    }
}

/// What the person wrote that made the selected object.
#[hook]
fn use_written(selection: Option<ObjectRef>, found: &Check) -> Option<Written> {
    let origin =
        use_view(selection, |session, id| id.as_ref().map(|id| session.read(|engine| engine.origin(id))));
    found.objects.iter().find(|written| Some(&written.id) == origin.as_ref().as_ref()).cloned()
}

/// Opens the file of what was selected, when it is selected; the person may leave it again.
#[hook]
fn use_file_of_selection(ui: &UiContext, written: Option<&Written>, files: &FilesContext) {
    let (file, files) = (written.map(|written| written.file), files.clone());
    use_effect_with((ui.selection.clone(), file), move |(_, file)| {
        if let Some(file) = file.filter(|file| *file != files.active) {
            files.dispatch(Edit::Open(file));
        }
    });
}

/// Selects the object whose lines the person puts the cursor in, unless the selected one was made by the same.
#[hook]
fn use_moved(
    ui: &UiContext,
    session: &Rc<Session>,
    found: &ReadingContext,
    selected: Option<&Written>,
    file: usize,
) -> Callback<u32> {
    let (ui, session, found, selected) = (ui.clone(), session.clone(), found.clone(), selected.cloned());
    Callback::from(move |line| {
        let holds =
            |written: &&Written| written.file == file && (written.lines.0..=written.lines.1).contains(&line);
        let written = found.objects.iter().find(holds).filter(|written| Some(*written) != selected.as_ref());
        if let Some(id) = written.map(|written| &written.id)
            && session.read(|engine| engine.has(id))
        {
            ui.dispatch(Choose::Select(Some(id.clone())));
        }
    })
}
