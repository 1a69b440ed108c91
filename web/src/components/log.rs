//! The panel at the foot: what the cluster recorded, a console to talk to it, and what containers wrote.

use yew::prelude::*;

use super::console::{Console, use_shared_files};
use super::event_list::EventList;
use super::logs::Logs;
use crate::ui::{Choose, Panel, use_ui, use_words};

/// Events, console or logs.
#[component]
pub fn Log() -> Html {
    let w = use_words();
    let ui = use_ui();
    use_shared_files();
    let tab = |which: Panel, name: &'static str| {
        let chosen = ui.panel == which;
        let ui = ui.clone();
        let onclick = move |_: MouseEvent| ui.dispatch(Choose::Panel(which));
        html! { <button role="tab" aria-selected={chosen.to_string()} {onclick}>{name}</button> }
    };
    let pod = ui.selection.clone().filter(|id| &*id.kind == "Pod");
    html! {
        <section class={classes!("log", (ui.panel != Panel::Events).then_some("tall"))} aria-label={w.events}>
            <div class="log-head" role="tablist">{ tab(Panel::Events, w.events) }{ tab(Panel::Console, w.console) }{ tab(Panel::Logs, w.logs) }</div>
            { match (ui.panel, pod) {
                (Panel::Events, _) => html! { <EventList /> },
                (Panel::Console, _) => html! { <Console /> },
                (Panel::Logs, Some(pod)) => html! { <Logs {pod} container={ui.container.clone()} /> },
                (Panel::Logs, None) => html! { <p class="none">{w.log_hint}</p> },
            } }
        </section>
    }
}
