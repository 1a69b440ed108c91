//! The panel at the foot: what the cluster recorded, and a console to talk to it.

use yew::prelude::*;

use super::console::Console;
use super::event_list::EventList;
use crate::ui::use_words;

/// Events or console.
#[component]
pub fn Log() -> Html {
    let w = use_words();
    let console = use_state(|| false);
    let choose = |which: bool| {
        let console = console.clone();
        Callback::from(move |_: MouseEvent| console.set(which))
    };
    let tab = |which: bool, name: &'static str| {
        html! { <button role="tab" aria-selected={(*console == which).to_string()} onclick={choose(which)}>{name}</button> }
    };
    html! {
        <section class={classes!("log", console.then_some("tall"))} aria-label={w.events}>
            <div class="log-head" role="tablist">{ tab(false, w.events) }{ tab(true, w.console) }</div>
            if *console { <Console /> } else { <EventList /> }
        </section>
    }
}
