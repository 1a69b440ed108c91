//! A console for kubectl, docker and the like: a line in, what it prints out. Files of the editor can be named with
//! `-f`.

use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::files::use_files;
use crate::session::{use_session, use_view};
use crate::ui::use_words;

/// The console.
#[component]
pub fn Console() -> Html {
    let w = use_words();
    let session = use_session();
    let files = use_files();
    let entries = use_view((), |session, ()| session.said());
    // How far back the arrow keys have gone.
    let back = use_mut_ref(|| 0_usize);
    let (input, paper) = (use_node_ref(), use_node_ref());
    {
        let paper = paper.clone();
        use_effect_with(entries.clone(), move |_| {
            if let Some(paper) = paper.cast::<Element>() {
                paper.set_scroll_top(paper.scroll_height());
            }
        });
        let input = input.clone();
        use_effect_with((), move |()| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                // The line can still be reached by hand.
                let _ = input.focus();
            }
        });
    }
    let run = {
        let (back, files) = (back.clone(), files.clone());
        move |line: String| {
            *back.borrow_mut() = 0;
            session.kubectl(&line, files.list.clone());
        }
    };
    let onkeydown = {
        let (entries, back) = (entries.clone(), back.clone());
        Callback::from(move |e: KeyboardEvent| {
            let Some(field) = e.target_dyn_into::<HtmlInputElement>() else { return };
            match e.key().as_str() {
                "Enter" if !e.is_composing() && !field.value().trim().is_empty() => {
                    run(field.value().trim().to_owned());
                    field.set_value("");
                }
                "ArrowUp" | "ArrowDown" => {
                    let mut back = back.borrow_mut();
                    let step = if e.key() == "ArrowUp" { 1 } else { -1 };
                    *back = back.saturating_add_signed(step).min(entries.len());
                    let earlier = entries.len().checked_sub(*back).and_then(|at| entries.get(at));
                    field.set_value(earlier.map_or("", |e| e.line.as_str()));
                    e.prevent_default();
                }
                _ => {}
            }
        })
    };
    html! {
        <div class="console mono">
            <div class="paper" ref={paper} tabindex="0" aria-live="polite">
                if entries.is_empty() { <p class="muted">{w.console_hint}</p> }
                { for entries.iter().map(|entry| html! {
                    <>
                        <b>{format!("$ {}", entry.whole())}</b>
                        <pre class={entry.failed.then_some("failed")}>{entry.answer.clone()}</pre>
                    </>
                }) }
            </div>
            <label><span aria-hidden="true">{"$"}</span>
                <input ref={input} aria-label={w.console_input} autocomplete="off" autocapitalize="off" spellcheck="false" {onkeydown} />
            </label>
        </div>
    }
}
