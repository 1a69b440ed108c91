//! What was typed and clicked, with what it printed; and the objects of the picture that it is about, which light up.

use std::rc::Rc;

use orrery_view::scene::ObjectRef;
use yew::prelude::*;

use super::paint::paint;
use crate::dom::copy;
use crate::session::Entry;
use crate::ui::{use_ui, use_words};

/// So many objects light up at most.
const MOST_LIT: usize = 60;

/// Properties of an entry.
#[derive(Properties, PartialEq)]
pub struct LineProps {
    /// The entry.
    pub entry: Rc<Entry>,
    /// Called with the objects that it is about while the pointer or the focus is on it.
    pub light: Callback<Option<Rc<Entry>>>,
}

/// A line and what it printed.
#[component]
pub fn Line(props: &LineProps) -> Html {
    let w = use_words();
    let ui = use_ui();
    let entry = &props.entry;
    let about = ui.selection.as_ref().is_some_and(|id| entry.touched.contains(id));
    let shown = entry.by_hand.as_ref().map_or_else(|| entry.line.clone(), |action| (w.shell.by_hand)(action));
    let on = |entry: Option<Rc<Entry>>| {
        let light = props.light.clone();
        move || light.emit(entry.clone())
    };
    let (enter, focus, leave, blur) = (on(Some(entry.clone())), on(Some(entry.clone())), on(None), on(None));
    let onclick = {
        let text = [&*shown, "\n", &entry.text()].concat();
        move |_: MouseEvent| copy(text.clone())
    };
    html! {
        <div class={classes!("entry", about.then_some("about"), entry.by_hand.is_some().then_some("hand"))}
            onmouseenter={move |_| enter()} onmouseleave={move |_| leave()} onfocusin={move |_| focus()} onfocusout={move |_| blur()}>
            <b><i>{&entry.prompt}</i>{&shown}</b>
            <button class="copy" aria-label={format!("{}: {shown}", w.shell.copy)} title={w.shell.copy} {onclick}>{w.shell.copy}</button>
            if !entry.answer.is_empty() {
                <pre class={entry.failed.then_some("failed")} tabindex="0">{paint(&entry.answer)}</pre>
            }
        </div>
    }
}

/// The style that lights objects of the picture: those that the pointer is on, or those of the last line for a moment.
pub fn lit(entry: &Entry, for_ever: bool, turn: usize) -> Html {
    // Names of objects are plain; whatever is not stays dark.
    let plain = |id: &&ObjectRef| id.key().chars().all(|c| c.is_ascii_alphanumeric() || "-._/:".contains(c));
    let selectors: Vec<String> = entry
        .touched
        .iter()
        .filter(plain)
        .take(MOST_LIT)
        .map(|id| format!(".stage [data-ref=\"{}\"]", id.key()))
        .collect();
    if selectors.is_empty() {
        return html! {};
    }
    // What is only read glows less than what is changed.
    let glow = if entry.changes { 6 } else { 3 };
    let rule = match for_ever {
        true => {
            "filter: drop-shadow(0 0 1px var(--brass)) drop-shadow(0 0 var(--glow) var(--brass))".to_owned()
        }
        false => format!("animation: lit-{} 2.5s both", turn % 2),
    };
    html! { <style>{format!("{} {{ --glow: {glow}px; {rule} }}", selectors.join(", "))}</style> }
}
