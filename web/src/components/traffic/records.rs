//! What the cluster's DNS answers, as a list that opens.

use yew::prelude::*;

use crate::session::use_view;
use crate::ui::{use_ui, use_words};

/// The list.
#[component]
pub fn Records() -> Html {
    let ui = use_ui();
    let words = use_words().traffic;
    let all = use_view(ui.namespace.clone(), |session, namespace| {
        session.read(|engine| engine.records(namespace.as_deref()))
    });
    html! {
        <details class="records">
            <summary>{words.records}<small class="muted">{format!(" {}", all.len())}</small></summary>
            <p class="muted mono">{".cluster.local"}</p>
            <ul>
                { for all.iter().map(|record| html! {
                    <li><b class="mono">{&*record.name}</b><small>{record.kind}</small>
                        <span class="mono">{ if record.values.is_empty() { words.no_address.to_owned() } else { record.values.join(", ") } }</span></li>
                }) }
            </ul>
        </details>
    }
}
