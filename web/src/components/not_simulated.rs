//! What of the manifests is read and kept, and nothing happens because of it: nothing is left out silently.

use orrery_view::support::last_name;
use yew::prelude::*;

use crate::reading::use_reading;
use crate::ui::use_words;

/// How many names stand there before the list is opened.
const SHOWN: usize = 4;
/// How many lines the list has at most.
const LISTED: usize = 200;

/// Kinds that are not served and fields that are not simulated; where they are, once it is opened.
#[component]
pub fn NotSimulated() -> Html {
    let w = use_words();
    let reading = use_reading();
    let (kinds, fields) = (&reading.unserved, &reading.accepted);
    let mut names: Vec<&str> = kinds.iter().map(String::as_str).collect();
    for field in fields.iter() {
        // Of some kinds nothing is simulated.
        let whole = field.path == "spec";
        let name = if whole { &field.id.kind } else { last_name(&field.path) };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let more = if more == 0 { String::new() } else { format!(" {}", (w.more_problems)(more)) };
    let summary = html! { <><b>{w.not_simulated}</b>{" "}{names.join(", ")}{more}</> };
    if names.is_empty() {
        return html! {};
    }
    if fields.is_empty() {
        return html! { <p class="not-simulated">{summary}</p> };
    }
    html! {
        <details class="not-simulated">
            <summary>{summary}</summary>
            <ul>
                { for fields.iter().take(LISTED).map(|field| html! {
                    <li>
                        <b>{format!("{} {}", field.id.kind, field.id.name)}</b>{" "}
                        <code>{&field.path}</code>{" "}
                        <small>{(w.line)(field.line as usize)}</small>
                    </li>
                }) }
            </ul>
        </details>
    }
}
