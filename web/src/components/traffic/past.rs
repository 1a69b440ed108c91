//! The last requests: sent by hand, by the console and by containers.

use yew::prelude::*;

use super::super::transport::hms;
use super::glyph;
use crate::session::use_view;
use crate::ui::{Choose, use_ui, use_words};

/// So many are listed.
const SHOWN: usize = 16;

/// The list.
#[component]
pub fn Past() -> Html {
    let ui = use_ui();
    let words = use_words().traffic;
    let all = use_view((), |session, ()| session.read(|engine| engine.journeys(SHOWN)));
    html! {
        <section class="past">
            <h3>{words.past}</h3>
            if all.is_empty() { <p class="muted">{words.none_yet}</p> }
            <ul>
                { for all.iter().map(|journey| {
                    let (ui, number) = (ui.clone(), journey.number);
                    let chosen = ui.journey == Some(number);
                    let onclick = move |_: MouseEvent| ui.dispatch(Choose::Journey(Some(number)));
                    html! {
                        <li key={number}><button {onclick} aria-pressed={chosen.to_string()}>
                            { glyph::draw(&journey.ending) }
                            <span class="mono">{journey.asked.trim_start_matches("http://")}</span>
                            <small>{format!("{} · {}", (words.place)(&journey.from), hms(journey.at / 1_000_000_000))}</small>
                        </button></li>
                    }
                }) }
            </ul>
        </section>
    }
}
