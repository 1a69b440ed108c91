//! The console: shells in tabs. A line in, what it prints out; what follows goes on while time runs.

mod paint;
mod paper;
mod prompt;

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use crate::assist::fetch_help;
use crate::files::{Edit, FilesContext, use_files};
use crate::session::{Entry, Paper, Session, use_session, use_view};
use crate::ui::use_words;
use paper::{Line, lit};
use prompt::Prompt;

/// The console.
#[component]
pub fn Console() -> Html {
    let w = use_words();
    let paper = use_view((), |session, ()| session.paper());
    let pointed = use_state(|| None::<Rc<Entry>>);
    let sheet = use_node_ref();
    use_end(&sheet, &paper.entries);
    use_effect_with((), |()| spawn_local(fetch_help()));
    let light = {
        let pointed = pointed.clone();
        Callback::from(move |entry| pointed.set(entry))
    };
    let last = paper.entries.last();
    let shown = pointed.as_ref().or(last);
    html! {
        <div class="console mono">
            <Tabs paper={paper.clone()} />
            <div class="paper" ref={sheet} tabindex="0" role="region" aria-label={w.console}>
                if paper.entries.is_empty() { <p class="muted">{w.console_hint}</p> }
                { for paper.entries.iter().enumerate().map(|(at, entry)| html! {
                    <Line key={at} entry={entry.clone()} light={light.clone()} />
                }) }
            </div>
            // Only the end of a command is told, not each line of what follows.
            <p class="unseen" role="status">{ last.filter(|_| !paper.busy).map(|entry| told(entry, w.shell.printed)).unwrap_or_default() }</p>
            { shown.map(|entry| lit(entry, pointed.is_some(), paper.entries.len())).unwrap_or_default() }
            <Bars paper={paper.clone()} />
            <Prompt id={paper.id} prompt={paper.prompt.clone()} />
        </div>
    }
}

/// The end of an answer, as it is read out.
fn told(entry: &Entry, printed: fn(usize) -> String) -> String {
    let text = entry.text();
    match text.lines().count() {
        0 => String::new(),
        1..=3 => text,
        lines => printed(lines),
    }
}

/// The paper is seen from its end, unless the person has scrolled back.
#[hook]
fn use_end(sheet: &NodeRef, entries: &Rc<Vec<Rc<Entry>>>) {
    let sheet = sheet.clone();
    let count = use_mut_ref(|| 0);
    use_effect_with(entries.clone(), move |entries| {
        let Some(sheet) = sheet.cast::<Element>() else { return };
        let below = sheet.scroll_height() - sheet.scroll_top() - sheet.client_height();
        let new = std::mem::replace(&mut *count.borrow_mut(), entries.len()) != entries.len();
        if new || below < 200 {
            sheet.set_scroll_top(sheet.scroll_height());
        }
    });
}

/// Properties of the parts.
#[derive(Properties, PartialEq)]
struct PaperProps {
    paper: Rc<Paper>,
}

/// The shells, while there is more than one.
#[component]
fn Tabs(props: &PaperProps) -> Html {
    let w = use_words();
    let session = use_session();
    let open = |id: Option<u32>| {
        let session = session.clone();
        move |_: MouseEvent| session.open_console(id)
    };
    let close = {
        let (session, id) = (session.clone(), props.paper.id);
        move |_: MouseEvent| session.close_console(id)
    };
    if props.paper.tabs.len() < 2 && !props.paper.busy {
        return html! {};
    }
    html! {
        <div class="shells" role="tablist" aria-label={w.shell.shells}>
            { for props.paper.tabs.iter().map(|(id, going)| html! {
                <button role="tab" key={*id} aria-selected={(*id == props.paper.id).to_string()} class={going.then_some("going")}
                    title={going.then_some(w.shell.going)} onclick={open(Some(*id))}>{(w.shell.shell)(*id)}</button>
            }) }
            <button aria-label={w.shell.more} title={w.shell.more} onclick={open(None)}>{"+"}</button>
            if props.paper.tabs.len() > 1 { <button aria-label={w.shell.close} title={w.shell.close} onclick={close}>{"✕"}</button> }
        </div>
    }
}

/// What goes on and waits: for time, or for the person.
#[component]
fn Bars(props: &PaperProps) -> Html {
    let w = use_words();
    let session = use_session();
    let playing = *use_view((), |session, ()| session.clock().playing);
    let does = |act: fn(&Session)| {
        let session = session.clone();
        move |_: MouseEvent| act(&session)
    };
    html! {
        <>
            if props.paper.busy {
                <p class="bar">
                    if !playing {
                        <span>{w.shell.paused}</span>
                        <button class="btn small" onclick={does(|session| session.play(true))}>{w.shell.play}</button>
                    }
                    <button class="btn small" onclick={does(Session::interrupt)}>{w.shell.stop}</button>
                </p>
            }
            if let Some((what, file)) = &props.paper.editing {
                <p class="bar">
                    <span>{(w.shell.editing)(what, file)}</span>
                    <button class="btn small" onclick={does(|session| drop(session.end_editing(true)))}>{w.shell.save}</button>
                    <button class="btn small" onclick={does(|session| drop(session.end_editing(false)))}>{w.shell.discard}</button>
                </p>
            }
        </>
    }
}

/// The shells see the editor's files, and what they write the editor takes over.
#[hook]
pub fn use_shared_files() {
    let (session, files) = (use_session(), use_files());
    let written = *use_view((), |session, ()| session.written());
    {
        let session = session.clone();
        use_effect_with(files.list.clone(), move |list| session.set_files(list.clone()));
    }
    use_effect_with(written, move |_| take_over(&session, &files));
}

fn take_over(session: &Session, files: &FilesContext) {
    for (name, text) in session.take_written() {
        files.dispatch(Edit::Write(name, text));
    }
}
